"""What a kernel takes and gives: arrays and numbers by their names in numpy."""

from __future__ import annotations

import re
from dataclasses import dataclass

ENTRY = "entry"
"""Name of the function in compiled code that a call goes to."""

_ITEMS = frozenset({"int8", "int16", "int32", "int64", "uint8", "uint16", "uint32", "uint64", "bool"})
_ARRAYS = {"": 0, "[::1]": 1, "[:,::1]": 2, "[:,:,::1]": 3}
_WHOLE = re.compile(r"(\w+)\((.*)\)")
_PARAMETER = re.compile(r"(\w+)(\[[:,1]+\])?,?")


@dataclass(frozen=True, slots=True)
class Kind:
    """One parameter: element type and number of dimensions; 0 dimensions is a number."""

    item: str
    dimensions: int

    @property
    def slots(self) -> int:
        """Words of 64 bits that it takes in a call: address and lengths of an array, or the number."""
        return 1 + self.dimensions


@dataclass(frozen=True, slots=True)
class Signature:
    """Type of the result ("void" for none) and of every parameter in order."""

    result: str
    parameters: tuple[Kind, ...]

    @property
    def slots(self) -> int:
        """Words of a call; the last one takes the result."""
        return sum(kind.slots for kind in self.parameters) + 1


def read_signature(text: str) -> Signature:
    """Signature written as `int64(int32[::1], uint64[:, ::1], int64)`; arrays lie in C order."""
    tight = text.replace(" ", "")
    whole = _WHOLE.fullmatch(tight)
    assert whole is not None, f"no signature: {text}"
    result, inside = whole.groups()
    assert result == "void" or result in _ITEMS, f"no result type: {result}"
    found = list(_PARAMETER.finditer(inside))
    assert "".join(one.group() for one in found) == inside, f"no parameters: {inside}"
    return Signature(result, tuple(_kind(one.group(1), one.group(2) or "") for one in found))


def _kind(item: str, array: str) -> Kind:
    assert item in _ITEMS, f"no element type: {item}"
    assert array in _ARRAYS, f"an array of a kernel is contiguous in C order: {item}{array}"
    return Kind(item, _ARRAYS[array])
