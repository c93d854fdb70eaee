"""Scripts people have, and scripts nobody should have."""

import gc
import os
import threading
from collections import deque
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, date, datetime
from decimal import Decimal
from types import MappingProxyType
from typing import Any

import pytest

from connectors.javascript.limits import ScriptLimits
from connectors.javascript.runner import JavaScriptRunner
from connectors.javascript.wire import decode_results
from policy.diagnostics import OrdainError
from policy.scripts import ScriptFailure, ScriptResult

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)
PATIENT = ScriptLimits(batch_seconds=30.0, row_seconds=30.0)  # a busy machine is no reason to stop an honest script
LIMITS = ScriptLimits(batch_seconds=1.2, row_seconds=0.6, single_seconds=10.0, heap_megabytes=64, data_megabytes=700)


@pytest.fixture(scope="module")
def runner() -> Iterator[JavaScriptRunner]:
    with JavaScriptRunner(PATIENT) as made:
        yield made


@pytest.fixture(scope="module")
def strict() -> Iterator[JavaScriptRunner]:
    with JavaScriptRunner(LIMITS) as made:
        yield made


def run_one(runner: JavaScriptRunner, script: str, seed: int = 1, **row: Any) -> ScriptResult:  # noqa: ANN401  # JSON
    return runner.run([script], [row or {"source": {}}], now=NOW, seed=seed)[0][0]


@pytest.mark.parametrize(
    ("script", "value"),
    [
        ("source.Name", "Anna"),
        ("function upper(text) { return text.toUpperCase(); }\nupper(source.Name);", "ANNA"),
        ("if (source.Name == 'Anna') { 'yes' } else { 'no' }", "yes"),
        ("result = source.Name + '!'", "Anna!"),
        ("var name = source.Name; name", "Anna"),
        ("let name = source.Name; const mark = '?'; name + mark", "Anna?"),
        ("switch (source.Name) { case 'Anna': 1; break; default: 2 }", 1),
        ("source.Contracts.length", 2),
        ("source.Contracts.sort(function (a, b) { return b.Fte - a.Fte })[0].Fte", 8),
        ("source.Nothing", None),
        ("null", None),
        ("", None),
        ("true", True),
        ("0.1 * 3", "0.30000000000000004"),
        ("0.8", "0.8"),
        ("-0", 0),
        ("9007199254740991", 9007199254740991),
        ("9007199254740992", "9007199254740992"),
        ("1e21", "1e+21"),
        ("10n ** 20n", "100000000000000000000"),
        ("[1, 'a', null, {b: 0.5}]", [1, "a", None, {"b": "0.5"}]),
        ("new Date(Date.UTC(2026, 2, 1))", "2026-03-01T00:00:00.000Z"),
        ("new Date(2026, 2, 1)", "2026-03-01T00:00:00.000Z"),
        ("'\\ud800'", "\ufffd"),
        ("'J\\u00f3\\u017ae'.normalize('NFD').length", 6),
        ("deleteDiacriticalMarks('Jos\\u00e9 \\u0141')", "Jose \u0141"),
        ("this.x = 5; x", 5),
        ("(function () { y = 3 })(); y", 3),
        ("typeof undeclared", "undefined"),
        ("'use strict'; var z = 1; z + 1", 2),
        ("String.prototype.twice = function () { return this + this }; 'a'.twice()", "aa"),
        ("toString.call([])", "[object Array]"),
        ("console.log('x'); 1", 1),
        ("typeof setTimeout + typeof WebAssembly + typeof Temporal", "undefined" * 3),
        ("typeof require + typeof process", "undefined" * 2),
    ],
)
def test_a_script_gives_its_completion_value(runner: JavaScriptRunner, script: str, value: object) -> None:
    source = {"Name": "Anna", "Contracts": [{"Fte": 4}, {"Fte": 8}]}
    assert run_one(runner, script, source=source) == ScriptResult(value)


