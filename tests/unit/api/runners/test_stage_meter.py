from api.runners.stage_meter import StageMeter


def test_stages_follow_one_another_from_the_start_of_the_process() -> None:
    told: list[tuple[str, int, int]] = []
    meter = StageMeter(lambda stage, done, total: told.append((stage, done, total)))
    meter("reading", 0, 2)
    meter("reading", 1, 2)
    meter("writing", 0, 0)
    stages = meter.finish()

    assert [one.name for one in stages] == ["starting", "reading", "writing"]
    assert told == [("reading", 0, 2), ("reading", 1, 2), ("writing", 0, 0)]
    assert all(one.seconds >= 0 and one.processor_seconds >= 0 for one in stages)
    assert stages[0].seconds > 0
    assert 0 < stages[0].peak_bytes <= stages[-1].peak_bytes
