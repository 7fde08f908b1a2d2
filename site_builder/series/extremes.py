"""What a series of numbers comes to: how many are finite, the least and the greatest, and how it ended."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

import numpy as np

from site_builder.model import Lost
from tracklog.store import encoding

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]

What = Literal["NaN", "+Inf", "−Inf", "NaN or Inf"]


@dataclass(slots=True)
class Extremes:
    """Of all values so far; `add` takes those that come behind them."""

    finite: int = 0
    nan: int = 0
    posinf: int = 0
    neginf: int = 0
    min: float = math.inf
    max: float = -math.inf
    argmin: int = -1
    argmax: int = -1
    """Step of the first row with that value."""
    last: float = math.nan
    good: float = math.nan
    """The last finite value."""
    since: int | None = None
    """Step from which on none is finite; None where the last one is."""
    what: What | None = None

    def copy(self) -> Extremes:
        """Return those of the same values."""
        return Extremes(
            self.finite,
            self.nan,
            self.posinf,
            self.neginf,
            self.min,
            self.max,
            self.argmin,
            self.argmax,
            self.last,
            self.good,
            self.since,
            self.what,
        )

    def add(self, values: Floats, steps: Floats) -> None:
        """Take in values, each logged at one of the `steps`."""
        if not len(values):
            return
        self.last = float(values[-1])
        finite = np.isfinite(values)
        if finite.all():
            self.finite += len(values)
            self._least(values, values, steps)
            self.good, self.since, self.what = self.last, None, None
            return
        count = int(np.count_nonzero(finite))
        self.finite += count
        nan, positive = int(np.count_nonzero(np.isnan(values))), int(np.count_nonzero(values == np.inf))
        self.nan += nan
        self.posinf += positive
        self.neginf += len(values) - count - nan - positive
        if count:
            self._least(np.where(finite, values, np.inf), np.where(finite, values, -np.inf), steps)
            known = int(np.flatnonzero(finite)[-1])
            self.good, self.since, self.what = float(values[known]), None, None
            values, steps = values[known + 1 :], steps[known + 1 :]
        if len(values):
            self.since = _whole(steps[0]) if self.since is None else self.since
            what = _what(values)
            self.what = what if self.what in (None, what) else "NaN or Inf"

    def _least(self, low: Floats, high: Floats, steps: Floats) -> None:
        at = int(low.argmin())
        if low[at] < self.min:
            self.min, self.argmin = float(low[at]), _whole(steps[at])
        at = int(high.argmax())
        if high[at] > self.max:
            self.max, self.argmax = float(high[at]), _whole(steps[at])

    def fields(self) -> dict[str, Any]:
        """Return the fields of a `model.Series` that tell of its values."""
        lost = None
        if self.since is not None and self.what is not None:
            lost = Lost(self.since, self.what, self.good if self.finite else None)
        return {
            "finite": self.finite,
            "nan": self.nan,
            "posinf": self.posinf,
            "neginf": self.neginf,
            "min": self.min if self.finite else None,
            "max": self.max if self.finite else None,
            "argmin": self.argmin,
            "argmax": self.argmax,
            "last": encoding.number(self.last),
            "lost": lost,
        }


NONE: dict[str, Any] = {
    "finite": 0,
    "nan": 0,
    "posinf": 0,
    "neginf": 0,
    "min": None,
    "max": None,
    "argmin": -1,
    "argmax": -1,
    "last": None,
    "lost": None,
}
"""The same fields of a series of anything but numbers."""


def _what(values: Floats) -> What:
    if np.isnan(values).all():
        return "NaN"
    if (values == np.inf).all():
        return "+Inf"
    return "−Inf" if (values == -np.inf).all() else "NaN or Inf"


def _whole(step: float) -> int:
    return int(step) if np.isfinite(step) else -1
