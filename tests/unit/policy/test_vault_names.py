import pytest

from policy.types import Root
from policy.vault_names import snake_case, standard_path


@pytest.mark.parametrize(
    ("word", "expected"),
    [
        ("ExternalId", "external_id"),
        ("HoursPerWeek", "hours_per_week"),
        ("firstStart", "first_start"),
        ("FTE", "fte"),
        ("HRCode", "hr_code"),
        ("personID", "person_id"),
        ("Address2", "address2"),
        ("Straat_toevoeging", "straat_toevoeging"),
        ("shift type", "shift_type"),
        ("Coöperatie", "cooperatie"),
        ("already_snake", "already_snake"),
        ("_x__y_", "x_y"),
        ("\u65e5", ""),
        ("", ""),
    ],
)
def test_words_become_snake_case(word: str, expected: str) -> None:
    assert snake_case(word) == expected
    assert snake_case(expected) == expected


@pytest.mark.parametrize(
    ("root", "name", "path"),
    [
        ("contract", "CostCenter.Code", "cost_center.code"),
        ("contract", "Manager.ExternalId", "manager"),
        ("person", "Manager.ExternalId", "manager.external_id"),
        ("person", "PrimaryManager.ExternalId", "primary_manager"),
        ("person", "Contact.Business.Phone.Mobile", "contact.business.phone.mobile"),
        ("person", "Custom.\u65e5", "custom."),
    ],
)
def test_names_become_paths(root: Root, name: str, path: str) -> None:
    assert standard_path(root, name) == path
