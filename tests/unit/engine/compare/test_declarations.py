"""Declarations that are no published rules: what changed of them, and whether that binds anybody."""

from __future__ import annotations

import pytest

from engine.compare.declarations import declaration_changes
from policy.comparison import DeclarationChange
from tests.unit.dsl.compiling import POLICY, compile_fine

HEAD = POLICY + 'target ad "AD"\n    limit revoke account to 5 or 2 %\nend\n'
NEVER = """
never pay "Pay"
    permission "Create" in ad
    together with permission "Approve" in ad
    severity high
    because "SOX"
end
"""
EXCLUDE = 'exclude ceo "CEO"\n    person "10001"\n    from ad\n    because "Board"\n    until 2035-12-31\nend\n'
EVENT = 'event e "E"\n    on grant account in ad\n    notify "a@b.example" using "t"\nend\n'
FIELD = "field contract.custom.shift is text\n"
DRAFT = 'draft rule share "Share"\n    when contract.custom.shift is "N"\n    grant account in ad\nend\n'
ALL = FIELD + NEVER + EXCLUDE + EVENT + DRAFT


def changes(old: str, new: str, *, head: str = HEAD, base: str = HEAD) -> list[tuple[object, ...]]:
    found = declaration_changes(compile_fine(old, head=base), compile_fine(new, head=head))
    return [(one.kind, one.id, one.change, one.what, one.binding) for one in found]


APPROVE = 'permission "Approve" in ad together with permission "Create" in ad'
PAIR = 'permission "Create" in ad together with permission "{}" in ad'.format


@pytest.mark.parametrize(
    ("old", "new", "told"),
    [
        ("severity high", "severity critical", ("never", "pay", "severity: critical, was high", True)),
        (
            'permission "Approve"',
            'permission "Sign"',
            ("never", "pay", f"the pair: {PAIR('Sign')}, was {APPROVE}", True),
        ),
        (
            'because "SOX"',
            'because "SOX"\n    except person "1" because "x" until 2035-01-01',
            ("never", "pay", "the exception for 1: until 2035-01-01 is new", True),
        ),
        ('person "10001"', 'person "10002"', ("exclude", "ceo", "whom: person 10002, was person 10001", True)),
        (
            'person "10001"',
            "when person.excluded",
            ("exclude", "ceo", "whom: person.excluded is true, was person 10001", True),
        ),
        ("from ad", "from all targets", ("exclude", "ceo", "from: all targets, was ad", True)),
        ("    until 2035-12-31\n", "", ("exclude", "ceo", "until: 2035-12-31 is gone", True)),
        (
            "on grant account",
            "on revoke account",
            ("event", "e", "on: revoke account in ad, was grant account in ad", False),
        ),
        ('using "t"', 'using "u"', ("event", "e", "notify: a@b.example using u, was a@b.example using t", False)),
        (
            "shift is text",
            "shift is text required",
            ("field", "contract.custom.shift", "required: required, was not required", True),
        ),
        (
            'shift is "N"',
            'shift is "D"',
            ("draft rule", "share", "the condition on contract.custom.shift changed", False),
        ),
        ("draft rule", "rule", ("draft rule", "share", "the rule is no draft any more", False)),
    ],
)
def test_what_changed_is_told(old: str, new: str, told: tuple[str, str, str, bool]) -> None:
    assert old in ALL
    kind, name, what, binding = told
    assert changes(ALL, ALL.replace(old, new)) == [(kind, name, "changed", (what,), binding)]


def test_prose_and_places_are_no_change() -> None:
    other = ALL.replace('"Pay"', '"Nobody pays alone"').replace('because "SOX"', 'because "SOX 404"')
    swapped = other.replace(
        'permission "Create" in ad\n    together with permission "Approve" in ad',
        'permission "Approve" in ad\n    together with permission "Create" in ad',
    )
    assert changes(ALL, f"# moved\n\n{swapped}") == []


def test_added_and_removed() -> None:
    added = changes("", ALL)
    assert added == [
        ("never", "pay", "added", (), True),
        ("exclude", "ceo", "added", (), True),
        ("event", "e", "added", (), False),
        ("field", "contract.custom.shift", "added", (), False),
        ("draft rule", "share", "added", (), False),
    ]
    assert [one[2] for one in changes(ALL, "")] == ["removed"] * 5
    assert changes("", "field contract.type.code is text required\n")[0][-1] is True


def test_targets_and_the_header() -> None:
    other = HEAD.replace("to 5 or 2 %", "to 10 or 2 %")
    assert changes("", "", head=other) == [
        ("target", "ad", "changed", ("limit revoke account: 10 or 2 %, was 5 or 2 %",), True)
    ]
    second = HEAD + 'target entra "E"\n    depends on ad using object_guid\nend\n'
    assert changes("", "", head=second) == [("target", "entra", "added", (), False)]
    zone = HEAD.replace("Europe/Amsterdam", "Europe/Lisbon")
    assert changes("", "", head=zone) == [("policy", "Test", "changed", ("the timezone changed",), True)]


def test_a_define_behind_an_exclusion_shows() -> None:
    text = (
        'define gone as contract.type.code is "{}"\nexclude e "E"\n    when gone\n    from ad\n    because "x"\nend\n'
    )
    assert changes(text.format("A"), text.format("B")) == [
        ("exclude", "e", "changed", ("whom: what gone names changed",), True)
    ]


def test_both_places_are_named() -> None:
    found: tuple[DeclarationChange, ...] = declaration_changes(
        compile_fine(NEVER, head=HEAD), compile_fine(f"\n{NEVER.replace('high', 'low')}", head=HEAD)
    )
    assert found[0].base is not None
    assert found[0].head is not None
    assert (found[0].base.at, found[0].head.at) == ("a.ordain:2", "a.ordain:3")
    assert found[0].head.text == 'never pay "Pay"'
