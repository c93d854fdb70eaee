import pytest

from engine.people.thresholds import is_blocked, judge_import
from policy.imports import ImportMeasure, ImportThreshold, ImportThresholds, ThresholdVerdict
from policy.people import Person
from policy.snapshot import Snapshot


def snapshot(*external_ids: str) -> Snapshot:
    return Snapshot.of([Person(one) for one in external_ids], [])


def judge(
    before: Snapshot | None, after: Snapshot, thresholds: ImportThresholds | None = None, **counts: int
) -> dict[ImportMeasure, ThresholdVerdict]:
    verdicts = judge_import(
        before,
        after,
        frozen=counts.get("frozen", 0),
        unaddressable=counts.get("unaddressable", 0),
        thresholds=thresholds or ImportThresholds(),
    )
    return {one.measure: one for one in verdicts}


def tripped(verdicts: dict[ImportMeasure, ThresholdVerdict]) -> set[str]:
    return {measure.value for measure, one in verdicts.items() if one.tripped}


def test_at_the_count_it_trips_and_one_below_it_does_not() -> None:  # ORD0567
    thresholds = ImportThresholds(ImportThreshold(2), ImportThreshold(2), ImportThreshold(2))
    before = snapshot("1", "2", "3")
    assert tripped(judge(before, snapshot("3", "4", "5"), thresholds, frozen=2)) == {"added", "removed", "frozen"}
    assert tripped(judge(before, snapshot("2", "3", "4"), thresholds, frozen=1)) == set()
    found = judge(before, snapshot("3"), thresholds)[ImportMeasure.REMOVED]
    assert found.problem is not None
    assert "removes 2 of 3 persons" in found.problem.detail


def test_percentages_are_exact() -> None:
    third = ImportThresholds(removed=ImportThreshold(percent_hundredths=3334))
    before = snapshot("1", "2", "3")
    assert tripped(judge(before, snapshot("1", "2"), third)) == set()
    third = ImportThresholds(removed=ImportThreshold(percent_hundredths=3333))
    assert tripped(judge(before, snapshot("1", "2"), third)) == {"removed"}


def test_percentages_do_not_apply_to_an_empty_base() -> None:
    thresholds = ImportThresholds(added=ImportThreshold(percent_hundredths=1))
    assert tripped(judge(snapshot(), snapshot("1"), thresholds)) == set()
    assert tripped(judge(snapshot(), snapshot("1"), ImportThresholds(added=ImportThreshold(1)))) == {"added"}


def test_the_first_import_may_add_everybody() -> None:
    assert tripped(judge(None, snapshot("1"), ImportThresholds(added=ImportThreshold(1)))) == set()


@pytest.mark.parametrize("count", [1, 2])
def test_a_record_that_could_be_anybody_blocks(count: int) -> None:
    verdicts = judge(None, snapshot("1"), unaddressable=count)
    assert tripped(verdicts) == {"unaddressable"}
    assert is_blocked(tuple(verdicts.values()))
    assert not is_blocked(tuple(verdicts.values()), released=True)


def test_an_empty_import_is_never_released() -> None:  # ORD0568
    verdicts = judge(snapshot("1"), snapshot())
    assert tripped(verdicts) == {"empty"}
    assert is_blocked(tuple(verdicts.values()), released=True)


def test_thresholds_read_as_authors_write_them() -> None:
    assert str(ImportThreshold(5)) == "5"
    assert str(ImportThreshold(5, 250)) == "5 or 2.5 %"
    assert str(ImportThreshold(percent_hundredths=500)) == "5 %"
