from __future__ import annotations

from tests.unit.dsl.format.formatting import formatted


def test_every_clause_has_a_line() -> None:
    before = (
        'policy "Care" language 1 timezone "Europe/Amsterdam" primary contract by active first, end_date latest '
        "primary manager from department of primary contract,or above end target ad depends on hr using mail,end_date "
        "limit grant account to 50 or 10 % limit revoke account to 2.5 % in 7 days "
        "on revoke account disable,delete after 90 days end"
    )
    assert (
        formatted(before)
        == """\
policy "Care"
    language 1
    timezone "Europe/Amsterdam"
    primary contract by active first, end_date latest
    primary manager from department of primary contract, or above
end

target ad
    depends on hr using mail, end_date
    limit grant account to 50 or 10 %
    limit revoke account to 2.5 % in 7 days
    on revoke account disable, delete after 90 days
end
"""
    )


def test_one_empty_line_between_blocks_and_none_forced_between_lines() -> None:
    before = """
set a is "A"
set b is "B"


set c is "C"
role d
account in ad
end
role e

account in ad



access in ad

end
define f as g
"""
    assert (
        formatted(before)
        == """\
set a is "A"
set b is "B"

set c is "C"

role d
    account in ad
end

role e
    account in ad

    access in ad
end

define f as g
"""
    )


def test_a_window_stays_on_the_line_of_its_grant_or_stands_below() -> None:
    same = """\
rule a
    starting today
    grant account in ad starting 14 days before contract.start_date ending never
    grant access in ad
        starting contract.start_date
        ending never
end
"""
    assert formatted(same) == same
    assert formatted(same.replace("ad\n        starting", "ad starting")) == same
    long = same.replace("account in ad", f'permission "{"x" * 60}" in ad')
    assert formatted(long) == long.replace(" starting 14", "\n        starting 14").replace(
        "start_date ending", "start_date\n        ending"
    )


def test_arrows_of_a_table_stand_below_each_other() -> None:
    wide = ", ".join(f'"A-RATHER-LONG-KEY-{n}"' for n in range(1, 8))
    many = ", ".join(f'permission "A-RATHER-LONG-NAME-{n}"' for n in range(1, 5))
    before = f"""
rule a
grant by contract.title.code in ad "NURSE", "DOCTOR" -> permission "X", account
"COOK" -> access {wide} -> access
"MANY" -> {many}

otherwise -> access end
starting today
grant by contract.title.code in ad from "titles.csv" ending never
grant by contract.title.code in ad otherwise -> access end ending never
end
"""
    assert (
        formatted(before)
        == """\
rule a
    grant by contract.title.code in ad
        "NURSE", "DOCTOR" -> permission "X", account
        "COOK"            -> access
        "A-RATHER-LONG-KEY-1", "A-RATHER-LONG-KEY-2", "A-RATHER-LONG-KEY-3", "A-RATHER-LONG-KEY-4",
            "A-RATHER-LONG-KEY-5", "A-RATHER-LONG-KEY-6", "A-RATHER-LONG-KEY-7" -> access
        "MANY"            -> permission "A-RATHER-LONG-NAME-1", permission "A-RATHER-LONG-NAME-2",
                             permission "A-RATHER-LONG-NAME-3", permission "A-RATHER-LONG-NAME-4"

        otherwise         -> access
    end
        starting today
    grant by contract.title.code in ad from "titles.csv" ending never
    grant by contract.title.code in ad
        otherwise -> access
    end ending never
end
"""
    )


def test_lists_are_filled_or_have_a_line_for_each_value_as_the_author_had_it() -> None:
    values = [f'"A-RATHER-LONG-VALUE-{n}"' for n in range(1, 7)]
    assert formatted(f"set a is {', '.join(values)}") == (
        f"set a is {', '.join(values[:4])},\n    {', '.join(values[4:])}\n"
    )
    apart = 'field contract.type.code is one of\n    "A",\n    "B" required\n'
    assert formatted(apart) == apart
    assert formatted(apart.replace("of\n", "of")) == 'field contract.type.code is one of "A", "B" required\n'


def test_what_is_said_of_an_exception_goes_below_when_it_does_not_fit() -> None:
    because = f'because "{"x" * 60}"'
    before = f"""
never a permission "X" in ad together with access in ad severity low
except person "10001" because "y" until 2026-12-31
except person "10002" {because} approved by "ciso@meridian.example" until 2026-12-31 end
"""
    assert (
        formatted(before)
        == f"""\
never a
    permission "X" in ad
    together with access in ad
    severity low
    except person "10001" because "y" until 2026-12-31
    except person "10002"
        {because}
        approved by "ciso@meridian.example"
        until 2026-12-31
end
"""
    )


def test_an_event() -> None:
    before = 'event a "A" 14 days before onboarding notify person.primary_manager using "b" end'
    assert formatted(before) == (
        'event a "A"\n    14 days before onboarding\n    notify person.primary_manager using "b"\nend\n'
    )
    line = 'event a on update account in ad when account.mail changes from "x"to "y" notify "z" using "b" end'
    assert formatted(line) == (
        'event a\n    on update account in ad\n    when account.mail changes from "x" to "y"\n'
        '    notify "z" using "b"\nend\n'
    )


def test_a_test() -> None:
    before = """
test "A" department "W3" below "CARE" from snapshot "people.json"
person "P1" holding account in ad custom.end : "x"

contract "C1" department: "W3" start_date: 2026-03-15 end end person "P2" end
on 2026-03-01 expect nothing
on 2026-03-02
expect nothing
on 2026-03-03 person "P1" expect only account in ad,access in ad person "P2" expect frozen because a,b end
"""
    assert (
        formatted(before)
        == """\
test "A"
    department "W3" below "CARE"
    from snapshot "people.json"
    person "P1"
        holding account in ad
        custom.end: "x"

        contract "C1"
            department: "W3"
            start_date: 2026-03-15
        end
    end
    person "P2"
    end
    on 2026-03-01 expect nothing
    on 2026-03-02
        expect nothing
    on 2026-03-03
        person "P1" expect only account in ad, access in ad
        person "P2" expect frozen because a, b
end
"""
    )
