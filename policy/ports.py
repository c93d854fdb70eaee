"""Ports: what the inner rooms ask of the world, as Protocols. Connectors, runners and tests implement them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Protocol

from policy.canonical import JsonValue
from policy.enforcement import Action, ActionResult, Probe
from policy.records import RawRecords, RawValue
from policy.scripts import ScriptResult
from policy.targets import AccountPayload, Observation


class Source(Protocol):
    """A source system of persons."""

    def read(self) -> RawRecords:
        """Read everything there is now. Raises OrdainError when the source cannot be read or is no such file."""
        ...


class ScriptRunner(Protocol):
    """Runs untrusted mapping scripts, all of a batch in one call."""

    def run(
        self, scripts: Sequence[str], rows: Sequence[Mapping[str, RawValue]], *, now: datetime, seed: int
    ) -> list[list[ScriptResult]]:
        """Every script on every row: `result[row][script]`.

        The keys of a row are the variables in scope (`source`, `sourceContract`, `Person`, `Iteration`, …). A
        script's value is its completion value. `now` and `seed` are what its clock and its random numbers see. Never
        raises for what a script does.
        """
        ...

    def close(self) -> None:
        """End the child process."""
        ...


class TargetConnector(Protocol):
    """A target system. It observes and applies; it never plans and never persists."""

    @property
    def idempotent(self) -> bool:
        """Whether sending an action twice with one `action_id` has the effect of sending it once."""
        ...

    def observe(self) -> Observation:
        """Read every account and permission. Raises OrdainError when the target cannot be read whole."""
        ...

    def is_unique(self, field: str, value: JsonValue, *, but_anchor: str | None) -> bool:
        """Tell whether no other account (but `but_anchor`) has `value` in the unique field `field`."""
        ...

    def apply(self, action: Action, payload: AccountPayload | None, *, timeout_seconds: float) -> ActionResult:
        """Carry out one action.

        Returns what the target said. Raises TransientError when it did not happen but may later, any other OrdainError
        when it did not and will not, TimeoutError when nobody knows.
        """
        ...

    def probe(self, action: Action, payload: AccountPayload | None) -> Probe:
        """Look whether the effect of `action` is true in the target now, by the anchor or the correlation attribute."""
        ...