@pytest.mark.parametrize(
    ("script", "failure", "text"),
    [
        ("throw 'No function code'", ScriptFailure.THROWN, "No function code"),
        ("throw new Error('bad')", ScriptFailure.THROWN, "Error: bad"),
        ("source.Nothing.More", ScriptFailure.THROWN, "TypeError: Cannot read properties of undefined"),
        ("undeclared", ScriptFailure.THROWN, "ReferenceError: undeclared is not defined"),
        ("JSON.parse('x')", ScriptFailure.THROWN, "SyntaxError"),
        ("throw {toString: function () { throw 1 }}", ScriptFailure.THROWN, "no text"),
        ("throw 'x'.repeat(9999)", ScriptFailure.THROWN, "x" * 500),
        ("var if = 3", ScriptFailure.SYNTAX, "Unexpected token"),
        ("return 1", ScriptFailure.SYNTAX, "Illegal return"),
        ("'use strict'; x = 1", ScriptFailure.THROWN, "x is not defined"),
        ("0 / 0", ScriptFailure.THROWN, "NaN"),
        ("new Date('31-12-2026 x')", ScriptFailure.THROWN, "invalid date"),
        ("(function () {})", ScriptFailure.THROWN, "function"),
        ("Promise.resolve(1)", ScriptFailure.THROWN, "promise"),
        ("var a = {}; a.a = a; a", ScriptFailure.THROWN, "circular"),
        ("'x'.repeat(2000000)", ScriptFailure.THROWN, "2000000 characters"),
        ("new Array(2000000).join('x').split('')", ScriptFailure.THROWN, "characters long"),
        ("(function f() { f() })()", ScriptFailure.THROWN, "Maximum call stack"),
    ],
)
def test_a_script_that_gives_none_says_why(
    runner: JavaScriptRunner, script: str, failure: ScriptFailure, text: str
) -> None:
    found = run_one(runner, script)
    assert found.failure is failure
    assert text in found.text
    assert found.value is None


def test_iso_texts_arrive_as_dates_in_source_alone(runner: JavaScriptRunner) -> None:
    source = {
        "Day": "2026-03-01",
        "Moment": "2026-03-01T10:00:00+02:00",
        "Local": "2026-03-01T10:00",
        "Long": "2026-03-01T10:00:00.1234567Z",
        "Never": "2026-02-30",
        "Dutch": "1-3-2026",
        "Code": "2026-03-011",
        "List": ["2026-03-01"],
        "Deep": {"Day": "2026-03-01"},
    }
    script = """
        function kind(value) { return value instanceof Date ? value.toISOString() : typeof value }
        var found = [source.Day, source.Moment, source.Local, source.Long, source.Never, source.Dutch, source.Code,
            source.List[0], source.Deep.Day].map(kind);
        found.concat(kind(sourceContract.Day), kind(Person.Day))
    """
    day = {"Day": "2026-03-01"}
    assert run_one(runner, script, source=source, sourceContract=day, Person=day).value == [
        "2026-03-01T00:00:00.000Z",
        "2026-03-01T08:00:00.000Z",
        "2026-03-01T10:00:00.000Z",
        "2026-03-01T10:00:00.123Z",
        "string",
        "string",
        "string",
        "2026-03-01T00:00:00.000Z",
        "2026-03-01T00:00:00.000Z",
        "2026-03-01T00:00:00.000Z",
        "string",
    ]


def test_the_clock_is_injected_everywhere(runner: JavaScriptRunner) -> None:
    script = """
        [Date.now(), new Date().getTime(), +new Date, Date().slice(4, 15), new Date(0).getTime(),
         new Date() instanceof Date, Date.length, new Date().constructor === Date,
         new Intl.DateTimeFormat('en-GB').format(), new Intl.DateTimeFormat('en-GB').formatToParts()[4].value,
         (class extends Date {}).now(), new (class extends Date {})().getTime()].join()
    """
    now = int(NOW.timestamp() * 1000)
    expected = f"{now},{now},{now},Mar 01 2026,0,true,7,true,01/03/2026,2026,{now},{now}"
    assert run_one(runner, script).value == expected


