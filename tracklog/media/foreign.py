"""Objects of other libraries that are media as they are: one line for each library."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tracklog.media.base import Media

_MAKERS = {
    "PIL": ("image", "Image"),
    "matplotlib": ("image", "Image"),
}
"""Library, and where the class or function is that makes media of its objects."""


def as_media(value: object) -> Media | None:
    """Return the media that an object of a known library stands for; None for anything else.

    Raises ValueError and TypeError as the class of the media does.
    """
    for kind in type(value).__mro__:
        place = _MAKERS.get(kind.__module__.partition(".")[0])
        if place is not None:
            made: Media | None = getattr(import_module(f"tracklog.media.{place[0]}"), place[1])(value)
            return made
    return None
