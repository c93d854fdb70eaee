"""The committed people of the small example are those its generator writes."""

from pathlib import Path

from tests.town.generate_first_steps import WORKERS, vault_text

VAULT = Path(__file__).resolve().parents[2] / "rules" / "first-steps" / "hr" / "vault.json"


def test_the_committed_file_is_what_the_generator_writes() -> None:
    assert VAULT.read_text(encoding="utf-8") == vault_text()
    assert len({worker.number for worker in WORKERS}) == 13
