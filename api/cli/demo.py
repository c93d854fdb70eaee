"""`ordain demo`: the main job on a small clinic, told in plain words. Everything is real but the calendar."""

from __future__ import annotations

import tempfile
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path
from typing import Annotated

import typer

from api.cli.output import Output
from api.compose import open_tools
from api.render.diff_text import render_limits, render_line, render_totals
from api.tools import Tools
from api.usecases.approve import Review, approve_diff
from api.usecases.books import verify_audit
from api.usecases.enforce import enforce_diff
from api.usecases.evaluate import evaluate_workspace
from api.usecases.examples import copy_example
from api.usecases.explain import explain_person
from api.usecases.import_people import import_people
from api.usecases.keys import create_key, find_reviewer, read_trust
from api.usecases.sign import SignedEvaluation, sign_evaluation, write_diff
from api.usecases.verify import gather_files, verify_gathered
from engine.explain.text import explanation_text
from policy.diagnostics import RefusedError
from policy.diff import Line
from policy.enforcement import ActionState
from policy.statements import Decision
from policy.trust import TrustRole

REVIEWER = "rita@harbour.example"
FIRST_DAY = date(2026, 3, 2)
LAST_DAY_OF_HANNA = date(2026, 3, 31)
PROJECT_IS_OVER = date(2026, 8, 3)


def demo(
    workspace: Annotated[
        Path | None, typer.Option("-w", "--workspace", help="A new folder to work in.", show_default="a temporary one")
    ] = None,
) -> None:
    """Show the whole path on a small clinic: import, evaluate, approve, enforce, a leaver, and a limit that blocks."""
    folder = workspace or Path(tempfile.mkdtemp(prefix="ordain-demo-"))
    output = Output()
    copy_example("first-steps", folder)
    calendar = Calendar(FIRST_DAY)
    with open_tools(folder, actor="demo") as tools:
        story = Story(output, replace(tools, now=calendar.now), calendar, folder)
        for number, step in enumerate(STEPS, start=1):
            output.say()
            output.say(f"{number}. {step.__doc__}", style="bold")
            step(story)
    output.say()
    output.say(f"The workspace is in {folder}. Look around:", style="bold")
    for command in ("show", "ledger", "audit", "explain 1008", "graph"):
        output.say(f"   ordain {command} -w {folder}")


@dataclass(slots=True)
class Calendar:
    """The demo's own calendar: nine in the morning of `day`, and a second more at every look."""

    day: date
    ticks: int = 0

    def now(self) -> datetime:
        """Look at the clock."""
        self.ticks += 1
        return datetime.combine(self.day, time(9), UTC) + timedelta(seconds=self.ticks)


@dataclass(slots=True)
class Story:
    """What the steps share."""

    output: Output
    tools: Tools
    calendar: Calendar
    folder: Path
    latest: list[SignedEvaluation] = field(default_factory=list)

    def say(self, text: str) -> None:
        """Tell one thing."""
        self.output.say(f"   {text}")

    def quote(self, text: str) -> None:
        """Show what a command would print."""
        for line in text.rstrip("\n").split("\n"):
            self.output.say(f"   | {line}", style="dim")

    def evaluate(self) -> SignedEvaluation:
        """Evaluate and sign as of the day of the calendar, and show totals and limits."""
        signed = sign_evaluation(self.tools, evaluate_workspace(self.tools))
        self.latest.append(signed)
        diff = signed.evaluated.diff
        self.quote("\n".join([f"Diff {signed.signed.id[:12]}, as of {diff.as_of}", *render_totals(diff.totals())]))
        return signed

    def show(self, person: str, *, wanted: Callable[[Line], bool] = lambda _: True) -> None:
        """Show the lines of one person."""
        signed = self.latest[-1]
        found = signed.evaluated.snapshot.find_person(person)
        lines = [line for line in signed.evaluated.diff.lines if line.key.person == person and wanted(line)]
        texts = [text for line in lines for text in render_line(line)]
        self.quote("\n".join([f"{person} {found.values['display_name'] if found else ''}", *texts]))

    def approve_and_enforce(self) -> None:
        """Let the reviewer approve the latest diff, and enforce it."""
        signer, person = find_reviewer(self.tools.workspace, person=REVIEWER, key_file=None)
        diff = self.latest[-1].signed.id
        approve_diff(self.tools, diff, Review(person, Decision.APPROVE), signer=signer)
        done = enforce_diff(self.tools, diff)
        count = sum(1 for one in done.run.outcomes if one.state is ActionState.DONE)
        self.say(f"{REVIEWER} approves; {count} of {len(done.run.outcomes)} actions are done.")


