"""Keys, signatures, approvals and proofs (ORD07xx)."""

from __future__ import annotations

from policy.diagnostics import DiagnosticKind, Severity

_ERROR, _WARNING, _NOTE = Severity.ERROR, Severity.WARNING, Severity.NOTE

NOT_AN_ENVELOPE = DiagnosticKind("ORD0701", _ERROR, "Not a signed statement")
UNKNOWN_KEY = DiagnosticKind("ORD0702", _ERROR, "Signed by a key nobody here trusts")
BAD_SIGNATURE = DiagnosticKind("ORD0703", _ERROR, "The signature does not fit")
WRONG_SIGNER = DiagnosticKind("ORD0704", _ERROR, "Signed by somebody who may not")
KEY_ENDED = DiagnosticKind("ORD0705", _ERROR, "The key is no longer trusted")
WRONG_STATEMENT = DiagnosticKind("ORD0706", _ERROR, "Another kind of statement")
BAD_STATEMENT = DiagnosticKind("ORD0707", _ERROR, "The statement is not in its one form")
WRONG_TENANT = DiagnosticKind("ORD0708", _ERROR, "Signed for another tenant")
WRONG_PURPOSE = DiagnosticKind("ORD0709", _ERROR, "Signed for another purpose")
WRONG_LINEAGE = DiagnosticKind("ORD0710", _ERROR, "Signed for another ledger")
DIFF_EXPIRED = DiagnosticKind("ORD0711", _ERROR, "The diff has expired")
FROM_THE_FUTURE = DiagnosticKind("ORD0712", _ERROR, "Dated in the future")
LINES_DIFFER = DiagnosticKind("ORD0713", _ERROR, "These are not the lines that were signed")
BAD_LINE = DiagnosticKind("ORD0714", _ERROR, "A line is not in its one form")
COUNTS_DIFFER = DiagnosticKind("ORD0715", _ERROR, "The lines do not add up to what was signed")
ROOT_DIFFERS = DiagnosticKind("ORD0716", _ERROR, "Lines and salts do not give the signed root")
BAD_SALTS = DiagnosticKind("ORD0717", _ERROR, "The salts are not in their one form")
NOT_ENFORCEABLE = DiagnosticKind("ORD0718", _ERROR, "This diff is only to be looked at")

OTHER_DIFF = DiagnosticKind("ORD0720", _ERROR, "The statement is about another diff")
APPROVAL_EXPIRED = DiagnosticKind("ORD0721", _ERROR, "The approval has expired")
APPROVER_EXCLUDED = DiagnosticKind("ORD0722", _ERROR, "This person may not approve this diff")
APPROVER_WITHOUT_ROLE = DiagnosticKind("ORD0723", _ERROR, "This person is no reviewer")
RELEASE_WITHOUT_ROLE = DiagnosticKind("ORD0724", _ERROR, "This person may not release a limit")
REJECTED = DiagnosticKind("ORD0725", _ERROR, "The diff was rejected")
APPROVALS_MISSING = DiagnosticKind("ORD0726", _ERROR, "Too few people approved")

APPROVALS_ELSEWHERE = DiagnosticKind("ORD0730", _ERROR, "An approval that was used is not at hand")
EXECUTION_DIFFERS = DiagnosticKind("ORD0731", _ERROR, "The run does not follow from the diff")
OUTCOMES_DIFFER = DiagnosticKind("ORD0732", _ERROR, "These are not the outcomes that were signed")
OUTSIDE_THE_DIFF = DiagnosticKind("ORD0733", _ERROR, "Something was done that nobody signed or approved")

BAD_TRUST_ROOT = DiagnosticKind("ORD0740", _ERROR, "The trust root cannot be read")
BAD_DISCLOSURE = DiagnosticKind("ORD0741", _ERROR, "Not a disclosed line")
PROOF_DIFFERS = DiagnosticKind("ORD0742", _ERROR, "The line is not part of the signed diff")

KEY_FILE_EXISTS = DiagnosticKind("ORD0750", _ERROR, "The key file is there already")
KEY_FILE_UNREADABLE = DiagnosticKind("ORD0751", _ERROR, "The key file cannot be read")
KEY_FILE_OPEN = DiagnosticKind("ORD0752", _ERROR, "Others can read the private key")
KEY_FILE_UNWRITABLE = DiagnosticKind("ORD0753", _ERROR, "The key file cannot be written")
