"""What is wrong where the grammar stopped, and what the author most likely meant."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace

from dsl.grammar.tables import terminal_by_phrase
from dsl.read.clauses import BEHIND_GRANT, HEAD, ORDER, REPEATABLE, Segment
from dsl.read.dates import named_month
from dsl.read.expected import (
    describe_expected,
    describe_token,
    is_between_clauses,
    is_condition_wanted,
    keywords,
    shorten,
)
from dsl.read.mixture import find_mixture
from dsl.read.phrases import ROOTS, retype
from dsl.read.spelling import find_meant
from dsl.read.tokens import Shape, Token
from dsl.suggest import suggest
from dsl.tree.ast import DeclarationWord
from policy.catalogue import language
from policy.diagnostics import Diagnostic, DiagnosticKind
from policy.source import Span

_PEOPLE = frozenset({"employee", "user", "worker", "identity", "employees", "medewerker", "werknemer"})
"""What people call a person; what belongs to the work belongs to the contract."""
_EXPECTATIONS = (
    "write `account in ad`, `no account in ad`, `only account in ad`, `nothing`, or what becomes of it: `grant`, "
    "`update`, `revoke`, `denied`, `waiting`, `blocked`, `conflict` (all with `account in ad`), `frozen`, `event NAME`"
)
_QUARTER = re.compile(r"[Qq][1-4]")
_BRANCHES = frozenset({"elif", "elsif", "elseif", "then", "case"})
_CAPITAL_BEHIND_SMALL = re.compile(r"(?<=[a-z0-9])(?=[A-Z])")
_MANDATORY = {
    DeclarationWord.POLICY: ("language", "timezone"),
    DeclarationWord.ROLE: ("account",),
    DeclarationWord.RULE: ("grant",),
    DeclarationWord.EXCLUDE: ("person", "because"),
    DeclarationWord.NEVER: ("account", "together with"),
    DeclarationWord.EVENT: ("on", "notify"),
    DeclarationWord.TEST: ("on", "expect"),
}
_LATE_PERSON = "persons, with an `end` of their own, stand before the first `on`"
_SAID = {
    (DeclarationWord.ROLE, "account"): ("`role` has no entitlement.", 'add one, such as `permission "Name" in ad`'),
    (DeclarationWord.RULE, "grant"): ("`rule` grants nothing.", "add a clause such as `grant account in ad`"),
    (DeclarationWord.EXCLUDE, "person"): (
        "`exclude` does not say whom.",
        'add `person "NUMBER"` or `when CONDITION` behind its title',
    ),
    (DeclarationWord.EXCLUDE, "because"): ("`exclude` does not say why.", 'add `because "…"`'),
    (DeclarationWord.NEVER, "account"): (
        "`never` has no first entitlement.",
        'add one, such as `permission "Name" in ad`',
    ),
    (DeclarationWord.NEVER, "together with"): (
        "`never` has no second entitlement.",
        'add `together with permission "Name" in ad`',
    ),
    (DeclarationWord.EVENT, "on"): (
        "`event` does not say when.",
        "add a trigger, such as `on grant account in ad` or `14 days before onboarding`",
    ),
    (DeclarationWord.EVENT, "notify"): (
        "`event` does not say whom it tells.",
        'add `notify person.primary_manager using "TEMPLATE"`',
    ),
    (DeclarationWord.TEST, "on"): ("`test` has no day.", "add a line such as `on 2026-03-01 expect nothing`"),
    (DeclarationWord.TEST, "expect"): ("Nothing is expected on this day.", "add a line such as `expect nothing`"),
    (DeclarationWord.POLICY, "language"): ("`policy` does not say its language.", "add `language 1`"),
    (DeclarationWord.POLICY, "timezone"): (
        "`policy` does not say its time zone.",
        'add a line such as `timezone "Europe/Amsterdam"`',
    ),
}


@dataclass(frozen=True, slots=True)
class Situation:
    """Where the grammar stopped: tokens of a declaration, index of the refused one, what would be taken, its clause."""

    word: DeclarationWord
    tokens: tuple[Token, ...]
    index: int
    accepted: frozenset[str]
    segments: tuple[Segment, ...]
    here: int

    @property
    def token(self) -> Token | None:
        """The refused token, or None at the end of the declaration."""
        return self.tokens[self.index] if self.index < len(self.tokens) else None

    @property
    def before(self) -> Token | None:
        """The token before it."""
        return self.tokens[self.index - 1] if self.index else None

    @property
    def between_clauses(self) -> bool:
        """Whether the clause before is complete."""
        return is_between_clauses(self.word, self.accepted, self.before)

    @property
    def begins_clause(self) -> bool:
        """Whether the refused token begins a clause, although the one before it is not complete."""
        return self.segments[self.here].start == self.index and not self.between_clauses

    @property
    def span(self) -> Span:
        """Place to point at."""
        if self.token is not None:
            return self.token.span
        last = self.tokens[-1].span
        return replace(last, line=last.end_line, column=last.end_column)


@dataclass(frozen=True, slots=True)
class Finding:
    """A problem, and how to read on.

    Tokens are `replaced` (first, behind the last, by what), a `missing` clause is put in, a segment is `moved` before
    another; else the clause is left out.
    """

    problem: Diagnostic | None
    replaced: tuple[int, int, list[Token]] | None = None
    missing: str | None = None
    moved: tuple[int, int] | None = None


def find_problem(situation: Situation) -> Finding:
    """Find what is wrong; the first reading that fits is taken."""
    for look in (_mixed, _colonless, _unwanted_because, _clause, _reserved, _rootless, _unquoted, _misspelt):
        finding = look(situation)
        if finding is not None:
            return finding
    return _unexpected(situation)


def _mixed(at: Situation) -> Finding | None:
    token = at.token
    if token is None or not token.is_word("and", "or"):
        return None
    if ("OR" if token.words == "and" else "AND") not in at.accepted:
        return None
    mixture = find_mixture(at.tokens, at.index, at.segments[at.here].end)
    detail = f"This can be read in two ways:\n  {mixture.reading('and')}\n  {mixture.reading('or')}"
    problem = Diagnostic(language.MIXED_AND_OR, detail, token.span, "put parentheses where you mean them")
    return Finding(problem, replaced=(mixture.start, mixture.end, mixture.grouped()))


def _colonless(at: Situation) -> Finding | None:
    """Find a fact of a test without its colon, or with another sign in its place."""
    token = at.token
    if token is None or "FACT" not in at.accepted or token.shape not in {Shape.WORD, Shape.DOTTED}:
        return None
    if token.is_word("person", "contract", "holding"):
        return None
    value = at.index + 1
    while value < len(at.tokens) and at.tokens[value].is_word("is"):
        value += 1
    if value == len(at.tokens) or at.tokens[value].leads or not _is_value(at.tokens[value]):
        return None
    shown = at.tokens[value].words
    written = f'"{shown}"' if at.tokens[value].shape is Shape.TEXT else shown
    detail = f"Behind the name of a fact, `{token.words}`, stands no colon."
    problem = Diagnostic(language.UNEXPECTED, detail, token.span, f"write `{token.words}: {written}`")
    colon = replace(token, shape=Shape.SIGN, words=":", type=terminal_by_phrase()[":"])
    return Finding(problem, replaced=(at.index, value, [replace(token, type="FACT"), colon]))


def _is_value(token: Token) -> bool:
    return token.shape in {Shape.TEXT, Shape.NUMBER, Shape.DATE} or token.is_word("true", "false")


def _unwanted_because(at: Situation) -> Finding | None:
    """`because` behind an expectation that takes none."""
    if at.word is not DeclarationWord.TEST or at.token is None or not at.token.is_word("because"):
        return None
    detail = "`because` says why somebody is entitled, denied or frozen; no other expectation takes it."
    return Finding(Diagnostic(language.UNEXPECTED, detail, at.span, "leave it out, with the ids behind it"))


def _clause(at: Situation) -> Finding | None:
    """Clauses out of order, twice, missing, or of another block."""
    token, segment = at.token, at.segments[at.here]
    if not at.between_clauses or token is None or token.shape is not Shape.WORD:
        return None
    if segment.start == at.index and segment.kind != HEAD:
        return _missing(at) if token.words == "end" else _misplaced(at)
    if token.type != "IDENT" and token.words not in ORDER[at.word]:
        homes = [word for word, clauses in ORDER.items() if token.words in clauses and word is not at.word]
        if homes:
            detail = f"`{token.words}` is no clause of `{at.word}`; it stands in `{homes[0]}`."
            problem = Diagnostic(language.FOREIGN_CLAUSE, detail, token.span, f"move it into a block `{homes[0]}`")
            return Finding(problem)
    return None


def _misplaced(at: Situation) -> Finding | None:
    """Judge a clause that cannot stand where it stands, though the one before it is complete."""
    clause = at.segments[at.here]
    order = ORDER[at.word]
    if clause.kind not in order:
        return None
    if at.word is DeclarationWord.TEST and clause.kind == "on":
        return _missing(at)  # the day before it has no expectation
    earlier = [n for n in range(1, at.here) if at.segments[n].kind in order]
    if clause.kind in BEHIND_GRANT:
        grants = [n for n in earlier if at.segments[n].kind == "grant"]
        earlier = [n for n in earlier if not grants or n > grants[-1]]
    same = [n for n in earlier if at.segments[n].kind == clause.kind]
    if same and clause.kind not in REPEATABLE:
        detail = f"`{clause.kind}` stands twice."
        related = (("the first one", at.tokens[at.segments[same[0]].start].span),)
        return Finding(Diagnostic(language.REPEATED_CLAUSE, detail, at.span, "leave one of them out", related=related))
    later = [n for n in earlier if order.index(at.segments[n].kind) > order.index(clause.kind)]
    if later:
        detail = f"In `{at.word}`, `{clause.kind}` stands before `{at.segments[later[0]].kind}`."
        hint = f"move it up, before line {at.tokens[at.segments[later[0]].start].span.line}"
        return Finding(Diagnostic(language.CLAUSE_ORDER, detail, at.span, hint), moved=(at.here, later[0]))
    if {clause.kind, *(at.segments[n].kind for n in earlier)} >= {"person", "when"}:
        detail = "`exclude` says whom either by `person` or by `when`."
        return Finding(Diagnostic(language.REPEATED_CLAUSE, detail, at.span, "leave one of them out"))
    return _missing(at)


def _missing(at: Situation) -> Finding | None:
    """Name the clause that must be there and is not; when it stands further down, the order is wrong."""
    found = set(keywords(at.accepted))
    wanted = (*_MANDATORY.get(at.word, ()), *ORDER[at.word])
    missing = next((one for one in wanted if one in found), None)
    if missing is None:
        return None
    behind = next((n for n in range(at.here + 1, len(at.segments)) if at.segments[n].kind == missing), None)
    if behind is not None and missing != "expect":  # each day of a test has its own
        clause = at.segments[at.here].kind
        detail = f"In `{at.word}`, `{missing}` stands before `{clause}`."
        span = at.tokens[at.segments[behind].start].span
        problem = Diagnostic(language.CLAUSE_ORDER, detail, span, f"move it up, before line {at.span.line}")
        return Finding(problem, moved=(behind, at.here))
    detail, hint = _SAID.get((at.word, missing), (f"`{at.word}` has no `{missing}`.", f"add `{missing} …`"))
    head = at.tokens[0].span.through(at.tokens[min(1, len(at.tokens) - 1)].span)
    return Finding(Diagnostic(language.MISSING_CLAUSE, detail, head, hint), missing=missing)


def _reserved(at: Situation) -> Finding | None:
    token = at.token
    if token is None or "IDENT" not in at.accepted or token.shape is not Shape.WORD or token.type == "IDENT":
        return None
    begins_clause = at.segments[at.here].start == at.index and at.here > 0
    in_head = at.index == 1 or (at.index == 2 and at.tokens[0].words == "draft")  # noqa: PLR2004  # `draft rule NAME`
    if (
        (begins_clause and not in_head)
        or (in_head and token.words == "end" and (token.leads or at.index == len(at.tokens) - 1))
        or is_condition_wanted(at.accepted)
        or "LPAR" in at.accepted
    ):
        return None
    word = token.words.split()[0]
    hint = f"choose another name, such as `{word}-1`"
    detail = f"`{token.words}` is a word of the language."
    problem = Diagnostic(language.RESERVED_WORD, detail, token.span, hint)
    return Finding(problem, replaced=(at.index, at.index + 1, [replace(token, type="IDENT", words=f"{word}-1")]))


def _rootless(at: Situation) -> Finding | None:
    token = at.token
    if token is None or token.type != "DOTTED" or "PATH" not in at.accepted:
        return None
    first, _, rest = token.words.partition(".")
    root = suggest(first, ROOTS)
    rest = _CAPITAL_BEHIND_SMALL.sub("_", rest).lower()  # as a vault writes it: `Contract.CostCenter.Code`
    meant = f"{root}.{rest}" if root else f"contract.{token.words}"
    if first.lower() in _PEOPLE:
        meant = f"person.{rest}` or `contract.{rest}"
    detail = f"`{token.words}` begins with none of `person.`, `contract.` and `account.`."
    problem = Diagnostic(language.BAD_PATH, detail, token.span, f"did you mean `{meant}`?")
    known = replace(token, type="PATH", words=f"{root}.{rest}")
    return Finding(problem, replaced=(at.index, at.index + 1, [known]) if root else None)


def _unquoted(at: Situation) -> Finding | None:
    token = at.token
    if token is None or "QUOTED" not in at.accepted or token.type not in {"IDENT", "DOTTED", "DIGITS", "ISO_DATE"}:
        return None
    if at.between_clauses and token.type == "IDENT" and _meant(at) is not None:
        return None  # a misspelt clause behind a head without title
    if token.type == "IDENT" and "IDENT" not in at.accepted and _meant(at) is not None and not token.words.isupper():
        return None
    end = at.index + 1
    while end < len(at.tokens) and at.tokens[end].type == "IDENT" and _follows(at.tokens, end):
        end += 1
    words = " ".join(one.words for one in at.tokens[at.index : end])
    span = token.span.through(at.tokens[end - 1].span)
    problem = Diagnostic(language.UNQUOTED_TEXT, f"`{words}` has no quotes.", span, f'write `"{words}"`')
    text = replace(token, shape=Shape.TEXT, type="QUOTED", words=words, span=span, value=None)
    return Finding(problem, replaced=(at.index, end, [text]))


def _follows(tokens: Sequence[Token], position: int) -> bool:
    """Tell whether a token stands behind the one before it, on the same line, as its author wrote them."""
    before, token = tokens[position - 1], tokens[position]
    return token.start > before.start and token.span.line == before.span.line


def _meant(at: Situation) -> tuple[int, int, str] | None:
    wanted = set(keywords(at.accepted))
    if at.between_clauses:
        wanted |= set(ORDER[at.word])
    return find_meant(at.tokens, at.index, wanted)


def _misspelt(at: Situation) -> Finding | None:
    meant = _meant(at)
    if meant is None:
        return None
    first, end, phrase = meant
    written = " ".join(one.words for one in at.tokens[first:end])
    span = at.tokens[first].span.through(at.tokens[end - 1].span)
    detail = f"`{written}` is no word of the language."
    if written == phrase:
        detail = f"`{phrase}` is one word: no comment may stand inside."
    elif written.lower() == phrase:
        detail = f"`{written}`: the words of the language are written in small letters."
    known = replace(retype(at.tokens[first], phrase), span=span)
    kind: DiagnosticKind = language.MISSPELT_WORD
    return Finding(Diagnostic(kind, detail, span, f"did you mean `{phrase}`?"), replaced=(first, end, [known]))


def _unexpected(at: Situation) -> Finding:
    behind = "" if at.before is None else f" after `{_written(at.before)}`"
    expected = describe_expected(at.word, at.accepted, at.before)
    hint = _LATE_PERSON if _closes_late_person(at) else _advise(at)
    stands, span = describe_token(at.token), at.span
    if at.before is not None and at.token is not None and at.token.leads and at.here and at.begins_clause:
        stands, span = "the line ends", at.before.span  # what is missing is missed there, not on the next line
    return Finding(Diagnostic(language.UNEXPECTED, f"Expected {expected}{behind}, but {stands}.", span, hint))


def _closes_late_person(at: Situation) -> bool:
    wanted = set(keywords(at.accepted))
    return at.word is DeclarationWord.TEST and at.token is not None and at.token.is_word("end") and "expect" in wanted


def _advise(at: Situation) -> str | None:
    """Give an act that mends a common slip."""
    token, before = at.token, at.before
    if before is None:
        return None
    if token is None:
        return "close the parenthesis with `)`" if "RPAR" in at.accepted else None
    told = _advise_habit(at, before, token)
    if told is not None:
        return told
    if before.is_word("expect"):
        return _EXPECTATIONS
    if token.is_sign(",") and before.shape is Shape.NUMBER:
        return "write a decimal number with a point, such as `0.8`"
    return _advise_sign(at, before, token)


def _advise_sign(at: Situation, before: Token, token: Token) -> str | None:
    """Give an act that mends a wrong comma, arrow or parenthesis."""
    if token.shape is Shape.TEXT and "DIGITS" in at.accepted and token.words.replace(".", "", 1).isdecimal():
        return f"leave the quotes out: `{token.words}`"
    if token.is_word("or above"):
        return "write a comma before it: `, or above`"
    if before.is_sign("%") and token.is_word("or"):
        return "the count stands first: `50 or 5 %`"
    if "->" in keywords(at.accepted):
        return "write `->` between the values and what they give"
    if before.is_sign(","):
        return "leave the last comma out"
    if before.is_sign("(") and token.is_sign(")"):
        return "write what belongs in the parentheses, or leave them out"
    if "RPAR" in at.accepted and not is_condition_wanted(at.accepted):
        return "close the parenthesis with `)`"
    if token.is_sign(")"):
        return "leave `)` out, or open the parenthesis before"
    if is_condition_wanted(at.accepted):
        return 'write a condition, such as `contract.type.code is "EMP"`'
    return None


def _advise_habit(at: Situation, before: Token, token: Token) -> str | None:
    """Say how a date with a month's name, a quarter of a year, or a branch of a program is written here."""
    if "ISO_DATE" in at.accepted and _QUARTER.fullmatch(token.words):
        return "write the first day of the quarter, such as `2026-07-01` for the third one"
    behind = at.tokens[at.index + 1] if at.index + 1 < len(at.tokens) else None
    year = behind.words if behind is not None and behind.shape is Shape.NUMBER else ""
    meant = named_month(before.words, token.words, year) if before.shape is Shape.NUMBER else None
    if meant is not None:
        return f"write the date as `{meant.isoformat()}`"
    branches = token.words.lower() in _BRANCHES
    return "a rule has one condition: join conditions with `or`, or write a second rule" if branches else None


def _written(token: Token) -> str:
    words = shorten(token.words)
    return f'"{words}"' if token.shape is Shape.TEXT else words
