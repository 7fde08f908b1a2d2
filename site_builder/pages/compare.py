"""Compare any two runs: before the page comes to life, the list of runs to choose from."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from site_builder.pages import base, media

if TYPE_CHECKING:
    from collections.abc import Mapping

TEMPLATE = "compare.html.j2"
FILE = "compare.html"
MOST_RUNS = 200
"""Runs that the page prints; it compares all of them."""


def context(site: str, folder: str, index: Mapping[str, Any]) -> dict[str, Any]:
    """Return the template's context; `index` is a `ProjectIndex` as JSON."""
    label = str(index["project"])
    common = base.context(
        site,
        "compare",
        f"{folder}/{FILE}",
        title=f"{label} · compare",
        label=label,
        folder=folder,
        has_media=bool(media.keys(index["keys"])),
        has_artifacts=bool(index["artifacts"]),
    )
    return common | {"runs": index["runs"][:MOST_RUNS]}
