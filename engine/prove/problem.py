"""A question put for decision: a sentence, whose people it speaks of, and how a witness is confirmed."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from engine.prove.formula import Formula
from policy.people import Department
from policy.proofs import Witness
from policy.rules import CheckedPolicy

Tree = tuple[Department, ...] | None
"""Departments as they are; None: any forest of departments that is possible at all."""


@dataclass(frozen=True, slots=True)
class Problem:
    """Whether there is a person of these policies' schemas who makes `sentence` true on some day.

    `confirm` asks the evaluator itself whether a witness makes the question true.
    """

    sentence: Formula
    policies: tuple[CheckedPolicy, ...]
    confirm: Callable[[Witness], bool]
    tree: Tree = None
