"""Vega-Lite charts, those of Altair: their JSON for the library that draws them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from site_builder.kinds import figure

if TYPE_CHECKING:
    from site_builder.items import MediaValue
    from site_builder.kinds.loader import Door
    from site_builder.model import Kind

KIND: Kind = "vega"
TYPES = ("vega-file", "vega")
ASSETS = ("vega",)


def load(value: Any, door: Door) -> MediaValue:
    """Return the figures of a record."""
    return figure.load(value, door)


def broken() -> MediaValue:
    """Return what stands for a record that cannot be read."""
    return figure.broken()
