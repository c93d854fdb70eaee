"""Target systems: what policy says of them, and what they tell of themselves."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

from policy.canonical import JsonValue
from policy.entitlements import Kind
from policy.source import Span


@dataclass(frozen=True, slots=True)
class Limit:
    """`limit ACTION KIND to COUNT or PERCENT % [in DAYS days]`: trips when reached (>=).

    At least one of count and percent.

    `percent` is an exact ratio in hundredths of a percent (5 % = 500) so that no rounding is involved.
    """

    action: Literal["grant", "update", "revoke"]
    kind: Kind
    count: int | None
    percent_hundredths: int | None
    days: int | None
    span: Span

    @property
    def percent(self) -> str:
        """Percentage as an author writes it: `2.5`."""
        whole, rest = divmod(self.percent_hundredths or 0, 100)
        return f"{whole}.{rest:02d}".rstrip("0").rstrip(".")


@dataclass(frozen=True, slots=True)
class StagedDeletion:
    """`on revoke account disable, delete after DAYS days`."""

    delete_after_days: int
    span: Span


@dataclass(frozen=True, slots=True)
class TargetDependency:
    """`depends on TARGET using DATA, …`: account data (snake case) of `target` that this system needs."""

    target: str
    using: tuple[str, ...]
    span: Span


@dataclass(frozen=True, slots=True)
class TargetPolicy:
    """A `target` declaration."""

    id: str
    title: str
    depends_on: tuple[TargetDependency, ...]
    limits: tuple[Limit, ...]
    staged_deletion: StagedDeletion | None
    span: Span


@dataclass(frozen=True, slots=True)
class ObservedAccount:
    """An account as the target tells it.

    `anchor` is the target's own unchanging reference (row id, objectGUID). `attributes` by the target's field names,
    JSON values; `permissions` are names of what the account holds there.
    """

    anchor: str
    attributes: Mapping[str, JsonValue]
    enabled: bool
    permissions: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Observation:
    """Everything a target holds at one reading: accounts sorted by anchor, and the permissions that exist there.

    `permissions` None: the target cannot list what exists.
    """

    target: str
    accounts: tuple[ObservedAccount, ...]
    permissions: frozenset[str] | None = None


@dataclass(frozen=True, slots=True)
class AccountPayload:
    """A mapped account.

    Attributes by the target's field names, what of it is kept as account data, and which iteration
    (0, 1, …: raised to make unique fields unique) made it. `notification` names the fields notifications may use.
    `returned` are fields whose values the target makes itself and that are kept as account data once it told them.
    """

    attributes: Mapping[str, JsonValue]
    account_data: Mapping[str, JsonValue]
    iteration: int = 0
    notification: Mapping[str, JsonValue] = field(default_factory=dict)
    returned: tuple[str, ...] = ()
