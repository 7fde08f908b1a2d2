"""Tensors of a run's summary: the numbers that describe them, as people read them."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from site_builder.numbers import number

if TYPE_CHECKING:
    from collections.abc import Mapping

_BINS = 512
_FACTS = ("mean", "std", "var", "min", "5%", "10%", "25%", "75%", "90%", "95%", "max")


@dataclass(frozen=True, slots=True)
class Tensor:
    """Mean, deviation (with its sign, ±) and all facts in one line; heights of its bars from 0 to 1.

    Of one without finite values: shape and dtype in place of the mean.
    """

    mean: str
    std: str
    facts: str
    bars: tuple[float, ...]


def described(value: object) -> Tensor | None:
    """Return what to print for a summary value, None when it is no tensor."""
    if not isinstance(value, dict) or not isinstance(value.get("shape"), list) or "path" not in value:
        return None
    known = {name: found for name in _FACTS if (found := _finite(value.get(name))) is not None}
    if "mean" in known:
        known["std"] = math.sqrt(max(known.get("var", 0.0), 0.0))
    shape = " × ".join(str(size) for size in value["shape"][:32])
    facts = [f"{shape} {value.get('dtype', '')}".strip()]
    facts += [f"{_name(name)} {number(known[name])}" for name in _FACTS if name in known]
    facts += [f"{value[key]} {name}" for key, name in (("nan", "NaN"), ("inf", "±Inf")) if value.get(key)]
    mean, std = (number(known["mean"]), f"±{number(known['std'])}") if "mean" in known else (facts[0], "")
    return Tensor(mean, std, " · ".join(facts), _bars(value))


def _name(fact: str) -> str:
    return {"var": "variance"}.get(fact, fact.replace("%", " %"))


def _finite(value: object) -> float | None:
    return float(value) if isinstance(value, int | float) and math.isfinite(value) else None


def _bars(value: Mapping[str, Any]) -> tuple[float, ...]:
    histogram = value.get("histogram")
    counts = histogram.get("counts") if isinstance(histogram, dict) else None
    if not isinstance(counts, list) or not 0 < len(counts) <= _BINS:
        return ()
    heights = [max(_finite(count) or 0.0, 0.0) for count in counts]
    most = max(heights) or 1.0
    return tuple(round(height / most, 3) for height in heights)
