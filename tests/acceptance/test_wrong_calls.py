"""Wrong usage ends with exit code 2 and says what to do: ORD0941 for the call itself, other codes for what it names."""

import json

import pytest

from tests.acceptance.clinic import Clinic, run_here

CALLS = [
    ("evaluate", "--as-of", "1-3-2026"),
    ("evaluate", "--as-of", "2026-02-30"),
    ("evaluate", "--as-of", "20260302"),
    ("evaluate", "--as-of", "2026-W10-1"),
    ("evaluate", "--no-such-option"),
    ("show", "--format", "pdf"),
    ("check", "--format", "pdf"),
    ("graph", "--format", "pdf"),
    ("graph", "--depth", "0"),
    ("explain",),
    ("verify",),
    ("verify", "x", "--at", "yesterday"),
    ("approve",),
    ("approve", "abcdef", "--target", "ad", "--line", "3"),
    ("enforce",),
    ("enforce", "abcdef", "--resume"),
    ("enforce", "abcdef", "--mode", "hasty"),
    ("ledger", "--release", "account in ad"),
    ("import", "--release", "import-1"),
    ("history",),
    ("audit", "--last", "0"),
    ("keys", "create"),
    ("keys", "create", "ann@harbour.example", "--role", "king"),
]
"""Options and arguments that are missing, unknown or not in their form."""

NAMES = [
    (("show", "abcdef"), "ORD0912"),
    (("show", ""), "ORD0912"),
    (("show", "abcdef", "--disclose", "1"), "ORD0912"),
    (("approve", "abcdef"), "ORD0912"),
    (("enforce", "abcdef"), "ORD0912"),
    (("import", "--release", "import-1", "--because", "it is right"), "ORD0912"),
    (("ledger", "--release", "account in ad", "--person", "1001", "--because", "by hand"), "ORD0912"),
    (("explain", "9999"), "ORD0936"),
    (("history", "9999"), "ORD0936"),
    (("explain", "1008", "the account"), "ORD0937"),
    (("explain", "1008", "account in nowhere"), "ORD0937"),
    (("graph", "rule:nothing"), "ORD0602"),
    (("verify", "no-such-file"), "ORD0934"),
    (("verify", "."), "ORD0934"),
    (("audit", "verify", "--checkpoint", "no-such-file"), "ORD0934"),
    (("keys", "enroll", "ann@harbour.example", "--key", "no-such-file"), "ORD0934"),
    (("keys", "enroll", "ann@harbour.example", "--key", "."), "ORD0934"),
    (("keys", "create", "engine"), "ORD0930"),
    (("keys", "create", "rita@harbour.example"), "ORD0750"),
    (("verify", "no-such-file", "--trust", "no-such-trust"), "ORD0934"),
]
"""What does not exist, or may not be called so."""


@pytest.mark.parametrize("words", CALLS, ids=" ".join)
def test_a_call_that_makes_no_sense(known: Clinic, words: tuple[str, ...]) -> None:
    ran = known(*words)
    assert ran.code == 2
    assert ran.out == ""
    assert "ORD0941" in ran.err
    assert f"hint: `ordain {words[0]}" in ran.err
    assert "Value error" not in ran.err


@pytest.mark.parametrize("words", CALLS, ids=" ".join)
def test_a_machine_gets_it_as_json(known: Clinic, words: tuple[str, ...]) -> None:
    ran = known(*words, "--json")
    assert (ran.code, ran.problems, ran.err) == (2, ["ORD0941"], "")


@pytest.mark.parametrize(("words", "code"), NAMES, ids=[" ".join(words) for words, _ in NAMES])
def test_a_name_of_nothing(known: Clinic, words: tuple[str, ...], code: str) -> None:
    ran = known(*words)
    assert ran.code == 2
    assert ran.out == ""
    assert code in ran.err


def test_an_unknown_command() -> None:
    ran = run_here("evalute")
    assert ran.code == 2
    assert "evalute" in ran.err


def test_a_group_without_one_of_its_commands() -> None:
    ran = run_here("tokens", "--json")
    assert ran.code == 2
    assert run_here("tokens").err.count("Usage") == 0


def test_no_words_at_all_show_the_help() -> None:
    ran = run_here()
    assert ran.code == 2
    assert "Commands:" in ran.err


def test_a_misspelt_person_is_recognised(known: Clinic) -> None:
    assert "hint: did you mean 1008" in known("explain", "108").err


def test_the_beginning_of_an_id_is_enough_unless_several_begin_so(known: Clinic) -> None:
    diff = known.evaluate()["diff"]
    assert known.fine("show", diff[:6], "--json").json["diff"] == diff
    assert known("show", diff[:5]).code == 2
    again = known("show", diff[:6], "--json")
    assert json.loads(again.out)["diff"] == diff


def test_a_folder_with_something_in_it_is_left_alone(known: Clinic) -> None:
    for command in (("init", known.root), ("demo", "-w", known.root), ("init", known.root / "ordain.toml")):
        ran = run_here(*command)
        assert ran.code == 2
        assert "ORD0407" in ran.err
