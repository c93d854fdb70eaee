"""Names of the vault schema to fields of our model, declared where they are not standard."""

from __future__ import annotations

from dataclasses import dataclass, field

from dsl.migrate.seen_fields import SeenFields
from dsl.suggest import suggest_field
from policy.types import STANDARD_SCHEMA, Field, FieldType, Root
from policy.vault_names import standard_path

_ROOTS: dict[str, Root] = {"person": "person", "contract": "contract"}
_LONGEST = 120


class LostError(Exception):
    """What cannot be carried over; the argument says why, as a clause without a full stop."""

    @property
    def reason(self) -> str:
        """Why."""
        return str(self.args[0])


@dataclass(slots=True)
class Fields:
    """Finds fields by the names an export gives them, and remembers those that have to be declared.

    `textual` are the names (as exported) of fields in which a text is searched, so that they are declared as text.
    `notes` tell of names that could be read in two ways.
    """

    seen: SeenFields
    textual: frozenset[str] = frozenset()
    declared: dict[str, Field] = field(default_factory=dict)
    notes: list[str] = field(default_factory=list)

    def take_notes(self) -> tuple[str, ...]:
        """Give the notes since this was asked last, each once."""
        taken = tuple(dict.fromkeys(self.notes))
        self.notes.clear()
        return taken

    def find(self, name: str) -> Field:
        """Field called `name` (`Department.ExternalId`, `Person.Custom.x`). Raises LostError when there is none."""
        root, path = self._place(name.strip())
        full = f"{root}.{path}"
        # A department is compared by its external id, by itself.
        standard = STANDARD_SCHEMA.find("contract.department" if full == "contract.department.external_id" else full)
        if standard is not None:
            return standard
        if path.startswith("custom.") and all(path.split(".")) and len(path) <= _LONGEST:
            return self._declare(root, path)
        if path.startswith("primary_contract."):
            raise LostError(f"{name} speaks of the primary contract alone; that would be a rule `for primary contract`")
        near = suggest_field(full, STANDARD_SCHEMA.fields)
        raise LostError(f"our model has no field {name}" + (f"; the nearest is `{near}`" if near else ""))

    def _place(self, name: str) -> tuple[Root, str]:
        """Root and path: as named, else the one root that has such a field, else where people have values in it."""
        first, _, rest = name.partition(".")
        named = _ROOTS.get(first.lower())
        if named is not None and rest:
            return named, standard_path(named, rest)
        paths: dict[Root, str] = {root: standard_path(root, name) for root in _ROOTS.values()}
        has = [root for root, path in paths.items() if STANDARD_SCHEMA.find(f"{root}.{path}") is not None]
        if len(has) == 1:
            return has[0], paths[has[0]]
        root, both = self.seen.root_of(paths["contract"])
        if both:
            self.notes.append(f"{name} is read as that of the contract; persons have values there, too")
        return root, paths[root]

    def _declare(self, root: Root, path: str) -> Field:
        name = f"{root}.{path}"
        if name not in self.declared:
            kind = self.seen.type_of(name)
            searched = kind is not FieldType.FLAG and name in self._searched()
            self.declared[name] = Field(root, path, FieldType.TEXT if searched else kind)
        return self.declared[name]

    def _searched(self) -> set[str]:
        """Full paths of the fields in which a text is searched: a number can be read as a text, a flag cannot."""
        return {".".join(self._place(name.strip())) for name in self.textual}


def declaration(one: Field) -> str:
    """`field …` of a field below custom."""
    assert one.type in {FieldType.TEXT, FieldType.NUMBER, FieldType.DATE, FieldType.FLAG}, "nothing else is declared"
    return f"field {one.name} is {one.type.value}"
