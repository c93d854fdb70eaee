"""What could stand at a place, in words an author knows; no terminal of the grammar is ever shown."""

from __future__ import annotations

from collections.abc import Iterable

from dsl.grammar.tables import phrase_by_terminal
from dsl.read.clauses import ORDER
from dsl.read.tokens import Shape, Token
from dsl.tree.ast import DeclarationWord

_MOST = 6
_VALUES = {
    "QUOTED": "a text in quotes",
    "DIGITS": "a number",
    "ISO_DATE": "a date such as `2026-03-01`",
    "PATH": "a field such as `contract.department`",
    "DOTTED": "a field of the contract such as `details.fte`",
    "FACT": 'a fact such as `type.code: "EMP"`',
}
_TEXT_BEHIND = {
    "permission": "the permission's name in quotes",
    "person": "the person's number in quotes",
    "column": "the column's name in quotes",
    "from": "a file's name in quotes",
    "timezone": 'a time zone such as `"Europe/Amsterdam"`',
    "policy": "the policy's title in quotes",
    "test": "the test's title in quotes",
    "department": "the department's id in quotes",
    "below": "the id of the department above it in quotes",
    "contract": "the contract's number in quotes",
    "from snapshot": "a file's name in quotes",
    "notify": "an address in quotes",
    "using": "the name of the message in quotes",
    "matches": "a regular expression in quotes",
    "does not match": "a regular expression in quotes",
}
_NAME_BEHIND = {
    "in": "a target's name",
    "role": "a role's name",
    "depends on": "a target's name",
    "from": "a target's name",
    "using": "the name of account data such as `user_principal_name`",
    "rule": "a name for the rule such as `basic-account`",
    "target": "a name for the target such as `ad`",
    "set": "a name for the set",
    "define": "a name for the condition",
    "exclude": "a name for the exclusion",
    "never": "a name for the separation",
    "event": "the event's name",
    "because": "the id of a rule, a `never` or an exclusion",
}


def keywords(accepted: Iterable[str]) -> list[str]:
    """Keywords, phrases and signs among terminals, sorted."""
    return sorted(phrase_by_terminal()[one] for one in accepted if one in phrase_by_terminal())


def is_condition_wanted(accepted: frozenset[str]) -> bool:
    """Tell whether a condition begins here."""
    return "NOT" in accepted and "PATH" in accepted


def is_operator_wanted(accepted: frozenset[str]) -> bool:
    """Tell whether a path stands before, so that an operator may follow."""
    return {"is", "in", "is known"} <= set(keywords(accepted))


def is_between_clauses(word: DeclarationWord, accepted: frozenset[str], before: Token | None) -> bool:
    """Tell whether the clause that ends with `before` is complete, so that another, or `end`, may follow."""
    found = set(keywords(accepted))
    if before is not None and before.is_word("together with", "from"):
        return False  # what may follow begins a clause elsewhere: `account`, `primary contract`
    if word is DeclarationWord.TEST:  # `expect` alone is what `person "P1"` still lacks
        return not found.isdisjoint({"end", "on"}) or found >= {"expect", "person"}
    return "end" in found or not found.isdisjoint(ORDER[word]) or "$END" in accepted


def describe_expected(word: DeclarationWord, accepted: frozenset[str], before: Token | None) -> str:
    """Say what may stand behind `before` in a declaration of this kind."""
    if is_condition_wanted(accepted):
        return "a condition"
    if before is not None and before.is_word("expect"):
        return "an expectation"
    if is_operator_wanted(accepted):
        return "an operator such as `is`, `in` or `starts with`"
    behind = before.words if before is not None and before.shape is Shape.WORD else ""
    found = [_VALUES[one] for one in _VALUES if one in accepted and one != "QUOTED"]
    if "QUOTED" in accepted:
        found.insert(0, _TEXT_BEHIND.get(behind, _VALUES["QUOTED"]))
    if "IDENT" in accepted:
        found.insert(0, _name_behind(behind, accepted))
    words = keywords(accepted)
    if "(" in words and "IDENT" in accepted:
        found.insert(0, 'a list such as `("A", "B")`')
        words.remove("(")
    if is_between_clauses(word, accepted, before):
        first = [one for one in (*ORDER[word], "end") if one in words]
        words = [one for one in words if one not in first] + first
    found += [f"`{one}`" for one in words]
    if "$END" in accepted and not found:
        return "the next declaration"
    return _either(found)


def describe_token(token: Token | None) -> str:
    """Name what stands at a place."""
    if token is None or (token.words == "end" and token.span.column == token.span.end_column):
        return "the declaration ends"
    match token.shape:
        case Shape.TEXT:
            return f'here stands the text `"{shorten(token.words)}"`'
        case Shape.NUMBER:
            return f"here stands the number `{token.words}`"
        case Shape.DATE:
            return f"here stands the date `{token.words}`"
        case _:
            return f"here stands `{shorten(token.words)}`"


def _name_behind(behind: str, accepted: frozenset[str]) -> str:
    if behind in {"in", "not in"} and "LPAR" in accepted:
        return "a set's name"
    return _NAME_BEHIND.get(behind, "a name")


def _either(found: list[str]) -> str:
    shown = found[:_MOST]
    if len(found) > _MOST:
        shown.append("another word of the language")
    if len(shown) == 1:
        return shown[0]
    return ", ".join(shown[:-1]) + " or " + shown[-1]


def shorten(text: str) -> str:
    """Cut a long text short, for a message."""
    most = 40
    return text if len(text) <= most else text[: most - 1] + "…"
