"""What databases complain about, in our words: which store, what happened, what to do."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy import exc

from policy.catalogue import service
from policy.diagnostics import Diagnostic, DiagnosticKind, OrdainError, TransientError, UsageError

_SQLITE = {
    5: service.STORE_BUSY,  # SQLITE_BUSY
    6: service.STORE_BUSY,  # SQLITE_LOCKED
    3: service.STORE_UNREACHABLE,  # SQLITE_PERM
    8: service.STORE_UNREACHABLE,  # SQLITE_READONLY
    10: service.STORE_UNREACHABLE,  # SQLITE_IOERR
    14: service.STORE_UNREACHABLE,  # SQLITE_CANTOPEN
    11: service.STORE_DAMAGED,  # SQLITE_CORRUPT
    26: service.STORE_DAMAGED,  # SQLITE_NOTADB
    13: service.STORE_FULL,  # SQLITE_FULL
}
_POSTGRESQL = {
    "55P03": service.STORE_BUSY,  # lock_not_available
    "40001": service.STORE_BUSY,  # serialization_failure
    "40P01": service.STORE_BUSY,  # deadlock_detected
    "53300": service.STORE_BUSY,  # too_many_connections
    "53100": service.STORE_FULL,  # disk_full
    "53200": service.STORE_FULL,  # out_of_memory
    "XX001": service.STORE_DAMAGED,  # data_corrupted
    "XX002": service.STORE_DAMAGED,  # index_corrupted
    "25006": service.STORE_UNREACHABLE,  # read_only_sql_transaction
    "42501": service.STORE_UNREACHABLE,  # insufficient_privilege
    "3D000": service.STORE_UNREACHABLE,  # invalid_catalog_name
}
_POSTGRESQL_CLASSES = {
    "08": service.STORE_UNREACHABLE,
    "28": service.STORE_UNREACHABLE,
    "57": service.STORE_UNREACHABLE,
}
_WORDS = {
    service.STORE_BUSY: (
        "{place} was locked by somebody else for too long; nothing was written",
        "wait for the other run to end, then try again",
    ),
    service.STORE_UNREACHABLE: (
        "{place} cannot be opened, or may not be written",
        "check that it exists, that it is running, and that you may read and write it",
    ),
    service.STORE_FULL: (
        "There is no room left for {place}; nothing was written",
        "free some space, then do it again",
    ),
    service.STORE_DAMAGED: (
        "{place} is no database, or its file is damaged",
        "put back a backup; do not go on with the damaged file",
    ),
}
_TRANSIENT = {service.STORE_BUSY, service.STORE_UNREACHABLE}


@contextmanager
def in_our_words(place: str) -> Iterator[None]:
    """Turn what the database raises into an OrdainError about `place` (a file, or a URL without its password)."""
    try:
        yield
    except exc.TimeoutError:  # every pooled connection is taken
        raise failure(service.STORE_BUSY, place) from None
    except exc.DBAPIError as error:
        raise failure(_kind_of(error), place, code=_code_of(error)) from error


def failure(kind: DiagnosticKind, place: str, *, code: str = "") -> OrdainError:
    """Error of this kind about `place`. What may pass by itself is a TransientError."""
    words = _WORDS.get(kind)
    if words is None:
        refused = f"{place} refused what was asked of it{f' (code {code})' if code else ''}; nothing was written"
        hint = "look into the log of the database; a text with a NUL character cannot be stored"
        return OrdainError(Diagnostic(kind, refused, hint=hint, subject=place))
    diagnostic = Diagnostic(kind, words[0].format(place=place), hint=words[1], subject=place)
    return TransientError(diagnostic) if kind in _TRANSIENT else OrdainError(diagnostic)


def nothing_stored(what: str, name: str) -> UsageError:
    """Error for a demand that names something unknown."""
    return UsageError(
        Diagnostic(
            service.NOTHING_STORED,
            f"There is no {what} `{name}` in the store",
            hint=f"list what there is and copy the id of the {what}",
            subject=name,
        )
    )


def _kind_of(error: exc.DBAPIError) -> DiagnosticKind:
    code = _code_of(error)
    if code.isdecimal() and len(code) < 5:  # noqa: PLR2004  # an SQLSTATE has five characters
        return _SQLITE.get(int(code) & 0xFF, service.STORE_FAILED)  # the low byte is the primary result code
    if not code:
        lost = error.connection_invalidated or isinstance(error, exc.OperationalError)
        return service.STORE_UNREACHABLE if lost else service.STORE_FAILED
    return _POSTGRESQL.get(code) or _POSTGRESQL_CLASSES.get(code[:2], service.STORE_FAILED)


def _code_of(error: exc.DBAPIError) -> str:
    """Find the result code of SQLite or SQLSTATE of PostgreSQL; empty when the connection itself failed."""
    code = getattr(error.orig, "sqlite_errorcode", None) or getattr(error.orig, "sqlstate", None)
    return "" if code is None else str(code)
