"""A comparison as text for a terminal."""

from __future__ import annotations

from collections.abc import Iterator

from api.render.compare_view import (
    SIGNS,
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
    population_line,
    say_sides,
    witness_lines,
    witness_title,
)
from api.render.counting import counted
from api.render.diagnostics import show_unseen
from policy.comparison import Comparison, EntitlementComparison, ReplayedWitness, SideEffects, Version
from policy.proofs import Verdict

_PLAIN, _BOLD, _DIM = "\x1b[0m", "\x1b[1m", "\x1b[2m"
_GREEN, _RED, _YELLOW, _BLUE = "\x1b[32m", "\x1b[31m", "\x1b[33m", "\x1b[36m"
_PAINT = {
    Verdict.WIDENED: _GREEN,
    Verdict.NARROWED: _RED,
    Verdict.MIXED: _YELLOW,
    Verdict.UNDECIDED: _YELLOW,
    Verdict.SAME: _DIM,
}
_STEPS = {Version.PATCH: _GREEN, Version.MINOR: _YELLOW, Version.MAJOR: _RED}
_MOST_REASONS = 6
_MANY = 4
"""From so many entitlements on it helps to see first which clauses they have in common."""
_MOST_CAUSES = 8

_Line = tuple[str, str]
"""Paint ("" for none) and words."""


def render_comparison(comparison: Comparison, *, everything: bool = False, colour: bool = False) -> str:
    """Everything that differs, and with `everything` what is the same, too; ends with a line end.

    Nothing that came from data or rules reaches a terminal as a control character.
    """
    lines = []
    for paint, words in _lines(comparison, everything=everything):
        shown = show_unseen(words)
        lines.append(f"{paint}{shown}{_PLAIN}" if colour and paint and shown else shown)
    return "\n".join(lines) + "\n"


def _lines(comparison: Comparison, *, everything: bool) -> Iterator[_Line]:
    yield _BOLD, f"{comparison.base} → {comparison.head}"
    yield "", headline(comparison)
    population = population_line(comparison)
    if population:
        yield _DIM, population
    yield from _causes(comparison)
    for one in comparison.entitlements:
        if one.verdict is not Verdict.SAME:
            yield "", ""
            yield from _entitlement(one, comparison)
    yield from _effects(comparison.effects)
    if everything:
        yield from _same(comparison)
    yield "", ""
    yield from _version(comparison)


def _causes(comparison: Comparison) -> Iterator[_Line]:
    """Tell first where to look, when one clause reaches far or there are several."""
    found = causes(comparison)
    if len(comparison.changed) < _MANY or not found:
        return
    yield "", ""
    yield _BOLD, "Where the difference comes from"
    for blame, count in found[:_MOST_CAUSES]:
        yield "", f"  {counted(count, 'entitlement')}  {blame.clause.at}  {blame_title(blame)}"
    if len(found) > _MOST_CAUSES:
        yield _DIM, f"  and {len(found) - _MOST_CAUSES} more clauses"


def _entitlement(one: EntitlementComparison, comparison: Comparison) -> Iterator[_Line]:
    new = " (new)" if one.new else " (gone)" if one.in_base and not one.in_head else ""
    yield _PAINT[one.verdict], f"{SIGNS[one.verdict]} {one.verdict.value}{new}  {one.text}"
    if one.why:
        yield "", f"    {one.why}"
    for witness in one.witnesses:
        yield from _witness(witness)
    for blame in one.blame:
        yield "", f"    {blame_words(one)}: {blame_title(blame)}"
        for side, at, text in clause_lines(blame):
            yield _DIM, f"        {side}  {f'{at}  {text}' if at else 'not there'}"
    for people in people_lines(one, comparison):
        yield "", f"    {people}"


def _witness(witness: ReplayedWitness) -> Iterator[_Line]:
    yield "", f"    {witness_title(witness)}"
    for line in witness_lines(witness):
        yield _BLUE, f"        {line}"
    for side in say_sides(witness):
        mark = "✓" if side.entitled else "✗"
        for number, sentence in enumerate(side.sentences):
            yield "", f"      {f'{side.side} {mark} ' if number == 0 else '       '}{sentence}"


def _effects(effects: SideEffects) -> Iterator[_Line]:
    shown = (*effects.declarations, *effects.nevers, *effects.limits, *effects.tests)
    if shown or effects.left_out:
        yield "", ""
        yield _BOLD, "What else follows" if shown else "What was left out"
    for change in effects.declarations:
        yield "", f"  {declaration_title(change)}"
        for what in change.what:
            yield _DIM, f"      {what}"
    for never in effects.nevers:
        yield (_RED if never.became_violable else ""), f"  {never_sentence(never)}"
        for line in never_lines(never):
            yield _BLUE, f"      {line}"
    for limit in effects.limits:
        yield (_RED if limit.new else ""), f"  {limit_sentence(limit)}"
    for test in effects.tests:
        yield _RED, f"  {failing_title(test)}"
        for why in test.why:
            yield _DIM, f"      {why}"
    for why in effects.left_out:
        yield _DIM, f"  {why}"


def _same(comparison: Comparison) -> Iterator[_Line]:
    same = [one for one in comparison.entitlements if one.verdict is Verdict.SAME]
    if same:
        yield "", ""
        yield _BOLD, "The same for every possible person (proved)"
    for one in same:
        yield _DIM, f"  = {one.text}"


def _version(comparison: Comparison) -> Iterator[_Line]:
    yield _STEPS[comparison.version], f"Suggested version step: {comparison.version.value}"
    for reason in comparison.reasons[:_MOST_REASONS]:
        yield "", f"  because {reason}"
    rest = len(comparison.reasons) - _MOST_REASONS
    if rest > 0:
        yield _DIM, f"  and {rest} more reasons"
