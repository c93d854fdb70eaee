"""An object file (ELF, x86-64) made into bytes that run wherever they lie, so that later processes need no linker.

Sections are laid one behind the other and the distances between them filled in. Loops that the compiler turns into
calls of the C library (`memset` and its like) go through a jump behind the code, whose address is filled in when it is
loaded.
"""

from __future__ import annotations

import struct
from collections.abc import Iterator
from dataclasses import dataclass, field

C_FUNCTIONS = frozenset({"memcpy", "memmove", "memset", "memcmp", "bcmp"})
"""All that a kernel may need from outside."""

_HEADER = struct.Struct("<16sHHIQQQIHHHHHH")
_SECTION = struct.Struct("<IIQQQQIIQQ")
_SYMBOL = struct.Struct("<IBBHQQ")
_RELOCATION = struct.Struct("<QQq")
_MAGIC, _X86_64, _RELOCATABLE = b"\x7fELF\x02\x01", 62, 1
_SYMBOLS, _RELOCATIONS, _ZEROS = 2, 4, 8
_ALLOCATED = 2
_UNDEFINED, _FIRST_RESERVED = 0, 0xFF00
_DISTANCE_64, _DISTANCES_32 = 24, {2, 4}  # R_X86_64_PC64; R_X86_64_PC32 and R_X86_64_PLT32
_JUMP = struct.Struct("<HiQ")
_JUMP_THROUGH_NEXT_WORD = 0x25FF


@dataclass(frozen=True, slots=True)
class Image:
    """Code and constants; where `entry` starts; where the address of each function of the C library is to be put."""

    content: bytes
    entry: int
    imports: tuple[tuple[str, int], ...]


@dataclass(frozen=True, slots=True)
class _Section:
    name: str
    type: int
    flags: int
    offset: int
    size: int
    link: int
    info: int
    alignment: int


@dataclass(slots=True)
class _Layout:
    content: bytearray = field(default_factory=bytearray)
    starts: dict[int, int] = field(default_factory=dict)
    jumps: dict[str, int] = field(default_factory=dict)

    def add(self, content: bytes, alignment: int) -> int:
        """Lay bytes at the end and give their start."""
        self.content.extend(bytes(-len(self.content) % max(alignment, 1)))
        start = len(self.content)
        self.content.extend(content)
        return start

    def jump(self, name: str) -> int:
        """Give the start of the jump to a function of the C library; laid when it is first wanted."""
        assert name in C_FUNCTIONS, f"a kernel needs {name or 'something'} from outside: it allocates, raises or calls"
        if name not in self.jumps:
            self.jumps[name] = self.add(_JUMP.pack(_JUMP_THROUGH_NEXT_WORD, 0, 0), 16)
        return self.jumps[name]


def can_be_image(object_file: bytes) -> bool:
    """Whether an object file is of the kind read here."""
    return object_file.startswith(_MAGIC) and _HEADER.unpack_from(object_file)[1:3] == (_RELOCATABLE, _X86_64)


def image_of(object_file: bytes, entry: str) -> Image:
    """Image of an object file.

    A kernel that needs more than `C_FUNCTIONS`, or has addresses in its constants (an exception to raise), is our bug.
    """
    sections = _sections(object_file)
    layout = _Layout()
    for number, section in enumerate(sections):
        if section.flags & _ALLOCATED and section.name != ".eh_frame":
            zeros = section.type == _ZEROS
            content = bytes(section.size) if zeros else object_file[section.offset : section.offset + section.size]
            layout.starts[number] = layout.add(content, section.alignment)
    symbols = list(_symbols(object_file, sections))
    for section in sections:
        if section.type == _RELOCATIONS and section.info in layout.starts:
            _fill_distances(layout, object_file, section, symbols)
    starts = [layout.starts[place] + value for name, place, value in symbols if name == entry]
    assert len(starts) == 1, f"{entry} is defined {len(starts)} times"
    address = struct.calcsize("<Hi")
    imports = tuple((name, start + address) for name, start in sorted(layout.jumps.items()))
    return Image(bytes(layout.content), starts[0], imports)


def _fill_distances(
    layout: _Layout, object_file: bytes, section: _Section, symbols: list[tuple[str, int, int]]
) -> None:
    for at in range(section.offset, section.offset + section.size, _RELOCATION.size):
        place, info, addend = _RELOCATION.unpack_from(object_file, at)
        name, home, value = symbols[info >> 32]
        if home == _UNDEFINED:
            target = layout.jump(name)
        else:
            assert home in layout.starts, f"a kernel uses {name}, which lies outside its code"
            target = layout.starts[home] + value
        where = layout.starts[section.info] + place
        kind = info & 0xFFFFFFFF
        assert kind in _DISTANCES_32 or kind == _DISTANCE_64, f"a kernel holds an address ({kind}, {name}): it raises"
        struct.pack_into("<i" if kind in _DISTANCES_32 else "<q", layout.content, where, target + addend - where)


def _sections(object_file: bytes) -> list[_Section]:
    assert can_be_image(object_file), "no object file for x86-64"
    header = _HEADER.unpack_from(object_file)
    start, size, count, names = header[6], header[11], header[12], header[13]
    raw = [_SECTION.unpack_from(object_file, start + size * number) for number in range(count)]
    return [
        _Section(_text(object_file, raw[names][4] + one[0]), one[1], one[2], one[4], one[5], one[6], one[7], one[8])
        for one in raw
    ]


def _symbols(object_file: bytes, sections: list[_Section]) -> Iterator[tuple[str, int, int]]:
    """Name, section and place in it of every symbol."""
    for table in sections:
        if table.type != _SYMBOLS:
            continue
        for at in range(table.offset, table.offset + table.size, _SYMBOL.size):
            name, _, _, home, value, _ = _SYMBOL.unpack_from(object_file, at)
            yield _text(object_file, sections[table.link].offset + name), home, value


def _text(object_file: bytes, start: int) -> str:
    return object_file[start : object_file.index(0, start)].decode()
