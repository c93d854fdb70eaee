"""Digest of what a compiled function depends on: its own code, the functions it calls, the constants it reads."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from hashlib import sha256
from types import CodeType, FunctionType, ModuleType

import numpy as np

_FORMAT = 1
"""Goes up when what we make of the same function changes: layout of a call, flags of the compiler."""


def fingerprint(function: FunctionType, signature: str) -> str:
    """64 hexadecimal digits that change when the function, whatever it uses, its signature or Python's code does."""
    digest = sha256()
    for part in (str(_FORMAT), str(sys.version_info[:2]), signature.replace(" ", ""), *_parts(function, set())):
        digest.update(f"{len(part)}:{part}".encode())
    return digest.hexdigest()


def used_globals(function: FunctionType) -> Iterator[tuple[str, object]]:
    """Name and value of every global of its module that a function names, in the order of its code."""
    for name in function.__code__.co_names:
        if name in function.__globals__:
            value = function.__globals__[name]
            yield name, getattr(value, "__wrapped__", value)


def _parts(function: FunctionType, seen: set[FunctionType]) -> Iterator[str]:
    seen.add(function)
    yield from _code_parts(function.__code__)
    for name, value in used_globals(function):
        yield name
        if isinstance(value, FunctionType):
            if value not in seen:
                yield from _parts(value, seen)
        else:
            yield _constant(value)


def _code_parts(code: CodeType) -> Iterator[str]:
    assert not code.co_freevars, f"{code.co_name} reads a variable around it: a kernel stands at the top of a module"
    yield code.co_code.hex()
    yield f"{code.co_names} {code.co_varnames} {code.co_argcount}"
    for constant in code.co_consts:
        if isinstance(constant, CodeType):
            yield from _code_parts(constant)
        else:
            yield f"{type(constant).__name__} {constant!r}"


def _constant(value: object) -> str:
    if isinstance(value, np.ndarray):
        return f"{value.dtype.str} {value.shape} {value.tobytes().hex()}"
    if isinstance(value, ModuleType):
        return value.__name__
    if isinstance(value, type):
        return f"{value.__module__}.{value.__qualname__}"
    assert isinstance(value, int | str | tuple | np.generic), f"no constant of a kernel: {value!r}"
    return f"{type(value).__name__} {value!r}"
