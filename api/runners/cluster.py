"""Decide people on a cluster, through Ray Data (the extra `cluster`). The only module that knows Ray.

What is the same for everybody is put into the object store of the cluster once. Blocks of whole persons are decided
wherever there is a free processor; what comes back is put together by the rows it is about, so order makes no
difference. Ray tries a block again when the machine under it dies. When a block cannot be decided, nobody is.
"""

from __future__ import annotations

import logging
import os
import socket
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from importlib.util import find_spec
from typing import TYPE_CHECKING

import pyarrow as pa

from api.kernels import use_kernels
from api.tools import Progress
from api.version import engine_digest
from engine.columnar.blocks import PERSONS, blocks_of, common_reading, decide_block, gather
from engine.columnar.desired import DesiredColumns
from engine.columnar.tables import Tables
from policy.catalogue.service import CLUSTER_EXTRA_MISSING, CLUSTER_FAILED, CLUSTER_UNREACHABLE
from policy.diagnostics import Diagnostic, OrdainError, UsageError

if TYPE_CHECKING:
    from ray import ObjectRef

    from engine.columnar.run import Reading

_TIMEOUT_SECONDS = 5.0
_RAY_PORT = 6379
_PATIENCE_SECONDS = 300.0
"""After so long without any block decided nobody waits: Ray would try for ever a block that kills its workers."""
_CONSEQUENCE = "The above exception was the direct cause"
_SETTINGS = {
    "RAY_USAGE_STATS_ENABLED": "0",  # nothing is told to anybody outside
    "RAY_ENABLE_UV_RUN_RUNTIME_ENV": "0",  # else a program started by uv sends its folder, and workers install it anew
    "RAY_ACCEL_ENV_VAR_OVERRIDE_ON_ZERO": "0",  # the coming behaviour; Ray warns of the old one
}


def require_ray() -> None:
    """Raise OrdainError when Ray is not installed."""
    if find_spec("ray") is None:
        raise OrdainError(
            Diagnostic(
                CLUSTER_EXTRA_MISSING,
                "`--engine ray` needs Ray, which comes with the extra `cluster`",
                hint="pip install ordain[cluster]",
            )
        )


def run_on_cluster(
    tables: Tables, *, address: str | None, processors: int, progress: Progress, size: int = PERSONS
) -> DesiredColumns:
    """Decide everybody of the tables on the cluster at `address`, in blocks of `size` persons.

    Without an address a cluster of `processors` workers is started on this machine and ended again. Raises OrdainError
    when Ray is missing, the cluster cannot be reached, or somebody was not decided.
    """
    require_ray()
    progress("reaching the cluster" if address else "starting workers", 0, 0)
    with join_cluster(address, processors):
        import ray.data  # noqa: PLC0415  # an extra, and seconds to import
        from ray.data.exceptions import ExecutionTimeoutError  # noqa: PLC0415  # an extra

        try:
            found = gather(tables, _decide_all(tables, size, progress))
        except ValueError as error:
            raise _failed(f"results are not whole: {error}") from None
        except (ray.exceptions.RayError, ExecutionTimeoutError, OSError, RuntimeError) as error:
            raise _failed(_told(error)) from error
        progress("leaving the cluster", 0, 0)
        return found


def decide_on_worker(block: pa.Table, common: ObjectRef[Reading], source: str) -> pa.Table:
    """Decide a block where this runs: on some machine of the cluster. Refuses when that has another Ordain."""
    import ray  # noqa: PLC0415  # an extra

    if engine_digest() != source:
        raise RuntimeError(f"another version of Ordain is installed on the machine {socket.gethostname()}")
    use_kernels()
    return decide_block(ray.get(common), block)


