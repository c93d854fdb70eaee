"""Jobs: long work that answers later. What became of one is kept in the store, so that a restart does not hide it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum

from api.http.problems import problem_json
from api.runners.holder import is_dead
from api.store.store import Store
from policy.canonical import JsonValue
from policy.catalogue.service import JOB_INTERRUPTED
from policy.diagnostics import Diagnostic, OrdainError

_FACT = "service_jobs"
_KEPT = 200


class JobState(StrEnum):
    """Life of a job."""

    QUEUED = "queued"
    RUNNING = "running"
    DONE = "done"
    FAILED = "failed"


@dataclass(frozen=True, slots=True)
class Job:
    """Work that was asked for.

    `holder` names the process that has it. `result` is an object with at least `location`, where the outcome lies;
    `problem` a problem document. `stage` says in plain words what is being done now.
    """

    id: str
    kind: str
    by: str
    holder: str
    state: JobState
    asked_at: datetime
    started_at: datetime | None = None
    ended_at: datetime | None = None
    stage: str = ""
    result: JsonValue = None
    problem: JsonValue = None

    @property
    def ended(self) -> bool:
        """Whether nothing more will happen."""
        return self.state in {JobState.DONE, JobState.FAILED}


def job_json(job: Job) -> dict[str, JsonValue]:
    """Job as its person sees it."""
    return {
        "job": job.id,
        "kind": job.kind,
        "by": job.by,
        "state": job.state.value,
        "asked_at": job.asked_at.isoformat(),
        "started_at": job.started_at.isoformat() if job.started_at else None,
        "ended_at": job.ended_at.isoformat() if job.ended_at else None,
        "stage": job.stage,
        "result": job.result,
        "problem": job.problem,
    }


def interrupted(job: Job) -> Job:
    """Give the job as it is once the process that had it is gone."""
    what = "waiting" if job.state is JobState.QUEUED else "at work"
    error = OrdainError(
        Diagnostic(
            JOB_INTERRUPTED,
            f"Job {job.id} ({job.kind}) was {what} when the service stopped.",
            hint="look whether it is there already and begin it again when not; an enforcement goes on by itself",
            subject=job.id,
        )
    )
    return replace(job, state=JobState.FAILED, problem=problem_json(error), stage="")


@dataclass(frozen=True, slots=True)
class JobBook:
    """The last jobs, in one fact of the store."""

    store: Store

    def keep(self, job: Job) -> None:
        """Write down how a job stands; the oldest ones give way."""
        with self.store.write() as tx:
            rows = [row for row in _rows(tx.facts.get(_FACT)) if row["job"] != job.id]
            rows.append({**job_json(job), "holder": job.holder})
            tx.facts.put(_FACT, rows[-_KEPT:])

    def list(self) -> tuple[Job, ...]:
        """Every job that is still known, oldest first; those of processes that ended are told as interrupted."""
        with self.store.read() as tx:
            jobs = [_read(row) for row in _rows(tx.facts.get(_FACT))]
        return tuple(interrupted(job) if not job.ended and is_dead(job.holder) else job for job in jobs)


def _rows(stored: JsonValue) -> list[Mapping[str, JsonValue]]:
    return list(stored) if isinstance(stored, list) else []


def _read(row: Mapping[str, JsonValue]) -> Job:
    def moment(name: str) -> datetime | None:
        return datetime.fromisoformat(str(row[name])) if row[name] else None

    return Job(
        id=str(row["job"]),
        kind=str(row["kind"]),
        by=str(row["by"]),
        holder=str(row["holder"]),
        state=JobState(str(row["state"])),
        asked_at=datetime.fromisoformat(str(row["asked_at"])),
        started_at=moment("started_at"),
        ended_at=moment("ended_at"),
        stage="",
        result=row["result"],
        problem=row["problem"],
    )
