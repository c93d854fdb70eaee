"""A function to an object file, by numba. Importing this module imports numba, which takes about a second.

What comes out has one entry with a calling convention of our own, so that nothing else needs to know numba's:
`int32 entry(int64 *slots)`. For an array the slots hold the address of its first element and its lengths; for a number
the number, widened to 64 bits; the last slot takes the result. A status other than 0 tells that the kernel raised.
"""

from __future__ import annotations

from dataclasses import dataclass
from types import FunctionType
from typing import Any

import llvmlite.binding as llvm
from llvmlite import ir
from numba import njit
from numba.core import compiler, types
from numba.core.compiler_lock import global_compiler_lock
from numba.core.registry import cpu_target
from numba.np.arrayobj import populate_array

from engine.machine_code.fingerprint import used_globals
from engine.machine_code.signature import ENTRY, Kind, Signature

_compile_extra: Any = compiler.compile_extra
_populate_array: Any = populate_array
_njit: Any = njit
_Flags: Any = compiler.Flags


@dataclass(frozen=True, slots=True)
class ObjectFile:
    """A relocatable object file, places of the array parameters that may be written, name of the processor."""

    content: bytes
    written: tuple[int, ...]
    cpu: str


def translate(function: FunctionType, signature: Signature) -> ObjectFile:
    """Compile a function and what it calls for this machine's processor.

    Numba's own errors go up: they are mistakes in the kernel.
    """
    with global_compiler_lock:
        flags = _Flags()
        flags.no_cpython_wrapper = True
        flags.no_cfunc_wrapper = True
        flags.no_compile = True
        flags.nrt = False  # a kernel that allocates does not compile
        flags.release_gil = True
        flags.error_model = "numpy"  # no check of division by zero
        typing, target = cpu_target.typing_context, cpu_target.target_context
        typing.refresh()
        target.refresh()
        arguments = tuple(_numba_type(kind) for kind in signature.parameters)
        result = types.void if signature.result == "void" else _numba_type(Kind(signature.result, 0))
        prepared = _with_compiled_helpers(function, {})
        compiled = _compile_extra(typing, target, prepared, arguments, result, flags, {})
        library = _add_entry(target, compiled, arguments, result)
        return _emit(library, written=_written(compiled, signature))


def _numba_type(kind: Kind) -> Any:  # noqa: ANN401  # numba's types are found by name
    item = types.boolean if kind.item == "bool" else getattr(types, kind.item)
    return types.Array(item, kind.dimensions, "C") if kind.dimensions else item


def _with_compiled_helpers(function: FunctionType, done: dict[FunctionType, Any]) -> FunctionType:
    """Copy a function with the plain functions it calls made callable for numba."""
    around = dict(function.__globals__)
    for name, value in used_globals(function):
        if isinstance(value, FunctionType):
            if value not in done:
                helper = _with_compiled_helpers(value, done)
                done[value] = _njit(nogil=True, error_model="numpy", forceinline=True, no_cpython_wrapper=True)(helper)
            around[name] = done[value]
    copy = FunctionType(function.__code__, around, function.__name__, function.__defaults__)
    copy.__module__ = function.__module__
    return copy


def _add_entry(target: Any, compiled: Any, arguments: tuple[Any, ...], result: Any) -> Any:  # noqa: ANN401
    """Library with `entry`, which unpacks the slots and calls the compiled function."""
    library = target.codegen().create_library(ENTRY)
    module = library.create_ir_module(ENTRY)
    word = ir.IntType(64)
    entry = ir.Function(module, ir.FunctionType(ir.IntType(32), [word.as_pointer()]), ENTRY)
    builder = ir.IRBuilder(entry.append_basic_block())
    slots = _Slots(builder, entry.args[0], word)
    values = [slots.value(target, kind) for kind in arguments]
    callee = target.declare_function(module, compiled.fndesc)
    status, answer = target.call_conv.call_function(builder, callee, result, arguments, values)
    slots.put_result(result, answer)
    builder.ret(status.code)
    library.add_ir_module(module)
    library.add_linking_library(compiled.library)
    library.finalize()
    return library


class _Slots:
    """Reads the slots of a call one after another."""

    def __init__(self, builder: Any, pointer: Any, word: Any) -> None:  # noqa: ANN401
        self._builder = builder
        self._pointer = pointer
        self._word = word
        self._next = 0

    def value(self, target: Any, kind: Any) -> Any:  # noqa: ANN401
        """Value of numba's type `kind` from the next slots."""
        if not isinstance(kind, types.Array):
            return self._narrow(target, kind, self._load())
        array = target.make_array(kind)(target, self._builder)
        data = self._builder.inttoptr(self._load(), array.data.type)
        shape = [self._load() for _ in range(kind.ndim)]
        size = self._word(target.get_abi_sizeof(target.get_data_type(kind.dtype)))
        strides = [size]
        for length in reversed(shape[1:]):
            strides.insert(0, self._builder.mul(strides[0], length))
        _populate_array(array, data=data, shape=shape, strides=strides, itemsize=size, meminfo=None, parent=None)
        return array._getvalue()  # noqa: SLF001  # the one way numba has

    def put_result(self, kind: Any, answer: Any) -> None:  # noqa: ANN401
        """Store the result, widened, in the slot after the last parameter."""
        if kind == types.void:
            return
        if answer.type.width < self._word.width:
            widen = self._builder.sext if getattr(kind, "signed", False) else self._builder.zext
            answer = widen(answer, self._word)
        self._builder.store(answer, self._address())

    def _narrow(self, target: Any, kind: Any, word: Any) -> Any:  # noqa: ANN401
        wanted = target.get_value_type(kind)
        return word if wanted == self._word else self._builder.trunc(word, wanted)

    def _address(self) -> Any:  # noqa: ANN401
        return self._builder.gep(self._pointer, [self._word(self._next)])

    def _load(self) -> Any:  # noqa: ANN401
        loaded = self._builder.load(self._address())
        self._next += 1
        return loaded


def _written(compiled: Any, signature: Signature) -> tuple[int, ...]:  # noqa: ANN401
    """Places of the array parameters that LLVM does not prove to be only read."""
    function = compiled.library.get_function(compiled.fndesc.llvm_func_name)
    only_read = {
        argument.name.rsplit(".", 1)[0]
        for argument in function.arguments
        if argument.name.endswith(".4") and {b"readonly", b"readnone"} & set(argument.attributes)
    }  # the fifth member of numba's array is the address of its elements
    names = compiled.fndesc.args
    return tuple(
        place
        for place, kind in enumerate(signature.parameters)
        if kind.dimensions and f"arg.{names[place].removeprefix('arg.')}" not in only_read
    )


def _emit(library: Any, *, written: tuple[int, ...]) -> ObjectFile:  # noqa: ANN401
    """Object file whose code runs wherever it is put."""
    codegen = library.codegen
    triple, cpu, features = codegen.magic_tuple()
    machine = llvm.Target.from_triple(triple).create_target_machine(
        cpu=cpu, features=features, opt=3, reloc="pic", codemodel="small"
    )
    return ObjectFile(machine.emit_object(library._final_module), written, cpu)  # noqa: SLF001
