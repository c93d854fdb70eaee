"""The description of the service as one page for people: every address with its rights and examples, no network."""

from __future__ import annotations

import json
from typing import Any

from jinja2 import Environment, PackageLoader, StrictUndefined, select_autoescape

from api.http.access import RIGHTS

_TEMPLATES = Environment(
    loader=PackageLoader("api.http"),
    autoescape=select_autoescape(),
    undefined=StrictUndefined,
    trim_blocks=True,
    lstrip_blocks=True,
)


def render_docs(document: dict[str, Any]) -> str:
    """Page of an OpenAPI document of ours."""
    rows = [
        {
            "method": method.upper(),
            "path": path,
            "summary": operation["summary"],
            "description": operation.get("description", ""),
            "rights": operation[RIGHTS],
            "parameters": operation.get("parameters", []),
            "body": _example(operation.get("requestBody", {})),
            "answer": _example(next(iter(operation["responses"].values()))),
        }
        for path, methods in document["paths"].items()
        for method, operation in methods.items()
    ]
    return _TEMPLATES.get_template("docs.html").render(info=document["info"], rows=rows)


def _example(part: dict[str, Any]) -> str:
    examples = [content["example"] for content in part.get("content", {}).values() if "example" in content]
    if not examples:
        return ""
    return examples[0] if isinstance(examples[0], str) else json.dumps(examples[0], ensure_ascii=False, indent=2)
