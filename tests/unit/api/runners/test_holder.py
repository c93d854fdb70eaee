"""Who holds a lease, and whether they still live."""

from __future__ import annotations

import subprocess
import sys

from api.runners.holder import describe_holder, is_dead, this_holder


def test_this_process_lives() -> None:
    assert not is_dead(this_holder())


def test_a_process_that_ended_is_dead() -> None:
    script = "from api.runners.holder import this_holder; print(this_holder())"
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    holder = done.stdout.strip()
    assert is_dead(holder)
    assert describe_holder(holder).startswith("process ")


def test_a_process_id_that_is_used_again_is_another_process() -> None:
    *rest, _started = this_holder().split("/")
    assert is_dead("/".join([*rest, "1"]))


def test_of_another_machine_or_container_nothing_can_be_told() -> None:
    host, sight, pid, _ = this_holder().split("/")
    assert not is_dead(f"elsewhere/{sight}/{pid}/1")
    assert not is_dead(f"{host}/another-boot.pid:[1]/{pid}/1")


def test_what_is_no_process_is_not_called_dead() -> None:
    assert not is_dead("somebody")
    assert describe_holder("somebody") == "somebody"
