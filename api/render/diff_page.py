"""A diff as one html file that needs nothing else: no server, no network."""

from __future__ import annotations

from jinja2 import Environment, PackageLoader, StrictUndefined, select_autoescape

from api.render.diff_view import SIGNS, DiffView, describe_status
from policy.diff import Status

_TEMPLATES = Environment(
    loader=PackageLoader("api.render"),
    autoescape=select_autoescape(),
    undefined=StrictUndefined,
    trim_blocks=True,
    lstrip_blocks=True,
)


def render_page(view: DiffView) -> str:
    """Page with totals, limits and lines by person; filtering happens in the page."""
    template = _TEMPLATES.get_template("diff.html")
    return template.render(
        view=view,
        statement=view.statement,
        signs=SIGNS,
        summary=describe_status(view),
        statuses=[one.value for one in Status],
    )
