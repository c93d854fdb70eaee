"""How fast rules are read and checked: `python -m bench.read_rules [--rules 5000] [--seed 7] [--profile]`.

A policy of the shapes that policies are made of is generated from a seed, eight lines to a rule. Reading is compared
with Lark's own interactive parser over the same tokens in the same process: that parser alone, without scanning and
without building our tree. The ratio between the two is the figure to compare over time (seconds depend on the machine).
"""

from __future__ import annotations

import argparse
import cProfile
import gc
import pstats
import random
import time
from collections.abc import Callable, Iterator, Sequence
from typing import cast

from lark.lexer import Token as LarkToken

from dsl.compile import compile_policy
from dsl.grammar.build import parser
from dsl.read.parse import parse_file
from dsl.read.phrases import join_words
from dsl.read.scan import scan_text
from dsl.read.split import split_declarations
from dsl.read.tokens import Token
from policy.source import SourceFile

RULES_PER_FILE = 250
HEAD = """
policy "Bench"
    language 1
    timezone "Europe/Amsterdam"
    primary contract by active first, details.fte highest, end_date latest
end
field contract.type.code is one of "EMP", "INT", "EXT" required
field contract.custom.shift is text
target ad "Directory"
    limit revoke account to 50 or 10 %
end
target erp "Planning"
    depends on ad using user_principal_name
end
set sites is "S1", "S2", "S3"
define staff as contract.type.code in ("EMP", "INT") and contract.start_date is known
"""
CONDITIONS = (
    'staff and contract.department is "D{n}" or below',
    'contract.title.code is "T{n}" and (contract.details.fte is at least 0.5 or contract.location.code in sites)',
    'not staff and contract.custom.shift starts with "N{n}"  # the night shift',
    "all of (contract is active, contract.location.code not in sites, contract.start_date is on or after 2020-01-01)",
    'any of (contract.cost_center.code is "{n}", contract.employer.name contains "Care", person.excluded is false)',
)
GRANTS = (
    "    grant account in ad\n    grant access in ad",
    '    grant permission "Share {n}" in ad\n        starting contract.start_date',
    '    grant permission "Unit {{contract.department.external_id}} {n}" in ad\n    grant role basics-{role}',
)
TABLE = """    grant by contract.title.code in erp
        "N{n}", "M{n}" -> permission "Plan {n}", permission "Read {n}"
        otherwise -> permission "Look {n}"
    end
"""


def make_rules(rules: int, seed: int = 7) -> Iterator[str]:
    """Texts of declarations: `rules` rules, with a role and a condition to every fifty."""
    draw = random.Random(seed)
    yield HEAD
    for n in range(rules):
        if n % 50 == 0:
            yield f'role basics-{n} "Bundle {n}"\n    permission "Bundle {n}" in ad\nend\n'
            yield f'define unit-{n} as contract.department in ("D{n}", "E{n}") or below\n'
        condition = draw.choice((*CONDITIONS, f"unit-{n - n % 50} and not contract is future")).format(n=n)
        grants = draw.choice(GRANTS).format(n=n, role=n - n % 50) + "\n"
        yield (
            f'{"draft " if n % 97 == 0 else ""}rule rule-{n} "Rule number {n}"\n    owner "iam@example.org"\n'
            f"    when {condition}\n    starting {draw.randint(1, 30)} days before contract.start_date\n"
            f"{TABLE.format(n=n) if draw.random() < 0.1 else grants}end\n"  # noqa: PLR2004  # one in ten
        )


def make_files(rules: int, seed: int) -> list[SourceFile]:
    """Spread the declarations over files, as authors do."""
    texts = list(make_rules(rules, seed))
    parts = [texts[start : start + RULES_PER_FILE] for start in range(0, len(texts), RULES_PER_FILE)]
    return [SourceFile.from_text(f"part-{number:03}.ordain", "\n".join(part)) for number, part in enumerate(parts)]


def tokens_of(files: Sequence[SourceFile]) -> list[tuple[Token, ...]]:
    """Tokens of every declaration."""
    return [piece.tokens for file in files for piece in split_declarations(join_words(scan_text(file).tokens))[0]]


def feed_lark(declarations: Sequence[Sequence[Token]]) -> None:
    """Parse with Lark's interactive parser."""
    end = LarkToken("$END", "")
    for tokens in declarations:
        state = parser().parse_interactive("")
        for token in tokens:
            state.feed_token(cast("LarkToken", token))
        state.feed_token(end)


def seconds(work: Callable[[], object], times: int = 3) -> float:
    """Shortest processor time of several runs, each of which throws its result away."""
    taken = []
    for _ in range(times):
        gc.collect()
        begun = time.process_time()
        work()
        taken.append(time.process_time() - begun)
    return min(taken)


def read(files: Sequence[SourceFile]) -> None:
    """Read every file."""
    for file in files:
        _, problems = parse_file(file)
        assert not problems, "the rules of the benchmark are well written"


def check(files: Sequence[SourceFile]) -> None:
    """Read and check every file."""
    compilation = compile_policy(files, {})
    assert compilation.policy is not None, [one.detail for one in compilation.diagnostics[:3]]


def main() -> None:
    """Measure and print."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--rules", type=int, default=5000)
    options.add_argument("--seed", type=int, default=7)
    options.add_argument("--profile", action="store_true")
    chosen = options.parse_args()
    files = make_files(chosen.rules, chosen.seed)
    lines = sum(file.text.count("\n") + 1 for file in files)
    if chosen.profile:
        profile = cProfile.Profile()
        profile.runcall(compile_policy, files, {})
        pstats.Stats(profile).sort_stats("tottime").print_stats(30)
        return
    declarations = tokens_of(files)
    shape = f"{sum(map(len, declarations)):,} tokens, {len(files)} files"
    theirs = seconds(lambda: feed_lark(declarations))
    declarations.clear()
    reading = seconds(lambda: read(files))
    check(files)  # compiling remembers the files it has read, so that what is measured next is checking alone
    checking = seconds(lambda: check(files))
    print(f"{chosen.rules:,} rules, {lines:,} lines, {shape}")
    print(f"reading   {reading:6.2f} s  {lines / reading:10,.0f} lines/s")
    print(f"checking  {checking:6.2f} s  {lines / checking:10,.0f} lines/s")
    print(f"reading / Lark's parser alone  {reading / theirs:.2f}  ({theirs:.2f} s)")


if __name__ == "__main__":
    main()
