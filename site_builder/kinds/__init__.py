"""Kinds of values: one pure loader each, from what was logged to what the page draws.

A loader is ``load(value, media) -> JSON``; `media` is the door to the run's media files (`Media`). Adding a kind means
adding its module here, its class to the recorder and its island to the page.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Protocol

from site_builder.kinds import histogram, image, other, string
from site_builder.model import HistogramValue, ImageItem, ImageValue
from tracklog.store import layout

if TYPE_CHECKING:
    from collections.abc import Callable

    from site_builder.model import Kind


class Media(Protocol):
    """What a loader may ask of a run's media files."""

    def image(self, path: str) -> ImageItem:
        """Return an image of the run's `files/`, checked, with its place in the site; never raises."""


_RECORDS: dict[str, Kind] = {
    "histogram": "histogram",
    "image-file": "image",
    "images": "image",
    "images/separated": "image",
    "string": "string",
}
"""Kind of a logged record by its ``_type``."""

_LOADERS: dict[Kind, Callable[[Any, Media], Any]] = {
    "histogram": histogram.load,
    "image": image.load,
    "string": string.load,
    "other": other.load,
}


_BROKEN: dict[Kind, Any] = {
    "histogram": HistogramValue((), None, None, None),
    "image": ImageValue((ImageItem("", "", 0, 0, "", "the record of this image is damaged", 0),)),
}
"""What stands for a record that its loader cannot read."""


def kind_of(value: object) -> Kind:
    """Return the kind of a logged JSON value."""
    if isinstance(value, bool):
        return "bool"
    if isinstance(value, int | float):
        return "number"
    if isinstance(value, str):
        return "number" if value in layout.NON_FINITE else "string"
    if isinstance(value, dict):
        return _RECORDS.get(str(value.get("_type")), "other")
    return "other"


def load(kind: Kind, value: object, media: Media) -> Any:
    """Return what the page draws for a value; one that is not as it should be is shown as empty or missing."""
    try:
        return _LOADERS[kind](value, media)
    except (KeyError, TypeError, ValueError, IndexError, AttributeError):
        return _BROKEN.get(kind)
