"""What every page's template is given."""

from __future__ import annotations

from typing import Any, Literal

from site_builder import templates
from site_builder.model import SCHEMA, Page

TABS = (("Workspace", "index.html", "project"), ("Table", "table.html", "table"))
"""Pages of a project: label, file, kind. A page is listed here when it exists."""


def context(
    site: str,
    kind: Literal["index", "project", "table", "run"],
    path: str,
    *,
    title: str,
    label: str = "",
    folder: str = "",
    run: str = "",
) -> dict[str, Any]:
    """Return the common context: `label` is the project's name, `folder` its file name, `run` its run's entry."""
    root = "../" * path.count("/")
    page = Page(SCHEMA, site, kind, path, root, f"p/{folder}" if folder else "", run)
    nav = [
        {"label": name, "href": f"{root}{folder}/{file}", "current": tab == kind, "count": None}
        for name, file, tab in TABS
    ]
    return {
        "page": page,
        "page_json": templates.script_json(page),
        "title": title,
        "root": root,
        "project": label,
        "nav": nav if folder else [],
    }
