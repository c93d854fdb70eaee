"""What a workspace knows beside its rules: the people of its snapshot, permissions, lookup files, account data."""

from __future__ import annotations

import logging
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

from api.lsp.project import Files
from api.runners.targets import read_mapping
from api.settings.workspace import Workspace
from api.store.peek import Glimpse, peek, stamp_of
from api.usecases.lint import NOTHING_KNOWN, Known
from dsl.editor.surroundings import Seen, Surroundings
from engine.lint.people import people_facts
from policy.canonical import plain
from policy.diagnostics import OrdainError
from policy.field_mapping import snake_name
from policy.people import Person
from policy.rules import CheckedPolicy
from policy.snapshot import Snapshot
from policy.types import Field

_LOG = logging.getLogger("ordain.lsp")
_MOST_VALUES = 300
_VAULTS = ".json"


@dataclass(slots=True)
class World:
    """What was seen of the world last. `refresh` is called in a thread of its own; everything else only reads.

    `snapshot` is None without a store, without an import, or when the store cannot be read: then everything works
    without it.
    """

    root: Path
    glimpse: Glimpse | None = None
    _stamp: tuple[object, ...] | None = None
    _facts: tuple[tuple[str, tuple[str, ...]], Known] | None = None
    _values: dict[tuple[str, str], tuple[Seen, ...]] = field(default_factory=dict)

    @property
    def snapshot(self) -> Snapshot | None:
        """The snapshot in force."""
        return self.glimpse.snapshot if self.glimpse is not None else None

    def refresh(self, workspace: Workspace) -> bool:
        """Look at the store again when it has changed; tells whether something else is known now. Never raises."""
        try:
            stamp = stamp_of(workspace.database_url)
            if stamp == self._stamp:
                return False
            self._stamp = stamp
            self.glimpse = peek(workspace.database_url, tenant=workspace.name) if stamp is not None else None
        except OrdainError as error:
            _LOG.warning("the store is not looked at: %s", error)
            self.glimpse = None
        self._values.clear()
        return True

    def known(self, policy: CheckedPolicy) -> Known:
        """Give what lint asks of the people; what targets list is not asked of them while somebody types."""
        snapshot = self.snapshot
        if snapshot is None:
            return NOTHING_KNOWN
        closed = tuple(sorted(one.field.name for one in policy.fields.values() if one.field.one_of is not None))
        key = (snapshot.digest, closed)
        if self._facts is None or self._facts[0] != key:
            self._facts = (key, Known(people_facts(policy, snapshot)))
        return self._facts[1]

    def surroundings(self, files: Files) -> Surroundings:
        """Give what completion may choose from."""
        return Surroundings(
            values=self._values_of,
            columns=lambda name: _columns(files, name),
            departments=self._departments,
            persons=self._persons,
            permissions=lambda: self.glimpse.permissions if self.glimpse is not None else {},
            files=lambda: tuple(files.lookups),
            vault_files=lambda: _vaults(self.root, files.folder),
            account_data=lambda: _account_data(files.workspace),
        )

    def _values_of(self, wanted: Field) -> Sequence[Seen]:
        """Values of a field among the people, those of most people first, and how many have each."""
        snapshot = self.snapshot
        if snapshot is None or wanted.private:
            return ()
        key = (snapshot.digest, wanted.name)
        known = self._values.get(key)
        if known is None:
            counted = Counter(value for person in snapshot.persons for value in _held(person, wanted))
            known = tuple(Seen(value, people(count)) for value, count in counted.most_common(_MOST_VALUES))
            self._values[key] = known
        return known

    def _departments(self) -> Sequence[Seen]:
        snapshot = self.snapshot
        return [Seen(one.external_id, one.display_name or "") for one in snapshot.departments] if snapshot else ()

    def _persons(self) -> Sequence[Seen]:
        snapshot = self.snapshot
        return [Seen(one.external_id, name_of(one)) for one in snapshot.persons] if snapshot else ()


def people(count: int) -> str:
    """Count people in words: `1 person`, `23 persons`."""
    return "1 person" if count == 1 else f"{count:,} persons"


def name_of(person: Person) -> str:
    """Display name of a person; empty when it is not known."""
    name = person.values.get("display_name")
    return name if isinstance(name, str) else ""


def _held(person: Person, wanted: Field) -> set[str]:
    holders = (person,) if wanted.root == "person" else person.contracts
    return {str(plain(one.values[wanted.key])) for one in holders if wanted.key in one.values}


def _columns(files: Files, name: str) -> tuple[Seen, ...]:
    page = files.lookups.get(name)
    if page is None:
        return ()
    return tuple(Seen(one.strip().strip('"')) for one in page.lines[0].split(",") if one.strip())


def _vaults(root: Path, rules: Path) -> tuple[str, ...]:
    """JSON files of the rules folder, and of a folder of fixtures beside it, as tests name them."""
    found = [path.relative_to(rules) for path in rules.rglob(f"*{_VAULTS}")]
    found += [path.relative_to(root) for path in (root / "fixtures").rglob(f"*{_VAULTS}")]
    return tuple(sorted(path.as_posix() for path in found))


def _account_data(workspace: Workspace | None) -> tuple[str, ...]:
    names: set[str] = set()
    for target in workspace.settings.targets if workspace is not None else ():
        try:
            names |= {snake_name(one.name) for one in read_mapping(workspace, target).fields}  # type: ignore[arg-type]  # there is one
        except OrdainError:
            continue  # told already, as a problem of the mapping
    return tuple(sorted(names))
