"""What every page's template is given."""

from __future__ import annotations

from functools import partial
from typing import Any, Literal

from site_builder import templates
from site_builder.model import SCHEMA, Page

TABS = (
    ("Workspace", "index.html", "project"),
    ("Table", "table.html", "table"),
    ("Media", "media.html", "media"),
    ("Compare", "compare.html", "compare"),
    ("Artifacts", "artifacts.html", "artifacts"),
)
"""Pages of a project: label, file, kind. A page is listed here when it exists."""
SCRIPTS = (
    "compare",
    "embed",
    "files",
    "find",
    "full",
    "groups",
    "outline",
    "overview",
    "panelmenu",
    "runforms",
    "runtable",
)
"""Scripts that every site has, loaded when what they draw is opened."""


def context(
    site: str,
    kind: Literal["index", "project", "table", "media", "compare", "run", "artifacts", "artifact"],
    path: str,
    *,
    title: str,
    label: str = "",
    folder: str = "",
    run: str = "",
    artifact: str = "",
    has_media: bool = False,
    has_artifacts: bool = False,
) -> dict[str, Any]:
    """Return the common context: `label` is the project's name, `folder` its file name, `run` and `artifact` are entries.

    With `has_media` the page of media is there to be linked, with `has_artifacts` that of artifacts.
    """
    root = _root(path)
    page = Page(SCHEMA, site, kind, path, root, f"p/{folder}" if folder else "", run, artifact)
    there = {"media": has_media, "artifacts": has_artifacts}
    nav = [
        {
            "label": name,
            "path": f"{folder}/{file}",
            "current": tab == kind or (tab, kind) == ("artifacts", "artifact"),
            "kind": tab,
            "counted": tab in ("project", "media", "artifacts"),
        }
        for name, file, tab in TABS
        if there.get(tab, True)
    ]
    return {
        "page": page,
        "page_json": templates.script_json(page),
        "title": title,
        "root": root,
        "link": partial(link, path),
        "project": label,
        "nav": nav if folder else [],
    }


def link(page: str, to: str, anchor: str = "") -> str:
    """Return the href on `page` that leads to the page `to` in a folder, both relative to the site's root.

    Templates write every link by the `link` of their context, which a single file replaces by its own.
    """
    file = "" if anchor and to == page else _root(page) + to
    return f"{file}#{anchor}" if anchor else file


def _root(page: str) -> str:
    return "../" * page.count("/")