def test_random_numbers_depend_on_seed_script_and_row_not_on_order(runner: JavaScriptRunner) -> None:
    script = "Math.random() + ':' + Math.random()"
    rows = [{"source": {"n": number}} for number in range(3)]
    forward = [row[0].value for row in runner.run([script], rows, now=NOW, seed=1)]
    backward = [row[0].value for row in runner.run([script], rows[::-1], now=NOW, seed=1)]
    assert forward == backward[::-1]
    assert len(set(forward)) == 3
    other = [row[0].value for row in runner.run([script], rows, now=NOW, seed=2)]
    assert set(other).isdisjoint(forward)
    first, second = str(forward[0]).split(":")
    assert first != second


def test_nothing_declared_outlives_its_row_or_reaches_another_script(runner: JavaScriptRunner) -> None:
    declare = """
        var seen = [typeof a, typeof b, typeof c, typeof d, typeof Map, source.kept];
        var a = 1; b = 2; function c() {} this.d = 4; Map = 5; source.kept = 'kept';
        seen.join()
    """
    look = "[typeof a, typeof b, typeof c, typeof d, typeof seen, typeof Map].join()"
    found = runner.run([declare, look], [{"source": {}}] * 3, now=NOW, seed=1)
    clean = "undefined,undefined,undefined,undefined"
    # `c` is a function here already: a declaration of this very row is hoisted.
    assert [row[0].value for row in found] == ["undefined,undefined,function,undefined,function,"] * 3
    assert [row[1].value for row in found] == [f"{clean},undefined,function"] * 3


TAMPER = """
    Object.prototype.Name = 'hacked'; Object.prototype.toJSON = function () { return 'hacked' };
    JSON.stringify = JSON.parse = function () { return 'hacked' };
    Array.prototype.push = function () { return 1 }; Array.prototype.join = function () { return '[]' };
    String.prototype.split = function () { return [] }; RegExp.prototype.test = function () { return true };
    Date = function () { return {} }; eval = null; Math.random = function () { return 0 };
    Function.prototype.apply = Function.prototype.call = function () { return 'hacked' };
    Object.create = Object.keys = null; globalThis.Proxy = null;
    'done'
"""


def test_tampering_reaches_no_other_script(runner: JavaScriptRunner) -> None:
    honest = "[source.Name, JSON.stringify({a: 1}), new Date(0).getTime(), [1, 2].join('-'), typeof Proxy].join('|')"
    rows = [{"source": {"Name": f"N{number}", "Day": "2026-01-01"}} for number in range(4)]
    alone = runner.run([honest], rows, now=NOW, seed=1)
    together = runner.run([TAMPER, honest, TAMPER + " ", honest], rows, now=NOW, seed=1)
    for row, expected in zip(together, alone, strict=True):
        assert row[1] == expected[0]
        assert row[3] == expected[0]
    assert alone[2][0].value == 'N2|{"a":1}|0|1-2|function'


HOSTILE = {
    "endless loop": ("while (true) {}", {ScriptFailure.TIME}),
    "strings": ("var s = 'x'; for (;;) { s += s + 'y' }", {ScriptFailure.THROWN, ScriptFailure.MEMORY}),
    "heap": (
        "var a = []; for (;;) a.push(new Array(10000).fill(1))",
        {ScriptFailure.MEMORY, ScriptFailure.TIME},
    ),
    "typed arrays": (
        "var b = []; for (;;) b.push(new Uint8Array(16 << 20).fill(1))",
        {ScriptFailure.THROWN, ScriptFailure.MEMORY, ScriptFailure.LOST, ScriptFailure.TIME},
    ),
    "promises": ("(function f() { Promise.resolve().then(f) })(); 1", {ScriptFailure.TIME}),
    "pattern": ("/^(a+)+$/.test('a'.repeat(40) + '!')", {ScriptFailure.TIME}),
}


