"""The first page: the projects."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from site_builder.pages import base

if TYPE_CHECKING:
    from site_builder.model import SiteIndex

TEMPLATE = "index.html.j2"
PATH = "index.html"


def context(site: str, index: SiteIndex) -> dict[str, Any]:
    """Return the template's context."""
    return base.context(site, "index", PATH, title=index.title) | {"site": index}
