"""Store, service and command line (ORD09xx)."""

from __future__ import annotations

from policy.diagnostics import DiagnosticKind, Severity

_ERROR, _WARNING, _NOTE = Severity.ERROR, Severity.WARNING, Severity.NOTE

STORE_UNREACHABLE = DiagnosticKind("ORD0901", _ERROR, "The store cannot be reached")
STORE_BUSY = DiagnosticKind("ORD0902", _ERROR, "The store is busy")
STORE_FULL = DiagnosticKind("ORD0903", _ERROR, "The store has no room left")
STORE_DAMAGED = DiagnosticKind("ORD0904", _ERROR, "The store is damaged")
STORE_NEWER = DiagnosticKind("ORD0905", _ERROR, "The store is of another version")
STORE_ADDRESS = DiagnosticKind("ORD0906", _ERROR, "Not an address of a store")
STORE_DRIVER_MISSING = DiagnosticKind("ORD0907", _ERROR, "A database driver is missing")
STORE_FAILED = DiagnosticKind("ORD0908", _ERROR, "The database refused")
STORE_OTHER_TENANT = DiagnosticKind("ORD0909", _ERROR, "The store belongs to another workspace")
STORE_TENANT_NAME = DiagnosticKind("ORD0910", _ERROR, "Not a name for an audit log")
SNAPSHOT_DAMAGED = DiagnosticKind("ORD0911", _ERROR, "A snapshot is not what it was")
NOTHING_STORED = DiagnosticKind("ORD0912", _ERROR, "Nothing is stored under this name")
AMBIGUOUS_ID = DiagnosticKind("ORD0913", _ERROR, "Several ids begin like this")
STALE_EPOCH = DiagnosticKind("ORD0914", _ERROR, "Another worker has taken over")
WRONG_STATE = DiagnosticKind("ORD0915", _ERROR, "It is in another state by now")
AUDIT_BROKEN = DiagnosticKind("ORD0916", _ERROR, "The audit log was tampered with")
IMPORT_OVERTAKEN = DiagnosticKind("ORD0917", _ERROR, "A newer import is in force")
KEY_NOT_FOUND = DiagnosticKind("ORD0930", _ERROR, "There is no such key to sign with")
NO_ENGINE_TRUSTED = DiagnosticKind("ORD0931", _ERROR, "The trust root does not name the engine's key")
NO_TRUST_ROOT = DiagnosticKind("ORD0932", _ERROR, "There is no trust root")
FILE_NOT_WRITTEN = DiagnosticKind("ORD0933", _ERROR, "A file cannot be written")
FILE_NOT_READ = DiagnosticKind("ORD0934", _ERROR, "A file cannot be read")
NO_SNAPSHOT = DiagnosticKind("ORD0935", _ERROR, "There is no snapshot yet")
UNKNOWN_PERSON = DiagnosticKind("ORD0936", _ERROR, "There is no such person")
UNKNOWN_ENTITLEMENT = DiagnosticKind("ORD0937", _ERROR, "That names no entitlement")
FILES_DIFFER = DiagnosticKind("ORD0939", _ERROR, "The files are not those of the stored diff")
WRONG_CALL = DiagnosticKind("ORD0941", _ERROR, "The command cannot be called like this")
CLUSTER_EXTRA_MISSING = DiagnosticKind("ORD0945", _ERROR, "Ray is not installed")
CLUSTER_UNREACHABLE = DiagnosticKind("ORD0946", _ERROR, "The cluster cannot be reached")
CLUSTER_FAILED = DiagnosticKind("ORD0947", _ERROR, "The cluster did not decide everybody")

# The service (ORD0950-ORD0979).
NO_TOKEN = DiagnosticKind("ORD0950", _ERROR, "The request has no valid token")
RIGHT_MISSING = DiagnosticKind("ORD0951", _ERROR, "The token does not open this")
BAD_REQUEST = DiagnosticKind("ORD0952", _ERROR, "The request cannot be understood")
NOTHING_HERE = DiagnosticKind("ORD0953", _ERROR, "There is nothing at this address")
WRONG_METHOD = DiagnosticKind("ORD0954", _ERROR, "This address does not take that method")
BODY_TOO_LARGE = DiagnosticKind("ORD0955", _ERROR, "The request is too large")
UNKNOWN_JOB = DiagnosticKind("ORD0956", _ERROR, "There is no such job")
JOB_INTERRUPTED = DiagnosticKind("ORD0957", _ERROR, "The service stopped while this job was waiting or at work")
OTHER_REVIEWER = DiagnosticKind("ORD0958", _ERROR, "The statement speaks for another person than the token")
INTERNAL_MISTAKE = DiagnosticKind("ORD0959", _ERROR, "A mistake in Ordain itself")
TOO_MANY_JOBS = DiagnosticKind("ORD0960", _ERROR, "Too many jobs are waiting")
BAD_TOKEN_TERMS = DiagnosticKind("ORD0961", _ERROR, "A token cannot be made like this")
CANNOT_LISTEN = DiagnosticKind("ORD0962", _ERROR, "The service cannot listen there")
