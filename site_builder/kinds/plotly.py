"""Plotly figures: their JSON for the library that draws them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from site_builder.kinds import figure

if TYPE_CHECKING:
    from site_builder.items import MediaValue
    from site_builder.kinds.loader import Door
    from site_builder.model import Kind

KIND: Kind = "plotly"
TYPES = ("plotly-file", "plotly")
ASSETS = ("plotly", "maps")


def load(value: Any, door: Door) -> MediaValue:
    """Return the figures of a record."""
    return figure.load(value, door, needs="data")


def broken() -> MediaValue:
    """Return what stands for a record that cannot be read."""
    return figure.broken()
