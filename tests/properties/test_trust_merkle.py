"""RFC 9162 trees agree with an independent implementation, and a changed proof never holds."""

from __future__ import annotations

import hashlib

import pymerkle
import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.trust.merkle import (
    EMPTY_ROOT,
    consistency_proof,
    inclusion_proof,
    leaf_hash,
    merkle_root,
    node_hash,
    verify_consistency,
    verify_inclusion,
)

LEAVES = st.lists(st.binary(max_size=4), min_size=1, max_size=40)
SIZES = range(1, 20)


def hashes(count: int) -> list[bytes]:
    return [leaf_hash(str(number).encode()) for number in range(count)]


@given(LEAVES)
def test_roots_agree_with_an_independent_tree(leaves: list[bytes]) -> None:
    tree = pymerkle.InmemoryTree(algorithm="sha256")
    for leaf in leaves:
        tree.append_entry(leaf)
    assert merkle_root([leaf_hash(leaf) for leaf in leaves]) == tree.get_root()


@given(LEAVES, st.data())
def test_inclusion_paths_agree_with_an_independent_tree(leaves: list[bytes], data: st.DataObject) -> None:
    index = data.draw(st.integers(0, len(leaves) - 1))
    tree = pymerkle.InmemoryTree(algorithm="sha256")
    for leaf in leaves:
        tree.append_entry(leaf)
    theirs = tree.prove_inclusion(index + 1, len(leaves))
    assert list(inclusion_proof([leaf_hash(leaf) for leaf in leaves], index)) == theirs.path[1:]


def test_every_inclusion_proof_of_small_trees_holds_and_no_other_place_does() -> None:
    for size in SIZES:
        leaves = hashes(size)
        root = merkle_root(leaves)
        for index in range(size):
            proof = inclusion_proof(leaves, index)
            assert verify_inclusion(leaves[index], proof, index=index, size=size, root=root)
            for other in range(-1, size + 2):
                held = verify_inclusion(leaves[index], proof, index=other, size=size, root=root)
                assert held == (other == index)
            assert not verify_inclusion(leaves[index], [*proof, root], index=index, size=size, root=root)
            assert not proof or not verify_inclusion(leaves[index], proof[:-1], index=index, size=size, root=root)
            assert not verify_inclusion(root, proof, index=index, size=size, root=root) or size == 1


def test_every_consistency_proof_of_small_trees_holds_and_a_changed_one_does_not() -> None:
    for new in SIZES:
        leaves = hashes(new)
        new_root = merkle_root(leaves)
        for old in range(new + 1):
            old_root = merkle_root(leaves[:old])
            proof = consistency_proof(leaves, old)
            sizes = {"old_size": old, "new_size": new}
            assert verify_consistency(proof, **sizes, old_root=old_root, new_root=new_root)
            assert not verify_consistency([*proof, new_root], **sizes, old_root=old_root, new_root=new_root)
            forged = node_hash(old_root, old_root)
            assert not verify_consistency(proof, **sizes, old_root=forged, new_root=new_root)
            if proof:
                assert not verify_consistency(proof[:-1], **sizes, old_root=old_root, new_root=new_root)
                assert not verify_consistency(proof, **sizes, old_root=old_root, new_root=forged)
                assert not verify_consistency((), **sizes, old_root=old_root, new_root=new_root)


def test_consistency_proofs_are_those_of_the_rfc_example() -> None:
    """RFC 9162 section 2.1.5: seven leaves, old sizes 3, 4 and 6."""
    a, b, c, d, *_ = leaves = hashes(7)
    e, f, j = leaves[4:]
    g, h, i = node_hash(a, b), node_hash(c, d), node_hash(e, f)
    k, last = node_hash(g, h), node_hash(i, j)
    assert consistency_proof(leaves, 3) == (c, d, g, last)
    assert consistency_proof(leaves, 4) == (last,)
    assert consistency_proof(leaves, 6) == (i, j, k)


@pytest.mark.parametrize(("old", "new"), [(-1, 2), (3, 2)])
def test_sizes_that_cannot_be_are_refused(old: int, new: int) -> None:
    assert not verify_consistency((), old_size=old, new_size=new, old_root=EMPTY_ROOT, new_root=EMPTY_ROOT)


def test_the_empty_tree_has_the_hash_of_nothing() -> None:
    assert merkle_root([]) == hashlib.sha256(b"").digest()
    assert leaf_hash(b"") == hashlib.sha256(b"\x00").digest()