@pytest.mark.parametrize("name", HOSTILE)
def test_a_hostile_script_is_a_problem_of_its_field_alone(strict: JavaScriptRunner, name: str) -> None:
    script, failures = HOSTILE[name]
    rows = [{"source": {"n": number}} for number in range(40)]
    before = strict.starts
    found = strict.run(["source.n", script, "source.n + 1"], rows, now=NOW, seed=1)
    assert {row[1].failure for row in found} <= failures
    assert [row[0].value for row in found] == list(range(40))
    assert [row[2].value for row in found] == list(range(1, 41))
    assert strict.starts - before <= LIMITS.deaths + 2


@pytest.mark.parametrize("bomb", ["while (true) {}", "var a = []; for (;;) a.push(new Array(10000).fill(1))"])
def test_only_the_guilty_row_fails(strict: JavaScriptRunner, bomb: str) -> None:
    rows = [{"source": {"n": number}} for number in range(50)]
    found = strict.run([f"if (source.n === 17) {{ {bomb} }} source.n"], rows, now=NOW, seed=1)
    assert [number for number, row in enumerate(found) if row[0].failure is not None] == [17]
    assert [row[0].value for row in found if row[0].failure is None] == [n for n in range(50) if n != 17]
    assert found[17][0].text


def test_a_script_that_kills_too_often_is_not_run_again() -> None:
    with JavaScriptRunner(replace(LIMITS, batch_rows=10)) as runner:
        rows = [{"source": {"n": number}} for number in range(40)]
        found = runner.run(["if (source.n > 4) { while (true) {} } source.n"], rows, now=NOW, seed=1)
        assert [row[0].value for row in found[:5]] == [0, 1, 2, 3, 4]
        assert {row[0].failure for row in found[5:]} == {ScriptFailure.TIME}
        assert [("failed too often" in row[0].text) for row in found[5:9]] == [False, False, False, True]
        assert runner.starts == 4


def test_two_guilty_rows_take_no_other_along(strict: JavaScriptRunner) -> None:
    rows = [{"source": {"n": number}} for number in range(20)]
    script = "if (source.n === 3 || source.n === 7) { while (true) {} } source.n"
    found = strict.run([script], rows, now=NOW, seed=1)
    assert [number for number, row in enumerate(found) if row[0].failure is not None] == [3, 7]


def test_slow_rows_have_a_time_in_common() -> None:
    limits = replace(LIMITS, batch_seconds=0.1, row_seconds=0.5, single_seconds=0.3)
    with JavaScriptRunner(limits) as runner:
        slow = "for (var i = 0; i < 2e7; i++) { Math.sqrt(i) } source.n"
        found = runner.run([slow], [{"source": {"n": number}} for number in range(60)], now=NOW, seed=1)
        assert found[-1][0].failure is ScriptFailure.TIME
        assert "failed too often" in found[-1][0].text


def test_batches_keep_the_order_and_a_big_row_is_a_batch_by_itself() -> None:
    with JavaScriptRunner(replace(LIMITS, batch_rows=7, batch_bytes=2_000)) as runner:
        rows = [{"source": {"n": number, "fill": "x" * (3_000 if number == 5 else 10)}} for number in range(30)]
        found = runner.run(["source.n", "source.fill.length"], rows, now=NOW, seed=1)
        assert [row[0].value for row in found] == list(range(30))
        assert found[5][1].value == 3_000
        assert runner.starts == 1


def test_a_single_row_that_kills_is_named(strict: JavaScriptRunner) -> None:
    assert run_one(strict, "for (;;) {}").failure is ScriptFailure.TIME
    assert run_one(strict, "1").value == 1


