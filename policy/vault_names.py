"""Names of the vault schema (`CostCenter.Code`) and the standard model's paths for them (`cost_center.code`)."""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache

from policy.types import Root

_REMEMBERED = 16_384  # a vault says the same few hundred names for everybody
_BOUNDARY = re.compile(r"(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])")
_FOREIGN = re.compile(r"[^a-z0-9]+")
_REFERENCES_TO_PERSONS = {
    ("contract", "manager.external_id"): "manager",
    ("person", "primary_manager.external_id"): "primary_manager",
}


@lru_cache(_REMEMBERED)
def snake_case(word: str) -> str:
    """Snake case of one part of a name: `HoursPerWeek` is `hours_per_week`, `HRCode` is `hr_code`.

    Diacritical marks are taken off; anything else that is no ASCII letter or digit separates words. May be empty.
    """
    bare = "".join(one for one in unicodedata.normalize("NFKD", word) if not unicodedata.combining(one))
    return _FOREIGN.sub("_", _BOUNDARY.sub("_", bare).lower()).strip("_")


@lru_cache(_REMEMBERED)
def standard_path(root: Root, vault_name: str) -> str:
    """Path below `root` of a dotted vault name: `Custom.firstStart` is `custom.first_start`.

    A manager's external id is the manager: `Manager.ExternalId` of a contract is `manager`. May hold empty parts when
    the name does.
    """
    path = ".".join(snake_case(part) for part in vault_name.split("."))
    return _REFERENCES_TO_PERSONS.get((root, path), path)
