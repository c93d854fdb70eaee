"""What stays in memory between requests: policy and people, looked at anew when rules or the store changed."""

from __future__ import annotations

import os
import threading
import time
from collections import OrderedDict
from dataclasses import dataclass, field
from datetime import date

from api.settings.workspace import Workspace
from api.tools import Tools
from api.usecases.load_policy import load_policy
from api.usecases.snapshot_columns import columns_in_force
from engine.columnar.columns import Columns
from engine.columnar.one_person import OnePerson
from engine.columnar.persons import snapshot_of
from engine.columnar.population import Population
from engine.columnar.tables import tables_of
from engine.evaluate.context import Context, prepare
from engine.evaluate.persons import decide_around, decide_person
from engine.explain.explain import explain_absent, explain_decision
from engine.graph.givers import Givers
from policy.entitlements import Entitlement
from policy.explanations import Explanation
from policy.rules import CheckedPolicy
from policy.snapshot import Snapshot

_KEPT_DAYS = 4
_SETTLED_NS = 50_000_000
"""So long after a change of a file its time tells it from the next change; some systems count time in steps."""

_Looks = frozenset[tuple[str, int, int, int, int]]
"""Path, inode, size and times of the last changes (of content, of attributes) of every file."""


@dataclass(frozen=True, slots=True, eq=False)
class People:
    """People of the snapshot in force."""

    columns: Columns
    snapshot: Snapshot


class Prepared:
    """One policy over the people of one snapshot on one day, made ready to answer about single persons."""

    def __init__(self, policy: CheckedPolicy, people: People, as_of: date, *, often: bool) -> None:
        """Make ready. Asked `often`, tables are compiled for everybody, and one person takes 0.2 milliseconds."""
        self.context: Context = prepare(policy, people.snapshot, as_of, include_drafts=False)
        self.people = people
        self.givers = Givers(policy.rules.values())
        self.tables = OnePerson(tables_of(Population(people.columns, self.context))) if often else None

    def explain(self, person: str, entitlement: Entitlement | None) -> Explanation:
        """Tell what `engine.explain.explain.explain` tells."""
        found = self.people.snapshot.find_person(person)
        if found is None:
            return explain_absent(self.context.policy, person, self.context.as_of, entitlement)
        row = None if self.tables is None else self.people.columns.find(person)
        if self.tables is None or row is None:
            decision = decide_person(found, self.context)
        else:
            decision = decide_around(found, self.context, self.tables.decide(row))
        return explain_decision(decision, self.context, entitlement, givers=self.givers)


@dataclass(eq=False)
class Standing:
    """Keeps the policy, the people in force and what was prepared of them. Threads may share it.

    Each time it is asked it looks whether some file in the rules folder is another one, and which snapshot is in force:
    the times of the files, and one small query. `often` says that it will be asked often enough to compile tables.
    """

    often: bool = False
    _loaded: tuple[_Looks | None, CheckedPolicy] | None = None
    _people: People | None = None
    _prepared: OrderedDict[date, Prepared] = field(default_factory=OrderedDict)
    _lock: threading.RLock = field(default_factory=threading.RLock)

    def policy(self, workspace: Workspace) -> CheckedPolicy:
        """Policy of the rules as they are now. Raises what `load_policy` and `LoadedPolicy.require` raise."""
        with self._lock:
            # Files are looked at before they are read: one that changes in between is read again next time.
            looks = _look_at(workspace)
            if looks is None or self._loaded is None or self._loaded[0] != looks:
                self._loaded = None
                self._prepared.clear()
                self._loaded = looks, load_policy(workspace).require()
            return self._loaded[1]

    def people(self, tools: Tools) -> People:
        """People of the snapshot in force. Raises DataError when there is none."""
        with self._lock, tools.store.read() as tx:
            current = tx.snapshots.latest()
            if self._people is None or current is None or self._people.columns.digest != current.digest:
                columns = columns_in_force(tools, tx)
                self._people = People(columns, snapshot_of(columns))
                self._prepared.clear()
            return self._people

    def prepared(self, tools: Tools, as_of: date | None) -> Prepared:
        """Policy and people as they are now, on a day (None: today), ready to answer about single persons."""
        with self._lock:
            policy, people = self.policy(tools.workspace), self.people(tools)
            today = tools.today(policy.timezone)
            day = as_of or today
            found = self._prepared.get(day)
            if found is None:
                found = self._prepared[day] = Prepared(policy, people, day, often=self.often and day == today)
            self._prepared.move_to_end(day)
            while len(self._prepared) > _KEPT_DAYS:
                self._prepared.popitem(last=False)
            return found


def _look_at(workspace: Workspace) -> _Looks | None:
    """Look at every file of the rules folder; None when one changed a moment ago and may change unseen.

    Where the rules folder is the workspace itself, our own files and those of git change all the time: of these only
    rules are looked at.
    """
    found = set()
    latest = 0
    not_ours = (str(workspace.state_folder), str(workspace.rules_folder / ".git"))
    for place, _, names in os.walk(workspace.rules_folder):
        rules_alone = place.startswith(not_ours)
        for name in names:
            if rules_alone and not name.endswith(".ordain"):
                continue
            path = os.path.join(place, name)  # noqa: PTH118  # asked for with every request
            try:
                seen = os.stat(path)  # noqa: PTH116  # as above
            except OSError:  # a link to nowhere, or a file that is gone already
                continue
            latest = max(latest, seen.st_ctime_ns, seen.st_mtime_ns)
            found.add((path, seen.st_ino, seen.st_size, seen.st_mtime_ns, seen.st_ctime_ns))
    return frozenset(found) if latest < time.time_ns() - _SETTLED_NS else None
