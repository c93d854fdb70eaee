"""A small town behind the ports: a real workspace and store, people in a vault, and targets that fail when told to.

`ad` takes an action sent twice for one, as the memory connector does. `erp` makes its own keys and does not: what is
sent there twice happens twice.
"""

from __future__ import annotations

import hashlib
import json
import shutil
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from unittest.mock import patch

import connectors.memory.target
from api.settings.workspace import open_workspace
from api.store.managed_copies import ManagedCopies
from api.store.records import StoredAction
from api.store.store import Store, Transaction, open_store
from api.tools import Tools
from api.usecases.approve import Review, approve_diff
from api.usecases.carry import Enforced
from api.usecases.enforce import enforce_diff, resume_runs
from api.usecases.evaluate import evaluate_workspace
from api.usecases.import_people import import_people
from api.usecases.keys import create_key, find_reviewer
from api.usecases.sign import sign_evaluation
from connectors.effects import is_effective
from connectors.javascript.runner import JavaScriptRunner
from connectors.memory.target import MemoryTarget
from policy.canonical import JsonValue
from policy.catalogue.enforcement import TARGET_BUSY, TARGET_REFUSES, TARGET_UNREADABLE
from policy.diagnostics import Diagnostic, OrdainError, TransientError
from policy.diff import Line
from policy.enforcement import Action, ActionResult, Call, EnforceMode, Probe
from policy.ledger import ManagedState
from policy.statements import Decision, Releases
from policy.targets import AccountPayload, Observation, ObservedAccount
from policy.trust import TrustRole

REVIEWER = "rita@town.example"
START = datetime(2026, 3, 2, 9, tzinfo=UTC)


class Crash(BaseException):
    """The process is gone: nothing it would do afterwards happens."""


@dataclass(slots=True)
class Clock:
    """A clock of its own; whoever sleeps only moves it."""

    moment: datetime = START
    slept: list[float] = field(default_factory=list)

    def now(self) -> datetime:
        self.moment += timedelta(milliseconds=1)
        return self.moment

    def sleep(self, seconds: float) -> None:
        self.slept.append(seconds)
        self.moment += timedelta(seconds=max(seconds, 0))


@dataclass(slots=True)
class Process:
    """A process that may die at its `dies_at`-th numbered point, and then does nothing any more."""

    dies_at: int | None = None
    points: int = 0
    dead: bool = False

    def reach(self) -> None:
        if self.dead:
            raise Crash
        self.points += 1
        if self.points == self.dies_at:
            self.dead = True
            raise Crash


@dataclass(slots=True)
class MortalStore:
    """The store as a process sees it that may die before and after every commit."""

    real: Store
    process: Process

    @contextmanager
    def write(self) -> Iterator[Transaction]:
        self.process.reach()
        with self.real.write() as tx:
            yield tx
            self.process.reach()
        self.process.reach()

    @contextmanager
    def read(self) -> Iterator[Transaction]:
        if self.process.dead:
            raise Crash
        with self.real.read() as tx:
            yield tx


Trouble = Callable[[Action], str | None]
"""What goes wrong with a call: `busy`, `wait`, `refused`, `lost before`, `lost after`, `broken`, or nothing."""


