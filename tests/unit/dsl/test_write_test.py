from datetime import date
from decimal import Decimal

from dsl.testing.write import NO_PLACE, quoted, render_test, writable
from policy.entitlements import Entitlement, Kind
from policy.people import Contract, Department, Person
from policy.testing import Expectation, Expected, TestDay, TestPerson

AD = Entitlement("ad", Kind.ACCOUNT)
NURSE = Entitlement("ad", Kind.PERMISSION, 'SEC "Nurse"')


def expectation(expected: Expected, *entitlements: Entitlement, person: str = "P1", **more: object) -> Expectation:
    said = {"because": (), "event": None, **more}
    return Expectation(expected, person, entitlements, span=NO_PLACE, **said)  # type: ignore[arg-type]


def day(text: str, *expectations: Expectation) -> TestDay:
    return TestDay(date.fromisoformat(text), expectations, NO_PLACE)


def person(
    external_id: str, *contracts: Contract, holding: tuple[Entitlement, ...] = (), **values: object
) -> TestPerson:
    return TestPerson(Person(external_id, values, contracts), holding, NO_PLACE)  # type: ignore[arg-type]


def test_a_block_reads_as_the_language_shows_it() -> None:
    contract = Contract(
        "C1",
        {
            "type.code": "EMP",
            "department.external_id": "W3",
            "start_date": date(2026, 3, 15),
            "details.fte": Decimal("0.80"),
            "custom.on_call": True,
        },
    )
    text = render_test(
        "A nurse",
        [person("P1", contract, holding=(AD,), display_name="A. Nurse")],
        departments=[Department("W3", parent_external_id="CARE"), Department("CARE")],
        days=[
            day("2026-03-15", expectation(Expected.ENTITLED, NURSE, because=("care", "ward"))),
            day("2026-03-01", expectation(Expected.ENTITLED, AD), expectation(Expected.NOT_ENTITLED, NURSE)),
        ],
    )
    assert text == (
        'test "A nurse"\n'
        '    department "CARE"\n'
        '    department "W3" below "CARE"\n'
        '    person "P1"\n'
        "        holding account in ad\n"
        '        display_name: "A. Nurse"\n'
        '        contract "C1"\n'
        "            custom.on_call: true\n"
        '            department: "W3"\n'
        "            details.fte: 0.8\n"
        "            start_date: 2026-03-15\n"
        '            type.code: "EMP"\n'
        "        end\n"
        "    end\n"
        "    on 2026-03-01\n"
        "        expect account in ad\n"
        '        expect no permission "SEC \\"Nurse\\"" in ad\n'
        '    on 2026-03-15 expect permission "SEC \\"Nurse\\"" in ad because care, ward\n'
        "end\n"
    )


def test_with_several_persons_each_expectation_names_one() -> None:
    text = render_test(
        "Two",
        [person("P1"), person("P2")],
        departments=[],
        days=[day("2026-03-01", expectation(Expected.NOTHING, person="P2"))],
    )
    assert '    on 2026-03-01 person "P2" expect nothing\n' in text


def test_every_expectation_has_its_words() -> None:
    words = {
        Expected.ENTITLED: "expect account in ad",
        Expected.NOT_ENTITLED: "expect no account in ad",
        Expected.NOTHING: "expect nothing",
        Expected.ONLY: 'expect only account in ad, permission "X" in ad',
        Expected.GRANT: "expect grant account in ad",
        Expected.REVOKE: "expect revoke account in ad",
        Expected.UPDATE: "expect update account in ad",
        Expected.DENIED: "expect denied account in ad because four-eyes",
        Expected.FROZEN: "expect frozen because ceo",
        Expected.WAITING: "expect waiting account in ad",
        Expected.BLOCKED: "expect blocked account in ad",
        Expected.CONFLICT: "expect conflict account in ad",
        Expected.EVENT: "expect event renamed",
    }
    assert set(words) == set(Expected)
    other = Entitlement("ad", Kind.PERMISSION, "X")
    because = {Expected.DENIED: ("four-eyes",), Expected.FROZEN: ("ceo",)}
    for expected, wanted in words.items():
        entitlements = {Expected.NOTHING: (), Expected.FROZEN: (), Expected.EVENT: (), Expected.ONLY: (AD, other)}
        one = expectation(
            expected,
            *entitlements.get(expected, (AD,)),
            because=because.get(expected, ()),
            event="renamed" if expected is Expected.EVENT else None,
        )
        text = render_test("T", [person("P1")], departments=[], days=[day("2026-03-01", one)])
        assert f"    on 2026-03-01 {wanted}\n" in text


def test_departments_stand_behind_their_parents_whatever_their_names_and_loops() -> None:
    units = [Department("A", parent_external_id="B"), Department("B", parent_external_id="C"), Department("C")]
    text = render_test("T", [], departments=units, days=[])
    assert text.splitlines()[1:4] == [
        '    department "C"',
        '    department "B" below "C"',
        '    department "A" below "B"',
    ]
    loop = [Department("A", parent_external_id="B"), Department("B", parent_external_id="A")]
    assert len(render_test("T", [], departments=loop, days=[]).splitlines()) == 4


def test_texts_are_quoted_with_the_escapes_of_the_language() -> None:
    assert quoted('a"b\\c\nd\te') == '"a\\"b\\\\c\\nd\\te"'


def test_a_number_below_zero_has_no_form() -> None:
    assert not writable(Decimal(-1))
    assert all(writable(one) for one in (Decimal(0), False, "-1", date(2026, 1, 1)))


def test_what_is_too_long_for_a_line_is_broken_as_fmt_would() -> None:
    many = [Entitlement("ad", Kind.PERMISSION, f"A rather long name {number}") for number in range(5)]
    text = render_test(
        "Many", [person("P1")], departments=[], days=[day("2026-03-01", expectation(Expected.ONLY, *many))]
    )
    assert text.split("\n")[3:-2] == [
        "    on 2026-03-01",
        '        expect only permission "A rather long name 0" in ad, permission "A rather long name 1" in ad,',
        '            permission "A rather long name 2" in ad, permission "A rather long name 3" in ad,',
        '            permission "A rather long name 4" in ad',
    ]
