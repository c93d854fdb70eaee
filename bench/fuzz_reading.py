"""Searches for rules that cannot be read: `python -m bench.fuzz_reading --executions 1000000 [--seed 1]`.

Declarations of the golden documents and examples are broken at random, and each broken text is read under the laws of
`bench.reading_laws`. What shows a message, or a mix of few messages, that was not seen before is broken further: the
messages guide the search, as covered lines would, at a tenth of the cost. An input that breaks a law is made as
small as it can be and kept in `--found`; the exit code is 1 then.
"""

from __future__ import annotations

import argparse
import random
import re
import sys
import time
from collections.abc import Iterator, Sequence
from pathlib import Path

from bench.reading_laws import Verdict, examine
from dsl.grammar.tables import terminal_by_phrase

ROOT = Path(__file__).parent.parent
LONGEST = 180
MOST_MESSAGES = 3
MOST_KEPT = 20_000
REPORT_EVERY = 20_000
_BLOCK = re.compile(r"^```ordain[^\n]*\n(.*?)^```$", re.MULTILINE | re.DOTALL)
_BETWEEN = re.compile(r"(?<=\nend\n)|\n(?=[a-z])")
_WORDS = re.compile(r"\s+|[\w.-]+|\"[^\"\n]*\"|.", re.DOTALL)
ODD = (
    *"\u201c\u201d\u201e\u2019`'\"\\#{}()[]<>=;:,.%-\u2013_/*+&|!?@$\t\u00a0\u200b\u202e\ufeff\u2028é\u0301\u0430\x00\x0b",
    *("->", "=>", "==", "!=", "//", "--", '"""', "1.", "1.5.2", "01-02-2026", "1/3/26", "2026-13-45", "0,8", "12days"),
    *("a-", "a--b", "-a", "a.", ".a", "A.b", "x" * 201, "9" * 16, "contract.x", "person.", "account.a", "\\x", "\n\n"),
    *("Rule", "END", "Event", "employee", "null", "elif", "AND", "{contract.title}", '"{x}"', '"{', "# ordain:"),
)


def seeds() -> list[str]:
    """Short declarations of every golden document and example."""
    texts = [path.read_text(encoding="utf-8") for path in sorted((ROOT / "rules").rglob("*.ordain"))]
    for path in sorted((ROOT / "tests/golden/language").glob("*/*.md")):
        texts += _BLOCK.findall(path.read_text(encoding="utf-8"))
    parts = {part.strip("\n")[:LONGEST] for text in texts for part in _BETWEEN.split(text) if part.strip()}
    return sorted(parts)


class Breaker:
    """Breaks texts at random; the same for the same seed."""

    def __init__(self, texts: Sequence[str], seed: int) -> None:
        self.draw = random.Random(seed)
        self.kept = list(texts)
        self.words = sorted({word for text in texts for word in _WORDS.findall(text)} | set(terminal_by_phrase()))

    def next(self) -> str:
        """Give a text: one of those kept, or two behind each other, broken in one to five places."""
        draw = self.draw
        text = draw.choice(self.kept)
        if draw.random() < 0.15:  # noqa: PLR2004  # now and then
            text = f"{text}\n{draw.choice(self.kept)}"
        words = _WORDS.findall(text)
        for _ in range(1 + int(draw.expovariate(0.7))):
            if words:
                self._break(words)
        return "".join(words)[:LONGEST]

    def _break(self, words: list[str]) -> None:
        draw = self.draw
        place = draw.randrange(len(words))
        match draw.randrange(8):
            case 0:
                del words[place : place + 1 + int(draw.expovariate(0.8))]
            case 1:
                words.insert(place, draw.choice(self.words))
            case 2:
                words[place] = draw.choice(self.words)
            case 3:
                words[place] = draw.choice(ODD)
            case 4:
                words.insert(place, draw.choice(ODD))
            case 5:
                letters = words[place]
                cut = draw.randrange(len(letters) + 1)
                words[place] = letters[:cut] + draw.choice(ODD) * draw.randrange(2) + letters[cut + 1 :]
            case 6:
                other = draw.randrange(len(words))
                words[place], words[other] = words[other], words[place]
            case _:
                words[place:place] = words[place : place + draw.randrange(1, 9)]


def shrink(text: str, broken: str) -> str:
    """Leave out what is not needed to break the law `broken`."""
    for pattern in (r"[^\n]*\n?", _WORDS.pattern, r"."):
        pieces = [one for one in re.findall(pattern, text, re.DOTALL) if one]
        position = 0
        while position < len(pieces):
            fewer = pieces[:position] + pieces[position + 1 :]
            if examine("".join(fewer)).broken == broken:
                pieces = fewer
            else:
                position += 1
        text = "".join(pieces)
    return text


def search(executions: int, seed: int) -> Iterator[tuple[str, Verdict]]:
    """Break and read as often as asked; give every text that breaks a law in a way not met before."""
    breaker = Breaker(seeds(), seed)
    seen: set[frozenset[str]] = set()
    single: set[str] = set()
    broken: set[str] = set()
    begun, used = time.monotonic(), time.process_time()
    for count in range(1, executions + 1):
        text = breaker.next()
        verdict = examine(text)
        if verdict.broken and verdict.broken not in broken:
            broken.add(verdict.broken)
            yield text, verdict
        elif verdict.messages not in seen and (len(verdict.messages) <= MOST_MESSAGES or verdict.messages - single):
            seen.add(verdict.messages)
            single |= verdict.messages
            if len(breaker.kept) < MOST_KEPT:
                breaker.kept.append(text)
        if count % REPORT_EVERY == 0 or count == executions:
            taken = time.process_time() - used
            print(
                f"{count:,} executions, {len(single):,} messages, {len(seen):,} mixes of them, {len(broken)} broken, "
                f"{count / taken:,.0f} a second of processor time ({time.monotonic() - begun:,.0f} s by the clock)",
                flush=True,
            )


def main() -> None:
    """Search, and keep what is found."""
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("--executions", type=int, default=1_000_000)
    options.add_argument("--seed", type=int, default=1)
    options.add_argument("--found", type=Path, default=Path("fuzz-found"))
    chosen = options.parse_args()
    found = 0
    for text, verdict in search(chosen.executions, chosen.seed):
        found += 1
        chosen.found.mkdir(exist_ok=True)
        small = shrink(text, verdict.broken)
        path = chosen.found / f"seed-{chosen.seed}-{found}.ordain"
        path.write_text(small, encoding="utf-8", errors="surrogatepass")
        print(f"{verdict.broken}\n    {small!r}\n    kept in {path}", flush=True)
    sys.exit(1 if found else 0)


if __name__ == "__main__":
    main()
