"""A diff as its readers see it: the statement, the lines, who approved, and people's names."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import groupby

from api.render.counting import counted
from policy.canonical import JsonValue
from policy.diff import LimitVerdict, Line, Op, Status, line_json
from policy.statements import ApprovalVerdict, DiffStatement, Totals

SIGNS = {Op.GRANT: "+", Op.ADOPT: "=", Op.UPDATE: "~", Op.REVOKE: "-", Op.DELETE: "x", Op.UNMANAGE: "o"}
"""One sign per operation, as text shows them."""


@dataclass(frozen=True, slots=True)
class DiffView:
    """What is shown.

    `names` are display names by person; `state` is `open` or `consumed`; `limits` have their texts.
    """

    statement: DiffStatement
    lines: Sequence[Line]
    state: str
    verdict: ApprovalVerdict | None = None
    names: Mapping[str, str] = field(default_factory=dict)
    limits: tuple[LimitVerdict, ...] = ()
    expired: bool = False

    def by_person(self) -> Iterator[tuple[str, list[Line]]]:
        """Lines of each person, in order."""
        for person, lines in groupby(self.lines, key=lambda line: line.key.person):
            yield person, list(lines)

    def called(self, person: str) -> str:
        """External id with the display name where it is known."""
        name = self.names.get(person)
        return f"{person} {name}" if name else person


def totals_json(totals: Totals) -> list[JsonValue]:
    """One object per target, kind, op and status."""
    return [
        {"count": count, "kind": kind.value, "op": op.value, "status": status.value, "target": target}
        for (target, kind, op, status), count in totals.items()
    ]


def limits_json(limits: tuple[LimitVerdict, ...]) -> list[JsonValue]:
    """One object per limit that was judged."""
    return [
        {
            "at": one.at,
            "base": one.base,
            "count": one.count,
            "days": one.days,
            "executed": one.executed,
            "kind": one.kind.value,
            "limit": one.limit,
            "op": one.op.value,
            "target": one.target,
            "text": one.text,
            "tripped": one.tripped,
        }
        for one in limits
    ]


def view_json(view: DiffView) -> dict[str, JsonValue]:
    """Everything a machine may want of a diff."""
    return {**heading_json(view), "lines": [line_json(line) for line in view.lines]}


def heading_json(view: DiffView) -> dict[str, JsonValue]:
    """Everything but the lines."""
    statement = view.statement
    return {
        "diff": statement.id,
        "as_of": statement.as_of.isoformat(),
        "purpose": statement.terms.purpose.value,
        "tenant": statement.terms.tenant,
        "created_at": statement.terms.created_at.isoformat(),
        "expires_at": statement.terms.expires_at.isoformat(),
        "state": view.state,
        "approval": approval_json(view.verdict) if view.verdict else None,
        "totals": totals_json(statement.totals),
        "limits": limits_json(view.limits),
    }


def approval_json(verdict: ApprovalVerdict) -> dict[str, JsonValue]:
    """Who approved, and how many are missing."""
    return {
        "approved": verdict.approved,
        "approved_by": list(verdict.approved_by),
        "rejected_by": list(verdict.rejected_by),
        "required": verdict.required,
        "missing": verdict.missing,
    }


def describe_status(view: DiffView) -> str:
    """One sentence: what may happen with this diff now."""
    verdict = view.verdict
    if view.state == "consumed":
        return "This diff was enforced; it cannot be enforced again."
    if not view.lines:
        return "Nothing would change."
    if view.statement.terms.purpose.value != "enforce":
        return "This diff is only to be looked at; it can never be enforced."
    if view.expired:
        return "This diff has expired; it cannot be enforced."
    if verdict is not None and verdict.rejected_by:
        return f"Rejected by {', '.join(verdict.rejected_by)}; it cannot be enforced."
    doable = [line for line in view.lines if _may_be_done(line, verdict)]
    if not doable:
        return "Nothing of this diff can be enforced as it is: no line is planned."
    if verdict is None or verdict.missing:
        missing = verdict.missing if verdict else view.statement.terms.required
        people = "person approves" if missing == 1 else "people approve"
        return f"{counted(len(doable), 'line')} could be enforced once {missing} more {people}."
    return f"Approved by {', '.join(verdict.approved_by)}; {_say_approved(doable, verdict)} can be enforced."


def _may_be_done(line: Line, verdict: ApprovalVerdict | None) -> bool:
    """Whether nothing but approval stands in the way of the line: it is planned, or its limit was released."""
    if line.status is Status.BLOCKED:
        return verdict is not None and verdict.releases.covers(line)
    return line.status is Status.PLANNED


def _say_approved(doable: list[Line], verdict: ApprovalVerdict) -> str:
    """How many lines were approved: reviewers may have approved only some."""
    lines = verdict.approved_lines
    approved = len(doable) if lines is None else sum(1 for line in doable if line.n in lines)
    return counted(approved, "line") if approved == len(doable) else f"{approved:,} of {counted(len(doable), 'line')}"
