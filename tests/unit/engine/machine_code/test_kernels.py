import subprocess
import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from threading import Barrier

import numpy as np
import pytest

from api.store.compiled_code import CodeFolder
from engine.columnar import native
from engine.columnar.native import Kernel, kernel, kernels_in_python, use_cache, use_python
from engine.machine_code.cache import MemoryCache
from engine.machine_code.fingerprint import fingerprint
from engine.machine_code.obtain import obtain
from tests.unit.engine.machine_code import loops

EXPECTED = [
    68,
    [0, 1, 2, 1, 64],
    102,
    272,
    None,
    [*range(50)],
    [0] * 30,
    True,
    False,
    2**64 - 6,
]
STEP = np.int64(2)


def _add(left: int, right: int) -> int:
    return left + right


def _add_three(left: int, right: int) -> int:
    return left + right + 3


def _fresh(one: Kernel) -> Kernel:  # type: ignore[type-arg]
    return Kernel(one._function, one._text)


@pytest.fixture
def kept() -> Iterator[MemoryCache]:
    cache, before = MemoryCache(), native._choice.cache
    use_cache(cache)
    yield cache
    use_cache(before)


def test_machine_code_and_python_give_the_same() -> None:
    with kernels_in_python():
        by_python = loops.answers()

    assert by_python == EXPECTED
    assert loops.answers() == EXPECTED
    assert {one.origin for one in loops.KERNELS} <= {"compiled", "loaded"}


def test_another_process_loads_what_one_compiled_and_imports_no_compiler(tmp_path: Path) -> None:
    folder = CodeFolder(tmp_path / "cache")
    for one in loops.KERNELS:
        assert obtain(one._function, one._text, cache=folder)[1] == "compiled"
    done = subprocess.run(
        [sys.executable, "-m", "tests.unit.engine.machine_code.loops", str(tmp_path / "cache")],
        capture_output=True,
        text=True,
        check=True,
    )

    assert done.stdout == f"{EXPECTED} {['loaded'] * 5}"


def test_without_kept_code_and_compiler_a_process_says_so(tmp_path: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "tests.unit.engine.machine_code.loops", str(tmp_path)],
        capture_output=True,
        text=True,
        check=False,
    )

    assert "numba" in done.stderr
    assert "ModuleNotFoundError" in done.stderr


@pytest.mark.parametrize(
    "damage",
    [
        lambda code: code[:-1],
        lambda code: code[:-1] + bytes([code[-1] ^ 1]),
        lambda code: code[:20] + bytes([code[20] ^ 1]) + code[21:],
        lambda _: b"",
        lambda _: b"\x90" * 5000,
    ],
    ids=["cut", "last bit", "digest", "empty", "something else"],
)
def test_damaged_code_is_compiled_again(kept: MemoryCache, damage) -> None:  # type: ignore[no-untyped-def]  # noqa: ANN001
    first, again, third = (_fresh(loops.turned_over) for _ in range(3))
    first(np.uint64(1))
    ((key, code),) = kept._kept.items()
    kept.put(key, damage(code))

    assert again(np.uint64(5)) == 2**64 - 6
    assert (first.origin, again.origin) == ("compiled", "compiled")
    assert kept.get(key) == code
    assert third(np.uint64(5)) == 2**64 - 6
    assert third.origin == "loaded"


def test_whoever_waits_is_told_of_what_is_compiled(kept: MemoryCache) -> None:
    told: list[str] = []
    use_cache(kept, told.append)
    assert [_fresh(loops.turned_over)(np.uint64(0)) for _ in range(2)] == [2**64 - 1] * 2
    assert told == ["turned_over"]


def test_code_of_another_kernel_is_not_taken(kept: MemoryCache) -> None:
    add, wrong = Kernel(_add, "int64(int64, int64)"), Kernel(_add_three, "int64(int64, int64)")
    add(1, 2)
    (code,) = kept._kept.values()
    kept.put(fingerprint(_add_three, "int64(int64, int64)"), code)

    assert wrong(1, 2) == 6


