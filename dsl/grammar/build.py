"""Parse tables made by Lark: the one module that imports it, when no tables were kept."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache

from lark import Lark
from lark.grammar import Rule
from lark.lexer import Lexer, PatternStr, Token

from dsl.grammar.moves import Moves, Reduction
from dsl.grammar.text import grammar_text


class NoLexer(Lexer):
    """Lark reads no text here: tokens are fed one by one."""

    def __init__(self, _configuration: object) -> None:
        """Take what Lark hands over."""

    def lex(self, _lexer_state: object, _parser_state: object = None) -> Iterator[Token]:
        """Give no tokens."""
        return iter(())


def build_parser(*, strict: bool = False) -> Lark:
    """Build the tables anew. With `strict` Lark refuses a grammar with a conflict instead of resolving it silently."""
    return Lark(
        grammar_text(),
        parser="lalr",
        lexer=NoLexer,
        start="declaration",
        keep_all_tokens=True,
        maybe_placeholders=False,
        strict=strict,
    )


@cache
def parser() -> Lark:
    """Lark's own parser of the language, built once."""
    return build_parser()


def build_moves() -> Moves:
    """Make the moves of the language out of Lark's tables."""
    table = parser().parser.parser.parser.parse_table
    rows = [table.states[state] for state in range(len(table.states))]
    reductions: dict[Rule, Reduction] = {}
    (start,), (end,) = table.start_states.values(), table.end_states.values()
    return Moves(
        start,
        end,
        tuple({one: to for one, (_, to) in row.items() if isinstance(to, int) and one.isupper()} for row in rows),
        tuple(
            {
                one: reductions.setdefault(rule, _reduction(rule))
                for one, (_, rule) in row.items()
                if isinstance(rule, Rule)
            }
            for row in rows
        ),
        tuple({one: to for one, (_, to) in row.items() if isinstance(to, int) and not one.isupper()} for row in rows),
        {one.pattern.value: one.name for one in parser().terminals if isinstance(one.pattern, PatternStr)},
    )


def _reduction(rule: Rule) -> Reduction:
    helpers = tuple(not one.is_term and one.name.startswith("_") for one in rule.expansion)
    name = str(rule.alias or rule.origin.name)
    return Reduction(
        origin=rule.origin.name,
        name="operator" if name.startswith("operator_") else name,
        size=len(rule.expansion),
        is_helper=name.startswith("_"),
        stands_for_part=bool(rule.options.expand1) and not rule.alias,
        helpers=helpers if any(helpers) else None,
    )
