"""Options that all tests share."""

from __future__ import annotations

import os

import pytest
from hypothesis import HealthCheck, settings

from api.store.compiled_code import CodeFolder
from dsl.grammar.store import cache_folder
from engine.columnar.native import use_cache

# No test asserts a time, and a busy machine is no failure. In CI the same examples are tried every time, so that a
# change is judged by what it changes; at a desk every run looks elsewhere.
settings.register_profile(
    "ordain",
    deadline=None,
    derandomize=bool(os.environ.get("CI")),
    suppress_health_check=[HealthCheck.too_slow],
)
settings.load_profile("ordain")

# Compiling the kernels anew in every process of every run would take longer than most tests.
if (folder := cache_folder()) is not None:
    use_cache(CodeFolder(folder))


def pytest_addoption(parser: pytest.Parser) -> None:
    """Add `--update-golden`: write what comes out into the golden documents instead of comparing it."""
    parser.addoption("--update-golden", action="store_true", help="write the output into the golden documents")