def test_every_kind_of_raw_value_reaches_the_script(runner: JavaScriptRunner) -> None:
    source = MappingProxyType(
        {
            "fraction": Decimal("0.80"),
            "whole": Decimal("3.0"),
            "many": Decimal("1e20"),
            "day": date(2026, 3, 1),
            "pair": deque([1, 2]),
            "inner": MappingProxyType({"x": None}),
        }
    )
    script = "[source.fraction, source.whole, source.many, source.day.toISOString(), source.pair, source.inner]"
    assert run_one(runner, script, source=source).value == [
        "0.8",
        3,
        "100000000000000000000",
        "2026-03-01T00:00:00.000Z",
        [1, 2],
        {"x": None},
    ]


def test_half_characters_become_whole_ones_wherever_they_stand(runner: JavaScriptRunner) -> None:
    assert run_one(runner, "({a: ['\\udc00', 1], '\\ud800': 'b'})").value == {"a": ["\ufffd", 1], "\ufffd": "b"}
    assert run_one(runner, "throw '\\ud800'").text == "\ufffd"


def test_no_rows_or_no_scripts_start_nothing() -> None:
    runner = JavaScriptRunner()
    assert runner.run([], [{"source": {}}], now=NOW, seed=1) == [[]]
    assert runner.run(["1"], [], now=NOW, seed=1) == []
    assert runner.starts == 0
    runner.close()


def test_the_child_ends_with_the_runner() -> None:
    runner = JavaScriptRunner(LIMITS)
    run_one(runner, "1")
    assert runner._child is not None
    pid = runner._child.pid
    runner.close()
    runner.close()
    assert not _exists(pid)
    assert run_one(runner, "2").value == 2
    pid = runner._child.pid
    del runner
    gc.collect()
    assert not _exists(pid)


def test_a_child_killed_from_outside_is_replaced() -> None:
    with JavaScriptRunner(LIMITS) as runner:
        run_one(runner, "1")
        assert runner._child is not None
        os.kill(runner._child.pid, 9)
        assert run_one(runner, "2") == ScriptResult(2)
        assert run_one(runner, "3").value == 3


def test_several_threads_take_turns(runner: JavaScriptRunner) -> None:
    found: dict[int, object] = {}

    def work(number: int) -> None:
        found[number] = run_one(runner, "source.n * 2", source={"n": number}).value

    threads = [threading.Thread(target=work, args=(number,)) for number in range(8)]
    for one in threads:
        one.start()
    for one in threads:
        one.join()
    assert found == {number: number * 2 for number in range(8)}


def test_an_interpreter_ends_although_a_runner_is_open(run_python: Any) -> None:  # noqa: ANN401  # fixture
    code = (
        "from datetime import datetime, UTC\n"
        "from connectors.javascript.runner import JavaScriptRunner\n"
        "import sys\n"
        "runner = JavaScriptRunner()\n"
        "print(runner.run(['1 + 1'], [{'source': {}}], now=datetime.now(UTC), seed=1)[0][0].value)\n"
        "print('py_mini_racer' in sys.modules)\n"
    )
    assert run_python(code) == "2\nFalse\n"


def test_a_missing_engine_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("importlib.util.find_spec", lambda _: None)
    with pytest.raises(OrdainError) as raised:
        run_one(JavaScriptRunner(), "1")
    assert raised.value.diagnostic.code == "ORD0522"


def test_a_child_that_cannot_start_is_named() -> None:
    with pytest.raises(OrdainError) as raised:
        run_one(JavaScriptRunner(replace(LIMITS, data_megabytes=8)), "1")
    assert raised.value.diagnostic.code == "ORD0522"


@pytest.mark.parametrize(
    "reply",
    [
        b"",
        b"null",
        b"[]",
        b'"x"',
        b'{"values":[1],"failures":[]}',
        b'{"values":[1,2]}',
        b'{"values":[1,2],"failures":[[7,"x"]]}',
        b'{"values":[1,2],"failures":3}',
        b"[" * 100_000,
    ],
)
def test_a_forged_reply_is_no_result(reply: bytes) -> None:
    assert decode_results(reply, 2) is None


def _exists(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return True
