"""Verify files alone: a diff, its lines, and the statements that lie beside it. Needs no workspace and no network."""

from __future__ import annotations

import base64
import json
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

from engine.trust.bundles import verify_bundle
from engine.trust.disclosure import verify_disclosure
from engine.trust.statements import APPROVAL_TYPE, DIFF_TYPE, EXECUTION_TYPE
from policy.catalogue.service import FILE_NOT_READ
from policy.diagnostics import Diagnostic, UsageError
from policy.statements import Bundle, DiffFiles, Disclosure, Expectation, VerificationReport
from policy.trust import TrustRoot


@dataclass(slots=True)
class Gathered:
    """Files by what they are. A disclosure stands alone."""

    diff: Path | None = None
    lines: Path | None = None
    salts: Path | None = None
    outcomes: Path | None = None
    execution: Path | None = None
    approvals: list[Path] = field(default_factory=list)
    disclosures: list[Path] = field(default_factory=list)

    @property
    def absent(self) -> tuple[str, ...]:
        """Files that belong to what was found and do not lie there: without them a part stays unverified."""
        wanted = {"lines.ndjson": self.lines, "salts.ndjson": self.salts}
        if self.execution is not None:
            wanted["outcomes.ndjson"] = self.outcomes
        return tuple(name for name, path in wanted.items() if path is None)


def gather_files(named: Iterable[Path]) -> Gathered:
    """Sort the named files, everything in named folders, and what lies beside a named diff.

    Raises UsageError for a file that cannot be read or is nothing of ours, and when there is no diff among them.
    """
    found = Gathered()
    for path in named:
        if path.is_dir():
            for inner in sorted(path.iterdir()):
                if inner.is_file() and _looks_ours(inner):
                    _sort(found, inner)
        else:
            _sort(found, path)
    if found.diff is None and not found.disclosures:
        beside = next((one.parent / "diff.dsse.json" for one in (found.lines, *found.approvals) if one), None)
        if beside is None or not beside.exists():
            hint = "name diff.dsse.json, or the folder that `evaluate --out` wrote"
            raise UsageError(Diagnostic(FILE_NOT_READ, "There is no signed diff among these files.", hint=hint))
        _sort(found, beside)
    if found.diff is not None:
        _add_siblings(found, found.diff.parent)
    return found


def verify_gathered(found: Gathered, trust: TrustRoot, now: datetime) -> VerificationReport:
    """Verify a diff with everything beside it."""
    assert found.diff is not None, "there is a diff to verify"
    files = DiffFiles(read_bytes(found.diff), _optional(found.lines), _optional(found.salts))
    approvals = tuple(read_bytes(path) for path in found.approvals)
    bundle = Bundle(files, approvals, _optional(found.execution), _optional(found.outcomes))
    return verify_bundle(bundle, trust, Expectation(now))


def verify_disclosed(path: Path, trust: TrustRoot) -> Disclosure:
    """Verify one disclosed line. Raises RefusedError."""
    return verify_disclosure(read_bytes(path), trust)


def read_bytes(path: Path) -> bytes:
    """Read a file. Raises UsageError."""
    try:
        return path.read_bytes()
    except OSError as error:
        detail = f"{path} cannot be read: {(error.strerror or 'no reason given').lower()}."
        raise UsageError(Diagnostic(FILE_NOT_READ, detail, subject=str(path))) from None


def _looks_ours(path: Path) -> bool:
    return path.name.endswith((".dsse.json", ".disclosure.json")) or path.name in {
        "lines.ndjson",
        "salts.ndjson",
        "outcomes.ndjson",
    }


def _add_siblings(found: Gathered, folder: Path) -> None:
    for name in ("lines", "salts", "outcomes"):
        path = folder / f"{name}.ndjson"
        if getattr(found, name) is None and path.exists():
            setattr(found, name, path)
    for path in sorted(folder.glob("*.dsse.json")):
        if path not in {found.diff, found.execution, *found.approvals}:
            _sort(found, path)


def _sort(found: Gathered, path: Path) -> None:
    match path.name:
        case "lines.ndjson":
            found.lines = path
        case "salts.ndjson":
            found.salts = path
        case "outcomes.ndjson":
            found.outcomes = path
        case _:
            _sort_statement(found, path)


def _sort_statement(found: Gathered, path: Path) -> None:
    """Sort by what a statement claims to be: only where to look, the verifier decides."""
    content = read_bytes(path)
    match _claimed_type(content) or _named_type(path):
        case "diff" if found.diff in {None, path}:
            found.diff = path
        case "approval":
            found.approvals.append(path)
        case "execution":
            found.execution = path
        case "disclosure":
            found.disclosures.append(path)
        case "diff":
            detail = f"{found.diff} and {path} are both diffs."
            raise UsageError(Diagnostic(FILE_NOT_READ, detail, hint="verify one diff at a time", subject=str(path)))
        case _:
            # What cannot even be read for what it is may be a damaged diff: the verifier says what is wrong with it.
            if found.diff is not None:
                raise UsageError(Diagnostic(FILE_NOT_READ, f"{path} is nothing Ordain signs.", subject=str(path)))
            found.diff = path


def _named_type(path: Path) -> str | None:
    """Tell what a file is by its name: a damaged one is still held against its signature, and fails."""
    kind = path.name.removesuffix(".dsse.json").partition("-")[0]
    return kind if kind in {"diff", "approval", "execution"} and path.name.endswith(".dsse.json") else None


def _claimed_type(content: bytes) -> str | None:
    types = {DIFF_TYPE: "diff", APPROVAL_TYPE: "approval", EXECUTION_TYPE: "execution"}
    try:
        record = json.loads(content)
        if "proof" in record:
            return "disclosure"
        return types.get(json.loads(base64.b64decode(record["payload"]))["predicateType"])
    except (ValueError, KeyError, TypeError):
        return None


def _optional(path: Path | None) -> bytes | None:
    return None if path is None else read_bytes(path)
