"""Keys and the trust root of a workspace: who signs, and whose signature counts for what."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from api.settings.workspace import Workspace
from api.usecases.files import write_whole
from connectors.keys.private_keys import PrivateKey, create_key_file, load_key_file
from engine.trust.trust_roots import read_trust_root, write_trust_root
from policy.catalogue.service import KEY_NOT_FOUND, NO_ENGINE_TRUSTED, NO_TRUST_ROOT
from policy.diagnostics import Diagnostic, RefusedError, UsageError
from policy.trust import Signer, TrustedKey, TrustRole, TrustRoot

ENGINE = "engine"


@dataclass(frozen=True, slots=True)
class KeyOnDisk:
    """A private key of the workspace's keys folder and what the trust root says of it (None: not trusted)."""

    name: str
    path: Path
    public: bytes
    trusted: TrustedKey | None


def read_trust(workspace: Workspace) -> TrustRoot:
    """Trust root of a workspace; empty while there is none. Raises DataError when it cannot be understood."""
    return read_trust_file(workspace.trust_path) if workspace.trust_path.exists() else TrustRoot(())


def read_trust_file(path: Path) -> TrustRoot:
    """Trust root in a file. Raises UsageError when there is none, DataError when it cannot be understood."""
    try:
        return read_trust_root(path.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError):
        hint = "name the trust root with --trust FILE"
        raise UsageError(Diagnostic(NO_TRUST_ROOT, f"{path} cannot be read.", hint=hint, subject=str(path))) from None


def engine_signer(workspace: Workspace) -> Signer:
    """Key the engine signs with; a fresh workspace gets one, and its trust root names it.

    Raises RefusedError when the trust root is kept elsewhere and does not name our key.
    """
    path = workspace.keys_folder / f"{ENGINE}.pem"
    key = load_key_file(path) if path.exists() else create_key_file(path)
    trust = read_trust(workspace)
    if any(one.public == key.public and TrustRole.ENGINE in one.roles for one in trust.keys):
        return key
    if workspace.settings.trust.root is not None or any(TrustRole.ENGINE in one.roles for one in trust.keys):
        detail = f"The trust root {workspace.trust_path} does not name the engine's key in {path}."
        hint = "enrol it with `ordain keys enroll engine --key FILE --role engine`"
        raise RefusedError(Diagnostic(NO_ENGINE_TRUSTED, detail, hint=hint, subject=ENGINE))
    _write(workspace, [*trust.keys, TrustedKey(ENGINE, key.public, frozenset({TrustRole.ENGINE}))])
    return key


def create_key(workspace: Workspace, person: str, roles: Iterable[TrustRole]) -> KeyOnDisk:
    """Make a key for a person, and enrol it in the trust root. Raises UsageError when the person has a key file."""
    name = _file_name(person)
    path = workspace.keys_folder / f"{name}.pem"
    key = create_key_file(path)
    trusted = enroll_key(workspace, person, key.public, roles)
    return KeyOnDisk(name, path, key.public, trusted)


def enroll_key(workspace: Workspace, person: str, public: bytes, roles: Iterable[TrustRole]) -> TrustedKey:
    """Add a public key to the trust root. Raises DataError when it stands there already."""
    entry = TrustedKey(person, public, frozenset(roles))
    _write(workspace, [*read_trust(workspace).keys, entry])
    return entry


def list_keys(workspace: Workspace) -> list[KeyOnDisk]:
    """Private keys of the workspace, by name."""
    trust = {key.public: key for key in read_trust(workspace).keys}
    found = []
    for path in sorted(workspace.keys_folder.glob("*.pem")):
        public = load_key_file(path).public
        found.append(KeyOnDisk(path.stem, path, public, trust.get(public)))
    return found


def find_reviewer(workspace: Workspace, *, person: str | None, key_file: Path | None) -> tuple[PrivateKey, str]:
    """Find the key a reviewer signs with, and whose it is by the trust root.

    By file, by person, or the only reviewer's key there is. Raises UsageError when that names none or several.
    """
    trust = {key.public: key for key in read_trust(workspace).keys}
    if key_file is not None:
        key = load_key_file(key_file)
        trusted = trust.get(key.public)
        if trusted is None:
            raise _no_key(f"The key in {key_file} is not in the trust root.", "enrol it with `ordain keys enroll`")
        return key, trusted.person
    ours = [one for one in list_keys(workspace) if one.trusted and one.trusted.person != ENGINE]
    wanted = [one for one in ours if one.trusted and (person is None or one.trusted.person == person)]
    if len(wanted) != 1:
        names = ", ".join(one.trusted.person for one in ours if one.trusted) or "nobody"
        whose = f"of {person} " if person else ""
        detail = f"There is no single key {whose}to sign with; the workspace has keys of {names}."
        raise _no_key(detail, "name one with --as PERSON or --key FILE, or make one with `ordain keys create PERSON`")
    trusted = wanted[0].trusted
    assert trusted is not None, "only trusted keys are wanted"
    return load_key_file(wanted[0].path), trusted.person


def _write(workspace: Workspace, keys: Iterable[TrustedKey]) -> None:
    text = write_trust_root(TrustRoot(tuple(keys)))
    read_trust_root(text)
    write_whole(workspace.trust_path, text.encode())


def _file_name(person: str) -> str:
    name = re.sub(r"[^A-Za-z0-9@._-]", "_", person).strip("._")
    if not name or name == ENGINE:
        raise _no_key(f"“{person}” cannot name a key file.", "name a person, such as alice@example.org")
    return name


def _no_key(detail: str, hint: str) -> UsageError:
    return UsageError(Diagnostic(KEY_NOT_FOUND, detail, hint=hint))
