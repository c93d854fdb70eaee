"""What is signed: evaluations, approvals and executions (DIFFS.md section 3), and what verifying them finds."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum

from policy.diagnostics import Diagnostic
from policy.diff import InputDigests, LimitVerdict, Line, Op, Status
from policy.enforcement import ActionState, EnforceMode
from policy.entitlements import Kind

Totals = Mapping[tuple[str, Kind, Op, Status], int]
"""Number of lines per target, kind, op and status."""


class Purpose(StrEnum):
    """What a diff was signed for: to be looked at, or to be enforced."""

    EVALUATE = "evaluate"
    ENFORCE = "enforce"


@dataclass(frozen=True, slots=True, order=True)
class ExcludedPerson:
    """Somebody who may not approve this diff, and why: `author` of its rules, or `requester`."""

    person: str
    because: str


@dataclass(frozen=True, slots=True)
class SigningTerms:
    """What the shell says about a diff that is to be signed.

    Moments are aware and kept to the second. `nonce` is hex, at least 16 random bytes. `required` distinct people
    must approve; `excluded` never count.
    """

    tenant: str
    purpose: Purpose
    timezone: str
    inputs: InputDigests
    engine_version: str
    engine_digest: str
    created_at: datetime
    expires_at: datetime
    nonce: str
    required: int = 1
    excluded: tuple[ExcludedPerson, ...] = ()


@dataclass(frozen=True, slots=True)
class LookedAt:
    """How many keys, objects, pairs and remarks an evaluation saw that are no lines."""

    unchanged: int = 0
    unmanaged: int = 0
    violations: int = 0
    warnings: int = 0


@dataclass(frozen=True, slots=True)
class DiffStatement:
    """The signed statement about a diff: about 2 KB, no personal data of those it is about.

    `lines_digest` is the SHA-256 (hex) of `lines.ndjson`, `root` the Merkle root (hex) over its salted lines.
    `persons` counts distinct persons per status. Limits come without their text.
    """

    id: str
    terms: SigningTerms
    as_of: date
    lines_digest: str
    line_count: int
    root: str
    totals: Totals
    persons: Mapping[Status, int]
    limits: tuple[LimitVerdict, ...] = ()
    looked_at: LookedAt = LookedAt()


@dataclass(frozen=True, slots=True)
class DiffFiles:
    """Files of a diff as they lie on a disk: `diff.dsse.json`, `lines.ndjson`, `salts.ndjson` (one hex salt a line)."""

    envelope: bytes
    lines: bytes | None = None
    salts: bytes | None = None


@dataclass(frozen=True, slots=True)
class SignedDiff:
    """A diff with its signature, as files."""

    id: str
    lines: bytes
    salts: bytes
    envelope: bytes

    @property
    def files(self) -> DiffFiles:
        """The same, for a verifier, who knows nothing yet."""
        return DiffFiles(self.envelope, self.lines, self.salts)


@dataclass(frozen=True, slots=True)
class Expectation:
    """What a verifier knows by itself. None: any will do (offline, to read; never to enforce)."""

    now: datetime
    tenant: str | None = None
    purpose: Purpose | None = None
    lineage: str | None = None


@dataclass(frozen=True, slots=True)
class VerifiedDiff:
    """A diff whose signature, form and expectations hold.

    `payload_digest` (SHA-256, hex) is what approvals and executions are bound to. `lines` is None when no line file was
    given. `root_checked` tells whether the salts were there to work out the Merkle root.
    """

    statement: DiffStatement
    payload_digest: str
    signed_by: tuple[str, ...]
    lines: Sequence[Line] | None = None
    root_checked: bool = False

    @property
    def id(self) -> str:
        """Id of the diff."""
        return self.statement.id


class Decision(StrEnum):
    """What a reviewer says."""

    APPROVE = "approve"
    REJECT = "reject"


@dataclass(frozen=True, slots=True)
class ApprovalScope:
    """Which lines an approval speaks of: at most one of both is set; neither means all of them."""

    targets: frozenset[str] | None = None
    lines: frozenset[int] | None = None

    def __post_init__(self) -> None:
        assert self.targets is None or self.lines is None, "a scope is all lines, some targets, or some lines"

    def covers(self, line: Line) -> bool:
        """Tell whether `line` is in the scope."""
        if self.lines is not None:
            return line.n in self.lines
        return self.targets is None or line.key.target in self.targets


@dataclass(frozen=True, slots=True)
class Releases:
    """What a person releases although a limit blocked it, for one diff alone.

    `buckets` are `target/op/kind`; `lines` are numbers.
    """

    buckets: frozenset[str] = frozenset()
    lines: frozenset[int] = frozenset()

    def __bool__(self) -> bool:
        return bool(self.buckets or self.lines)

    def covers(self, line: Line) -> bool:
        """Tell whether `line` itself is released."""
        return line.n in self.lines or bucket_name(line) in self.buckets


def bucket_name(line: Line) -> str:
    """Name of the limit bucket of a line: `target/op/kind`. An adoption counts with the grants."""
    op = Op.GRANT if line.op is Op.ADOPT else line.op
    return f"{line.key.target}/{op.value}/{line.key.kind.value}"


@dataclass(frozen=True, slots=True)
class Approval:
    """One reviewer's statement on one diff.

    `diff` and `payload_digest` name the diff, `authentication` says how the reviewer proved who they are, `nonce` is
    hex.
    """

    diff: str
    payload_digest: str
    person: str
    decision: Decision
    at: datetime
    expires_at: datetime
    nonce: str
    authentication: str
    scope: ApprovalScope = ApprovalScope()
    releases: Releases = Releases()


@dataclass(frozen=True, slots=True)
class CountedApproval:
    """An approval that counts, with the digest (SHA-256, hex) of its signed payload."""

    approval: Approval
    digest: str


@dataclass(frozen=True, slots=True)
class ApprovalVerdict:
    """Who approved, and what for.

    `missing` more people are needed before anything may be done. `approved_lines` are the lines that enough distinct
    people approved (None when the lines are not at hand). `counted` are the approvals that counted, by any right, and
    `releases` what people with the right released. `problems` say why other statements did not count; `broken` tells
    that one of them is damaged or forged, which blocks.
    """

    required: int
    approved_by: tuple[str, ...] = ()
    rejected_by: tuple[str, ...] = ()
    missing: int = 0
    approved_lines: frozenset[int] | None = None
    counted: tuple[CountedApproval, ...] = ()
    releases: Releases = Releases()
    problems: tuple[Diagnostic, ...] = ()
    broken: bool = False

    @property
    def approved(self) -> bool:
        """Whether the approved lines may be done."""
        return not self.missing and not self.rejected_by and not self.broken


@dataclass(frozen=True, slots=True)
class ExecutionTerms:
    """What the shell says about a run that ended; `managed_digest` and `serial` are of the managed state afterwards."""

    tenant: str
    run: str
    mode: EnforceMode
    started_at: datetime
    ended_at: datetime
    lineage: str
    serial: int
    managed_digest: str


@dataclass(frozen=True, slots=True)
class ExecutionStatement:
    """The signed statement about a run: counts, and the Merkle root (hex) over its outcomes in order of line."""

    diff: str
    payload_digest: str
    terms: ExecutionTerms
    approvals: tuple[str, ...]
    counts: Mapping[tuple[Op, ActionState], int]
    outcome_count: int
    root: str


@dataclass(frozen=True, slots=True)
class VerifiedChain:
    """Evaluated → approved → executed, each bound to the one before. `outcomes_checked`: their file was at hand."""

    diff: VerifiedDiff
    verdict: ApprovalVerdict
    execution: ExecutionStatement
    outcomes_checked: bool


@dataclass(frozen=True, slots=True)
class Disclosure:
    """One line proved alone, without the others, to be part of a signed diff."""

    line: Line
    statement: DiffStatement
    payload_digest: str
    signed_by: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Bundle:
    """Everything that lies beside a diff: statements of approval and execution (envelopes), and `outcomes.ndjson`."""

    files: DiffFiles
    approvals: tuple[bytes, ...] = ()
    execution: bytes | None = None
    outcomes: bytes | None = None


@dataclass(frozen=True, slots=True)
class Check:
    """One thing looked at: `words` say what, `problem` is set when it does not hold."""

    words: str
    problem: Diagnostic | None = None

    @property
    def ok(self) -> bool:
        """Whether it holds."""
        return self.problem is None


@dataclass(frozen=True, slots=True)
class VerificationReport:
    """All that was looked at, in order; after a check that fails, what rests on it is not looked at any more."""

    checks: tuple[Check, ...]
    diff: VerifiedDiff | None = None
    verdict: ApprovalVerdict | None = None
    execution: ExecutionStatement | None = None

    @property
    def ok(self) -> bool:
        """Whether everything holds."""
        return all(check.ok for check in self.checks)
