"""Fixing changes nobody's access, ends, and leaves rules that compile and are formatted."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from random import Random

import pytest

from api.usecases.fix_rules import FixedRules, fix_rules, write_fixed
from api.usecases.lint import lint_loaded
from api.usecases.load_policy import LoadedPolicy, PolicyError, compile_files
from dsl.format.source import Formatted, format_source
from engine.evaluate.evaluate import evaluate
from policy.lint import LintFinding
from policy.people import Contract, Person
from policy.rules import CheckedPolicy
from policy.snapshot import Snapshot
from policy.source import SourceFile
from tests.unit.dsl.compiling import POLICY, TARGETS

TODAY = date(2026, 3, 1)
START = {"start_date": date(2026, 1, 1)}
PEOPLE = Snapshot.of(
    [
        Person(f"{title}{kind}", {}, (Contract("C", {**START, "title.code": title, "type.code": kind}),))
        for title in ("T0", "T1", "T2")
        for kind in ("EMP", "INT")
    ],
    [],
)


def look(loaded: LoadedPolicy) -> tuple[LintFinding, ...]:
    return lint_loaded(loaded, TODAY)


def load(*texts: str) -> LoadedPolicy:
    files = [SourceFile.from_text(f"{number}.ordain", text) for number, text in enumerate(texts)]
    return compile_files(files, Path())


def fix(loaded: LoadedPolicy) -> FixedRules:
    return fix_rules(loaded, Path(), look)


def entitled(policy: CheckedPolicy) -> object:
    return evaluate(policy, PEOPLE, TODAY).desired.keys()


def some_rules(chance: Random) -> str:
    """Write declarations, many of them unused or doubled, with comments here and there."""
    names = [f"n{number}" for number in range(6)]
    lines = []
    for number, name in enumerate(names):
        above = f"{chance.choice(names[:number])} or " if number and chance.random() < 1 / 2 else ""
        lines.append(f'set s-{name} is "T{chance.randrange(3)}"\n')
        lines.append(f"define {name} as {above}contract.title.code in s-{chance.choice(names[: number + 1])}\n")
        inner = f"    role r-{chance.choice(names[:number])}\n" if number and chance.random() < 1 / 2 else ""
        lines.append(f'role r-{name}\n{inner}    permission "P{chance.randrange(3)}" in ad\nend\n')
        if chance.random() < 1 / 4:
            lines.append("# a comment\n")
        if chance.random() < 1 / 4:
            lines.append('# ordain: allow ORD0350 until 2020-01-01 because "old"\n')
    for name in names[:3]:
        grants = [f'    grant permission "P{chance.randrange(3)}" in ad\n' for _ in range(chance.randrange(1, 4))]
        grants += [f"    grant role r-{chance.choice(names)}\n" for _ in range(chance.randrange(3))]
        grants += ["    grant account in ad  # why\n"] * chance.randrange(3)
        lines.append(f"rule x-{name}\n    when {chance.choice(names)}\n{''.join(grants)}end\n")
    return chance.choice(["", "\n"]).join(lines)


@pytest.mark.parametrize("seed", range(25))
def test_fixing_changes_nobodys_access_and_leaves_nothing_to_fix(seed: int) -> None:
    loaded = load(POLICY + TARGETS, some_rules(Random(seed)))
    fixed = fix(loaded)
    assert entitled(fixed.loaded.require()) == entitled(loaded.require())
    assert fix(fixed.loaded).done == ()
    assert all(one.fix is None for one in look(fixed.loaded))
    for before, after in fixed.changed:
        assert before == loaded.files[before.path]
        outcome = format_source(after)
        assert isinstance(outcome, Formatted)
        assert outcome.text == after.text
        allowed = before.text.count("# ordain: allow")
        assert after.text.count("#") == before.text.count("#") - allowed


def test_what_becomes_unused_by_a_fix_goes_too_and_a_file_without_fixes_stays_as_it_is() -> None:
    chain = "".join(f"define d{n} as d{n + 1} and contract is active\n" for n in range(5))
    rules = POLICY + TARGETS + "rule   r\n grant account in ad\nend\n"
    fixed = fix(load(rules, chain + 'define d5 as contract.title.code in s\nset s is "A"\n'))
    assert [path.path for path, _ in fixed.changed] == ["1.ordain"]
    assert fixed.changed[0][1].text == ""
    assert [one.fix.title for one in fixed.done if one.fix] == [
        *(f"remove the define `d{n}`" for n in range(6)),
        "remove the set `s`",
    ]


def test_rules_with_errors_are_refused() -> None:
    with pytest.raises(PolicyError):
        fix(load(POLICY, "rule r\n    grant account in ad\nend\n"))


def test_files_are_written_where_they_stand_with_their_rights(tmp_path: Path) -> None:
    text = POLICY + TARGETS + 'rule r\n    grant account in ad\nend\n\nset s is "A"\n'
    real = tmp_path / "elsewhere.ordain"
    real.write_text(text, encoding="utf-8")
    real.chmod(0o600)
    (tmp_path / "0.ordain").symlink_to(real)
    fixed = fix(load(text))
    write_fixed(fixed, tmp_path)
    assert (tmp_path / "0.ordain").is_symlink()
    assert real.read_text(encoding="utf-8") == fixed.changed[0][1].text
    assert "set s" not in real.read_text(encoding="utf-8")
    assert real.stat().st_mode & 0o777 == 0o600
