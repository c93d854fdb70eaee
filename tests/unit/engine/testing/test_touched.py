"""Which tests a change can touch."""

from __future__ import annotations

import pytest

from dsl.compile import compile_policy
from engine.testing.touched import touched_tests
from policy.rules import CheckedPolicy
from policy.source import SourceFile

RULES = """policy "Clinic"
    language 1
    timezone "Europe/Amsterdam"
end
target ad "AD"
end
target entra "Entra"
    depends on ad using user_principal_name
end
target erp "ERP"
end
set titles is "NURSE", "CARER"
define caring as contract.title.code in titles
rule birthright "Everybody"
    grant account in ad
end
rule ward "Ward"
    when caring
    grant permission "SEC-Ward" in ad
end
rule entra "Entra"
    when holds account in ad
    grant account in entra
end
rule erp "ERP"
    when contract.title.code is "CLERK"
    grant account in erp
    grant permission "CC-{contract.title.code}" in erp
end
exclude ceo "By hand"
    person "1"
    from all targets
    because "Board"
end
"""
PEOPLE = '    person "P1"\n        contract "C1"\n            start_date: 2026-03-01\n        end\n    end\n'
SAID = {
    "ward": 'expect permission "SEC-Ward" in ad',
    "account": "expect account in ad",
    "clerk": 'expect no permission "CC-CLERK" in erp',
    "cloud": "expect account in entra",
    "line": "expect grant account in entra",
    "line erp": "expect grant account in erp",
    "nothing": "expect nothing",
    "frozen": "expect frozen because ceo",
}
TESTS = "".join(f'test "{title}"\n{PEOPLE}    on 2026-03-01 {said}\nend\n' for title, said in SAID.items())


def compiled(text: str) -> CheckedPolicy:
    found = compile_policy([SourceFile.from_text("clinic.ordain", text)], {})
    assert found.policy is not None, found.diagnostics
    return found.policy


BASE = compiled(RULES + TESTS)


def touched(old: str, new: str) -> set[str]:
    text = RULES + TESTS
    assert old in text
    return set(touched_tests(BASE, compiled(text.replace(old, new))))


@pytest.mark.parametrize(
    ("old", "new", "titles"),
    [
        ('"NURSE", "CARER"', '"NURSE"', {"ward", "line", "nothing"}),
        ("define caring as", "define caring as not", {"ward", "line", "nothing"}),
        ("when caring", "when caring\n    starting 1 day before contract.start_date", {"ward", "line", "nothing"}),
        ('is "CLERK"', 'is "PAYER"', {"clerk", "line erp", "nothing"}),
        ('rule erp "ERP"\n', 'rule erp "ERP"\n    for primary contract\n', {"clerk", "line erp", "nothing"}),
        (
            "    grant account in ad\nend",
            "    when caring\n    grant account in ad\nend",
            {"account", "cloud", "line", "nothing"},
        ),
        ('rule ward "Ward"', 'draft rule ward "Ward"', {"ward", "line", "nothing"}),
        ("when holds account in ad", "when caring", {"cloud", "line", "nothing"}),
    ],
)
def test_a_changed_rule_touches_what_hangs_on_it(old: str, new: str, titles: set[str]) -> None:
    assert touched(old, new) == titles


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ('    person "1"\n', '    person "2"\n'),
        ('target erp "ERP"\n', 'target erp "ERP"\n    limit grant account to 5\n'),
        ('"Europe/Amsterdam"', '"Europe/Paris"'),
        ("set titles", "field contract.type.code is text required\nset titles"),
        (
            "exclude ceo",
            'never pair "P"\n    account in ad\n    together with account in erp\n    severity low\nend\nexclude ceo',
        ),
        (
            "exclude ceo",
            'event made "M"\n    on grant account in ad\n    notify "a@b.example" using "m"\nend\nexclude ceo',
        ),
    ],
)
def test_what_can_decide_for_anybody_touches_everything(old: str, new: str) -> None:
    assert touched(old, new) == set(SAID)


def test_a_longer_look_back_touches_everything() -> None:
    assert touched("    when caring\n", "    when caring\n    ending 30 days after contract.end_date\n") == set(SAID)


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ('rule ward "Ward"', '# moved\n\nrule ward "The ward, in other words"'),
        ('"NURSE", "CARER"', '"CARER", "NURSE"'),
        ('target erp "ERP"', 'target erp "Enterprise"'),
        ('test "ward"', '\n\ntest "ward"'),
    ],
)
def test_prose_places_and_order_touch_nothing(old: str, new: str) -> None:
    assert touched(old, new) == set()


def test_new_and_changed_tests_are_touched_themselves() -> None:
    text = RULES + TESTS.replace(SAID["clerk"], 'expect permission "CC-CLERK" in erp').replace(
        'test "ward"', 'test "w2"'
    )

    assert touched_tests(BASE, compiled(text)) == {"clerk", "w2"}
