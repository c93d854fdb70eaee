"""A diff as one html file that needs nothing else: no server, no network."""

from __future__ import annotations

from jinja2 import Environment, PackageLoader, StrictUndefined, select_autoescape
from markupsafe import Markup

from api.render.diagnostics import show_unseen
from api.render.diff_view import SIGNS, DiffView, describe_status
from policy.diff import Status


def _shown(value: object) -> str:
    """Nothing in a page is unseen: a letter that turns the direction of text could make one line look like another."""
    return value if isinstance(value, Markup) else show_unseen(str(value))


_TEMPLATES = Environment(
    loader=PackageLoader("api.render"),
    autoescape=select_autoescape(),
    finalize=_shown,
    undefined=StrictUndefined,
    trim_blocks=True,
    lstrip_blocks=True,
)


def page_templates() -> Environment:
    """Templates of all pages, which show whatever is unseen."""
    return _TEMPLATES


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
