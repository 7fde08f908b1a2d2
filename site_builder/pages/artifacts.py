"""The artifacts of a project, by type: names, versions, sizes; each has a page of its own."""

from __future__ import annotations

from itertools import groupby
from typing import TYPE_CHECKING, Any

from site_builder.pages import base, media

if TYPE_CHECKING:
    from collections.abc import Mapping

TEMPLATE = "artifacts.html.j2"
FILE = "artifacts.html"


def context(site: str, folder: str, index: Mapping[str, Any]) -> dict[str, Any]:
    """Return the template's context; `index` is a `ProjectIndex` as JSON."""
    label = str(index["project"])
    common = base.context(
        site,
        "artifacts",
        f"{folder}/{FILE}",
        title=f"{label} · artifacts",
        label=label,
        folder=folder,
        has_media=bool(media.keys(index["keys"])),
        has_artifacts=True,
    )
    types = [(kind, list(rows)) for kind, rows in groupby(index["artifacts"], key=lambda row: row["type"])]
    return common | {"types": types, "count": len(index["artifacts"])}
