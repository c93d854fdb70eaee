"""Conditions on the page: `and` and `or` begin continued lines, a group that does not fit has a line for each part."""

from __future__ import annotations

from dataclasses import dataclass

from dsl.format.lists import print_items
from dsl.format.page import STEP, WIDTH, Page
from dsl.format.stretch import Stretch


@dataclass(frozen=True, slots=True)
class Group:
    """Words from `(` at `start` up to behind `)` at `end`, parted by commas at `commas`.

    `values`: a list of values, no conditions. `kept`: the author gave the inside lines of its own.
    """

    start: int
    end: int
    items: tuple[Chain, ...]
    commas: tuple[int, ...]
    values: bool
    kept: bool


@dataclass(frozen=True, slots=True)
class Operand:
    """Words and groups from `start` up to `end`, one behind the other."""

    start: int
    end: int
    groups: tuple[Group, ...]

    @property
    def kept(self) -> bool:
        """Whether something in it keeps the author's lines."""
        return any(group.kept for group in self.groups)


@dataclass(frozen=True, slots=True)
class Chain:
    """Conditions joined by `and` or `or`. `kept`: the author, or something in it, keeps it on several lines."""

    operands: tuple[Operand, ...]
    kept: bool

    @property
    def start(self) -> int:
        """Its first word."""
        return self.operands[0].start

    @property
    def end(self) -> int:
        """The word behind its last."""
        return self.operands[-1].end


@dataclass(frozen=True, slots=True)
class Indents:
    """Columns of a chain: of the line it begins on, and of the lines that `and` and `or` begin."""

    base: int
    operators: int


def print_condition(page: Page, stretch: Stretch, start: int, indents: Indents) -> None:
    """Print the condition that begins at word `start`, behind what the page holds."""
    chain, _ = _read_chain(stretch, start)
    _Printer(page, stretch).print_chain(chain, indents, 0)


def _read_chain(stretch: Stretch, start: int) -> tuple[Chain, int]:
    operands: list[Operand] = []
    groups: list[Group] = []
    kept = False
    first = position = start
    words = stretch.words
    while position < len(words):
        token = words[position].token
        if token.is_sign("("):
            group = _read_group(stretch, position)
            groups.append(group)
            position = group.end
            continue
        if token.is_sign(",") or token.is_sign(")"):
            break
        if token.is_word("and", "or"):
            operands.append(Operand(first, position, tuple(groups)))
            kept = kept or words[position].leads or words[position + 1].leads
            groups, first = [], position + 1
        position += 1
    operands.append(Operand(first, position, tuple(groups)))
    return Chain(tuple(operands), kept or any(one.kept for one in operands)), position


def _read_group(stretch: Stretch, start: int) -> Group:
    words = stretch.words
    items: list[Chain] = []
    commas: list[int] = []
    position = start
    while not items or words[position].token.is_sign(","):
        if items:
            commas.append(position)
        item, position = _read_chain(stretch, position + 1)
        items.append(item)
    values = start > 0 and words[start - 1].token.is_word("in", "not in")
    leading = [words[item.start].leads for item in items]
    kept = all(leading) if values else leading[0] or any(item.kept for item in items)
    return Group(start, position + 1, tuple(items), tuple(commas), values, kept)


class _Printer:
    def __init__(self, page: Page, stretch: Stretch) -> None:
        self.page = page
        self.stretch = stretch

    def print_chain(self, chain: Chain, indents: Indents, tail: int) -> None:
        """Print a chain; `tail` columns have to be left on its last line."""
        first, *others = chain.operands
        hang = indents.operators
        if not others:
            self._print_operand(first, indents.base, hang, tail)
        elif not chain.kept and self._fits(chain.start, chain.end, hang, tail):
            self._put(chain.start, chain.end, hang)
        elif self._goes_on_behind(chain, indents, tail):
            self._print_operand(first, indents.base, hang, 0)
            self._put(first.end, chain.end, hang)
        else:
            self._print_operand(first, hang, hang, 0)
            for operand in others:
                self.page.turn(hang, blank=False)
                self._put(operand.start - 1, operand.start, hang)
                self._print_operand(operand, hang, hang + STEP, tail if operand is others[-1] else 0)

    def _goes_on_behind(self, chain: Chain, indents: Indents, tail: int) -> bool:
        """Tell whether the chain begins with a group of several lines and all others fit behind its `)`."""
        first, *others = chain.operands
        if not first.groups or any(one.kept for one in others):
            return False
        if not first.kept and self._fits(first.start, first.end, indents.operators, 0):
            return False
        closing = first.groups[-1].end - 1
        rest = self.stretch.width(closing, chain.end)
        return indents.base + rest + tail <= WIDTH and not self.stretch.is_parted(closing, chain.end)

    def _print_operand(self, operand: Operand, base: int, hang: int, tail: int) -> None:
        """Print a condition; groups that do not fit have their parts below `base`, and close there."""
        position = operand.start
        for group in operand.groups:
            self._put(position, group.start, hang)
            room = tail + self.stretch.width(group.end - 1, operand.end) - 1
            if not group.kept and self._fits(group.start, group.end, hang, room):
                self._put(group.start, group.end, hang)
            else:
                self._print_group(group, base)
            position = group.end
        self._put(position, operand.end, base + STEP if operand.groups else hang)

    def _print_group(self, group: Group, base: int) -> None:
        inside = base + STEP
        self._put(group.start, group.start + 1, inside)
        self.page.open_block()
        self.page.turn(inside)
        if group.values:
            starts = [item.start for item in group.items]
            print_items(self.page, self.stretch, [*starts, group.end - 1], inside, apart=group.kept)
        else:
            self._print_items(group, inside)
        self.page.turn(base, blank=False, notes_at=inside)
        self._put(group.end - 1, group.end, base)

    def _print_items(self, group: Group, inside: int) -> None:
        indents = Indents(inside, inside if len(group.items) == 1 else inside + STEP)
        for item, comma in zip(group.items, (*group.commas, None), strict=True):
            self.print_chain(item, indents, 0 if comma is None else 1)
            if comma is not None:
                self._put(comma, comma + 1, inside)
                self.page.turn(inside)

    def _fits(self, start: int, end: int, hang: int, tail: int) -> bool:
        column = self.page.column(self.stretch.words[start], hang)
        return column + self.stretch.width(start, end) + tail <= WIDTH and not self.stretch.is_parted(start, end)

    def _put(self, start: int, end: int, hang: int) -> None:
        for word in self.stretch.words[start:end]:
            self.page.put(word, hang)
