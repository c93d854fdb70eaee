"""Rules as different hands write them: every clause of the language, any white space and comments between words."""

from __future__ import annotations

from collections.abc import Callable
from random import Random

_IDS = ("ad", "entra", "care-staff", "nurse_basics", "a", "long-name-of-something-that-nobody-would-want-to-type")
_TEXTS = ('"A"', '"NURSE"', '"a \\"quoted\\" # no comment"', '"p\\\\q"', '"é, ü -> ("')
_TEMPLATE = '"WARD {contract.department.external_id}"'
_LONG = '"Everybody who works here and has done so for a while, or will do so soon, gets what is written below"'
_FIELDS = ("contract.type.code", "contract.department", "person.custom.vip", "contract.end_date", "person.end.set")
_KINDS = ("account", "access", "permission")
_SCOPES = ("any contract", "every contract", "primary contract", "person")


class Author:
    """Writes declarations as lists of words; a phrase is one word with blanks in it."""

    def __init__(self, chance: Random) -> None:
        self.chance = chance

    def some(self, write: Callable[[], list[str]], most: int, *, least: int = 0) -> list[str]:
        """Between `least` and `most` times what `write` gives."""
        return [word for _ in range(self.chance.randint(least, most)) for word in write()]

    def joined(self, write: Callable[[], list[str]], most: int, *, by: str = ",", least: int = 1) -> list[str]:
        """The same with a word between."""
        parts = [write() for _ in range(self.chance.randint(least, most))]
        return [word for part in parts for word in (by, *part)][1:]

    def maybe(self, *words: str) -> list[str]:
        """Words, or nothing."""
        return list(words) if self.chance.random() < 1 / 2 else []

    def id(self) -> list[str]:
        return [self.chance.choice(_IDS)]

    def text(self) -> list[str]:
        return [self.chance.choice((*_TEXTS, *_TEXTS, _LONG))]

    def title(self) -> list[str]:
        return self.maybe(*self.text())

    def many_texts(self) -> list[str]:
        return self.joined(self.text, self.chance.choice((1, 3, 40)))

    def duration(self) -> list[str]:
        return [str(self.chance.randint(0, 400)), self.chance.choice(("days", "day", "weeks", "months", "years"))]

    def moment(self) -> list[str]:
        base = [self.chance.choice(("today", "2026-03-01", "contract.end_date"))]
        return [*self.duration(), self.chance.choice(("before", "after")), *base] if self.maybe("") else base

    def kind(self, *names: str) -> list[str]:
        """`account`, `access` or `permission "name"`, the name one of `names` if there are any."""
        kind = self.chance.choice(_KINDS)
        name = [self.chance.choice(names)] if names else self.text()
        return [kind, *(name if kind == "permission" else [])]

    def entitlement(self, *names: str) -> list[str]:
        return [*self.kind(*names), "in", *self.id()]

    def leaf(self) -> list[str]:
        field = self.chance.choice(_FIELDS)
        match self.chance.randrange(10):
            case 0:
                return [field, self.chance.choice(("is", "is not")), *self.text(), *self.maybe("or below")]
            case 1:
                listed = ["(", *self.many_texts(), ")"]
                return [field, self.chance.choice(("in", "not in")), *listed, *self.maybe("or below")]
            case 2:
                return [field, "in", *self.id()]
            case 3:
                words = ("starts with", "does not end with", "contains", "matches")
                return [field, self.chance.choice(words), *self.text()]
            case 4:
                return [field, self.chance.choice(("is at least", "is less than")), self.chance.choice(("36", "0.80"))]
            case 5:
                return [field, self.chance.choice(("is on or before", "is after")), *self.moment()]
            case 6:
                return [field, *self.maybe("is known")]
            case 7:
                return ["contract", self.chance.choice(("is", "is not")), self.chance.choice(("active", "future"))]
            case 8:
                return ["holds", *self.entitlement()]
            case _:
                return self.id()

    def condition(self, depth: int = 3) -> list[str]:
        joint = self.chance.choice(("and", "or"))
        return self.joined(lambda: self.unary(depth), self.chance.choice((1, 2, 5)), by=joint)

    def unary(self, depth: int) -> list[str]:
        if depth == 0 or self.chance.random() < 2 / 3:
            return self.leaf()
        match self.chance.randrange(4):
            case 0:
                return ["not", *self.unary(depth - 1)]
            case 1:
                return ["(", *self.condition(depth - 1), ")"]
            case 2:
                word = self.chance.choice(("any contract has", "no contract has"))
                return [word, "(", *self.condition(depth - 1), ")"]
            case _:
                word = self.chance.choice(("all of", "any of", "none of"))
                return [word, "(", *self.joined(lambda: self.condition(depth - 1), 4), ")"]

    def window(self) -> list[str]:
        ending = ["never"] if self.maybe("") else self.moment()
        return [*self.maybe("starting", *self.moment()), *self.maybe("ending", *ending)]

    def row(self) -> list[str]:
        return [*self.many_texts(), "->", *self.joined(self.kind, 6)]

    def grant(self) -> list[str]:
        match self.chance.randrange(4):
            case 0:
                what = ["role", *self.id()]
            case 1:
                rows = [
                    *self.some(self.row, 3, least=1),
                    *self.maybe("otherwise", "->", *self.joined(lambda: self.kind(_TEMPLATE), 2)),
                ]
                what = ["by", self.chance.choice(_FIELDS), "in", *self.id(), *rows, "end"]
            case 2:
                what = ["by", self.chance.choice(_FIELDS), "in", *self.id(), "from", '"titles.csv"']
            case _:
                what = self.entitlement(_TEMPLATE, *_TEXTS)
        return ["grant", *what, *self.window()]

    def because(self) -> list[str]:
        said = ["because", *self.text(), *self.maybe("approved by", *self.text())]
        return [*said, *self.maybe("until", "2026-12-31")]

    def exception(self) -> list[str]:
        return ["except", "person", '"10001"', *self.because()]

    def limit(self) -> list[str]:
        action = self.chance.choice(("grant", "update", "revoke"))
        amount = self.chance.choice((["50"], ["50", "or", "10", "%"], ["2.5", "%"]))
        return ["limit", action, self.chance.choice(_KINDS), "to", *amount, *self.maybe("in", "7", "days")]

    def depends(self) -> list[str]:
        data = ["sam_account_name", "role", "mail", "user_principal_name", "end_date_of_the_account"]
        return ["depends on", *self.id(), "using", *self.joined(lambda: [self.chance.choice(data)], 9)]

    # --- declarations ------------------------------------------------------------------------------------------------

    def policy(self) -> list[str]:
        key = lambda: [self.chance.choice(("details.fte", "end_date")), self.chance.choice(("highest", "latest"))]  # noqa: E731
        order = ["primary contract", "by", "active", "first", *self.some(lambda: [",", *key()], 9)]
        source = self.chance.choice((["primary contract"], ["department of primary contract", ",", "or above"]))
        manager = ["primary manager", "from", *source]
        head = ["policy", *self.text(), "language", "1", "timezone", '"Europe/Amsterdam"']
        return [*head, *self.maybe(*order), *self.maybe(*manager), "end"]

    def field(self) -> list[str]:
        kind = [self.chance.choice(("text", "date", "flag"))] if self.maybe("") else ["one of", *self.many_texts()]
        return ["field", self.chance.choice(_FIELDS), "is", *kind, *self.maybe("required")]

    def set(self) -> list[str]:
        values = ["from", '"sites.csv"', "column", '"code"'] if self.maybe("") else ["is", *self.many_texts()]
        return ["set", *self.id(), *values]

    def define(self) -> list[str]:
        return ["define", *self.id(), "as", *self.condition()]

    def role(self) -> list[str]:
        item = lambda: ["role", *self.id()] if self.maybe("") else self.entitlement()  # noqa: E731
        return ["role", *self.id(), *self.title(), *self.some(item, 4, least=1), "end"]

    def rule(self) -> list[str]:
        said = [word for one in ("owner", "category", "about") for word in self.maybe(one, *self.text())]
        scope = self.maybe("for", self.chance.choice(_SCOPES))
        body = [*said, *scope, *self.maybe("when", *self.condition()), *self.window()]
        return [
            *self.maybe("draft"),
            "rule",
            *self.id(),
            *self.title(),
            *body,
            *self.some(self.grant, 4, least=1),
            "end",
        ]

    def target(self) -> list[str]:
        clauses = [*self.some(self.depends, 2), *self.some(self.limit, 3)]
        staged = self.maybe("on", "revoke", "account", "disable", ",", "delete", "after", *self.duration())
        return ["target", *self.id(), *self.title(), *clauses, *staged, "end"]

    def exclude(self) -> list[str]:
        who = ["person", '"10001"'] if self.maybe("") else ["when", *self.condition()]
        targets = ["all targets"] if self.maybe("") else self.joined(self.id, 4)
        return ["exclude", *self.id(), *self.title(), *who, *self.maybe("from", *targets), *self.because(), "end"]

    def never(self) -> list[str]:
        pair = [*self.entitlement(), "together with", *self.entitlement()]
        said = [*self.maybe("severity", "high"), *self.maybe("because", *self.text())]
        return ["never", *self.id(), *self.title(), *pair, *said, *self.some(self.exception, 2), "end"]

    def event(self) -> list[str]:
        kind = ["permission", *self.text()] if self.maybe("") else [self.chance.choice(_KINDS)]
        line = ["on", self.chance.choice(("grant", "revoke")), *kind, "in", *self.id()]
        day = [*self.duration(), "before", self.chance.choice(("onboarding", "offboarding"))]
        whom = self.chance.choice((["person.primary_manager"], self.text()))
        change = ["account.mail", "changes", *self.maybe("and", *self.unary(3))]
        when = self.maybe("when", *(change if self.maybe("") else self.condition()))
        body = [*(line if self.maybe("") else day), *when]
        return ["event", *self.id(), *self.title(), *body, "notify", *whom, "using", *self.text(), "end"]

    def fact(self) -> list[str]:
        name = self.chance.choice(("type.code", "department", "start_date", "custom.end", "language"))
        return [name, ":", self.chance.choice(("36", "true", "2026-03-01", '"NURSE"'))]

    def person(self) -> list[str]:
        contract = lambda: ["contract", '"C1"', *self.some(self.fact, 4), "end"]  # noqa: E731
        holding = self.some(lambda: ["holding", *self.entitlement()], 2)
        return ["person", *self.text(), *holding, *self.some(self.fact, 2), *self.some(contract, 2), "end"]

    def expectation(self) -> list[str]:
        because = self.maybe("because", *self.joined(self.id, 3))
        whose = self.maybe("person", '"P1"')
        match self.chance.randrange(5):
            case 0:
                what = ["nothing"]
            case 1:
                what = ["only", *self.joined(self.entitlement, 5)]
            case 2:
                what = [self.chance.choice(("no", "grant", "revoke", "waiting")), *self.entitlement()]
            case 3:
                what = [*self.maybe("denied"), *self.entitlement(), *because]
            case _:
                what = self.chance.choice((["frozen", *because], ["event", *self.id()]))
        return [*whose, "expect", *what]

    def test(self) -> list[str]:
        departments = self.some(lambda: ["department", '"W3"', *self.maybe("below", '"CARE"')], 2)
        given = [*departments, *self.maybe("from snapshot", '"people.json"'), *self.some(self.person, 2)]
        days = self.some(lambda: ["on", "2026-03-01", *self.some(self.expectation, 3, least=1)], 3, least=1)
        return ["test", *self.text(), *given, *days, "end"]

    def file(self) -> list[list[str]]:
        """A few declarations; their names need not be unique, nor mean anything."""
        lines = (self.field, self.set, self.define)
        blocks = (self.role, self.rule, self.rule, self.target, self.exclude, self.never, self.event, self.test)
        kinds = (self.policy, *lines, *lines, *blocks, *blocks)
        return [self.chance.choice(kinds)() for _ in range(self.chance.randint(0, 5))]


