"""Kept code put into memory, as a function of Python. Needs neither numba nor, for an image, LLVM."""

from __future__ import annotations

import ctypes
import mmap
import struct
from collections.abc import Callable
from typing import Any

import numpy as np

from engine.machine_code.packed import Packed
from engine.machine_code.signature import ENTRY, Signature

_Entry = Callable[[Any], int]


class Code:
    """A compiled kernel. Calling it lets other threads run; it may run in several at the same time."""

    def __init__(self, packed: Packed, signature: Signature) -> None:
        """Put the code into memory; OSError when this system does not allow it."""
        self._entry, self._kept_alive = _load(packed)
        self._slots = ctypes.c_int64 * signature.slots
        self._result = signature.result
        self._parameters = tuple(
            (np.dtype(kind.item), kind.dimensions, place in packed.written)
            for place, kind in enumerate(signature.parameters)
        )

    def __call__(self, *arguments: Any) -> int | bool | None:  # noqa: ANN401  # arrays and integers
        """Call it with what the signature says; other arguments, or a read-only array to write to, are our bug."""
        words: list[int] = []
        for (item, dimensions, written), argument in zip(self._parameters, arguments, strict=True):
            if not dimensions:
                words.append(int(argument))
                continue
            assert argument.dtype == item, f"{argument.dtype} where a kernel takes {item}"
            assert argument.ndim == dimensions, f"{argument.ndim} dimensions where a kernel takes {dimensions}"
            flags = argument.flags
            assert flags.c_contiguous, "a kernel takes arrays that are contiguous in C order"
            assert flags.aligned, "a kernel takes aligned arrays"
            assert flags.writeable or not written, "a kernel would write to an array that is only for reading"
            words.append(argument.__array_interface__["data"][0])  # faster than by ctypes
            words.extend(argument.shape)
        slots = self._slots(*words)
        status = self._entry(slots)
        assert status == 0, "a kernel raised"
        if self._result == "void":
            return None
        if self._result == "bool":
            return bool(slots[-1])
        return slots[-1] & 0xFFFFFFFFFFFFFFFF if self._result == "uint64" else slots[-1]


def _load(packed: Packed) -> tuple[_Entry, object]:
    """Give the function at the entry, and what must live as long as it."""
    if packed.form == "image":
        return _map_image(packed)
    return _link_object(packed)


def _map_image(packed: Packed) -> tuple[_Entry, object]:
    # Written first and made executable afterwards: no page is ever both.
    memory = mmap.mmap(
        -1,
        len(packed.content),
        flags=mmap.MAP_PRIVATE | mmap.MAP_ANONYMOUS,
        prot=mmap.PROT_READ | mmap.PROT_WRITE,
    )
    memory.write(packed.content)
    process = ctypes.CDLL(None, use_errno=True)
    for name, place in packed.imports:
        memory[place : place + 8] = struct.pack("<Q", ctypes.cast(getattr(process, name), ctypes.c_void_p).value)
    start = ctypes.addressof(ctypes.c_char.from_buffer(memory))
    protect = process.mprotect
    protect.argtypes = (ctypes.c_void_p, ctypes.c_size_t, ctypes.c_int)
    if protect(start, len(packed.content), mmap.PROT_READ | mmap.PROT_EXEC):
        number = ctypes.get_errno()
        raise OSError(number, "this system does not allow code that was not loaded from a program")
    return _function(start + packed.entry), memory


def _link_object(packed: Packed) -> tuple[_Entry, object]:
    import llvmlite.binding as llvm  # noqa: PLC0415  # a tenth of a second that an image does not need

    if packed.cpu != llvm.get_host_cpu_name():
        raise OSError(f"compiled for {packed.cpu}")
    llvm.initialize_native_target()
    llvm.initialize_native_asmprinter()
    machine = llvm.Target.from_default_triple().create_target_machine(cpu=packed.cpu, opt=3, jit=True)
    engine = llvm.create_mcjit_compiler(llvm.parse_assembly(""), machine)
    engine.add_object_file(llvm.ObjectFileRef.from_data(packed.content))
    engine.finalize_object()
    return _function(engine.get_function_address(ENTRY)), engine


def _function(address: int) -> _Entry:
    return ctypes.CFUNCTYPE(ctypes.c_int32, ctypes.c_void_p)(address)
