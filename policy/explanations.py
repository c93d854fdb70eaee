"""Why somebody is entitled to something, or why not, as values that any face can show."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Literal

from policy.canonical import JsonValue
from policy.decisions import ActiveExclusion, Reason
from policy.entitlements import Entitlement
from policy.people import DataProblem


@dataclass(frozen=True, slots=True)
class ConditionExplained:
    """A condition, in the author's words, with its verdict.

    `saw` is the value of the compared field as text (None: absent, or no field is compared); `hidden` says that it is
    private and not shown. `against` is the date (ISO 8601) that a moment stood for. `contract` is the contract it
    spoke of ("" for none). `at` is `path:line`.
    """

    text: str
    verdict: bool
    at: str
    contract: str = ""
    compares: bool = False
    saw: str | None = None
    hidden: bool = False
    against: str | None = None
    parts: tuple[ConditionExplained, ...] = ()


@dataclass(frozen=True, slots=True)
class WindowExplained:
    """Days on which a grant may be given through one contract; `first` None: it never begins, `last` None: no end."""

    first: date | None
    last: date | None
    inside: bool


@dataclass(frozen=True, slots=True)
class AttemptExplained:
    """A grant tried through one contract ("" for the person alone).

    `given`: this contract is a reason. `would_give` is the entitlement it would give ("" when a field of its name is
    absent, or a table gives nothing of the kind).
    """

    contract: str
    given: bool
    satisfied: bool
    window: WindowExplained | None
    condition: ConditionExplained | None
    would_give: str


@dataclass(frozen=True, slots=True)
class Failure:
    """One thing that stands in the way, as a sentence.

    `kind`: a condition, the window, the name that is filled in, the scope (no contract to speak of), or a draft.
    `lasting` says it without any date that moves along with today ("": `text` has none).
    """

    kind: Literal["condition", "window", "name", "scope", "draft"]
    text: str
    at: str
    contract: str = ""
    lasting: str = ""


@dataclass(frozen=True, slots=True)
class GrantExplained:
    """One grant of one rule with respect to one entitlement.

    `via` are the roles it came through. `failures` belong to the attempt that came nearest (empty when it is given);
    `distance` counts what would have to be different for that attempt.
    """

    rule: str
    title: str
    at: str
    grant_at: str
    scope: str
    draft: bool
    via: tuple[str, ...]
    given: bool
    attempts: tuple[AttemptExplained, ...]
    failures: tuple[Failure, ...]
    distance: int

    @property
    def reasons(self) -> tuple[Reason, ...]:
        """The reasons this grant is for its entitlement, sorted; the same that a diff's line carries."""
        return tuple(sorted({Reason(self.rule, self.at, one.contract) for one in self.attempts if one.given}))


@dataclass(frozen=True, slots=True)
class Answer:
    """Why (`because`, at least one) or why not (`nearest` first, empty when no rule grants such a thing at all)."""

    entitlement: Entitlement
    entitled: bool
    because: tuple[GrantExplained, ...]
    nearest: tuple[GrantExplained, ...]

    @property
    def reasons(self) -> tuple[Reason, ...]:
        """All reasons, sorted, each once."""
        return tuple(sorted({reason for grant in self.because for reason in grant.reasons}))


@dataclass(frozen=True, slots=True)
class Explanation:
    """What can be told about one person on one day.

    `present`: the person is in the snapshot (one who is gone is entitled to nothing). `frozen` and `excluded` say why
    nothing happens to them whatever they are entitled to; `ended` are exclusions that are over. `answers` hold the one
    entitlement asked for, or everything the person is entitled to, in order.
    """

    person: str
    as_of: date
    present: bool
    frozen: tuple[DataProblem, ...]
    excluded: tuple[ActiveExclusion, ...]
    ended: tuple[ActiveExclusion, ...]
    answers: tuple[Answer, ...]


def explanation_json(explanation: Explanation) -> dict[str, JsonValue]:
    """JSON object of an explanation, for machines."""
    return {
        "person": explanation.person,
        "as_of": explanation.as_of.isoformat(),
        "present": explanation.present,
        "frozen": [
            {"code": one.code, "contract": one.contract, "field": one.field, "text": one.text}
            for one in explanation.frozen
        ],
        "excluded": [_exclusion_json(one) for one in explanation.excluded],
        "ended": [_exclusion_json(one) for one in explanation.ended],
        "answers": [_answer_json(one) for one in explanation.answers],
    }


def _exclusion_json(one: ActiveExclusion) -> JsonValue:
    return {
        "exclusion": one.exclusion,
        "at": one.at,
        "targets": None if one.targets is None else sorted(one.targets),
    }


def _answer_json(answer: Answer) -> JsonValue:
    return {
        "target": answer.entitlement.target,
        "kind": answer.entitlement.kind.value,
        "name": answer.entitlement.name,
        "entitled": answer.entitled,
        "reasons": [{"at": one.at, "contract": one.contract, "rule": one.rule} for one in answer.reasons],
        "because": [_grant_json(one) for one in answer.because],
        "nearest": [_grant_json(one) for one in answer.nearest],
    }


def _grant_json(grant: GrantExplained) -> JsonValue:
    return {
        "rule": grant.rule,
        "title": grant.title,
        "at": grant.at,
        "grant_at": grant.grant_at,
        "scope": grant.scope,
        "draft": grant.draft,
        "via": list(grant.via),
        "given": grant.given,
        "distance": grant.distance,
        "attempts": [_attempt_json(one) for one in grant.attempts],
        "failures": [
            {"kind": one.kind, "text": one.text, "at": one.at, "contract": one.contract} for one in grant.failures
        ],
    }


def _attempt_json(attempt: AttemptExplained) -> JsonValue:
    window = attempt.window
    return {
        "contract": attempt.contract,
        "given": attempt.given,
        "satisfied": attempt.satisfied,
        "would_give": attempt.would_give,
        "condition": None if attempt.condition is None else _condition_json(attempt.condition),
        "window": None
        if window is None
        else {
            "first": window.first.isoformat() if window.first else None,
            "last": window.last.isoformat() if window.last else None,
            "inside": window.inside,
        },
    }


def _condition_json(condition: ConditionExplained) -> JsonValue:
    record: dict[str, JsonValue] = {"text": condition.text, "verdict": condition.verdict, "at": condition.at}
    if condition.contract:
        record["contract"] = condition.contract
    if condition.compares:
        record["saw"] = condition.saw
        record["hidden"] = condition.hidden
    if condition.against is not None:
        record["against"] = condition.against
    if condition.parts:
        record["parts"] = [_condition_json(part) for part in condition.parts]
    return record