class Hand:
    """Puts words on paper, with white space and comments as they come."""

    def __init__(self, chance: Random, *, comments: float) -> None:
        self.chance = chance
        self.comments = comments
        self.count = 0

    def write(self, declarations: list[list[str]]) -> str:
        """Write a file."""
        words = [word for one in declarations for word in one]
        return self.gap(first=True) + "".join(self.word(word) + self.gap() for word in words)

    def word(self, word: str) -> str:
        """Write a word; white space may stand inside of a phrase."""
        if word.startswith('"'):
            return word
        return "".join(self.chance.choice((" ", " ", "  ", "\n  ")) if one == " " else one for one in word)

    def gap(self, *, first: bool = False) -> str:
        """White space, with comments or without."""
        if self.chance.random() > self.comments:
            return "" if first else self.chance.choice((" ", " ", " ", "  ", "\t", "\n", "\n    ", "\n\n", "\n \n\n\t"))
        return "".join(self.comment() for _ in range(self.chance.choice((1, 1, 1, 2, 3))))

    def comment(self) -> str:
        """A comment that no other is equal to, on the same line or one of its own."""
        self.count += 1
        before = self.chance.choice((" ", "  ", "        ", "\n", "\n\n", "\n   "))
        text = self.chance.choice(("", " a comment", " trailing blanks  ", ' "text" # end ( rule x'))
        return f"{before}#{self.count}{text}\n" + self.chance.choice(("", "", "    ", "\n"))
