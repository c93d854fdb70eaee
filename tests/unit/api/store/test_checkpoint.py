"""Checkpoints: a published key as test vector, and notes that are none."""

import base64

import pytest

from api.store.checkpoint import Checkpoint, note_key_id, read_checkpoint, sign_checkpoint, verifier_key
from tests.conformance.store_samples import TestSigner

# The verifier key in the documentation of the Go checksum database's note package, where signed notes come from.
PUBLISHED = "PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW"


def test_a_published_verifier_key_is_ours_too() -> None:
    name, key_id, encoded = PUBLISHED.split("+", 2)
    public = base64.b64decode(encoded)[1:]
    assert note_key_id(name, public).hex() == key_id
    assert verifier_key(name, public) == PUBLISHED


def test_a_signed_checkpoint_reads_back() -> None:
    for size in (0, 7, 2**40):
        checkpoint = Checkpoint("meridian", size, bytes(range(32)))
        assert read_checkpoint(sign_checkpoint(checkpoint, TestSigner())) == checkpoint


ROOT = base64.b64encode(bytes(32)).decode()
SIGNATURE = "\n\u2014 meridian AAAA\n"


@pytest.mark.parametrize(
    "note",
    [
        "",
        f"meridian\n1\n{ROOT}\n",
        f"meridian\n01\n{ROOT}\n{SIGNATURE}",
        f"meridian\n-1\n{ROOT}\n{SIGNATURE}",
        f"meridian\n1\n{ROOT[:-4]}\n{SIGNATURE}",
        f"meridian\n1\n{ROOT[:-2]}B=\n{SIGNATURE}",
        f"\n1\n{ROOT}\n{SIGNATURE}",
        f"meridian\n1\n{ROOT}\n{SIGNATURE}more",
    ],
)
def test_what_is_no_checkpoint_is_not_read(note: str) -> None:
    assert read_checkpoint(note) is None
