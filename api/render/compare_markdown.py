"""A comparison as Markdown for a comment on a pull request: a table, and details folded below it.

GitHub takes a comment of at most 65,536 characters: what does not fit is left out from the end, and that is said.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

from api.render.compare_view import (
    blame_title,
    blame_words,
    causes,
    clause_lines,
    declaration_title,
    failing_title,
    headline,
    limit_sentence,
    never_lines,
    never_sentence,
    people_lines,
    people_totals,
    population_line,
    say_sides,
    witness_lines,
    witness_title,
)
from api.render.counting import counted
from api.render.diagnostics import show_unseen
from policy.comparison import Comparison, EntitlementComparison, SideEffects, Version
from policy.proofs import Verdict

MOST_CHARACTERS = 65_536
"""Longest comment that GitHub takes."""
_FOR_NOTES = 400
_MARKS = {
    Verdict.SAME: "⚪",
    Verdict.WIDENED: "🟢",
    Verdict.NARROWED: "🔴",
    Verdict.MIXED: "🟠",
    Verdict.UNDECIDED: "🟡",
}
_STEPS = {Version.PATCH: "🟢", Version.MINOR: "🟡", Version.MAJOR: "🔴"}
_MOST_REASONS = 6
_MANY = 4
_MOST_CAUSES = 8
_TICKS = re.compile("`+")
_SPECIAL = re.compile(r"([\\`*_{}\[\]<>#|~@!&])")


def render_markdown(comparison: Comparison, *, everything: bool = False, most: int = MOST_CHARACTERS) -> str:
    """Whole comment, at most `most` characters long."""
    shown = comparison.entitlements if everything else comparison.changed
    head = [*_head(comparison), *_causes(comparison), ""]
    rows = [_row(one) for one in shown]
    details = [_details(one, comparison) for one in shown if one.verdict is not Verdict.SAME]
    tail = [*_effects(comparison.effects)]
    table = ["| | entitlement | verdict | real people | to blame |", "|---|---|---|---|---|"] if rows else []
    room = most - _FOR_NOTES - _length([*head, *table])
    kept_rows = _fitting(rows, room)
    room -= _length(kept_rows)
    kept_tail = _fitting(tail, room)
    room -= _length(kept_tail)
    kept_details = _fitting(details, room)
    notes = [
        _left_out(len(rows) - len(kept_rows), "entitlements"),
        _left_out(len(tail) - len(kept_tail), "lines of what else follows"),
        _left_out(len(details) - len(kept_details), "details"),
    ]
    notes = [one for one in notes if one]
    lines = [*head, *table, *kept_rows, *([""] if rows else []), *kept_details, *kept_tail]
    lines += ["", f"> {' '.join(notes)} `ordain compare` shows them."] if notes else []
    return "\n".join(lines).rstrip("\n") + "\n"


def _fitting(blocks: Sequence[str], room: int) -> list[str]:
    """Give as many blocks from the beginning as `room` characters hold."""
    kept: list[str] = []
    for block in blocks:
        room -= len(block) + 1
        if room < 0:
            break
        kept.append(block)
    return kept


def _length(blocks: Iterable[str]) -> int:
    return sum(len(one) + 1 for one in blocks)


def _left_out(count: int, what: str) -> str:
    return f"{count:,} {what} are left out: a comment holds no more." if count else ""


def _head(comparison: Comparison) -> list[str]:
    step = f"{_STEPS[comparison.version]} suggested version step: **{comparison.version.value}**"
    reasons = [f"- {_plain(one)}" for one in comparison.reasons[:_MOST_REASONS]]
    rest = len(comparison.reasons) - len(reasons)
    return [
        f"### Who gets which access: {_code(comparison.base)} → {_code(comparison.head)}",
        "",
        f"{_plain(headline(comparison))} {step}.",
        "",
        *reasons,
        *([f"- and {rest} more reasons"] if rest > 0 else []),
        *(["", _plain(population_line(comparison))] if comparison.population else []),
    ]


def _causes(comparison: Comparison) -> list[str]:
    found = causes(comparison)
    if len(comparison.changed) < _MANY or not found:
        return []
    lines = [
        f"- {_code(blame.clause.at)} {_plain(blame_title(blame))}: {counted(count, 'entitlement')}"
        for blame, count in found[:_MOST_CAUSES]
    ]
    rest = len(found) - len(lines)
    return ["", "Where the difference comes from:", "", *lines, *([f"- and {rest} more clauses"] if rest else [])]


def _row(one: EntitlementComparison) -> str:
    blame = [blame.clause.at for blame in one.blame]
    new = " (new)" if one.new else ""
    cells = [
        _MARKS[one.verdict],
        _code(one.text),
        f"{one.verdict.value}{new}",
        people_totals(one),
        ", ".join(_code(at) for at in dict.fromkeys(blame)),
    ]
    return f"| {' | '.join(cell.replace('|', chr(92) + '|') for cell in cells)} |"


def _details(one: EntitlementComparison, comparison: Comparison) -> str:
    title = f"{_MARKS[one.verdict]} {_html(one.text)}: {one.verdict.value}"
    lines = [f"<details><summary>{title}</summary>", ""]
    lines += [_plain(one.why), ""] if one.why else []
    for witness in one.witnesses:
        lines += [_plain(witness_title(witness)), "", *_fenced(witness_lines(witness)), ""]
        for side in say_sides(witness):
            mark = "✅" if side.entitled else "❌"
            lines.append(f"- **{side.side}** {mark} {_plain('; '.join(side.sentences))}")
        lines.append("")
    for blame in one.blame:
        lines += [f"{blame_words(one).capitalize()}: {_plain(blame_title(blame))}", ""]
        lines += [
            f"- **{side}** {f'{_code(at)} {_code(text)}' if at else 'not there'}"
            for side, at, text in clause_lines(blame)
        ]
        lines.append("")
    lines += [f"- {_plain(line)}" for line in people_lines(one, comparison)]
    return "\n".join([*lines, "", "</details>"])


def _effects(effects: SideEffects) -> list[str]:
    lines: list[str] = []
    for change in effects.declarations:
        lines.append(f"- {_plain(declaration_title(change))}")
        lines += [f"  - {_plain(what)}" for what in change.what]
    for never in effects.nevers:
        lines.append(f"- {'🔴 ' if never.became_violable else ''}{_plain(never_sentence(never))}")
        lines += ["", *_fenced(never_lines(never)), ""] if never_lines(never) else []
    lines += [f"- {'🔴 ' if limit.new else ''}{_plain(limit_sentence(limit))}" for limit in effects.limits]
    for test in effects.tests:
        lines.append(f"- 🔴 {_plain(failing_title(test))}")
        lines += [f"  - {_plain(why)}" for why in test.why]
    lines += [f"- {_plain(why)}" for why in effects.left_out]
    return ["", "#### What else follows", "", *lines] if lines else []


def _fenced(lines: Sequence[str]) -> list[str]:
    """Lines as a block of code, behind a fence longer than any run of ticks in them."""
    shown = [show_unseen(line) for line in lines]
    fence = "`" * max(3, _longest_run(shown) + 1)
    return [f"{fence}ordain", *shown, fence]


def _code(text: str) -> str:
    """Text as code, which mentions nobody and forms nothing."""
    shown = show_unseen(text)
    ticks = "`" * (_longest_run([shown]) + 1)
    pad = " " if shown[:1] == "`" or shown[-1:] == "`" else ""
    return f"{ticks}{pad}{shown}{pad}{ticks}"


def _longest_run(lines: Iterable[str]) -> int:
    return max((len(found) for line in lines for found in _TICKS.findall(line)), default=0)


def _plain(text: str) -> str:
    """Text that is read as it is: no letter of it forms a link, a mention or a tag."""
    return _SPECIAL.sub(r"\\\1", show_unseen(text)).replace("\\<", "&lt;").replace("\\@", "&#64;")


def _html(text: str) -> str:
    shown = show_unseen(text)
    return shown.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;").replace("@", "&#64;")
