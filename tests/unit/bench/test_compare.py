from xml.etree import ElementTree as ET

import pytest

from bench.agreement import prove_agreement, reference_checksums
from bench.chart import draw_bars
from bench.measured import DisagreementError, race, race_cold
from bench.tables import TIMES, Bar, Section, at_least, figures_table, share_at_most
from bench.whole_command import measure_command
from bench.workload.stored import Stored


@pytest.fixture(scope="module")
def stored(tmp_path_factory: pytest.TempPathFactory) -> Stored:
    found = Stored(tmp_path_factory.mktemp("bench"), 60, 30, 3)
    found.generate()
    return found


def test_what_is_stored_is_read_as_it_was_generated(stored: Stored) -> None:
    columns = stored.read_columns()

    assert columns.person_count == 60
    assert len(stored.read_policy().rules) == 30
    assert len(stored.read_managed(stored.read_rules(columns)).pairs) > 60


def test_ordain_answers_as_the_reference_and_others_are_raced_against_it(stored: Stored) -> None:
    prove_agreement(stored, ["ordain"])
    found = race(["ordain", "python", "numpy"], "pairs", stored, threads=1, rounds=2)

    assert [len(one.seconds) for one in found.values()] == [2, 2, 2]
    assert all(one.peak_mb > 0 and one.ready.keys() == {"columns", "rules", "ready"} for one in found.values())


def test_an_engine_that_answers_differently_ends_the_race(stored: Stored) -> None:
    wanted = reference_checksums(stored)["pairs"]

    assert race_cold(["python"], "pairs", stored, threads=1, rounds=1)["python"].median > 0
    with pytest.raises(DisagreementError, match="python"):
        race(["python"], "pairs", stored, threads=1, rounds=1, wanted={"pairs": wanted["pairs"][::-1]})


def test_the_whole_command_and_the_plain_loop_find_the_same_lines(stored: Stored) -> None:
    ours, loop, lines = measure_command(stored, threads=1, rounds=1)

    assert lines > 0
    assert len(ours.seconds) == len(loop.seconds) == 1
    assert min(ours.peak_mb, loop.peak_mb) > 0


def test_a_chart_is_a_picture_with_the_shortest_first() -> None:
    picture = ET.fromstring(draw_bars("A & B", [Bar("slow", 2.5), Bar("ours", 0.02, ours=True)]))  # noqa: S314  # our own
    texts = [one.text for one in picture.iter("{http://www.w3.org/2000/svg}text")]
    widths = [float(one.attrib["width"]) for one in picture.iter("{http://www.w3.org/2000/svg}rect")]

    assert texts[0] == "A & B"
    assert texts[-4:] == ["ours", "20 ms", "slow", "2.5 s"]
    assert widths == sorted(widths)


def test_a_figure_says_whether_it_is_reached() -> None:
    figures = [at_least("twice", 1.96, 2), share_at_most("part", 0.013, 0.02)]

    assert [one.reached for one in figures] == [False, True]
    assert figures_table(figures).splitlines()[2:] == [
        f"| twice | 2 {TIMES} | 2.0 {TIMES} | **not reached** |",
        "| part | at most 2% | 1.30% | reached |",
    ]
    assert "| a | b |" in Section("T", "what", ("a", "b"), (("1", "2"),)).markdown()
