from __future__ import annotations

import pytest

from tests.unit.dsl.format.formatting import formatted

SAME = {
    "a file of comments": "# one\n\n# two\n",
    "at the start and the end of a file": '# one\n\n# two\nset a is "A"\n# three\n\n# four\n',
    "behind a head, a clause and an end": 'role a "A"  # one\n    account in ad  # two\nend  # three\n',
    "before a clause": "role a\n    # one\n    account in ad\n\n    # two\n\n    # three\n    access in ad\nend\n",
    "before an end": "role a\n    account in ad\n    # access in ad\nend\n",
    "in an empty block": "target a\n    # nothing yet\nend\n",
    "within a condition": "define a as b  # one\n    and c\n    # two\n    and d  # three\n",
    "within a group": "define a as all of (  # one\n    b,  # two\n    # three\n    c  # four\n    # five\n)  # six\n",
    "behind a word that begins a clause": "rule a\n    when  # why\n        b\n    grant account in ad\nend\n",
    "within a list": 'set a is\n    # north\n    "N1", "N2",  # both\n\n    # south\n    "S1"\n',
    "within a list in a condition": 'define a as contract.type.code in (\n    "A",  # one\n    "B"\n)\n',
    "within a table": (
        'rule a\n    grant by contract.title.code in ad  # one\n        # two\n        "A" -> account  # three\n'
        "        # four\n    end  # five\nend\n"
    ),
    "within a row": (
        'rule a\n    grant by contract.title.code in ad\n        "A" -> permission "X",  # one\n'
        '               permission "Y"\n    end\nend\n'
    ),
    "before and behind a window": (
        "rule a\n    grant account in ad  # one\n        # two\n        starting today  # three\n"
        "        # four\n        ending never\nend\n"
    ),
    "within a test": (
        'test "A"\n    person "P1"  # one\n        # two\n        vip: true  # three\n        # four\n    end\n'
        "    on 2026-03-01  # five\n        expect nothing  # six\n    # seven\nend\n"
    ),
}


@pytest.mark.parametrize("where", SAME)
def test_a_comment_stays_where_it_stands(where: str) -> None:
    assert formatted(SAME[where]) == SAME[where]


MOVED = {
    "behind `and`": ("define a as b and # one\n c", "define a as b  # one\n    and c\n"),
    "below `and`": ("define a as b and\n# one\n c", "define a as b\n    # one\n    and c\n"),
    "on both sides of `or`": (
        "define a as b # one\n or # two\n # three\n c",
        "define a as b  # one\n    # two\n    # three\n    or c\n",
    ),
    "before a comma": ('set a is "A" # one\n, "B"', 'set a is\n    "A",  # one\n    "B"\n'),
    "on both sides of a comma": (
        'set a is "A" # one\n # two\n, # three\n "B"',
        'set a is\n    "A",  # one\n    # two\n    # three\n    "B"\n',
    ),
    "before a comma in a group": (
        "define a as any of (b # one\n, c)",
        "define a as any of (\n    b,  # one\n    c\n)\n",
    ),
}


@pytest.mark.parametrize("where", MOVED)
def test_a_comment_where_none_may_stand_goes_beside_it(where: str) -> None:
    before, after = MOVED[where]
    assert formatted(before) == after


def test_a_comment_behind_a_clause_stands_two_blanks_off() -> None:
    assert formatted('set a is "A"# one   \nset bb is "B"     # two') == 'set a is "A"  # one\nset bb is "B"  # two\n'


def test_comments_that_stood_below_each_other_still_do() -> None:
    before = 'exclude a\nperson "10001"        # one\nfrom all targets      # two\nbecause "x" # three\nend'
    after = 'exclude a\n    person "10001"    # one\n    from all targets  # two\n    because "x"  # three\nend\n'
    assert formatted(before) == after


def test_a_comment_above_a_declaration_stays_with_it() -> None:
    before = "role a account in ad end\n# about b\nrole b account in ad end\n# about b too\n\nrole c account in ad end"
    after = (
        "role a\n    account in ad\nend\n\n# about b\nrole b\n    account in ad\nend\n# about b too\n\n"
        "role c\n    account in ad\nend\n"
    )
    assert formatted(before) == after


def test_what_only_looks_like_a_comment_is_text() -> None:
    assert formatted('set a is "# no comment" # one') == 'set a is "# no comment"  # one\n'
