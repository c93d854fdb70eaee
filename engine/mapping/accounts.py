"""People to accounts: every field of every account in one batch of scripts."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal

from engine.mapping.person_document import Document, DocumentContext, find_value, person_document
from policy.canonical import JsonValue, normal_text, plain_number
from policy.catalogue import enforcement as kinds
from policy.diagnostics import Diagnostic, DiagnosticKind
from policy.enforcement import ActionResult
from policy.field_mapping import AccountAction, AccountField, FieldMapping, MappingAction, MappingMode, snake_name
from policy.people import Person
from policy.ports import ScriptRunner
from policy.records import RawValue
from policy.scripts import ScriptResult
from policy.targets import AccountPayload


@dataclass(frozen=True, slots=True)
class AccountJob:
    """An account to map: whose, for which action, at which iteration.

    `accounts` are the person's stored account data by target.
    """

    person: Person
    action: AccountAction
    iteration: int = 0
    accounts: Mapping[str, Mapping[str, JsonValue]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class AccountProblem:
    """Why an account could not be mapped: the first field that gave no value. It freezes this account alone."""

    person: str
    field: str
    kind: DiagnosticKind
    text: str

    @property
    def diagnostic(self) -> Diagnostic:
        """The problem as a diagnostic about the person."""
        detail = f"Field “{self.field}” of the account of person “{self.person}”: {self.text}."
        hint = f"Correct the mapping of “{self.field}”, or the data it reads."
        return Diagnostic(self.kind, detail, hint=hint, subject=self.person)


Mapped = tuple[AccountField, MappingAction]


def map_accounts(
    jobs: Sequence[AccountJob],
    mapping: FieldMapping,
    scripts: ScriptRunner,
    *,
    context: DocumentContext,
    now: datetime,
    seed: int,
) -> list[AccountPayload | AccountProblem]:
    """Map every job, in order; all scripts of all jobs run in one call per action.

    Scripts see `Person` (see `engine.mapping.person_document`) and `Iteration`; `now` and `seed` are their clock and
    random numbers. A field without a mapping for the action is left out of the payload.
    """
    documents = _documents(jobs, context)
    found: dict[int, AccountPayload | AccountProblem] = {}
    for action in dict.fromkeys(job.action for job in jobs):
        chosen = [index for index, job in enumerate(jobs) if job.action is action]
        fields = [(one, how) for one in mapping.fields if (how := one.for_action(action)) is not None]
        rows: list[dict[str, RawValue]] = [
            {"Person": documents[index], "Iteration": jobs[index].iteration} for index in chosen
        ]
        texts = [str(how.value) for _, how in fields if how.mode is MappingMode.COMPLEX]
        results = scripts.run(texts, rows, now=now, seed=seed) if texts else [[] for _ in rows]
        for index, row, cells in zip(chosen, rows, results, strict=True):
            found[index] = _map_one(jobs[index], fields, row, cells)
    return [found[index] for index in range(len(jobs))]


def kept_account_data(payload: AccountPayload, result: ActionResult) -> dict[str, JsonValue]:
    """Account data to keep once the target has answered: mapped ones, and those whose values the target made."""
    told = {snake_name(one): result.attributes[one] for one in payload.returned if one in result.attributes}
    return {**payload.account_data, **told}


def _documents(jobs: Sequence[AccountJob], context: DocumentContext) -> list[Document]:
    """Document of each job; jobs of one person (several iterations) share theirs, so it is written out once."""
    shared: dict[tuple[int, int], Document] = {}
    for job in jobs:
        key = (id(job.person), id(job.accounts))
        if key not in shared:
            shared[key] = person_document(job.person, context, job.accounts)
    return [shared[id(job.person), id(job.accounts)] for job in jobs]


def _map_one(
    job: AccountJob, fields: Sequence[Mapped], row: Mapping[str, RawValue], cells: Sequence[ScriptResult]
) -> AccountPayload | AccountProblem:
    attributes: dict[str, JsonValue] = {}
    stored: dict[str, JsonValue] = {}
    shown: dict[str, JsonValue] = {}
    scripted = iter(cells)
    for one, how in fields:
        if how.mode is MappingMode.NONE:
            continue
        value = _value(one, how, row, scripted)
        if isinstance(value, _Unfit):
            return AccountProblem(job.person.external_id, one.name, value.kind, value.text)
        attributes[one.name] = value
        if how.stored:
            stored[snake_name(one.name)] = value
        if how.in_notifications:
            shown[snake_name(one.name)] = value
    returned = tuple(one.name for one, how in fields if how.mode is MappingMode.NONE and how.stored)
    return AccountPayload(attributes, stored, job.iteration, shown, returned)


@dataclass(frozen=True, slots=True)
class _Unfit:
    kind: DiagnosticKind
    text: str


def _value(
    one: AccountField, how: MappingAction, row: Mapping[str, RawValue], scripted: Iterator[ScriptResult]
) -> JsonValue | _Unfit:
    raw: RawValue
    match how.mode:
        case MappingMode.FIXED:
            raw = how.value
        case MappingMode.FIELD:
            document = row["Person"]
            assert isinstance(document, Mapping), "a row holds a person"
            raw = find_value(document, str(how.value))
        case MappingMode.COMPLEX:
            result = next(scripted)
            if result.failure is not None:
                return _Unfit(kinds.MAPPING_SCRIPT_FAILED, result.text or "its script gave no value")
            raw = result.value
        case MappingMode.NONE:
            raise AssertionError("a field without mapping has no value")
    return _array(raw) if one.array else _text(raw)


def _array(raw: RawValue) -> JsonValue | _Unfit:
    items = [] if raw is None else list(raw) if isinstance(raw, list | tuple) else [raw]
    found: list[JsonValue] = []
    for item in items:
        text = _text(item)
        if isinstance(text, _Unfit):
            return text
        if text is not None:
            found.append(text)
    return found


def _text(raw: RawValue) -> str | _Unfit | None:
    match raw:
        case None:
            return None
        case str():
            return normal_text(raw)
        case bool():
            return "true" if raw else "false"
        case int():
            return str(raw)
        case Decimal():
            return plain_number(raw)
        case _:
            what = "a list" if isinstance(raw, list | tuple) else "an object"
            return _Unfit(kinds.MAPPED_VALUE_UNFIT, f"its value is {what}, where one text belongs")
