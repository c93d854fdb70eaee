"""Law: whatever stands in the files, compiling ends with a policy or with an error, and every place lies in a file."""

from __future__ import annotations

import re

from hypothesis import given, settings
from hypothesis import strategies as st

from dsl.compile import compile_policy, lookup_names
from policy.diagnostics import has_errors
from policy.source import SourceFile

TEXT = """
policy "P" language 1 timezone "Europe/Amsterdam" primary contract by active first, details.fte highest end
field contract.type.code is one of "EMP", "INT" required
field contract.custom.shift is text
set desks is "B", "A"
set sites from "sites.csv" column "code"
define care as contract.type.code in ("EMP", "INT") and at-site
define at-site as contract.location.code in sites or contract.department in desks or below
role base "Base" permission "P1" in ad role other end
role other permission "G-{contract.custom.shift}" in entra end
target ad "AD" limit revoke account to 5 or 2 % in 7 days end
target entra "E" depends on ad using object_guid end
rule accounts for any contract when care and not person.excluded starting 14 days before contract.start_date
    grant account in ad grant access in ad ending never end
rule roles when holds account in ad grant role base end
rule table grant by contract.title.code in ad "A", "B" -> permission "T" otherwise -> access end
    grant by contract.title.code in ad from "titles.csv" end
draft rule soon for person when any contract has (contract is active) grant account in entra end
exclude ceo when person.excluded from ad, entra because "B" until 2026-12-31 end
never both permission "P1" in ad together with permission "G-1" in entra severity high end
"""
TOKENS = tuple(re.findall(r'"[^"]*"|[\w.-]+|\S', TEXT))
LOOKUPS = {
    "titles.csv": SourceFile("titles.csv", "value,kind,name\nNURSE,permission,{contract.custom.shift}\n"),
    "sites.csv": SourceFile("sites.csv", "code\nN\n"),
}


@st.composite
def mutations(draw: st.DrawFn) -> str:
    """Drop, double and replace a few tokens of rules that compile."""
    tokens = list(TOKENS)
    for _ in range(draw(st.integers(0, 6))):
        place = draw(st.integers(0, len(tokens) - 1))
        match draw(st.sampled_from(["drop", "double", "replace"])):
            case "drop":
                del tokens[place]
            case "double":
                tokens.insert(place, tokens[place])
            case _:
                tokens[place] = draw(st.sampled_from(TOKENS))
    return " ".join(tokens)


@settings(max_examples=150, deadline=None)
@given(text=mutations())
def test_compiling_always_ends_with_a_policy_or_an_error(text: str) -> None:
    files = [SourceFile("a.ordain", text)]
    assert set(lookup_names(files)) <= {name.strip('"') for name in TOKENS}
    compilation = compile_policy(files, LOOKUPS)
    assert (compilation.policy is None) == has_errors(compilation.diagnostics)
    known = {"a.ordain": text} | {path: source.text for path, source in LOOKUPS.items()}
    for one in compilation.diagnostics:
        if one.span is not None:
            lines = known[one.span.path].split("\n")
            assert 1 <= one.span.line <= one.span.end_line <= len(lines)
            assert 1 <= one.span.column <= len(lines[one.span.line - 1]) + 1
            assert (one.span.line, one.span.column) <= (one.span.end_line, one.span.end_column)


def test_the_rules_that_are_mutated_compile() -> None:
    compilation = compile_policy([SourceFile("a.ordain", TEXT)], LOOKUPS)
    assert compilation.policy is not None, compilation.diagnostics
