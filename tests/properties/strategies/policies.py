"""Policies straight from their nouns: every scope, window, condition and kind of grant."""

from __future__ import annotations

from datetime import date
from functools import cache

from hypothesis import strategies as st

from policy.entitlements import Entitlement, Kind
from policy.expressions import (
    AllOf,
    AnyOf,
    Comparison,
    Condition,
    ContractStatus,
    DepartmentsOperand,
    FlagOperand,
    HasContract,
    Holds,
    MomentOperand,
    Named,
    NoneOf,
    NoOperand,
    Not,
    NumberOperand,
    PatternOperand,
    StatusIs,
    TextOperand,
    ValuesOperand,
)
from policy.moments import Duration, Moment, Unit
from policy.rules import (
    CheckedPolicy,
    Exclusion,
    Grant,
    ManagerRule,
    Rule,
    Scope,
    SortDirection,
    SortKey,
    TableGrant,
    Template,
    Window,
    WindowBound,
)
from policy.source import Span
from policy.targets import TargetPolicy
from policy.types import Field
from tests.properties.strategies.towns import LEVEL, SCHEMA, SHIFT, UNTIL, VIP, codes, days, departments, numbers

LEVELS = 3
"""A rule of level n grants what is named after level n, and holds only what lower levels grant: never a circle."""


def field(name: str) -> Field:
    found = SCHEMA.find(name)
    assert found is not None, name
    return found


def span(line: int = 1) -> Span:
    return Span("town.ordain", line, 1, line, 9)


PRIMARY_BY = (
    SortKey(None, SortDirection.FIRST),
    SortKey(field("contract.details.fte"), SortDirection.HIGHEST),
    SortKey(field("contract.end_date"), SortDirection.LATEST),
    SortKey(field("contract.start_date"), SortDirection.EARLIEST),
)
_TEXTS = {
    "contract": ("contract.type.code", "contract.title.code", SHIFT.name),
    "person": ("person.display_name",),
}
_DATES = ("contract.start_date", "contract.end_date", UNTIL.name)

spans = st.integers(1, 99).map(span)
durations = st.builds(Duration, st.integers(0, 40), st.just(Unit.DAYS)) | st.builds(
    Duration, st.integers(0, 2), st.sampled_from((Unit.WEEKS, Unit.MONTHS, Unit.YEARS))
)


_bases = days | st.just("today") | st.sampled_from([field(name) for name in _DATES])
moments = st.builds(Moment, _bases, st.none() | durations, st.sampled_from(("before", "after")))
fields = {root: st.sampled_from([field(name) for name in names]) for root, names in _TEXTS.items()}


def comparison(left: object, operators: tuple[str, ...], operand: object) -> st.SearchStrategy[Comparison]:
    return st.builds(Comparison, left, st.sampled_from(operators), operand, st.booleans(), spans)  # type: ignore[arg-type]


@cache
def comparisons(*, contract: bool = True) -> st.SearchStrategy[Comparison]:
    texts = fields["person"] | fields["contract"] if contract else fields["person"]
    patterns = st.sampled_from((PatternOperand("A|B"), PatternOperand("A.*")))
    found = [
        comparison(texts, ("is", "starts with", "ends with", "contains"), st.builds(TextOperand, codes)),
        comparison(texts, ("in",), st.just(ValuesOperand(("A", "DAY")))),
        comparison(texts, ("matches",), patterns),
        comparison(texts, ("known",), st.just(NoOperand())),
        comparison(st.just(VIP), ("is",), st.builds(FlagOperand, st.booleans())),
        comparison(st.just(LEVEL), ("at least", "less than"), st.builds(NumberOperand, numbers)),
    ]
    if contract:
        dates = st.sampled_from([field(name) for name in _DATES])
        orders = ("before", "after", "on or before", "on or after")
        units = st.builds(DepartmentsOperand, departments.map(lambda one: (one,)), st.booleans())
        found.append(comparison(dates, orders, st.builds(MomentOperand, moments)))
        found.append(comparison(st.just(field("contract.department")), ("is", "in"), units))
    return st.one_of(found)


@cache
def conditions(*, contract: bool = True, below: int = 0) -> st.SearchStrategy[Condition]:
    """Conditions over a contract (or the person alone) that hold only what rules below level `below` grant."""
    leaves: st.SearchStrategy[Condition] = comparisons(contract=contract)
    if contract:
        leaves |= st.builds(StatusIs, st.sampled_from(ContractStatus), spans, st.booleans())
    if below:
        leaves |= st.builds(Holds, st.integers(0, below - 1).flatmap(entitlements), spans)
    has = st.builds(HasContract, st.sampled_from(("any", "no")), comparisons(), spans)
    return st.recursive(
        leaves | has,
        lambda inner: (
            st.builds(Not, inner, spans)
            | st.builds(Named, st.just("a-define"), inner, spans)
            | st.builds(AllOf, st.lists(inner, max_size=3).map(tuple), spans)
            | st.builds(AnyOf, st.lists(inner, max_size=3).map(tuple), spans)
            | st.builds(NoneOf, st.lists(inner, max_size=3).map(tuple), spans)
        ),
        max_leaves=4,
    )


