"""Rules as text for tests of the checker."""

from __future__ import annotations

from dsl.compile import Compilation, compile_policy
from policy.rules import CheckedPolicy
from policy.source import SourceFile

POLICY = 'policy "Test"\n    language 1\n    timezone "Europe/Amsterdam"\nend\n'
TARGETS = 'target ad "Active Directory"\nend\ntarget entra "Entra"\nend\n'


def compile_text(text: str, *, head: str = POLICY + TARGETS, lookups: dict[str, str] | None = None) -> Compilation:
    """Compile `text` as the file `a.ordain` beside a file with a policy and two targets."""
    files = [SourceFile.from_text("0-head.ordain", head), SourceFile.from_text("a.ordain", text)]
    tables = {path: SourceFile.from_text(path, content) for path, content in (lookups or {}).items()}
    return compile_policy(files, tables)


def compile_fine(text: str, *, head: str = POLICY + TARGETS, lookups: dict[str, str] | None = None) -> CheckedPolicy:
    """Compile text that has no error."""
    compilation = compile_text(text, head=head, lookups=lookups)
    assert compilation.policy is not None, [(one.code, one.detail, one.span) for one in compilation.diagnostics]
    return compilation.policy


def codes(compilation: Compilation) -> list[str]:
    """Codes of all problems, by place."""
    return [one.code for one in compilation.diagnostics]


def rule_when(condition: str, scope: str = "any contract") -> str:
    """Write a rule with this condition."""
    return f"rule r\n    for {scope}\n    when {condition}\n    grant account in ad\nend\n"
