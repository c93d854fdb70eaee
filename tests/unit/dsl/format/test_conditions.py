from __future__ import annotations

import pytest

from tests.unit.dsl.format.formatting import formatted

LONG = tuple(f'contract.custom.field_number_{n} is "VALUE-{n}"' for n in range(1, 5))
CODES = ", ".join(f'"A-RATHER-LONG-CODE-{n}"' for n in range(1, 7))


def test_what_fits_is_one_line() -> None:
    assert formatted("define a as  b and(c or\td)") == "define a as b and (c or d)\n"


def test_a_long_chain_has_a_line_for_each_condition() -> None:
    assert formatted(f"define a as {' and '.join(LONG)}") == (
        f"define a as {LONG[0]}\n    and {LONG[1]}\n    and {LONG[2]}\n    and {LONG[3]}\n"
    )


@pytest.mark.parametrize("written", ["b and\nc and d", "b\nand c and\n d", "b and c\nand d"])
def test_a_chain_that_the_author_broke_stays_broken(written: str) -> None:
    assert formatted(f"define a as {written}") == "define a as b\n    and c\n    and d\n"


def test_clauses_of_a_rule_are_deeper() -> None:
    text = formatted(f"rule a when {' or '.join(LONG)} grant account in ad end")
    assert text == (
        f"rule a\n    when {LONG[0]}\n        or {LONG[1]}\n        or {LONG[2]}\n        or {LONG[3]}\n"
        "    grant account in ad\nend\n"
    )


def test_parts_of_a_long_group_stand_below_each_other() -> None:
    assert formatted(f"define a as all of ({', '.join(LONG)})") == (
        "define a as all of (\n" + "".join(f"    {one},\n" for one in LONG[:3]) + f"    {LONG[3]}\n)\n"
    )


def test_a_group_the_author_opened_stays_open_and_keeps_its_groups_of_lines() -> None:
    text = "define a as any of (\n    b,\n\n    c,\n    d\n)\n"
    assert formatted(text) == text
    assert formatted(text.replace("(\n", "(")) == "define a as any of (b, c, d)\n"


def test_conditions_behind_a_group_stand_behind_its_parenthesis() -> None:
    assert formatted(f"define a as all of ({', '.join(LONG)}) and b and c").endswith(f"    {LONG[3]}\n) and b and c\n")


def test_they_stand_below_when_they_do_not_fit_there() -> None:
    text = formatted(f"define a as all of ({', '.join(LONG)}) and {LONG[0]} and {LONG[1]} and {LONG[2]}")
    assert text == (
        "define a as all of (\n"
        + ",\n".join(f"        {one}" for one in LONG)
        + f"\n    )\n    and {LONG[0]}\n    and {LONG[1]}\n    and {LONG[2]}\n"
    )


def test_a_long_chain_in_a_group_of_several_is_set_off() -> None:
    text = formatted(f"define a as any of ({' and '.join(LONG)}, b)")
    chain = "\n        and ".join(LONG)
    assert text == f"define a as any of (\n    {chain},\n    b\n)\n"


def test_a_long_list_of_values_is_filled() -> None:
    assert formatted(f"define a as contract.type.code not in ({CODES}) or below and b") == (
        "define a as contract.type.code not in (\n"
        '    "A-RATHER-LONG-CODE-1", "A-RATHER-LONG-CODE-2", "A-RATHER-LONG-CODE-3", "A-RATHER-LONG-CODE-4",\n'
        '    "A-RATHER-LONG-CODE-5", "A-RATHER-LONG-CODE-6"\n) or below and b\n'
    )


def test_nothing_is_wider_than_120_columns_that_can_be_parted() -> None:
    text = formatted(f"define a as none of ({', '.join(LONG)}) and contract.department in ({CODES}, {CODES}) or below")
    assert max(len(line) for line in text.split("\n")) <= 120


def test_exactly_120_columns_fit() -> None:
    fits = 'define a as b and contract.title.name is "' + "x" * 77 + '"'
    assert len(fits) == 120
    assert formatted(fits) == f"{fits}\n"
    assert formatted(fits.replace('x"', 'xx"')).count("\n") == 2


def test_texts_and_numbers_stay_as_they_were_written() -> None:
    text = 'define a as contract.title.name matches "a\\\\d \\"x\\"  \\t" or contract.details.fte is at least 0.80\n'
    assert formatted(text) == text


def test_a_phrase_is_written_with_single_blanks() -> None:
    assert formatted("define a as contract.end_date is\n on  or\tafter today") == (
        "define a as contract.end_date is on or after today\n"
    )
