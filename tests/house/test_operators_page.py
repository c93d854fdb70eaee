"""`docs/operators.md` is what the operators say of themselves, and what they say is so."""

import pytest

from dsl.compile import compile_policy
from policy.operators.change import CHANGES
from policy.operators.operator import Example, Operator
from policy.operators.registry import OPERATORS
from policy.source import SourceFile
from tests.house.write_operators import PAGE, operators_page

RULE = """rule example "An example"
    when CONDITION
    grant account in ad
end"""
EVENT = """event example "An example"
    on update account in ad
    when CONDITION
    notify person.primary_manager using "example"
end"""
CHANGING = {example.source for example in CHANGES.examples}
EXAMPLES = [(operator, example) for operator in OPERATORS.values() for example in operator.examples]


def test_the_page_is_up_to_date() -> None:
    assert PAGE.read_text(encoding="utf-8") == operators_page(), "run: python -m tests.house.write_operators"


def test_every_operator_has_an_example_either_way_or_says_so_by_its_negation() -> None:
    for operator in OPERATORS.values():
        assert operator.examples, operator.name
        assert operator.documentation.endswith("."), operator.name
        assert operator.types, operator.name


@pytest.mark.parametrize(("operator", "example"), EXAMPLES, ids=[example.source for _, example in EXAMPLES])
def test_an_example_means_what_it_says(operator: Operator, example: Example) -> None:
    if example.left is None and not operator.sees_absence:
        assert example.result is False
    else:
        assert operator.meaning(example.left, example.right) is example.result


@pytest.mark.parametrize("source", sorted({example.source for _, example in EXAMPLES}))
def test_an_example_can_be_written_in_a_rule(source: str) -> None:
    text = f"""
policy "Examples"
    language 1
    timezone "Europe/Amsterdam"
end
set pilots is "CARE", "BOARD"
target ad "Active Directory"
end
{RULE if source not in CHANGING else EVENT}
""".replace("CONDITION", source)
    compilation = compile_policy([SourceFile.from_text("examples.ordain", text)], {})
    assert compilation.policy is not None, compilation.diagnostics
