"""The page of an artifact: its versions and the files of the last one; previews and differences come to life in it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from site_builder.pages import base
from tracklog.store import layout

if TYPE_CHECKING:
    from site_builder.artifacts import Built

TEMPLATE = "artifact.html.j2"
VIEWER = "artifact"
"""Script of the page, which is loaded when it is opened."""
MOST_VERSIONS, MOST_FILES = 200, 200
"""What the page prints; it lists all of them when it has come to life."""


def context(site: str, built: Built) -> dict[str, Any]:
    """Return the template's context."""
    place, head = built.place, built.head
    label = layout.original_name(place.project) or place.project
    common = base.context(
        site,
        "artifact",
        built.row.page,
        title=f"{head.name} · {label}",
        label=label,
        folder=place.project,
        artifact=built.row.entry,
        has_artifacts=True,
    )
    versions = head.versions[::-1][:MOST_VERSIONS]
    return common | {"head": head, "versions": versions, "files": built.latest[:MOST_FILES], "count": len(built.latest)}
