"""Code as an object file, which machines other than x86-64 with ELF keep, and systems that allow no code of ours."""

import mmap
from types import FunctionType

import pytest

from engine.columnar import native
from engine.columnar.native import Kernel
from engine.machine_code.cache import MemoryCache
from engine.machine_code.image import can_be_image, image_of
from engine.machine_code.obtain import obtain
from engine.machine_code.packed import Packed, pack, unpack
from engine.machine_code.signature import ENTRY, read_signature
from engine.machine_code.translate import translate
from tests.unit.engine.machine_code import loops


def _add(left: int, right: int) -> int:
    return left + right


TEXT = "int64(int64, int64)"


def test_an_object_file_is_linked_by_llvm(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("engine.machine_code.obtain.can_be_image", lambda _: False)
    cache = MemoryCache()
    first, origin = obtain(_function(loops.copy_and_clear), loops.copy_and_clear._text, cache=cache)
    again, second = obtain(_function(loops.copy_and_clear), loops.copy_and_clear._text, cache=cache)

    assert (origin, second) == ("compiled", "loaded")
    for code in (first, again):
        assert code is not None
        monkeypatch.setattr(loops, "copy_and_clear", code)
        assert loops.answers()[4:7] == [None, [*range(50)], [0] * 30]


def test_an_object_file_for_another_processor_is_made_again(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("engine.machine_code.obtain.can_be_image", lambda _: False)
    cache = MemoryCache()
    obtain(_add, TEXT, cache=cache)
    ((key, kept),) = cache._kept.items()
    packed = unpack(kept, key)
    assert packed is not None
    cache.put(key, pack(Packed(key, "object", packed.written, packed.content, cpu="pdp-11")))
    code, origin = obtain(_add, TEXT, cache=cache)

    assert origin == "compiled"
    assert code is not None
    assert code(1, 2) == 3


def test_where_no_code_of_ours_may_run_kernels_run_as_python(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object, **__: object) -> None:
        raise OSError

    monkeypatch.setattr(mmap, "mmap", refuse)
    monkeypatch.setattr(native._choice, "cache", MemoryCache())
    add = Kernel(_add, TEXT)

    assert add(1, 2) == 3
    assert add.origin == "python"


def test_an_image_needs_nothing_but_the_c_library() -> None:
    made = translate(_function(loops.copy_and_clear), read_signature(loops.copy_and_clear._text))
    assert made.written == (1, 2)
    if not can_be_image(made.content):
        pytest.skip("this machine keeps object files")
    image = image_of(made.content, ENTRY)

    assert {name for name, _ in image.imports} <= {"memcpy", "memmove", "memset"}
    with pytest.raises(AssertionError, match="allocates, raises or calls"):
        image_of(made.content.replace(b"\0memset\0", b"\0malloc\0"), ENTRY)
    with pytest.raises(AssertionError, match="defined 0 times"):
        image_of(made.content, "exit")


def _function(one: Kernel) -> FunctionType:  # type: ignore[type-arg]
    assert isinstance(one._function, FunctionType)
    return one._function
