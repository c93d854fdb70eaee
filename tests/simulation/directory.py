"""A town with one target alone, and accounts that somebody made in it by hand."""

from __future__ import annotations

from policy.targets import ObservedAccount
from tests.simulation.town import Town


def only_ad(clause: str = "") -> str:
    """Rules that give an account, access and a permission in `ad` alone."""
    return f"""
policy "Town"
    language 1
    timezone "UTC"
end
target ad "Directory"
    {clause}
end
rule everybody "Everybody"
    grant account in ad
    grant access in ad
    grant permission "All" in ad
end
"""


def put(
    town: Town, target: str, anchor: str, *, permissions: str = "", enabled: bool = False, **attributes: str
) -> None:
    """An account that somebody made by hand."""
    town.targets[target].accounts[anchor] = ObservedAccount(anchor, attributes, enabled, frozenset(permissions.split()))