@dataclass(slots=True)
class TroubledTarget:
    """A target that keeps a journal of its effects, and fails as `trouble` says."""

    inner: MemoryTarget
    makes_keys: bool = False
    journal: list[tuple[Call, str, str]] = field(default_factory=list)
    calls: list[Action] = field(default_factory=list)
    payloads: dict[str, Mapping[str, JsonValue]] = field(default_factory=dict)
    trouble: Trouble = lambda _: None
    doubt: Callable[[], str | None] = lambda: None
    dark: Callable[[str], bool] = lambda _: False
    before_call: Callable[[Action], None] = lambda _: None
    process: Process = field(default_factory=Process)

    @property
    def idempotent(self) -> bool:
        return not self.makes_keys

    @property
    def accounts(self) -> dict[str, ObservedAccount]:
        return self.inner.accounts

    def observe(self) -> Observation:
        self._see("observe")
        return self.inner.observe()

    def is_unique(self, field: str, value: JsonValue, *, but_anchor: str | None) -> bool:
        self._see("unique")
        self._fail_before(self.doubt())
        return self.inner.is_unique(field, value, but_anchor=but_anchor)

    def apply(self, action: Action, payload: AccountPayload | None, *, timeout_seconds: float) -> ActionResult:
        self.process.reach()
        self.calls.append(action)
        self.payloads[str(action.key)] = dict(payload.attributes) if payload else {}
        self.before_call(action)
        trouble = self.trouble(action)
        self._fail_before(trouble)
        before = dict(self.accounts)
        sent = (
            replace(action, action_id=str(1 + max(map(int, before), default=0)))
            if self._makes_a_key(action)
            else action
        )
        result = self.inner.apply(sent, payload, timeout_seconds=timeout_seconds)
        if self.accounts != before:
            self.journal.append((action.call, action.key.person, action.key.name))
        self.process.reach()
        if trouble == "lost after":
            raise TimeoutError("no answer")
        return result

    def probe(self, action: Action, payload: AccountPayload | None) -> Probe:
        self.process.reach()
        self._see("probe")
        if not self._makes_a_key(action):
            return self.inner.probe(action, payload)
        name, value = action.correlation or ("", None)
        found = [one for one in self.accounts.values() if name and one.attributes.get(name) == value]
        account = found[0] if found else None
        result = ActionResult(account.anchor, account.attributes) if account else ActionResult()
        return Probe(is_effective(action, payload, account), result)

    def _makes_a_key(self, action: Action) -> bool:
        return self.makes_keys and action.call is Call.CREATE

    def _see(self, what: str) -> None:
        if self.dark(what):
            raise OrdainError(Diagnostic(TARGET_UNREADABLE, f"{self.inner.name} cannot be read: it is dark."))

    def _fail_before(self, trouble: str | None) -> None:
        match trouble:
            case "busy":
                raise TransientError(Diagnostic(TARGET_BUSY, "Busy."))
            case "wait":
                raise TransientError(Diagnostic(TARGET_BUSY, "Too many requests."), retry_after_seconds=7)
            case "refused":
                raise OrdainError(Diagnostic(TARGET_REFUSES, "No, never."))
            case "lost before":
                raise TimeoutError("no answer")
            case "broken":
                raise RuntimeError("a connector with a mistake")
            case _:
                pass


RULES = """
policy "Town"
    language 1
    timezone "UTC"
end
target ad "Directory"
end
target erp "Resources"
    depends on ad using login
end
rule everybody "Everybody"
    grant account in ad
    grant access in ad
    grant permission "All" in ad
    grant account in erp
    grant permission "Orders" in erp
end
"""
SETTINGS = """
[workspace]
name = "town"
[enforcement]
timeout_seconds = 2
lease_seconds = 60
attempts = 3
[sources.hr]
connector = "vault"
file = "hr.json"
[targets.ad]
connector = "memory"
fields = "ad.json"
correlate = { person = "ExternalId", account = "Number" }
[targets.erp]
connector = "memory"
fields = "erp.json"
correlate = { person = "ExternalId", account = "Number" }
"""


def mapped(name: str, path: str, *actions: str, stored: bool = False) -> dict[str, JsonValue]:
    """A field taken over from the person."""
    return {
        "Name": name,
        "Description": "",
        "Type": "Text",
        "MappingActions": [
            {
                "MapForActions": list(actions or ("Create", "Update")),
                "MappingMode": "Field",
                "Value": json.dumps(path),
                "UsedInNotifications": False,
                "StoreInAccountData": stored,
            }
        ],
    }


AD_FIELDS = [
    mapped("Number", "Person.ExternalId", "Create"),
    mapped("Login", "Person.UserName", stored=True),
    mapped("Name", "Person.DisplayName"),
]
ERP_FIELDS = [mapped("Number", "Person.ExternalId", "Create"), mapped("Account", "Person.Accounts.ad.Login")]


def person(number: str, name: str = "", **more: JsonValue) -> dict[str, JsonValue]:
    """Somebody with a contract since 2020 (`ends` may close it)."""
    ends = more.pop("ends", None)
    return {
        "ExternalId": number,
        "DisplayName": name or f"Person {number}",
        "UserName": f"login{number}",
        "Contracts": [{"ExternalId": f"C{number}", "StartDate": "2020-01-01", "EndDate": ends}],
        **more,
    }


