"""`ordain migrate`."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import typer

from api.cli.options import AsOfOption, JsonOption, read_date
from api.cli.output import Output, TerminalProgress
from api.render.counting import counted
from api.render.migration import TABLE_HEAD, migration_json, table_rows
from api.usecases.migrate import Move, Moved, move_in
from policy.canonical import JsonValue

migrate = typer.Typer(help="Move in from another product.", no_args_is_help=True, rich_markup_mode=None)


@migrate.callback()
def _group() -> None:
    """Move in from another product."""


@migrate.command("helloid")
def helloid(
    *,
    rules: Annotated[
        Path, typer.Option("--rules", help="The list of business rules as HelloID exports it, a CSV file.")
    ],
    vault: Annotated[Path, typer.Option("--vault", help="The persons and departments as HelloID exports them, JSON.")],
    out: Annotated[Path, typer.Option("--out", help="A new or empty folder for the workspace.")] = Path("migrated"),
    target: Annotated[
        list[str] | None,
        typer.Option("--target", help='Id for a target system, as "Microsoft Active Directory=ad". Can be repeated.'),
    ] = None,
    as_of: AsOfOption = None,
    timezone: Annotated[
        str, typer.Option("--timezone", help="Timezone of the policy: which day it is.")
    ] = "Europe/Amsterdam",
    force: Annotated[bool, typer.Option("--force", help="Write over files that lie in the folder.")] = False,
    as_json: JsonOption = False,
) -> None:
    """Turn HelloID's business rules into a workspace whose rules pass `ordain check`.

    What cannot be carried over stays as a comment with the reason, and is listed. The table compares how many persons
    HelloID counted with how many each rule selects from the vault; give --as-of the day of the export. Nobody gets
    more than before: a rule that lost a condition becomes a draft.
    """
    output = Output(as_json=as_json)
    move = Move(rules, vault, out, _read_targets(target or []), _known_zone(timezone), read_date(as_of), force)
    moved = move_in(move, datetime.now(UTC), TerminalProgress(output.errors))
    if as_json:
        whole: dict[str, JsonValue] = {
            "out": str(out),
            "as_of": moved.as_of.isoformat(),
            "persons": moved.persons,
            "files": [*moved.files],
        }
        output.emit({**whole, **migration_json(moved.migration, moved.counts)})
        return
    _tell(output, move, moved)


def _tell(output: Output, move: Move, moved: Moved) -> None:
    migration = moved.migration
    output.problems(migration.problems)
    what = f"{counted(len(migration.rules), 'rule')} of {move.rules.name}, {counted(moved.persons, 'person')}"
    output.say(f"{what} of {move.vault.name}, counted on {moved.as_of.isoformat()}")
    output.say("")
    output.table(TABLE_HEAD, table_rows(moved.counts))
    output.say("")
    equal = sum(one.difference == 0 for one in moved.counts)
    drafts = sum(one.draft for one in migration.rules if one.granted)
    lost = sum(len(one.lost_conditions) + len(one.lost_entitlements) for one in migration.rules)
    many = f"{drafts} is a draft" if drafts == 1 else f"{drafts} are drafts"
    output.say(f"As many persons as in HelloID: {equal} of {counted(len(moved.counts), 'rule')}; {many}.")
    if lost:
        output.say(f"{counted(lost, 'condition or entitlement')} not carried over: see {move.out / 'MIGRATION.md'}")
    if moved.vault_problems:
        output.say(f"{counted(moved.vault_problems, 'problem')} in the vault: `ordain import -w {move.out}` names them")
    warned = f" ({counted(moved.warnings, 'warning')} to expect)" if moved.warnings else ""
    output.say(f"Wrote {counted(len(moved.files), 'file')} to {move.out}. Next: ordain check -w {move.out}{warned}")


def _read_targets(texts: list[str]) -> dict[str, str]:
    targets: dict[str, str] = {}
    for text in texts:
        system, sign, target = text.rpartition("=")
        if not sign or not system.strip() or not target.strip():
            raise typer.BadParameter(f'{text} names no system and id; write it as "Microsoft Active Directory=ad"')
        if system.strip() in targets:
            raise typer.BadParameter(f"{system.strip()} is given two ids")
        targets[system.strip()] = target.strip()
    return targets


def _known_zone(timezone: str) -> str:
    try:
        ZoneInfo(timezone)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        raise typer.BadParameter(f"{timezone} is no timezone; write one such as Europe/Amsterdam") from None
    return timezone
