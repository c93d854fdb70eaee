"""`ordain prove`."""

from __future__ import annotations

from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from api.cli.exits import Exit
from api.cli.options import HERE, JsonOption, WorkspaceOption
from api.cli.output import Output, TerminalProgress
from api.cli.registry import load
from api.render.counting import counted
from api.render.proofs import proof_json, proof_lines
from api.settings.workspace import open_workspace
from api.usecases.load_policy import load_policy
from api.usecases.prove import chosen_nevers, prove_never
from engine.prove.problem import Tree
from policy.proofs import Budget, NeverProof, Outcome

_CASES = Budget().cases
_SOLVER_SHARE = Budget().solver_steps // _CASES


class Departments(StrEnum):
    """Which departments a proof is about."""

    ANY = "any"
    SNAPSHOT = "snapshot"


def prove(
    never: Annotated[str | None, typer.Argument(help="Id of a never; without it, every never of the policy.")] = None,
    *,
    workspace: WorkspaceOption = HERE,
    budget: Annotated[
        int,
        typer.Option("--budget", min=1, metavar="N", help="Cases to look at for one never, before it is undecided."),
    ] = _CASES,
    departments: Annotated[
        Departments,
        typer.Option("--departments", help="Any departments that are possible, or those of the snapshot in force."),
    ] = Departments.ANY,
    as_json: JsonOption = False,
) -> None:
    """Prove that by the rules nobody ever gets both sides of a never, or show a person who does.

    Every possible person, with any contracts, on any day: not only those of today. The person shown is made up, as
    small as could be found, and was put before the evaluation itself; the block can be kept as a test. Exit code 0 when
    all asked about is proved to hold, 1 when something is not, or could not be decided within the budget.
    """
    output = Output(as_json=as_json)
    policy = load_policy(open_workspace(workspace)).require()
    nevers = chosen_nevers(policy, never)
    tree = _snapshot_departments(workspace, output) if departments is Departments.SNAPSHOT else None
    progress = TerminalProgress(output.errors)
    proofs: list[NeverProof] = []
    for number, one in enumerate(nevers):
        progress(f"Proving {one.id}", number, len(nevers))
        proofs.append(prove_never(policy, one, budget=Budget(budget, budget * _SOLVER_SHARE), tree=tree))
    for proof in proofs:
        for line in proof_lines(proof):
            output.say(line)
    output.say(_summary(proofs))
    output.emit({"proofs": [proof_json(one) for one in proofs]})
    if not all(one.holds for one in proofs):
        raise typer.Exit(Exit.PROBLEMS)


def _snapshot_departments(workspace: Path, output: Output) -> Tree:
    read = load("api.cli.prove_snapshot:read_departments")  # it needs the database, which a proof alone does not
    departments: Tree = read(workspace, output)
    return departments


def _summary(proofs: list[NeverProof]) -> str:
    if not proofs:
        return "The policy has no never, so there is nothing to prove."
    count = {outcome: sum(one.answer.outcome is outcome for one in proofs) for outcome in Outcome}
    parts = [
        f"{count[Outcome.NO]} proved",
        f"{count[Outcome.YES]} not kept by the rules",
        f"{count[Outcome.UNDECIDED]} undecided",
    ]
    return f"{counted(len(proofs), 'never')}: {', '.join(parts)}"
