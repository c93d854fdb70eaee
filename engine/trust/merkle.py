"""Merkle trees over SHA-256 as RFC 9162 section 2.1 has them (equal to RFC 6962): roots, inclusion and consistency.

Leaves come as leaf hashes (32 bytes each, made by `leaf_hash`), so that a caller need not keep what was hashed.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence

HASH_BYTES = 32
_LEAF, _NODE = b"\x00", b"\x01"
EMPTY_ROOT = hashlib.sha256(b"").digest()
"""Root of the tree without leaves."""


def leaf_hash(data: bytes) -> bytes:
    """Hash of a leaf: SHA-256(0x00 ‖ data)."""
    return hashlib.sha256(_LEAF + data).digest()


def node_hash(left: bytes, right: bytes) -> bytes:
    """Hash of an inner node: SHA-256(0x01 ‖ left ‖ right)."""
    return hashlib.sha256(_NODE + left + right).digest()


def merkle_root(leaf_hashes: Sequence[bytes]) -> bytes:
    """Root of the tree over these leaf hashes, in order."""
    level = list(leaf_hashes)
    while len(level) > 1:
        level = _level_above(level)
    return level[0] if level else EMPTY_ROOT


def inclusion_proof(leaf_hashes: Sequence[bytes], index: int) -> tuple[bytes, ...]:
    """Sibling hashes from leaf `index` (0 ≤ index < number of leaves) up to the root: RFC 9162 section 2.1.3.1."""
    assert 0 <= index < len(leaf_hashes), "only a leaf of the tree can be proved"
    proof: list[bytes] = []
    level = list(leaf_hashes)
    while len(level) > 1:
        sibling = index ^ 1
        if sibling < len(level):
            proof.append(level[sibling])
        level = _level_above(level)
        index //= 2
    return tuple(proof)


def verify_inclusion(leaf: bytes, proof: Sequence[bytes], *, index: int, size: int, root: bytes) -> bool:
    """Tell whether leaf hash `leaf` is number `index` of the `size` leaves below `root`: RFC 9162 section 2.1.3.2."""
    if not 0 <= index < size:
        return False
    at, last, result = index, size - 1, leaf
    for sibling in proof:
        if last == 0:
            return False
        if at % 2 == 1 or at == last:
            result = node_hash(sibling, result)
            while at % 2 == 0 and at != 0:
                at, last = at // 2, last // 2
        else:
            result = node_hash(result, sibling)
        at, last = at // 2, last // 2
    return last == 0 and result == root


def consistency_proof(leaf_hashes: Sequence[bytes], old_size: int) -> tuple[bytes, ...]:
    """Proof that the first `old_size` leaves are still the beginning of the tree: RFC 9162 section 2.1.4.1.

    Empty when nothing was added, or when the old tree was empty (every tree continues the empty one).
    """
    assert 0 <= old_size <= len(leaf_hashes), "a tree only grows"
    if old_size == 0:
        return ()
    proof: list[bytes] = []
    low, high, old, whole = 0, len(leaf_hashes), old_size, True
    while old != high - low:
        split = _split(high - low)
        if old <= split:
            proof.append(merkle_root(leaf_hashes[low + split : high]))
            high = low + split
        else:
            proof.append(merkle_root(leaf_hashes[low : low + split]))
            low, old, whole = low + split, old - split, False
    if not whole:
        proof.append(merkle_root(leaf_hashes[low:high]))
    return tuple(reversed(proof))


def verify_consistency(
    proof: Sequence[bytes], *, old_size: int, new_size: int, old_root: bytes, new_root: bytes
) -> bool:
    """Tell whether the tree of `new_size` leaves continues the one of `old_size`: RFC 9162 section 2.1.4.2."""
    if not 0 <= old_size <= new_size:
        return False
    if old_size == new_size:
        return not proof and old_root == new_root
    if old_size == 0:
        return not proof and old_root == EMPTY_ROOT
    path = [old_root, *proof] if old_size & (old_size - 1) == 0 else list(proof)
    return bool(path) and _climb(path, old_size - 1, new_size - 1) == (old_root, new_root)


def _climb(path: Sequence[bytes], at: int, last: int) -> tuple[bytes, bytes] | None:
    """Old and new root that the path leads to, or None when it is too short or too long."""
    while at % 2 == 1:
        at, last = at // 2, last // 2
    old_root = new_root = path[0]
    for sibling in path[1:]:
        if last == 0:
            return None
        if at % 2 == 1 or at == last:
            old_root, new_root = node_hash(sibling, old_root), node_hash(sibling, new_root)
            while at % 2 == 0 and at != 0:
                at, last = at // 2, last // 2
        else:
            new_root = node_hash(new_root, sibling)
        at, last = at // 2, last // 2
    return (old_root, new_root) if last == 0 else None


def _level_above(level: Sequence[bytes]) -> list[bytes]:
    """Parents of a level; a last node without a partner rises as it is, which is the split of RFC 9162."""
    above = [node_hash(level[at], level[at + 1]) for at in range(0, len(level) - 1, 2)]
    if len(level) % 2:
        above.append(level[-1])
    return above


def _split(size: int) -> int:
    """Largest power of two below `size` (size ≥ 2)."""
    return 1 << (size - 1).bit_length() - 1
