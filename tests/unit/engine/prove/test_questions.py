"""Questions whose form alone gives the answer."""

from engine.prove.names import entitlements_of
from engine.prove.questions import can_be_entitled, differs
from policy.entitlements import Entitlement, Kind
from policy.proofs import Family, Outcome, Verdict
from tests.unit.dsl.compiling import compile_fine

ACCOUNT = Entitlement("ad", Kind.ACCOUNT)
RULE = 'rule r\n    when contract.type.code in ("A", "B")\n    grant account in ad\nend\n'


def test_what_no_published_rule_grants_nobody_is_entitled_to() -> None:
    policy = compile_fine(RULE + "draft rule s\n    for person\n    grant account in entra\nend\n")
    assert can_be_entitled(policy, Entitlement("entra", Kind.ACCOUNT)).outcome is Outcome.NO


def test_rules_that_say_the_same_in_other_words_are_the_same() -> None:
    base = compile_fine(RULE)
    head = compile_fine(
        'define ours as contract.type.code in ("B", "A")\nrule q\n    for any contract\n    when ours\n'
        "    starting contract.start_date\n    grant account in ad\nend\n"
    )
    assert differs(base, head, ACCOUNT).verdict is Verdict.SAME


def test_entitlements_are_those_of_published_rules_of_all_policies() -> None:
    base = compile_fine('rule r\n    grant permission "G-{contract.title.code}" in ad\n    grant account in ad\nend\n')
    head = compile_fine('rule r\n    grant permission "G-A" in ad\nend\ndraft rule s\n    grant access in ad\nend\n')
    named = Entitlement("ad", Kind.PERMISSION, "G-A")
    assert entitlements_of(base, head) == (ACCOUNT, named, Family("ad", "G-{contract.title.code}"))
