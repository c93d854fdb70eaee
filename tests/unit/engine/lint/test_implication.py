from __future__ import annotations

import pytest

from engine.lint.implication import follows, parts_of
from policy.expressions import Condition
from tests.unit.dsl.compiling import compile_fine

HEAD = 'field contract.custom.vip is flag\ndefine emp as contract.type.code is "EMP"\n'


def condition(text: str) -> Condition:
    return compile_fine(f"{HEAD}define it as {text}\n").defines["it"].condition


@pytest.mark.parametrize(
    ("given", "wanted"),
    [
        ('contract.type.code is "EMP"', 'contract.type.code in ("EMP", "INT")'),
        ('contract.type.code in ("EMP")', 'contract.type.code is "EMP"'),
        ("emp and contract is active", "emp"),
        ("emp", 'contract.type.code is "EMP" or contract is active'),
        ("contract.details.sequence in (1, 2)", "contract.details.sequence in (1, 2, 3)"),
        ('contract.department is "A"', 'contract.department in ("A", "B") or below'),
        ("contract.details.fte is at least 1", "contract.details.fte is known"),
        ("not emp", 'not contract.type.code is "EMP"'),
        ("none of (emp, contract is active)", "none of (emp, contract is active)"),
        ("any contract has (emp)", 'any contract has (contract.type.code is "EMP")'),
    ],
)
def test_what_surely_follows(given: str, wanted: str) -> None:
    known = parts_of(condition(given))
    assert all(follows(part, known) for part in parts_of(condition(wanted)))


@pytest.mark.parametrize(
    ("given", "wanted"),
    [
        ('contract.type.code in ("EMP", "INT")', 'contract.type.code is "EMP"'),
        ('contract.type.code is not "EMP"', 'contract.type.code in ("EMP", "INT")'),
        ('contract.title.code is "EMP"', 'contract.type.code is "EMP"'),
        ('contract.department is "A" or below', 'contract.department is "A"'),
        ('contract.type.code starts with "E"', 'contract.type.code is "E"'),
        ('contract.type.code is "E"', 'contract.type.code starts with "E"'),
        ("contract.custom.vip is true", "contract.custom.vip is false"),
        ("contract is active", "contract is future"),
        ("contract.type.code is unknown", "contract.type.code is known"),
        ("emp or contract is active", "emp"),
    ],
)
def test_what_does_not(given: str, wanted: str) -> None:
    known = parts_of(condition(given))
    assert not all(follows(part, known) for part in parts_of(condition(wanted)))