@dataclass(slots=True)
class Town:
    """A workspace on disk, its targets, its clock; `tools` are those of the process that is alive now."""

    root: Path
    clock: Clock
    targets: dict[str, TroubledTarget]
    store: Store
    scripts: JavaScriptRunner = field(default_factory=JavaScriptRunner)
    process: Process = field(default_factory=Process)
    serial: int = 0

    def tools(self, actor: str = "operator") -> Tools:
        store = MortalStore(self.store, self.process)
        return Tools(
            open_workspace(self.root),
            store,  # type: ignore[arg-type]  # a store, as far as anybody can see
            self.scripts,
            self.clock.now,
            self._random,
            actor,
            sleep=self.clock.sleep,
        )

    def fork(self, dies_at: int | None = None) -> Process:
        """A new process takes the place of the one before."""
        self.process = Process(dies_at)
        for target in self.targets.values():
            target.process = self.process
        return self.process

    def write(self, **files: str) -> None:
        for name, text in files.items():
            path = {"rules": "rules/town.ordain", "settings": "ordain.toml"}.get(name, f"{name}.json")
            (self.root / path).parent.mkdir(parents=True, exist_ok=True)
            (self.root / path).write_text(text, encoding="utf-8")

    def people(self, *persons: dict[str, JsonValue]) -> None:
        """Import these people."""
        self.write(hr=json.dumps({"Persons": list(persons), "Departments": []}))
        import_people(self.tools())

    def evaluate(self) -> str:
        """Evaluate and sign; the id of the diff."""
        tools = self.tools()
        return sign_evaluation(tools, evaluate_workspace(tools)).signed.id

    def approve(self, diff: str, *, releases: Releases | None = None, decision: Decision = Decision.APPROVE) -> None:
        tools = self.tools(REVIEWER)
        signer, whose = find_reviewer(tools.workspace, person=REVIEWER, key_file=None)
        approve_diff(tools, diff, Review(whose, decision, releases=releases or Releases()), signer=signer)

    def approved(self) -> str:
        """Evaluate and approve; the id of the diff."""
        diff = self.evaluate()
        self.approve(diff)
        return diff

    def enforce(self, diff: str | None = None, mode: EnforceMode = EnforceMode.STRICT) -> Enforced:
        """Enforce a diff, or what is to be done now."""
        return enforce_diff(self.tools(), diff or self.approved(), mode)

    def resume(self) -> list[Enforced]:
        return resume_runs(self.tools())

    def lines(self) -> tuple[Line, ...]:
        """What an evaluation says now, unsigned."""
        return tuple(evaluate_workspace(self.tools()).diff.lines)

    def said(self) -> list[str]:
        return [
            f"{one.op} {one.key.person} {one.key.target} {one.key.name or one.key.kind}: {one.status}"
            for one in self.lines()
        ]

    def managed(self) -> ManagedState:
        with self.store.read() as tx:
            return tx.ledger.state()

    def actions(self, run: str) -> tuple[StoredAction, ...]:
        with self.store.read() as tx:
            return tx.actions.of_run(run)

    def holdings(self) -> dict[str, list[tuple[object, ...]]]:
        """What the targets hold, whatever keys they made."""
        return {
            name: sorted(
                (sorted(one.attributes.items()), one.enabled, sorted(one.permissions))
                for one in target.accounts.values()
            )
            for name, target in self.targets.items()
        }

    def pass_days(self, days: int) -> None:
        self.clock.moment += timedelta(days=days)

    def _random(self, count: int) -> bytes:
        self.serial += 1
        digest = hashlib.sha256(str(self.serial).encode()).digest()
        return (digest * (count // 32 + 1))[:count]


def _open_store(root: Path) -> Store:
    """Open the store of a town, where even the smallest state is worth a copy."""
    state = root / ".ordain"
    return open_store(f"sqlite:///{state / 'ordain.db'}", tenant="town", copies=ManagedCopies(state / "managed", 1))


@contextmanager
def open_town(root: Path, *, rules: str = RULES, **files: str) -> Iterator[Town]:
    """A town with a reviewer, who may release limits too, and nobody in it yet."""
    clock = Clock()
    targets = {name: TroubledTarget(MemoryTarget(name), makes_keys=name == "erp") for name in ("ad", "erp")}
    store = _open_store(root)
    town = Town(root, clock, targets, store)
    given = {"ad": _fields(AD_FIELDS), "erp": _fields(ERP_FIELDS), "settings": SETTINGS, "rules": rules, **files}
    town.write(**given)
    try:
        with patch.object(connectors.memory.target, "open_memory_target", lambda name, _config, _root: targets[name]):
            create_key(town.tools().workspace, REVIEWER, [TrustRole.REVIEWER, TrustRole.LIMIT_RELEASE])
            yield town
    finally:
        store.close()
        town.scripts.close()


@contextmanager
def copy_town(town: Town, root: Path) -> Iterator[Town]:
    """The same town once more, as it is now: what happens in one does not happen in the other."""
    shutil.copytree(town.root, root)
    targets = {}
    for name, one in town.targets.items():
        inner = MemoryTarget(name, accounts=dict(one.accounts))
        targets[name] = TroubledTarget(inner, makes_keys=one.makes_keys)
    store = _open_store(root)
    copy = Town(root, Clock(town.clock.moment), targets, store, town.scripts, serial=town.serial)
    try:
        with patch.object(connectors.memory.target, "open_memory_target", lambda name, _config, _root: targets[name]):
            yield copy
    finally:
        store.close()


def fields_file(*fields: dict[str, JsonValue], unique: Sequence[str] = ()) -> str:
    """A field mapping's file."""
    return _fields(list(fields), unique)


def _fields(fields: Sequence[dict[str, JsonValue]], unique: Sequence[str] = ()) -> str:
    return json.dumps({"Version": "v1", "MappingFields": list(fields), "UniqueFieldNames": list(unique)})
