"""Every kind of expectation: met, and what came instead when it was not."""

from __future__ import annotations

import pytest

from policy.testing import TestPerson
from tests.builders.played import AD, came, contract, on, outcomes, person, policy_of

NURSE = person("P1", contract(title_code="NURSE", end="2026-08-31"))
RULES = """
rule birthright "Account"
    when contract.title.code is known
    starting 14 days before contract.start_date
    ending 30 days after contract.end_date
    grant account in ad
    grant access in ad
        starting contract.start_date
        ending contract.end_date
end
rule nurse "Nurses"
    when contract.title.code is "NURSE"
    grant permission "SEC-Nurse" in ad
end
draft rule rota "Rota, not live yet"
    when contract.title.code is "NURSE"
    grant permission "SEC-Rota" in ad
end
"""
POLICY = policy_of(RULES)


def told(day: str, said: str) -> list[str]:
    return came(POLICY, day, said, persons=(NURSE,))


@pytest.mark.parametrize(
    ("day", "said"),
    [
        ("2026-02-15", "entitled ad account"),
        ("2026-02-15", "entitled ad account because birthright"),
        ("2026-03-01", "entitled ad SEC-Nurse because nurse"),
        ("2026-03-01", "entitled ad SEC-Rota because rota"),
        ("2026-02-15", "not entitled ad access"),
        ("2026-02-14", "nothing"),
        ("2026-02-15", "only ad account"),
        ("2026-03-01", "only ad SEC-Nurse, ad account, ad SEC-Rota, ad access"),
        ("2026-02-15", "grant ad account"),
        ("2026-03-01", "grant ad access"),
    ],
)
def test_what_is_so_is_met(day: str, said: str) -> None:
    assert told(day, said) == []


@pytest.mark.parametrize(
    ("day", "said", "words"),
    [
        ("2026-02-14", "entitled ad account", ["Not entitled to account in ad."]),
        (
            "2026-02-15",
            "entitled ad account because nurse",
            ["Entitled to account in ad, but because of birthright (care.ordain:8), not because of nurse."],
        ),
        (
            "2026-03-01",
            "not entitled ad SEC-Nurse",
            ['Entitled to permission "SEC-Nurse" in ad, because of nurse (care.ordain:17).'],
        ),
        ("2026-02-15", "nothing", ["Entitled to account in ad, because of birthright (care.ordain:8)."]),
        (
            "2026-02-15",
            "only ad access",
            ["Not entitled to access in ad.", "Entitled also to account in ad, because of birthright (care.ordain:8)."],
        ),
        (
            "2026-02-14",
            "grant ad account",
            ["Nothing changes: account in ad is not held, and no rule asks for it."],
        ),
        (
            "2026-02-15",
            "revoke ad account",
            ["What came is a planned grant."],
        ),
        ("2026-02-15", "waiting ad account", ["What came is a planned grant."]),
        ("2026-02-15", "denied ad account", ["What came is a planned grant."]),
        (
            "2026-02-15",
            "frozen",
            ["Not frozen: no exclusion holds for this person that day, and the data have no problem."],
        ),
        (
            "2026-02-15",
            "P11: nothing",
            ['There is no person "P11", neither in this test nor in the files it names. Did you mean "P1"?'],
        ),
        (
            "2026-02-15",
            "Q: nothing",
            ['There is no person "Q", neither in this test nor in the files it names.'],
        ),
    ],
)
def test_what_came_instead(day: str, said: str, words: list[str]) -> None:
    assert told(day, said) == words


def test_every_rule_that_is_named_must_be_a_reason() -> None:
    policy = policy_of('rule r1 "One"\n    grant account in ad\nend\nrule r2 "Two"\n    grant account in ad\nend\n')

    assert came(policy, "2026-03-01", "entitled ad account because r1, r2") == []
    assert came(policy, "2026-03-01", "entitled ad account because r2") == []
    (words,) = came(policy, "2026-03-01", "entitled ad account because r1, r3, r4")
    assert words.endswith("but because of r1 (care.ordain:7) and r2 (care.ordain:10), not because of r3 and r4.")


