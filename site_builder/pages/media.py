"""Compare media: what several runs logged, side by side; before it comes to life, the list of what there is."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from site_builder.model import MEDIA_KINDS
from site_builder.pages import base

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

TEMPLATE = "media.html.j2"
FILE = "media.html"
VIEWER = "media"
"""Script of the page, which is loaded when it is opened."""


def keys(all_keys: Iterable[Mapping[str, Any]]) -> list[Mapping[str, Any]]:
    """Return those of some keys (`KeyInfo` as JSON) that the page shows; without any there is no page."""
    return [info for info in all_keys if info["kind"] in MEDIA_KINDS and not info["hidden"]]


def context(site: str, folder: str, index: Mapping[str, Any]) -> dict[str, Any]:
    """Return the template's context; `index` is a `ProjectIndex` as JSON."""
    label = str(index["project"])
    common = base.context(
        site,
        "media",
        f"{folder}/{FILE}",
        title=f"{label} · media",
        label=label,
        folder=folder,
        has_media=True,
        has_artifacts=bool(index["artifacts"]),
    )
    rows = [{**info, "label": info["key"].replace("\\.", ".")} for info in keys(index["keys"])]
    return common | {"keys": rows, "runs": index["runs"]}
