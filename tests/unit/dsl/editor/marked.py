"""Rules with a mark `|` at the place that is asked about."""

from __future__ import annotations

from dsl.editor.completion import complete
from dsl.editor.library import Library
from dsl.editor.proposals import Proposal
from dsl.editor.surroundings import NOTHING_KNOWN, Surroundings
from dsl.editor.view import View, view_file
from policy.source import SourceFile

COMMON = """
policy "Test" language 1 timezone "Europe/Amsterdam" end
target ad "Active Directory" end
target erp end
field contract.type.code is one of "EMP", "INT"
field contract.custom.on_call is flag
set sites is "A", "B"
define staff as contract.type.code is "EMP"
role basics permission "SEC-Nurse" in ad end
rule everyone "Everyone" owner "iam@example.org" grant permission "GG-All" in erp end
exclude ceo person "1" because "so" end
never four-eyes permission "A" in ad together with permission "B" in ad end
"""


def marked(text: str) -> tuple[SourceFile, int]:
    """The text without its mark, and where that stood."""
    offset = text.index("|")
    return SourceFile.from_text("b.ordain", text[:offset] + text[offset + 1 :]), offset


def library(*files: SourceFile) -> Library:
    """These files with the common one."""
    return Library.of([SourceFile.from_text("a.ordain", COMMON), *files])


def proposals(text: str, around: Surroundings = NOTHING_KNOWN) -> list[Proposal]:
    """What is proposed at the mark."""
    source, offset = marked(text)
    return list(complete(source, offset, library(source), around))


def labels(text: str, around: Surroundings = NOTHING_KNOWN) -> list[str]:
    """Labels of what is proposed at the mark."""
    return [one.label for one in proposals(text, around)]


def chosen(text: str, label: str, around: Surroundings = NOTHING_KNOWN) -> str:
    """The text after the proposal with this label was chosen at the mark."""
    source, _ = marked(text)
    one = next(one for one in proposals(text, around) if one.label == label)
    return source.text[: one.start] + one.insert + source.text[one.end :]


def view(text: str) -> View:
    """A file to look at."""
    return view_file(SourceFile.from_text("b.ordain", text))