def test_the_key_changes_with_signature_code_helpers_and_constants(monkeypatch: pytest.MonkeyPatch) -> None:
    function, text = loops.count_bits._function, loops.count_bits._text  # type: ignore[attr-defined]
    keys = [fingerprint(function, text), fingerprint(function, text.replace("int32", "int64"))]
    monkeypatch.setattr(loops, "lowest_bit", loops.without_lowest_bit)
    keys.append(fingerprint(function, text))
    monkeypatch.undo()
    monkeypatch.setattr(loops, "ONE", np.uint64(2))
    keys.append(fingerprint(function, text))
    monkeypatch.undo()
    weigh = loops.weigh._function  # type: ignore[attr-defined]
    keys.append(fingerprint(weigh, text))
    monkeypatch.setattr(loops, "WEIGHTS", loops.WEIGHTS + 1)
    keys.extend([fingerprint(weigh, text), fingerprint(_add, text), fingerprint(_add_three, text)])

    assert len(set(keys)) == len(keys)
    monkeypatch.undo()
    assert fingerprint(function, text.replace(" ", "")) == keys[0]


def test_threads_call_one_kernel_for_the_first_time_together(kept: MemoryCache) -> None:
    counting = _fresh(loops.count_bits)
    words = np.arange(10_000, dtype=np.uint64)
    start = Barrier(4)

    def count(_: int) -> int:
        start.wait()
        return counting(words, np.zeros(len(words), dtype=np.int32), len(words))

    with ThreadPoolExecutor(4) as pool:
        totals = set(pool.map(count, range(4)))

    assert totals == {sum(number.bit_count() for number in range(10_000))}
    assert len(kept._kept) == 1


def test_wrong_arguments_are_our_bug() -> None:
    words, counts = np.zeros(4, dtype=np.uint64), np.zeros(4, dtype=np.int32)

    for wrong in ((words.astype(np.int64), counts, 4), (words, counts[::2], 2), (words.reshape(2, 2), counts, 2)):
        with pytest.raises(AssertionError, match="kernel"):
            loops.count_bits(*wrong)
    with pytest.raises(ValueError, match="zip"):
        loops.count_bits(words, counts)  # type: ignore[call-arg]
    with pytest.raises(AssertionError, match="by position"):
        loops.count_bits(words, counts, size=4)


def test_an_array_for_reading_is_not_written_to() -> None:
    words, counts = np.zeros(4, dtype=np.uint64), np.zeros(4, dtype=np.int32)
    words.flags.writeable = counts.flags.writeable = False

    with pytest.raises(AssertionError, match="only for reading"):
        loops.count_bits(words, counts, 4)
    assert loops.count_bits(words, np.zeros(4, dtype=np.int32), 4) == 0


def _raise(number: int) -> int:
    if number > 3:
        raise ValueError
    return number


def _allocate(number: int) -> int:
    return len(np.zeros(number, dtype=np.int64))


def test_a_kernel_that_raises_or_allocates_is_our_bug(kept: MemoryCache) -> None:
    with pytest.raises(AssertionError, match="raise"):
        Kernel(_raise, "int64(int64)")(4)
    with pytest.raises(Exception, match="zeros"):
        Kernel(_allocate, "int64(int64)")(4)


@pytest.mark.parametrize(
    "text", ["int64", "int64(", "int64(float32)", "text(int64)", "int64(int64[:])", "int64(int64;)"]
)
def test_a_wrong_signature_is_our_bug(text: str) -> None:
    with pytest.raises(AssertionError, match=r"no|contiguous"):
        Kernel(_add, text)(1, 2)


def test_a_kernel_reads_no_variable_around_it() -> None:
    around = 3

    @kernel("int64(int64)")
    def inside(number: int) -> int:
        return number + around

    with pytest.raises(AssertionError, match="top of a module"):
        inside(1)


def test_words_wrap_around_in_python_too() -> None:
    use_python()
    try:
        assert loops.turned_over(np.uint64(0)) == 2**64 - 1
        assert Kernel(_add, "uint64(uint64, uint64)")(np.uint64(2**64 - 1), np.uint64(3)) == 2
    finally:
        use_python(python=False)
    assert Kernel(_add, "uint64(uint64, uint64)")(2**64 - 1, 3) == 2
