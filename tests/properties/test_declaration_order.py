"""Law: neither the order of declarations nor how they are spread over files changes what a policy means."""

from __future__ import annotations

from dataclasses import fields, is_dataclass
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from dsl.compile import Compilation, compile_policy
from policy.source import SourceFile, Span

LOOKUPS = {
    "titles.csv": SourceFile(
        "titles.csv", "value,kind,name\nNURSE,permission,SEC-Nurse\notherwise,permission,SEC-All\n"
    ),
    "sites.csv": SourceFile("sites.csv", "code\nN\nS\n"),
}
FINE = (
    'policy "P"\n    language 1\n    timezone "Europe/Amsterdam"\nend',
    'field contract.type.code is one of "EMP", "INT", "EXT" required',
    "field contract.custom.shift is text",
    'set desks is "B", "A"',
    'set sites from "sites.csv" column "code"',
    'define care as contract.type.code in ("EMP", "INT") and at-site',
    "define at-site as contract.location.code in sites",
    'role base "Base"\n    permission "P1" in ad\n    role more-base\nend',
    'role more-base\n    permission "P0" in entra\nend',
    'target ad "AD"\n    limit revoke account to 5 or 2 %\n    limit grant account to 9\nend',
    'target entra "E"\n    depends on ad using object_guid\nend',
    "rule accounts\n    when care\n    grant account in ad\n    grant access in ad starting contract.start_date\nend",
    "rule roles\n    when holds account in ad\n    grant role base\nend",
    'rule table\n    grant by contract.title.code in ad from "titles.csv"\nend',
    'draft rule soon\n    for primary contract\n    grant permission "{contract.custom.shift}" in ad ending never\nend',
    'exclude ceo\n    person "1"\n    from all targets\n    because "B"\nend',
    'never both\n    permission "P1" in ad\n    together with permission "P0" in entra\nend',
)
BROKEN = (
    "rule typo\n    when contract.departmnt is known\n    grant account in da\nend",
    "define circle as circle",
    "rule half\n    grant acount in ad\nend",
    'set sitez from "no.csv" column "code"',
    "rule waits\n    when holds access in entra\n    grant access in entra\nend",
)


@st.composite
def workspaces(draw: st.DrawFn, declarations: tuple[str, ...]) -> list[SourceFile]:
    """Deal declarations out to files, in any order."""
    files: dict[str, list[str]] = {}
    for declaration in draw(st.permutations(declarations)):
        files.setdefault(draw(st.sampled_from(["a.ordain", "b.ordain", "c/d.ordain"])), []).append(declaration)
    return draw(st.permutations([SourceFile(path, "\n".join(texts) + "\n") for path, texts in files.items()]))


def meaning(value: Any) -> Any:  # noqa: ANN401 - any noun of the policy
    """Give a value without its places and sources."""
    if isinstance(value, Span | SourceFile):
        return None
    if is_dataclass(value):
        return (type(value), *(meaning(getattr(value, one.name)) for one in fields(value)))
    if isinstance(value, dict):
        return [(key, meaning(item)) for key, item in value.items()]
    if isinstance(value, tuple):
        return [meaning(item) for item in value if not isinstance(item, SourceFile)]
    return value


def compiled(files: list[SourceFile]) -> Compilation:
    return compile_policy(files, LOOKUPS)


@settings(max_examples=40, deadline=None)
@given(files=workspaces(FINE))
def test_any_order_means_the_same(files: list[SourceFile]) -> None:
    expected = compiled([SourceFile("a.ordain", "\n".join(FINE))])
    found = compiled(files)
    assert found.policy is not None
    assert meaning(found.policy) == meaning(expected.policy)
    assert sorted(one.detail for one in found.diagnostics) == sorted(one.detail for one in expected.diagnostics)


@settings(max_examples=40, deadline=None)
@given(files=workspaces(FINE + BROKEN))
def test_any_order_has_the_same_problems(files: list[SourceFile]) -> None:
    expected = compiled([SourceFile("a.ordain", "\n".join(FINE + BROKEN))])
    found = compiled(files)
    assert found.policy is None
    assert sorted(one.detail for one in found.diagnostics) == sorted(one.detail for one in expected.diagnostics)
    assert found.diagnostics == compiled(files[::-1]).diagnostics
