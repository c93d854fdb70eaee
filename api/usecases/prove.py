"""Prove that no possible person gets both sides of a never by the rules, or find one who does."""

from __future__ import annotations

import difflib

from dsl.testing.write import NO_PLACE, render_test
from engine.evaluate.evaluate import evaluate
from engine.prove.problem import Tree
from engine.prove.questions import can_be_entitled_to_both
from policy.catalogue.proofs import UNKNOWN_NEVER
from policy.decisions import Reason
from policy.diagnostics import Diagnostic, UsageError
from policy.entitlements import Entitlement, EntitlementKey
from policy.proofs import Budget, NeverProof, Witness
from policy.rules import CheckedPolicy, Never
from policy.testing import Expectation, Expected, TestDay, TestPerson


def chosen_nevers(policy: CheckedPolicy, never: str | None) -> tuple[Never, ...]:
    """Give the never of this id, or all, by id. Raises UsageError when there is none of this id."""
    if never is None:
        return tuple(policy.nevers.values())
    if never not in policy.nevers:
        similar = difflib.get_close_matches(never, policy.nevers, n=1)
        known = ", ".join(policy.nevers) or "none"
        hint = f"did you mean {similar[0]}?" if similar else f"its nevers are: {known}"
        detail = f"The policy has no never “{never}”."
        raise UsageError(Diagnostic(UNKNOWN_NEVER, detail, hint=hint, subject=never))
    return (policy.nevers[never],)


def prove_never(policy: CheckedPolicy, never: Never, *, budget: Budget, tree: Tree) -> NeverProof:
    """Prove one never, over the departments of `tree` or any that are possible."""
    answer = can_be_entitled_to_both(policy, never.first, never.second, budget=budget, tree=tree)
    if answer.witness is None:
        return NeverProof(never, answer)
    sides = [_reasons(policy, answer.witness, one) for one in (never.first, never.second)]
    return NeverProof(never, answer, sides[0], sides[1], _test_of(never, answer.witness, sides))


def _reasons(policy: CheckedPolicy, witness: Witness, entitlement: Entitlement) -> tuple[Reason, ...]:
    desired = evaluate(policy, witness.snapshot, witness.as_of).desired
    return desired[EntitlementKey.of(witness.person.external_id, entitlement)]


def _test_of(never: Never, witness: Witness, sides: list[tuple[Reason, ...]]) -> str:
    """Test block that says what the rules give this person."""
    person = witness.person.external_id
    expectations = tuple(
        Expectation(
            Expected.ENTITLED,
            person,
            entitlements=(entitlement,),
            because=tuple(sorted({one.rule for one in reasons})),
            event=None,
            span=NO_PLACE,
        )
        for entitlement, reasons in zip((never.first, never.second), sides, strict=True)
    )
    return render_test(
        f"Both sides of {never.id}",
        [TestPerson(witness.person, (), NO_PLACE)],
        departments=witness.departments,
        days=[TestDay(witness.as_of, expectations, NO_PLACE)],
    )
