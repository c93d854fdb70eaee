"""The policy of a workspace, kept by the digest of its files once it was checked: then it needs no compiler."""

from __future__ import annotations

import hashlib
import pickle
from pathlib import Path

from api.settings.workspace import Workspace
from api.store.private_folder import PrivateFolder
from api.version import engine_digest
from dsl.grammar.store import cache_folder
from policy.rules import CheckedPolicy

_KEPT = 16
"""Policies that are kept, the newest ones."""


def checked_policy(workspace: Workspace) -> CheckedPolicy:
    """Give the policy of `api.usecases.load_policy.load_policy`, and raise what that raises.

    What was checked before is read from the user's cache folder, unless any rules file, lookup file or module of ours
    differs from then, or others may write there (`api.store.private_folder`).
    """
    root = cache_folder()
    key = _key(workspace.rules_folder)
    if root is None or key is None:
        return _compile(workspace)
    folder = PrivateFolder(root, "policies")
    kept = _read(folder.get(key), workspace.rules_folder)
    if kept is not None:
        return kept
    policy = _compile(workspace)
    folder.put(key, _write(policy, workspace.rules_folder))
    folder.forget_all_but(_KEPT)
    return policy


def _compile(workspace: Workspace) -> CheckedPolicy:
    from api.usecases.load_policy import load_policy  # noqa: PLC0415  # the compiler is not needed for what is kept

    return load_policy(workspace).require()


def _key(folder: Path) -> str | None:
    """Digest of our engine and of every rules file; None when one cannot be read, which the compiler will tell."""
    digest = hashlib.sha256(engine_digest().encode())
    try:
        for path in sorted(folder.rglob("*.ordain")):
            if path.is_file():
                content = path.read_bytes()
                name = path.relative_to(folder).as_posix()
                digest.update(f"\0{name}\0{len(content)}\0".encode("utf-8", "surrogateescape") + content)
    except OSError:
        return None
    return digest.hexdigest()


def _write(policy: CheckedPolicy, folder: Path) -> bytes:
    lookups = tuple((one.path, _digest(folder, one.path)) for one in policy.sources if not one.path.endswith(".ordain"))
    return pickle.dumps((lookups, policy), protocol=5)


def _read(content: bytes | None, folder: Path) -> CheckedPolicy | None:
    """Policy that was kept, if its lookup files say what they said then."""
    if content is None:
        return None
    try:
        lookups, policy = pickle.loads(content)  # noqa: S301  # of a folder that nobody else writes to
    except Exception:  # noqa: BLE001  # whatever is wrong with it, it is compiled again
        return None
    same = all(_digest(folder, name) == digest for name, digest in lookups)
    return policy if same and isinstance(policy, CheckedPolicy) else None


def _digest(folder: Path, name: str) -> str:
    try:
        return hashlib.sha256((folder / name).read_bytes()).hexdigest()
    except OSError:
        return ""
