"""Who is left alone: exclusions, data problems, targets nobody declares any more (LANGUAGE.md sections 7.1 and 9)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from engine.reconcile.drafts import Draft
from engine.reconcile.inputs import ReconcileInputs
from policy.catalogue.evaluation import TARGET_NOT_DECLARED
from policy.decisions import ActiveExclusion
from policy.diagnostics import Diagnostic
from policy.diff import Op, Why


@dataclass(frozen=True, slots=True)
class FrozenScopes:
    """Why lines of a person in a target are frozen, and which ended exclusions release them; worked out once."""

    inputs: ReconcileInputs
    _known: dict[tuple[str, str], tuple[Why, ...]] = field(default_factory=dict)

    def reasons(self, draft: Draft) -> tuple[Why, ...]:
        """Why the line is frozen; empty when it is not."""
        scope = (draft.key.person, draft.key.target)
        if scope not in self._known:
            self._known[scope] = (*self._of_person(*scope),)
        found = self._known[scope]
        if draft.problem is not None:
            found = (*found, draft.problem)
        # A target that is gone from the rules: forgetting needs no target, taking away on a guess is never right.
        if draft.op is not Op.UNMANAGE and draft.key.target not in self.inputs.policy.targets:
            found = (*found, _undeclared(draft.key.target))
        return found

    def released_by(self, person: str, target: str) -> tuple[str, ...]:
        """Exclusions of the person in the target that still held at the last enforced diff and have ended since."""
        ended = (one for one in self.inputs.decisions.ended.get(person, ()) if _covers(one, target))
        return tuple(sorted({one.exclusion for one in ended if self._held_before(one)}))

    def _held_before(self, ended: ActiveExclusion) -> bool:
        previous = self.inputs.previous_as_of
        declared = self.inputs.policy.exclusions.get(ended.exclusion)
        until = declared.until if declared else None
        return previous is None or until is None or until >= previous

    def _of_person(self, person: str, target: str) -> Iterable[Why]:
        decisions = self.inputs.decisions
        for one in sorted(decisions.excluded.get(person, ()), key=lambda one: (one.exclusion, one.at)):
            if _covers(one, target):
                where = "every target" if one.targets is None else target
                yield Why(
                    "exclusion", one.exclusion, f"{one.exclusion} ({one.at}) leaves this person alone in {where}."
                )
        problems = {Why("data", one.field, one.text) for one in decisions.frozen.get(person, ())}
        yield from sorted(problems, key=lambda why: (why.id, why.text))


def warn_undeclared(inputs: ReconcileInputs) -> tuple[Diagnostic, ...]:
    """One warning for each target that we manage something in and that no rule declares."""
    counts: dict[str, int] = {}
    for key in inputs.managed.entries:
        if key.target not in inputs.policy.targets:
            counts[key.target] = counts.get(key.target, 0) + 1
    return warn_of(counts)


def warn_of(counts: Mapping[str, int]) -> tuple[Diagnostic, ...]:
    """One warning for each target that no rule declares, with how much we manage in it."""
    return tuple(
        Diagnostic(
            TARGET_NOT_DECLARED,
            f"{count} entitlements are managed in {target}, which no rule declares as a target: they stay as they are.",
            hint=f"declare `target {target}` again, or release these entitlements by hand",
            subject=target,
        )
        for target, count in sorted(counts.items())
    )


def _covers(exclusion: ActiveExclusion, target: str) -> bool:
    return exclusion.targets is None or target in exclusion.targets


def _undeclared(target: str) -> Why:
    return Why("data", "target", f"Target {target} is not declared in the rules, so nothing is taken away there.")
