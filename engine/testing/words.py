"""Words for what came instead of what a test expects."""

from __future__ import annotations

from collections.abc import Iterable

from policy.decisions import Reason
from policy.diff import Line, Op, Status

_STATES = {status: status.value for status in Status} | {Status.CONFLICT: "a conflict"}
_NOUNS = {
    Op.GRANT: "grant",
    Op.ADOPT: "grant (of the account that was disabled)",
    Op.UPDATE: "update",
    Op.REVOKE: "revoke",
    Op.DELETE: "deletion of the disabled account",
    Op.UNMANAGE: "release",
}


def listed(words: Iterable[str]) -> str:
    """Words joined as in speech, each once: `a, b and c`; "" for none."""
    *rest, last = [*dict.fromkeys(words)] or [""]
    return f"{', '.join(rest)} and {last}" if rest else last


def reasons_words(reasons: Iterable[Reason]) -> str:
    """Rules with their places: `nurse (care.ordain:12) and all-staff (base.ordain:3)`."""
    return listed(f"{one.rule} ({one.at})" for one in reasons)


def line_words(line: Line) -> str:
    """Tell a line with its status and why it is not planned, as the end of a sentence."""
    noun = _NOUNS[line.op]
    if not line.why:
        return f"a {line.status} {noun}."
    article = "an" if line.op is Op.UPDATE else "a"
    return f"{article} {noun} that is {_STATES[line.status]}: {' '.join(_sentence(one.text) for one in line.why)}"


def _sentence(text: str) -> str:
    return f"{text.rstrip('.')}."