def test_what_is_held_and_stays_is_no_grant() -> None:
    first, second = outcomes(
        POLICY, on("2026-03-01", "grant ad account"), on("2026-03-02", "grant ad account"), persons=(NURSE,)
    )

    assert first.passed
    assert second.came == (
        "Nothing changes: account in ad is held already, and rules still ask for it, and no mapped attribute differs.",
    )


def test_a_leaver_is_revoked_once() -> None:
    days = [on("2026-03-01", "grant ad account"), on("2026-10-01", "revoke ad account", "revoke ad SEC-Nurse")]

    *met, gone = outcomes(POLICY, *days, on("2026-10-02", "revoke ad account"), persons=(NURSE,))

    assert [one.passed for one in met] == [True, True, True]
    assert gone.came == ("Nothing changes: account in ad is not held, and no rule asks for it.",)


SODA = """
rule clerk "Clerks"
    when contract.title.code is "CLERK"
    grant permission "Create vendor" in ad
end
rule payer "Payers"
    when contract.team.code is "PAY"
    grant permission "Approve payment" in ad
end
rule everybody "Everybody"
    grant account in ad
end
never four-eyes "Nobody does both"
    permission "Create vendor" in ad
    together with permission "Approve payment" in ad
    severity critical
end
"""


def test_denied_by_a_never() -> None:
    policy = policy_of(SODA)
    both = (person("P1", contract(title_code="CLERK", team_code="PAY")),)

    def both_told(said: str) -> list[str]:
        return came(policy, "2026-03-01", said, persons=both)

    assert both_told("denied ad Create vendor") == []
    assert both_told("denied ad Create vendor because four-eyes") == []
    assert both_told("entitled ad Create vendor because clerk") == []
    assert both_told("denied ad Create vendor because two-eyes") == [
        "Denied, but because of four-eyes, not because of two-eyes."
    ]
    (granted,) = both_told("grant ad Create vendor")
    assert granted.startswith("What came is a grant that is denied: four-eyes (care.ordain:19) forbids")
    no, hint = both_told("not entitled ad Create vendor")
    assert no.startswith("Entitled to")
    assert hint.startswith("It is not given, though: a grant that is denied")
    assert hint.endswith("To expect that, write `expect denied …`.")


EVENTS = """
event joined "An account for a nurse"
    on grant account in ad
    when contract.title.code is "NURSE"
    notify "desk@clinic.example" using "joined"
end
event started "A month in"
    1 month after onboarding
    when contract.title.code is "NURSE"
    notify "desk@clinic.example" using "started"
end
event left "A week after the last day"
    7 days after offboarding
    notify "desk@clinic.example" using "left"
end
event given "Something was given"
    on grant permission "SEC-Nurse" in ad
    notify "desk@clinic.example" using "given"
end
"""
WITH_EVENTS = policy_of(RULES + EVENTS)


def test_events_fire_and_days_fire_once() -> None:
    *met, again = outcomes(
        WITH_EVENTS,
        on("2026-02-20", "event joined"),
        on("2026-03-01", "event given"),
        on("2026-04-02", "event started"),
        on("2026-09-07", "event left"),
        on("2026-09-08", "event started"),
        persons=(NURSE,),
    )

    assert [one.passed for one in met] == [True] * 4
    assert again.came == (
        "No event fires for this person that day.",
        "It fires 1 month after onboarding, once: for this person it was due on 2026-04-01 and has fired.",
    )


PORTER = person("P1", contract(title_code="PORTER"))


