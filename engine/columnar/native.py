"""Kernels: plain loops over arrays that run as machine code, compiled once and loaded in a millisecond afterwards.

A kernel is a function at the top of a module. It takes contiguous arrays and integers, returns an integer or nothing,
and has no Python object, allocation or exception in it:

    ONE = np.uint64(1)

    def lowest_bit(word: np.uint64) -> np.uint64:          # a helper: a plain function, put into its caller
        return word & (~word + ONE)

    @kernel("int64(uint64[::1], int32[::1], int64)")       # numpy's names; int64(...) is the result, void(...) none
    def count_set(words: NDArray[np.uint64], counts: NDArray[np.int32], size: int) -> int:
        total = 0
        for place in range(size):
            word = words[place]
            while word != 0:
                word ^= lowest_bit(word)
                total += 1
                counts[place] += 1
        return total

    count_set(words, counts, len(words))                   # machine code; other threads run meanwhile
    count_set.python(words, counts, len(words))            # the same by Python, for coverage and for tests

The first call ever compiles (numba: about a second to import, then a fraction of a second or more per kernel) and gives
the code to the `CodeCache` in use; later processes find it there and import neither numba nor LLVM. What a kernel uses
of its module (helpers, numbers, small arrays) is part of the key under which the code is kept, and is frozen into it.

Counting the ones of a word by clearing the lowest until none is left becomes one instruction; so does the place of
the lowest one, counted as the ones of `~word & (word - ONE)`.

Traps. An integer of numpy keeps its type in Python and in machine code, but `uint64` with `int64` gives a float in
both: write constants beside unsigned words as `np.uint64(1)` at the top of the module. Sums that pass 64 bits wrap
around. A place outside an array is not noticed. Division by zero is not noticed. Lists, dicts, slices with a step,
`range` with a step that is no constant, and `raise` do not compile.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import update_wrapper
from threading import Lock
from types import FunctionType
from typing import Generic, ParamSpec, TypeVar, cast

from engine.machine_code.cache import CodeCache, MemoryCache, Tell, tell_nobody

_Arguments = ParamSpec("_Arguments")
_Result = TypeVar("_Result")


class _Choice:
    """Where code is kept, and whether it is used at all: one choice for the process, made by the shell."""

    def __init__(self) -> None:
        self.cache: CodeCache = MemoryCache()
        self.tell: Tell = tell_nobody
        self.python = False


_choice = _Choice()


def use_cache(cache: CodeCache, tell: Tell = tell_nobody) -> None:
    """Keep compiled code there from now on, and tell whoever waits. Kernels that are loaded stay loaded."""
    _choice.cache, _choice.tell = cache, tell


def use_python(python: bool = True) -> None:  # noqa: FBT001, FBT002  # reads as a switch
    """Run kernels as plain Python from now on (or no more): slow, and the same answers."""
    _choice.python = python


@contextmanager
def kernels_in_python() -> Iterator[None]:
    """Run kernels as plain Python inside this block, in all threads."""
    before = _choice.python
    use_python()
    try:
        yield
    finally:
        use_python(before)


class Kernel(Generic[_Arguments, _Result]):
    """A function that runs as machine code.

    `origin` says where that came from: "" (not called yet), "compiled", "loaded", or "python" where the system allows
    no code of ours in memory.
    """

    def __init__(self, function: Callable[_Arguments, _Result], signature: str) -> None:
        assert isinstance(function, FunctionType), "a kernel is a plain function"
        self._function = function
        self._text = signature
        self._lock = Lock()
        self._code: Callable[..., object] | None = None
        self.origin = ""
        update_wrapper(self, function)

    def __call__(self, *arguments: _Arguments.args, **named: _Arguments.kwargs) -> _Result:
        """Call it with what its signature says, by position."""
        assert not named, "a kernel takes its arguments by position"
        if _choice.python:
            return self.python(*arguments, **named)
        code = self._code or self._load()
        return cast("_Result", code(*arguments))

    def python(self, *arguments: _Arguments.args, **named: _Arguments.kwargs) -> _Result:
        """Run the function itself."""
        import numpy as np  # noqa: PLC0415  # most commands call no kernel

        with np.errstate(over="ignore"):  # machine words wrap around without a word
            return cast("_Result", self._function(*arguments, **named))

    def _load(self) -> Callable[..., object]:
        with self._lock:
            if self._code is None:
                from engine.machine_code.obtain import obtain  # noqa: PLC0415  # most commands call no kernel

                code, self.origin = obtain(self._function, self._text, cache=_choice.cache, tell=_choice.tell)
                self._code = code or self.python
            return self._code


def kernel(signature: str) -> Callable[[Callable[_Arguments, _Result]], Kernel[_Arguments, _Result]]:
    """Make a kernel of the function below; the text at the top of this module says how it is written."""

    def decorate(function: Callable[_Arguments, _Result]) -> Kernel[_Arguments, _Result]:
        return Kernel(function, signature)

    return decorate
