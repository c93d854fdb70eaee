"""Machine code of a function: kept code when there is any, else compiled and kept."""

from __future__ import annotations

from types import FunctionType

from engine.machine_code.cache import CodeCache, Tell, tell_nobody
from engine.machine_code.fingerprint import fingerprint
from engine.machine_code.image import can_be_image, image_of
from engine.machine_code.mapped import Code
from engine.machine_code.packed import Packed, pack, unpack
from engine.machine_code.signature import ENTRY, Signature, read_signature


def obtain(
    function: FunctionType, signature_text: str, *, cache: CodeCache, tell: Tell = tell_nobody
) -> tuple[Code | None, str]:
    """Code that can be called, and whether it was "loaded" or "compiled"; None and "python" where no code may run."""
    signature = read_signature(signature_text)
    key = fingerprint(function, signature_text)
    kept = cache.get(key)
    packed = None if kept is None else unpack(kept, key)
    if packed is not None:
        code = _put_into_memory(packed, signature)
        if code is not None:
            return code, "loaded"
    tell(function.__name__)
    packed = _compile(function, signature, key)
    cache.put(key, pack(packed))
    code = _put_into_memory(packed, signature)
    return code, "python" if code is None else "compiled"


def _put_into_memory(packed: Packed, signature: Signature) -> Code | None:
    try:
        return Code(packed, signature)
    except OSError:  # code for another processor, or a system that lets no program make code
        return None


def _compile(function: FunctionType, signature: Signature, key: str) -> Packed:
    from engine.machine_code.translate import translate  # noqa: PLC0415  # numba takes a second to import

    made = translate(function, signature)
    if not can_be_image(made.content):
        return Packed(key, "object", made.written, made.content, cpu=made.cpu)
    image = image_of(made.content, ENTRY)
    return Packed(key, "image", made.written, image.content, image.entry, image.imports)
