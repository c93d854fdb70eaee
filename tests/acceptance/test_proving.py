"""`ordain prove`: a never that holds for everybody, one that somebody breaks, and one that takes too long to tell."""

from tests.acceptance.clinic import Clinic

FINE = """
never prescribe-and-train "Who prescribes has no intranet of a trainee"
    permission "Prescribe" in ad
    together with permission "Nobody has this" in ad
end
"""


def test_a_never_that_somebody_breaks_comes_with_a_test_that_passes(new: Clinic) -> None:
    ran = new("prove", "prescribe-and-pay")
    assert ran.code == 1
    assert "prescribe-and-pay: the rules give somebody both sides (harbour.ordain:55)" in ran.out
    assert '  permission "Prescribe" in ad by title-permissions (harbour.ordain:44), through contract C1' in ran.out
    assert "1 never: 0 proved, 1 not kept by the rules, 0 undecided" in ran.out
    block = ran.out[ran.out.index("    test ") :].rsplit("\n1 never", 1)[0]
    rules = new.root / "rules" / "found.ordain"
    rules.write_text("\n".join(line[4:] for line in block.splitlines()) + "\n", encoding="utf-8")
    new.fine("test")


def test_a_never_that_nobody_can_break_is_proved(new: Clinic) -> None:
    (new.root / "rules" / "more.ordain").write_text(FINE, encoding="utf-8")
    assert "prescribe-and-train: holds for every possible person" in new.fine("prove", "prescribe-and-train").out
    both = new("prove", "--json")
    assert both.code == 1
    outcomes = {one["never"]: one["outcome"] for one in both.json["proofs"]}
    assert outcomes == {"prescribe-and-pay": "violable", "prescribe-and-train": "holds"}
    witness = both.json["proofs"][0]["witness"]
    assert [one["external_id"] for one in witness["person"]["contracts"]] == ["C1", "C2"]


def test_past_the_budget_nothing_is_said(new: Clinic) -> None:
    ran = new("prove", "prescribe-and-pay", "--budget", "5")
    assert ran.code == 1
    assert "undecided, as the budget of 5 cases is used up" in ran.out


def test_a_never_nobody_declared_is_named_with_the_nearest(new: Clinic) -> None:
    ran = new("prove", "prescribe-and-play")
    assert ran.code == 2
    assert "ORD1151" in ran.err
    assert "did you mean prescribe-and-pay?" in ran.err


def test_departments_can_be_those_of_the_snapshot(known: Clinic) -> None:
    assert known("prove", "--departments", "snapshot").code == 1
    assert known("prove", "--departments", "any").code == 1
