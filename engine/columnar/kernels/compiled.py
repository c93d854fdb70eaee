"""The decorator of compiled loops."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from typing import Any


def kernel(function: Callable[..., int]) -> Callable[..., int]:
    """Compile `function` when it is called for the first time."""

    @cache
    def compiled() -> Callable[..., int]:
        import numba  # noqa: PLC0415  # a second to load: only who evaluates waits for it

        done: Callable[..., int] = numba.njit(nogil=True, cache=True, boundscheck=False)(function)
        return done

    def call(*arguments: Any) -> int:  # noqa: ANN401  # arrays and numbers
        return int(compiled()(*arguments))

    return call
