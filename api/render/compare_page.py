"""A comparison as one html file that needs nothing else: no server, no network."""

from __future__ import annotations

from collections import Counter

from api.render import compare_view
from api.render.diff_page import page_templates
from policy.comparison import Comparison
from policy.proofs import Verdict


def render_comparison_page(comparison: Comparison) -> str:
    """Page with every entitlement; filtering happens in the page, which hides at first what is the same."""
    counts = Counter(one.verdict for one in comparison.entitlements)
    return (
        page_templates()
        .get_template("compare.html")
        .render(
            comparison=comparison,
            effects=comparison.effects,
            view=compare_view,
            signs=compare_view.SIGNS,
            verdicts=[(one.value, counts[one]) for one in Verdict if counts[one]],
        )
    )