@cache
def entitlements(level: int) -> st.SearchStrategy[Entitlement]:
    names = codes.map(lambda code: Entitlement("ad", Kind.PERMISSION, f"L{level}-{code}"))
    return names | st.sampled_from((Entitlement(f"t{level}", Kind.ACCOUNT), Entitlement(f"t{level}", Kind.ACCESS)))


@cache
def templates(level: int, *, contract: bool) -> st.SearchStrategy[Template]:
    fixed = st.builds(
        lambda one, place: Template(one.target, one.kind, (one.name,) if one.name else (), place),
        entitlements(level),
        spans,
    )
    filled = fields["contract" if contract else "person"].map(lambda one: (f"L{level}-", one))
    return fixed | st.builds(Template, st.just("ad"), st.just(Kind.PERMISSION), filled, spans)


_bounds = st.none() | st.none() | st.builds(WindowBound, moments, spans)
windows = st.builds(Window, _bounds, _bounds | st.builds(WindowBound, st.none(), spans))


@cache
def grants(level: int, *, contract: bool) -> st.SearchStrategy[Grant | TableGrant]:
    window = windows if contract else st.just(Window())
    one = templates(level, contract=contract)
    rows = st.lists(one, max_size=2).map(tuple)
    key = fields["contract" if contract else "person"]
    plain = st.builds(Grant, one, window, spans)
    return plain | plain | st.builds(TableGrant, key, st.dictionaries(codes, rows, max_size=2), rows, window, spans)


_scopes = st.sampled_from(Scope)
_maybe_days = st.none() | days


@cache
def _grant_lists(level: int, *, contract: bool) -> st.SearchStrategy[tuple[Grant | TableGrant, ...]]:
    return st.lists(grants(level, contract=contract), min_size=1, max_size=3).map(tuple)


@cache
def _maybe_conditions(level: int, *, contract: bool) -> st.SearchStrategy[Condition | None]:
    return st.none() | conditions(contract=contract, below=level)


@cache
@st.composite
def rules(draw: st.DrawFn, rule_id: str, level: int, *, draft: bool = False) -> Rule:
    scope = draw(_scopes)
    contract = scope is not Scope.PERSON
    return Rule(
        id=rule_id,
        title=rule_id,
        owner=None,
        category=None,
        about=None,
        scope=scope,
        condition=draw(_maybe_conditions(level, contract=contract)),
        window=draw(windows) if contract else Window(),
        grants=draw(_grant_lists(level, contract=contract)),
        draft=draft,
        span=draw(spans),
    )


@cache
@st.composite
def exclusions(draw: st.DrawFn, exclusion_id: str) -> Exclusion:
    person = draw(st.none() | st.sampled_from(("P1", "P9")))
    return Exclusion(
        id=exclusion_id,
        title=exclusion_id,
        person=person,
        condition=None if person else draw(conditions()),
        targets=draw(st.none() | st.just(("ad",))),
        because="test",
        approved_by=None,
        until=draw(_maybe_days),
        span=draw(spans),
    )


def policy_of(
    *declared: Rule, exclude: tuple[Exclusion, ...] = (), manager: ManagerRule = ManagerRule.CONTRACT
) -> CheckedPolicy:
    targets = ("ad", *(f"t{level}" for level in range(LEVELS)))
    return CheckedPolicy(
        title="Town",
        language=1,
        timezone="Europe/Amsterdam",
        primary_contract_by=PRIMARY_BY,
        primary_manager=manager,
        schema=SCHEMA,
        rules={rule.id: rule for rule in declared},
        targets={name: TargetPolicy(name, name, (), (), None, span()) for name in targets},
        exclusions={one.id: one for one in exclude},
    )


_drafts = st.sampled_from((False, False, False, True))
_levels = st.integers(0, LEVELS - 1)


@cache
@st.composite
def policies(draw: st.DrawFn, most: int = 4) -> CheckedPolicy:
    count = draw(st.integers(1, most))
    declared = [draw(rules(f"r{number}", draw(_levels), draft=draw(_drafts))) for number in range(count)]
    excluded = [draw(exclusions(f"x{number}")) for number in range(draw(st.integers(0, 2)))]
    return policy_of(*declared, exclude=tuple(excluded), manager=draw(st.sampled_from(ManagerRule)))


as_of_days: st.SearchStrategy[date] = days


@cache
@st.composite
def pairs_of_policies(draw: st.DrawFn, most: int = 3) -> tuple[CheckedPolicy, CheckedPolicy]:
    """Draw a policy and the same with one rule replaced."""
    levels = draw(st.lists(_levels, min_size=1, max_size=most))
    before = [draw(rules(f"r{number}", level, draft=draw(_drafts))) for number, level in enumerate(levels)]
    changed = draw(st.integers(0, len(levels) - 1))
    after = [*before]
    after[changed] = draw(rules(f"r{changed}", levels[changed]))
    manager = draw(st.sampled_from(ManagerRule))
    return policy_of(*before, manager=manager), policy_of(*after, manager=manager)
