"""What a release lets go: lines that a limit blocked, and those that waited for nothing else (LANGUAGE.md 7.5)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from engine.reconcile.limits import LimitBasis, judge_bucket
from engine.reconcile.order import ADDITIONS, Bucket, entitlement_id, stage_ranks
from policy.catalogue.enforcement import NOTHING_TO_RELEASE
from policy.diagnostics import Diagnostic
from policy.diff import Line, Status
from policy.statements import Releases, bucket_name

_AWAKENING = {"prerequisite", "dependency"}


@dataclass(frozen=True, slots=True)
class Released:
    """What releases make executable: `lines` by number, and why others that hoped for it stay (`held_back`)."""

    lines: frozenset[int] = frozenset()
    held_back: Mapping[int, str] = field(default_factory=dict)


def release_lines(lines: Sequence[Line], releases: Releases, basis: LimitBasis) -> Released:
    """Lines that are not planned and may be executed all the same, because a person released their limit.

    Released are blocked lines that `releases` names by bucket or number, and lines that wait for nothing but released
    ones. INVARIANT: a release of one bucket is no way around the limit of another: lines that wake up are counted
    together with what was counted in their own bucket before, and stay where they are when its limit is reached then,
    unless that bucket or that line is released itself.
    """
    awakening = _Awakening(lines, releases, basis)
    ranks = stage_ranks(basis.targets, frozenset(line.key.target for line in lines))
    for bucket in sorted(awakening.buckets, key=lambda one: ranks[one]):
        awakening.look_at(bucket)
    return Released(frozenset(awakening.released), awakening.held_back)


def check_releases(lines: Sequence[Line], releases: Releases) -> tuple[Diagnostic, ...]:
    """Problems with what somebody wants released: buckets and line numbers that no limit holds back."""
    blocked = [line for line in lines if line.status is Status.BLOCKED]
    buckets, numbers = {bucket_name(line) for line in blocked}, {line.n for line in blocked}
    wrong = [f"bucket {name}" for name in sorted(releases.buckets - buckets)]
    wrong += [f"line {number}" for number in sorted(releases.lines - numbers)]
    known = f"release one of {', '.join(sorted(buckets))}" if buckets else "leave the release out: no limit was reached"
    return tuple(
        Diagnostic(NOTHING_TO_RELEASE, f"No limit holds back {one} in this diff.", hint=known, subject=one)
        for one in wrong
    )


@dataclass(slots=True)
class _Awakening:
    lines: Sequence[Line]
    releases: Releases
    basis: LimitBasis
    released: set[int] = field(default_factory=set)
    held_back: dict[int, str] = field(default_factory=dict)
    buckets: dict[Bucket, list[Line]] = field(default_factory=dict)
    by_id: dict[tuple[str, str], Line] = field(default_factory=dict)

    def __post_init__(self) -> None:
        for line in self.lines:
            self.buckets.setdefault(Bucket.of(line.key, line.op), []).append(line)
            self.by_id[(line.key.person, entitlement_id(line.key.entitlement))] = line

    def look_at(self, bucket: Bucket) -> None:
        lines = self.buckets[bucket]
        self.released |= {one.n for one in lines if one.status is Status.BLOCKED and self.releases.covers(one)}
        awake = [line for line in lines if line.status is Status.WAITING and self._awakes(line)]
        free = [line for line in awake if self.releases.covers(line)]
        bound = [line for line in awake if not self.releases.covers(line)]
        self.released |= {line.n for line in free}
        if not bound:
            return
        counted = sum(1 for line in lines if line.status in {Status.PLANNED, Status.BLOCKED})
        tripped = [one for one in judge_bucket(self.basis, bucket, counted + len(bound)) if one.tripped]
        if tripped:
            self.held_back |= {line.n: tripped[0].text for line in bound}
        else:
            self.released |= {line.n for line in bound}

    def _awakes(self, line: Line) -> bool:
        if not all(why.cause in _AWAKENING for why in line.why):
            return False
        awaited = [self.by_id.get((line.key.person, why.id)) for why in line.why]
        return all(one is not None and self._serves(one, line) for one in awaited)

    def _serves(self, earlier: Line, line: Line) -> bool:
        """Tell whether `earlier` is what `line` waits for: a grant serves a grant, a removal a removal."""
        same_way = (earlier.op in ADDITIONS) == (line.op in ADDITIONS)
        return same_way and earlier.n in self.released
