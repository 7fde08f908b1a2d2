"""HTML of users: text for the frame that is shipped with the site, never a file of it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from site_builder.items import HtmlItem, MediaValue
from site_builder.kinds import listed

if TYPE_CHECKING:
    from site_builder.kinds.loader import Door
    from site_builder.model import Kind

KIND: Kind = "html"
TYPES = ("html-file", "html", "bokeh-file", "bokeh")
ASSETS = ("html",)
LARGEST = 20_000_000
"""Bytes of a document that is shown."""


def load(value: Any, door: Door) -> MediaValue:
    """Return the documents of a record."""
    return listed.load(value, lambda record: _item(record, door), HtmlItem)


def broken() -> MediaValue:
    """Return what stands for a record that cannot be read."""
    return listed.broken(HtmlItem)


def _item(record: Any, door: Door) -> HtmlItem:
    payload, size = _text(record, door)
    scripts = tuple(_text(script, door)[0] for script in record.get("scripts", ()))
    return HtmlItem(payload=payload, bytes=size, scripts=scripts, caption=listed.caption(record))


def _text(file: Any, door: Door) -> tuple[int, int]:
    data = door.read(file["path"], LARGEST)
    return door.payload(data.decode("utf-8", "replace").encode()), len(data)