def import_step(story: Story) -> None:
    """People: read the HR export, and keep a snapshot of who works where."""
    imported = import_people(story.tools)
    counts = imported.counts
    story.say(f"{counts.persons} persons, {counts.contracts} contracts, {counts.departments} departments.")
    story.say("The snapshot is immutable and named by its own digest:")
    story.quote(f"snapshot {imported.snapshot.digest}")


def evaluate_step(story: Story) -> None:
    """Rules: who should have what on 2 March 2026, and what would change."""
    story.evaluate()
    story.say("Nothing has changed anywhere: this is a signed proposal, each line with its reason. Two people of it:")
    story.show("1006")
    story.show("1009")
    story.say("Dirk starts on 10 March: his account is made two weeks early, and he cannot log in before that day.")


def refuse_step(story: Story) -> None:
    """Nobody approved: try to enforce it all the same."""
    try:
        enforce_diff(story.tools, story.latest[-1].signed.id)
    except RefusedError as error:
        story.quote(f"refused: {error.diagnostic.detail} [{error.diagnostic.code}]")
    story.say("Only what is signed, approved and still true is enforced.")


def approve_step(story: Story) -> None:
    """Approval: Rita reads the diff, approves it with a key of her own, and it is enforced."""
    create_key(story.tools.workspace, REVIEWER, [TrustRole.REVIEWER])
    story.approve_and_enforce()
    accounts = (story.folder / "out" / "ad.csv").read_text(encoding="utf-8").splitlines()
    story.say("The target holds the accounts now:")
    columns = [line.split(",", 1)[1] for line in accounts]
    story.quote("\n".join([*columns[:5], f"… and {len(columns) - 5} more"]))


def again_step(story: Story) -> None:
    """Evaluate again: the diff is empty, because what people have is what the rules give them."""
    story.evaluate()
    try:
        enforce_diff(story.tools, story.latest[0].signed.id)
    except RefusedError as error:
        story.say("And the first diff cannot be used a second time:")
        story.quote(f"refused: {error.diagnostic.detail} [{error.diagnostic.code}]")


def last_day_step(story: Story) -> None:
    """Leaving: 31 March is Hanna's last day. She still works today, so nothing is taken from her."""
    story.calendar.day = LAST_DAY_OF_HANNA
    story.evaluate()
    story.say("No line is about Hanna. These are for Dirk, who has started and can log in now:")
    story.show("1009")
    story.approve_and_enforce()


def leaver_step(story: Story) -> None:
    """One day later, her access and her permissions end; the account waits thirty days more."""
    story.calendar.day = LAST_DAY_OF_HANNA + timedelta(days=1)
    story.evaluate()
    story.show("1008")
    story.say("Why? Ask:")
    answer = explain_person(story.tools, "1008", "access in ad")
    story.quote(explanation_text(answer))
    story.approve_and_enforce()


def limit_step(story: Story) -> None:
    """Limits: by August a project has ended, and many accounts would go at once."""
    story.calendar.day = PROJECT_IS_OVER
    signed = story.evaluate()
    story.quote("\n".join(render_limits(signed.evaluated.diff.limits)))
    story.say("The limit in the rules holds back the whole bucket; the rest goes on. Had this been a broken export,")
    story.say("nobody would have lost an account. A person with the right may release it, for this diff alone:")
    story.quote(f"ordain approve {signed.signed.id[:12]} --release ad/revoke/account")


def verify_step(story: Story) -> None:
    """Years later: the files prove themselves, offline."""
    out = story.folder / "out" / "diff"
    write_diff(out, story.latest[-1])
    report = verify_gathered(gather_files([out]), read_trust(story.tools.workspace), story.tools.now())
    story.quote("\n".join(f"{'ok' if check.ok else 'FAILS'}: {check.words}" for check in report.checks))
    log = verify_audit(story.tools)
    story.say(f"The audit log has {log.size} entries and is {'whole' if log.intact else 'BROKEN'}.")


STEPS: tuple[Callable[[Story], None], ...] = (
    import_step,
    evaluate_step,
    refuse_step,
    approve_step,
    again_step,
    last_day_step,
    leaver_step,
    limit_step,
    verify_step,
)
