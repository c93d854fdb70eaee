"""Which step of the version number a change of the rules asks for."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from policy.comparison import EntitlementComparison, SideEffects, Version
from policy.proofs import Verdict

_WORDS = {
    Verdict.WIDENED: "is widened: people get what they did not get before",
    Verdict.NARROWED: "is narrowed: people lose it",
    Verdict.MIXED: "is mixed: some people get it, others lose it",
    Verdict.UNDECIDED: "is undecided: it may have changed for somebody",
}


def suggest_version(
    entitlements: Sequence[EntitlementComparison], effects: SideEffects
) -> tuple[Version, tuple[str, ...]]:
    """Give the step and the reasons for it, those of the greatest step alone.

    - patch: every entitlement is proved the same, and nothing else that is enforced changed;
    - minor: the only entitlements that differ are new ones, which no rule could give before; or what changed besides
      binds nobody, such as an event or a new target;
    - major: an entitlement that existed is widened, narrowed or mixed, or may be; a `never` changed, or can be violated
      by somebody now; something else changed that is binding: exclusions, targets, fields, the `policy` declaration.
    """
    major = [*_major(entitlements, effects)]
    if major:
        return Version.MAJOR, tuple(major)
    minor = [*_minor(entitlements, effects)]
    if minor:
        return Version.MINOR, tuple(minor)
    return Version.PATCH, ("every entitlement is proved to be the same for every possible person",)


def _major(entitlements: Sequence[EntitlementComparison], effects: SideEffects) -> Iterator[str]:
    for one in entitlements:
        if one.verdict is not Verdict.SAME and not _is_new(one):
            yield f"{one.text} {_WORDS[one.verdict]}"
    for never in effects.nevers:
        if never.became_violable:
            yield f"never {never.id} can be violated by somebody now"
        elif never.became_unsure:
            yield f"whether never {never.id} holds for everybody is not known any more"
    for change in effects.declarations:
        if change.binding:
            yield f"{change.kind} {change.id} was {change.change}"


def _minor(entitlements: Sequence[EntitlementComparison], effects: SideEffects) -> Iterator[str]:
    for one in entitlements:
        if _is_new(one):
            yield f"{one.text} is new"
    for change in effects.declarations:
        if change.kind != "draft rule":
            yield f"{change.kind} {change.id} was {change.change}"


def _is_new(one: EntitlementComparison) -> bool:
    return one.new and one.verdict is Verdict.WIDENED
