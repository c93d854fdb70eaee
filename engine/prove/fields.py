"""What the policies of a question declare of a field: its type, which values it may have, whether it may be absent."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from engine.prove.formula import PERSON, Var
from policy.rules import CheckedPolicy
from policy.types import Field, FieldType, Root

DEPARTMENT = "department.external_id"
_ONE_MEANING = {FieldType.DEPARTMENT: FieldType.TEXT, FieldType.PERSON: FieldType.TEXT}


@dataclass(frozen=True, slots=True)
class Fields:
    """Fields of one policy or two. People are those whom one of the policies, at least, leaves unfrozen."""

    policies: tuple[CheckedPolicy, ...]

    def type_of(self, var: Var) -> FieldType | None:
        """Type of the values of a field; None where the policies declare different ones."""
        types = {_ONE_MEANING.get(one.type, one.type) for found in self._declared(var) for one in found}
        return next(iter(types)) if len(types) == 1 else None

    def allowed(self, var: Var) -> tuple[str, ...] | None:
        """Texts that the field may have; None: every text."""
        allowed: dict[str, None] = {}
        for found in self._declared(var):
            closed = [one.one_of for one in found if one.one_of is not None]
            if not closed:
                return None
            allowed |= dict.fromkeys(text for text in closed[0] if all(text in others for others in closed))
        return tuple(allowed)

    def may_be_absent(self, var: Var) -> bool:
        """Tell whether a person whom some policy leaves unfrozen can be without a value."""
        return not all(any(one.required for one in found) for found in self._declared(var))

    def required(self, root: Root) -> Iterator[Field]:
        """Fields that one of the policies requires, each once."""
        seen: set[str] = set()
        for policy in self.policies:
            for one in policy.schema.required_of(root):
                if one.key not in seen and one.path != "primary_manager":
                    seen.add(one.key)
                    yield one

    def _declared(self, var: Var) -> Iterator[tuple[Field, ...]]:
        """Fields that are kept under the key, by policy; a policy that has none does not count."""
        root: Root = "person" if var.owner == PERSON else "contract"
        for policy in self.policies:
            found = policy.schema.kept_as(root, var.key)
            if found:
                yield found
