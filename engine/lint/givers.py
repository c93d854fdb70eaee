"""Which rules may grant an entitlement, found fast: by its words, then among the names that are filled in."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from engine.graph.templates import may_give, templates_of
from policy.entitlements import Entitlement, Kind
from policy.rules import Rule, Template
from policy.types import Field

_Words = tuple[str, Kind, tuple[str | Field, ...]]


class Givers:
    """Givers of entitlements among `rules`.

    Templates with fields lie under the text that their names begin with: of many only few can become a name.
    """

    def __init__(self, rules: Iterable[Rule]) -> None:
        self._fixed: dict[Entitlement, dict[str, None]] = {}
        self._filled: dict[tuple[str, Kind, str], list[tuple[str, Template]]] = {}
        self._alike: dict[_Words, dict[str, None]] = {}
        for rule in rules:
            for grant in rule.grants:
                for template in templates_of(grant):
                    self._add(rule.id, template)

    def _add(self, rule: str, template: Template) -> None:
        fixed = template.fixed
        if fixed is not None:
            self._fixed.setdefault(fixed, {})[rule] = None
            return
        first = template.parts[0] if isinstance(template.parts[0], str) else ""
        self._filled.setdefault((template.target, template.kind, first), []).append((rule, template))
        self._alike.setdefault((template.target, template.kind, template.parts), {})[rule] = None

    def of(self, entitlement: Entitlement) -> tuple[str, ...]:
        """Give the ids of the rules, each once; none when no rule can grant it."""
        found = dict(self._fixed.get(entitlement, {}))
        found.update((rule, None) for rule, template in self._near(entitlement) if may_give(template, entitlement))
        return tuple(found)

    def like(self, template: Template) -> tuple[str, ...]:
        """Give the ids of rules that have a template of just the same words and fields, each once."""
        return tuple(self._alike.get((template.target, template.kind, template.parts), ()))

    def names_in(self, target: str) -> tuple[str, ...]:
        """Give the names of permissions in a target that no field is filled into."""
        return tuple(one.name for one in self._fixed if one.target == target and one.kind is Kind.PERMISSION)

    def _near(self, entitlement: Entitlement) -> Iterator[tuple[str, Template]]:
        """Templates with fields whose first text the name begins with, in order of that text."""
        target, kind, name = entitlement.target, entitlement.kind, entitlement.name
        for end in range(len(name) + 1):
            yield from self._filled.get((target, kind, name[:end]), ())
