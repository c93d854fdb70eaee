"""The job runner: one thread that does jobs one after another, and stops between two steps when it must."""

from __future__ import annotations

import logging
import queue
import threading
from collections.abc import Callable
from dataclasses import replace

from api.http.jobs import Job, JobBook, JobState, interrupted
from api.http.problems import mistake, problem_json
from api.runners.holder import this_holder
from api.tools import Tools
from policy.canonical import JsonValue
from policy.catalogue.service import TOO_MANY_JOBS, UNKNOWN_JOB
from policy.diagnostics import Diagnostic, OrdainError, TransientError, UsageError

Work = Callable[[Tools], JsonValue]
"""Does a job with tools that act for whoever asked; gives its result."""

_LOG = logging.getLogger("ordain.service")
_MOST_WAITING = 20
_MOST_REMEMBERED = 200
_RETRY_AFTER_SECONDS = 30.0


class _StoppedError(Exception):
    """Leaves a job between two of its steps, as a crash there would: what is begun is taken up at the next start."""


class JobRunner:
    """Does jobs of one workspace. Use `start`, `submit`, `find`, `list` and, at the end, `stop`."""

    def __init__(self, tools: Tools) -> None:
        self._tools = tools
        self._book = JobBook(tools.store)
        self._queue: queue.Queue[tuple[str, Work] | None] = queue.Queue()
        self._jobs: dict[str, Job] = {}
        self._lock = threading.Lock()
        self._stopping = threading.Event()
        self._thread = threading.Thread(target=self._run, name="ordain-jobs", daemon=True)

    def start(self) -> None:
        """Begin to work."""
        self._thread.start()

    def stop(self, patience_seconds: float) -> None:
        """Take no more work, and wait for the step that is being done; a job is left there."""
        self._stopping.set()
        self._queue.put(None)
        self._thread.join(patience_seconds)

    def submit(self, kind: str, by: str, work: Work) -> Job:
        """Queue a job. Raises TransientError when too many wait already, or when the service stops."""
        with self._lock:
            waiting = sum(job.state is JobState.QUEUED for job in self._jobs.values())
            if waiting >= _MOST_WAITING or self._stopping.is_set():
                detail = f"{waiting} jobs are waiting; this one was not begun."
                problem = Diagnostic(TOO_MANY_JOBS, detail, hint="wait for them, then ask again")
                raise TransientError(problem, retry_after_seconds=_RETRY_AFTER_SECONDS)
            tools = self._tools
            job = Job(tools.new_id("job"), kind, by, this_holder(), JobState.QUEUED, tools.now())
            self._jobs[job.id] = job
        try:
            self._book.keep(job)
        except OrdainError:
            with self._lock:
                del self._jobs[job.id]
            raise
        self._queue.put((job.id, work))
        return job

    def list(self) -> tuple[Job, ...]:
        """Every job that is still known, oldest first."""
        with self._lock:
            ours = dict(self._jobs)
        return tuple(ours.get(job.id, job) for job in self._book.list())

    def find(self, job_id: str, *, by: str | None) -> Job:
        """Job by its id, when it is one of `by` (None: anybody's). Raises UsageError when there is none."""
        with self._lock:
            job = self._jobs.get(job_id)
        if job is None:
            job = next((one for one in self._book.list() if one.id == job_id), None)
        if job is None or by not in {None, job.by}:
            detail = f"No job {job_id} of yours is known; the last ones are kept."
            hint = "what came of it stays: look into imports, diffs or enforcements"
            raise UsageError(Diagnostic(UNKNOWN_JOB, detail, hint=hint, subject=job_id))
        return job

    def _run(self) -> None:
        while (taken := self._queue.get()) is not None:
            job_id, work = taken
            if self._stopping.is_set():
                self._end(interrupted(self._jobs[job_id]))
            else:
                self._do(job_id, work)

    def _do(self, job_id: str, work: Work) -> None:
        job = replace(self._jobs[job_id], state=JobState.RUNNING, started_at=self._tools.now())
        self._put(job)

        def progress(stage: str, done: int, total: int) -> None:
            if self._stopping.is_set():
                raise _StoppedError
            amount = f" ({done:,} of {total:,})" if total else ""
            with self._lock:
                self._jobs[job_id] = replace(job, stage=stage + amount)

        try:
            result = work(replace(self._tools, actor=job.by, progress=progress))
            self._end(replace(job, state=JobState.DONE, result=result))
        except OrdainError as error:
            self._end(replace(job, state=JobState.FAILED, problem=problem_json(error)))
        except _StoppedError:
            self._end(interrupted(job))
        except Exception:  # noqa: BLE001  # the last door of a job: the next one must be done all the same
            _LOG.exception("A mistake in job %s (%s)", job.id, job.kind)
            self._end(replace(job, state=JobState.FAILED, problem=problem_json(mistake())))

    def _end(self, job: Job) -> None:
        self._put(replace(job, ended_at=self._tools.now()))

    def _put(self, job: Job) -> None:
        with self._lock:
            self._jobs[job.id] = job
            ended = [one.id for one in self._jobs.values() if one.ended]
            for forgotten in ended[:-_MOST_REMEMBERED]:
                del self._jobs[forgotten]
        try:
            self._book.keep(job)
        except OrdainError as error:
            # Whoever asks this process still gets the truth; only after a restart it would be told as interrupted.
            _LOG.warning("Job %s could not be written down: %s", job.id, error)
