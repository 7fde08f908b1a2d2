"""Histograms: uniform bins by their first edge and width, others by all edges."""

from __future__ import annotations

import dataclasses
import math
from typing import TYPE_CHECKING, Any

from site_builder.model import HistogramValue

if TYPE_CHECKING:
    from site_builder.model import Kind

KIND: Kind = "histogram"
TYPES = ("histogram",)
ASSETS = ("histogram",)
_TOLERANCE = 1e-9


def load(value: Any, _: object) -> HistogramValue:
    """Return a histogram; raises ValueError when edges and counts do not fit."""
    counts = tuple(float(count) for count in (value["counts"] if "counts" in value else value["values"]))
    dropped = value.get("dropped")
    return dataclasses.replace(_binned(value, counts), dropped=dropped if isinstance(dropped, int) else 0)


def _binned(value: Any, counts: tuple[float, ...]) -> HistogramValue:
    if "width" in value:
        return HistogramValue(counts, _finite(value["min"]), _finite(value["width"]), None)
    bins = tuple(_finite(edge) for edge in value["bins"])
    if len(bins) != len(counts) + 1:
        msg = f"a histogram of {len(counts)} counts has {len(bins)} edges"
        raise ValueError(msg)
    width = (bins[-1] - bins[0]) / len(counts)
    uniform = all(
        abs(bins[0] + n * width - edge) <= _TOLERANCE * max(abs(width), 1e-300) for n, edge in enumerate(bins)
    )
    return HistogramValue(counts, bins[0], width, None) if uniform else HistogramValue(counts, None, None, bins)


def broken() -> HistogramValue:
    """Return a histogram without bins."""
    return HistogramValue((), None, None, None)


def _finite(value: Any) -> float:
    number = float(value)
    if not math.isfinite(number):
        msg = f"a histogram's edge is {value!r}"
        raise ValueError(msg)
    return number