@pytest.mark.parametrize(
    ("said", "who", "instead", "why"),
    [
        (
            ("2026-03-01", "event started"),
            NURSE,
            "What fires is given and joined.",
            "for this person not before 2026-04-01.",
        ),
        (
            ("2026-02-15", "event given"),
            NURSE,
            "What fires is joined.",
            'planned grant of permission "SEC-Nurse" in ad, and',
        ),
        (
            ("2026-03-01", "event joined"),
            PORTER,
            "No event",
            'Its condition is not met: contract.title.code is "NURSE".',
        ),
        (
            ("2026-04-01", "event started"),
            PORTER,
            "No event",
            "on 2026-04-01. Its condition is not met: contract.title.code",
        ),
        (
            ("2026-04-01", "event left"),
            PORTER,
            "No event",
            "It fires 7 days after offboarding, and this person has no such",
        ),
    ],
)
def test_why_an_event_does_not_fire(said: tuple[str, str], who: TestPerson, instead: str, why: str) -> None:
    first, second = came(WITH_EVENTS, *said, persons=(who,))

    assert first.startswith(instead)
    assert why in second


def test_an_event_waits_for_a_line_that_is_planned() -> None:
    policy = policy_of(RULES + EVENTS, targets=AD.replace("\n", "\n    limit grant account to 1\n", 1))

    _, why = came(policy, "2026-03-01", "event joined", persons=(NURSE,))

    assert "and that day there is none; what came is a grant that is blocked:" in why


EXCLUDED = """
rule everybody "Everybody"
    grant account in ad
end
field contract.type.code is text required
exclude ceo "By hand"
    person "P1"
    from all targets
    because "Board"
    until 2026-03-31
end
"""


def test_frozen_by_an_exclusion() -> None:
    policy = policy_of(EXCLUDED.replace("field contract.type.code is text required\n", ""))

    assert came(policy, "2026-03-31", "frozen") == []
    assert came(policy, "2026-03-31", "frozen because ceo") == []
    assert came(policy, "2026-03-31", "frozen because board") == [
        "Frozen, but because of exclusion ceo (care.ordain:11), not because of board."
    ]
    assert came(policy, "2026-03-31", "entitled ad account") == []
    assert came(policy, "2026-03-31", "grant ad account") == [
        "What came is a grant that is frozen: ceo (care.ordain:11) leaves this person alone in every target."
    ]
    assert came(policy, "2026-04-01", "grant ad account") == []


def test_frozen_by_missing_data() -> None:
    people = {"persons": (person("P2", contract()),)}

    assert came(policy_of(EXCLUDED), "2026-03-01", "P2: frozen", **people) == []
    why = "contract.type.code is required by the policy, but contract “C1” has none"
    assert came(policy_of(EXCLUDED), "2026-03-01", "P2: grant ad account", **people) == [
        f"What came is a grant that is frozen: {why}."
    ]
    assert came(policy_of(EXCLUDED + EVENTS), "2026-03-01", "P2: event started", **people)[::2] == [
        "No event fires for this person that day.",
        f"The person is frozen that day: {why}.",
    ]
    assert came(policy_of(EXCLUDED), "2026-03-01", "P2: frozen because ceo", **people) == [
        f"Frozen, but because of a data problem ({why}), not because of ceo."
    ]


def test_waiting_for_the_account() -> None:
    policy = policy_of('rule nurse "N"\n    grant permission "SEC-Nurse" in ad\nend\n')

    assert came(policy, "2026-03-01", "waiting ad SEC-Nurse") == []
    (granted,) = came(policy, "2026-03-01", "grant ad SEC-Nurse")
    assert granted.startswith("What came is a grant that is waiting: Permission")


def test_blocked_by_a_limit() -> None:
    policy = policy_of(RULES, targets=AD.replace("\n", "\n    limit grant account to 1\n", 1))

    assert came(policy, "2026-03-01", "blocked ad account", persons=(NURSE,)) == []
    (granted,) = came(policy, "2026-03-01", "grant ad account", persons=(NURSE,))
    assert granted.startswith("What came is a grant that is blocked:")
    assert came(policy, "2026-03-01", "waiting ad access", persons=(NURSE,)) == []
