"""Every name that is declared, by kind; names twice, and names that nobody declared."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import TypeVar

from dsl.problems import Findings
from dsl.suggest import did_you_mean, suggest
from dsl.tree import ast
from dsl.tree.ast import BrokenDeclaration, DeclarationNode, DeclarationWord
from dsl.tree.events import EventDeclaration
from dsl.tree.leaves import Ident, Path
from dsl.tree.tests import TestDeclaration
from policy.catalogue.names import (
    DUPLICATE_NAME,
    UNKNOWN_DEFINE,
    UNKNOWN_EVENT,
    UNKNOWN_EXCLUSION,
    UNKNOWN_NEVER,
    UNKNOWN_ROLE,
    UNKNOWN_RULE,
    UNKNOWN_SET,
    UNKNOWN_TARGET,
)
from policy.source import Span

_Node = TypeVar("_Node", bound=DeclarationNode)

_UNKNOWN = {
    DeclarationWord.SET: UNKNOWN_SET,
    DeclarationWord.DEFINE: UNKNOWN_DEFINE,
    DeclarationWord.ROLE: UNKNOWN_ROLE,
    DeclarationWord.TARGET: UNKNOWN_TARGET,
    DeclarationWord.RULE: UNKNOWN_RULE,
    DeclarationWord.NEVER: UNKNOWN_NEVER,
    DeclarationWord.EXCLUDE: UNKNOWN_EXCLUSION,
    DeclarationWord.EVENT: UNKNOWN_EVENT,
}
_HOW_TO_DECLARE = {
    DeclarationWord.SET: '`set {} is "…"`',
    DeclarationWord.DEFINE: "`define {} as …`",
    DeclarationWord.ROLE: "`role {} … end`",
    DeclarationWord.TARGET: '`target {} "…" end`',
    DeclarationWord.RULE: "`rule {} … end`",
    DeclarationWord.NEVER: "`never {} … end`",
    DeclarationWord.EXCLUDE: "`exclude {} … end`",
    DeclarationWord.EVENT: "`event {} … end`",
}


@dataclass(frozen=True, slots=True)
class Declared:
    """A declaration with its word and name.

    `node` is None when nothing of it could be read; `whole` tells whether all of it could.
    """

    word: DeclarationWord
    name: str
    node: DeclarationNode | None
    whole: bool
    span: Span


@dataclass(frozen=True, slots=True)
class Names:
    """First declaration of every name, by kind, in order of name; `policies` are all `policy` declarations by place."""

    by_word: Mapping[DeclarationWord, Mapping[str, Declared]]
    policies: tuple[Declared, ...]

    def nodes(self, kind: type[_Node]) -> tuple[tuple[_Node, bool], ...]:
        """All declarations of one node type by name, and whether each could be read whole."""
        return tuple(
            (one.node, one.whole)
            for declared in self.by_word.values()
            for one in declared.values()
            if isinstance(one.node, kind)
        )

    def of(self, word: DeclarationWord) -> Mapping[str, Declared]:
        """Give the declarations of one kind by name."""
        return self.by_word.get(word, {})

    def knows(self, word: DeclarationWord, ident: Ident, findings: Findings) -> bool:
        """Tell whether `ident` names a declaration of this kind; reports it when it does not."""
        known = self.of(word)
        if ident.name in known:
            return True
        near = suggest(ident.name, known)
        hint = self._hint_elsewhere(word, ident.name) or did_you_mean(near) or _hint_declare(word, ident.name)
        related = ((f"`{near}` is declared here", known[near].span),) if near else ()
        detail = f"No {word.value} is called `{ident.name}`."
        findings.report(_UNKNOWN[word], detail, ident.span, hint=hint, related=related)
        return False

    def _hint_elsewhere(self, word: DeclarationWord, name: str) -> str | None:
        for other, declared in self.by_word.items():
            if name in declared and other is not DeclarationWord.FIELD:
                return f"`{name}` is a {other.value}; name a {word.value} here"
        return None


def collect_names(files: Iterable[ast.File], findings: Findings) -> Names:
    """Gather the declarations of all files; of a name declared twice the first by place stands, others are reported."""
    declared = [_declared(node) for file in files for node in file.declarations]
    declared.sort(key=lambda one: (one.span, one.word, one.name))
    by_word: dict[DeclarationWord, dict[str, Declared]] = {word: {} for word in DeclarationWord}
    policies = []
    for one in declared:
        if one.word is DeclarationWord.POLICY:
            policies.append(one)
        elif one.name:
            first = by_word[one.word].setdefault(one.name, one)
            if first is not one:
                _report_twice(first, one, findings)
    return Names({word: dict(sorted(names.items())) for word, names in by_word.items()}, tuple(policies))


def _report_twice(first: Declared, again: Declared, findings: Findings) -> None:
    findings.report(
        DUPLICATE_NAME,
        f"There is a {again.word.value} called `{again.name}` already, in {first.span.at}.",
        again.span,
        hint="give one of them another name, or remove it",
        related=(("declared here first", first.span),),
    )


def _hint_declare(word: DeclarationWord, name: str) -> str:
    return f"declare it: {_HOW_TO_DECLARE[word].format(name)}"


def _declared(node: DeclarationNode | BrokenDeclaration) -> Declared:
    if isinstance(node, BrokenDeclaration):
        named = node.id or node.path
        return Declared(node.word, named.name if named else "", node.readable, whole=False, span=_place(node, named))
    word, named = _head(node)
    return Declared(word, named.name if named else "", node, whole=True, span=_place(node, named))


def _place(node: DeclarationNode | BrokenDeclaration, named: Ident | Path | None) -> Span:
    return named.span if named else node.span


def _head(node: DeclarationNode) -> tuple[DeclarationWord, Ident | Path | None]:
    match node:
        case ast.PolicyDeclaration():
            return DeclarationWord.POLICY, None
        case ast.FieldDeclarationNode():
            return DeclarationWord.FIELD, node.path
        case ast.SetDeclaration() | ast.FileSetDeclaration():
            return DeclarationWord.SET, node.id
        case ast.DefineDeclaration():
            return DeclarationWord.DEFINE, node.id
        case ast.RoleDeclaration():
            return DeclarationWord.ROLE, node.id
        case ast.RuleDeclaration():
            return DeclarationWord.RULE, node.id
        case ast.TargetDeclaration():
            return DeclarationWord.TARGET, node.id
        case ast.ExcludeDeclaration():
            return DeclarationWord.EXCLUDE, node.id
        case ast.NeverDeclaration():
            return DeclarationWord.NEVER, node.id
        case EventDeclaration():
            return DeclarationWord.EVENT, node.id
        case TestDeclaration():
            return DeclarationWord.TEST, Ident(node.title.value, node.title.span)
