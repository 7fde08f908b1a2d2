"""What a series of numbers comes to: how many are finite, the least and the greatest, and how it ended."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from site_builder.model import Lost
from tracklog.store import encoding

if TYPE_CHECKING:
    from numpy.typing import NDArray


def statistics(values: NDArray[np.float64], steps: NDArray[np.float64]) -> dict[str, Any]:
    """Return the fields of a `Series` that tell of its values, each logged at one of the `steps`."""
    finite = np.isfinite(values)
    count = int(np.count_nonzero(finite))
    result: dict[str, Any] = {
        "finite": count,
        "nan": 0,
        "posinf": 0,
        "neginf": 0,
        "last": encoding.number(float(values[-1])),
        "lost": _lost(values, finite, steps),
    }
    kept = values
    if count < len(values):
        result["nan"] = int(np.count_nonzero(np.isnan(values)))
        result["posinf"] = int(np.count_nonzero(values == np.inf))
        result["neginf"] = len(values) - count - result["nan"] - result["posinf"]
        kept = np.where(finite, values, np.nan)
    if not count:
        return result | {"min": None, "max": None, "argmin": -1, "argmax": -1}
    low, high = int(np.nanargmin(kept)), int(np.nanargmax(kept))
    return result | {
        "min": float(kept[low]),
        "max": float(kept[high]),
        "argmin": _whole(steps[low]),
        "argmax": _whole(steps[high]),
    }


def _lost(values: NDArray[np.float64], finite: NDArray[np.bool_], steps: NDArray[np.float64]) -> Lost | None:
    """Tell of the values after the last finite one."""
    if finite[-1]:
        return None
    known = np.flatnonzero(finite)
    first = int(known[-1]) + 1 if len(known) else 0
    rest = values[first:]
    return Lost(
        since=_whole(steps[first]),
        what="NaN"
        if np.isnan(rest).all()
        else "+Inf"
        if (rest == np.inf).all()
        else "−Inf"
        if (rest == -np.inf).all()
        else "NaN or Inf",
        good=float(values[first - 1]) if first else None,
    )


def _whole(step: float) -> int:
    return int(step) if np.isfinite(step) else -1