@contextmanager
def join_cluster(address: str | None, processors: int) -> Iterator[None]:
    """Be part of the cluster at an address, or of one of our own; one that this process is part of already is used."""
    for name, value in _SETTINGS.items():
        os.environ.setdefault(name, value)
    if address is not None:
        _look_for(address)
        os.environ.setdefault("RAY_NUM_REDIS_GET_RETRIES", "1")  # what is no cluster is else asked twenty times
    import ray  # noqa: PLC0415  # an extra, and a second to import

    if ray.is_initialized():
        yield
        return
    try:
        _join(ray.init, address, processors)
    except (ray.exceptions.RayError, OSError, RuntimeError, ValueError, TimeoutError) as error:
        raise _unreachable(address or "this machine", _told(error)) from error
    try:
        _quieten()
        yield
    finally:
        ray.shutdown()


def _decide_all(tables: Tables, size: int, progress: Progress) -> Iterator[pa.Table]:
    """Give results block by block, as they become ready."""
    import ray.data  # noqa: PLC0415  # an extra

    ray.data.DataContext.get_current().execution_no_progress_timeout_s = _PATIENCE_SECONDS
    count = tables.population.columns.person_count
    progress("sending people to the cluster", 0, count)
    blocks, sent = [], 0
    for block in blocks_of(tables, size):
        blocks.append(ray.put(block))
        sent += block.num_rows
        progress("sending people to the cluster", sent, count)
    if not blocks:
        return
    common = ray.put(common_reading(tables))
    decided = ray.data.from_arrow_refs(blocks).map_batches(
        decide_on_worker,
        batch_size=None,
        batch_format="pyarrow",
        fn_kwargs={"common": common, "source": engine_digest()},
    )
    done = 0
    progress("deciding on the cluster", 0, count)
    for found in decided.iter_batches(batch_size=None, batch_format="pyarrow"):
        yield found
        done += found.num_rows
        progress("deciding on the cluster", done, count)


def _join(init: Callable[..., object], address: str | None, processors: int) -> None:
    """Start Ray; without an address never find one that happens to run here."""
    ours = {"num_cpus": processors, "include_dashboard": False} if address is None else {}
    init(address=address or "local", logging_level=logging.ERROR, log_to_driver=False, **ours)


def _quieten() -> None:
    """Let Ray say nothing on the terminal: its progress and its logs are ours to tell."""
    import ray.data  # noqa: PLC0415  # an extra, and seconds to import

    context = ray.data.DataContext.get_current()
    context.enable_progress_bars = False
    for name in ("ray", "ray.data"):
        logging.getLogger(name).setLevel(logging.CRITICAL)


def _look_for(address: str) -> None:
    """Find out within seconds whether anybody answers there: Ray itself would wait for minutes."""
    if address in {"auto", "local"}:
        return
    if "://" in address:
        raise UsageError(
            Diagnostic(
                CLUSTER_UNREACHABLE,
                f"{address} is the address of a proxy; people are sent by a machine of the cluster itself",
                hint="run `ordain` on a machine of the cluster, with `--address auto` or `--address HOST:PORT`",
                subject=address,
            )
        )
    host, _, port = address.rpartition(":") if ":" in address else (address, "", str(_RAY_PORT))
    try:
        socket.create_connection((host.strip("[]"), int(port)), timeout=_TIMEOUT_SECONDS).close()
    except (OSError, ValueError, OverflowError) as error:
        raise _unreachable(address, _told(error)) from None


def _unreachable(where: str, why: str) -> OrdainError:
    hint = "see whether `ray status` works here, RAY_AUTH_TOKEN set as on the cluster if it has a token"
    return OrdainError(Diagnostic(CLUSTER_UNREACHABLE, f"{where}: {why}", hint=hint, subject=where))


def _failed(why: str) -> OrdainError:
    hint = "nothing was signed; `--engine columnar` decides the same on this machine alone"
    return OrdainError(Diagnostic(CLUSTER_FAILED, why, hint=hint))


def _told(error: BaseException) -> str:
    """Last line of what an error says: those before it are calls, and what follows its cause is Ray's advice."""
    said = str(error).partition(_CONSEQUENCE)[0]
    lines = [line.strip() for line in said.splitlines() if line.strip()]
    return lines[-1] if lines else type(error).__name__
