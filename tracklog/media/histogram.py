"""Distributions of numbers."""

from __future__ import annotations

from math import isfinite
from typing import TYPE_CHECKING, Any

from tracklog.media.array import to_numpy
from tracklog.media.base import Media

if TYPE_CHECKING:
    from collections.abc import Iterator

    from numpy.typing import NDArray

    from tracklog.media.base import MediaDoor

MAX_BINS = 512
ARRAY_BINS = 32
"""Bins of an array that is logged as it is."""
CHUNK = 1 << 20
"""Values looked at in one go, so that a large model needs no second copy of its weights."""
TOLERANCE = 1e-9
"""Deviation of an edge, in bin widths, up to which bins count as equally wide."""


class Histogram(Media):
    """How often which values occur.

    From numbers of any shape (``sequence``; NaN and infinities are dropped and counted), or from what `numpy.histogram`
    returns (``np_histogram=(counts, edges)``). Raises ValueError for more than 512 bins and for edges that do not fit,
    TypeError for values that are no numbers.
    """

    MAX_LENGTH = MAX_BINS

    def __init__(
        self,
        sequence: Any = None,
        np_histogram: tuple[Any, Any] | None = None,
        num_bins: int = 64,
    ) -> None:
        self.dropped = 0
        if np_histogram is not None:
            self.histogram, self.bins = _given(np_histogram)
        elif sequence is not None:
            if not 1 <= num_bins <= MAX_BINS:
                raise ValueError(f"a histogram has 1 to {MAX_BINS} bins, num_bins is {num_bins}")
            self.histogram, self.bins, self.dropped = _count(to_numpy(sequence), num_bins)
        else:
            raise ValueError(
                "a histogram needs numbers: Histogram([1, 2, 3]) or Histogram(np_histogram=(counts, edges))"
            )

    @classmethod
    def from_array(cls, array: Any) -> Histogram:
        """Return the histogram of an array that was logged as it is: 32 bins."""
        return cls(array, num_bins=ARRAY_BINS)

    def to_json(self, run: Any = None) -> dict[str, object]:
        """Return counts and edges as wandb names them: ``{"_type": "histogram", "values": …, "bins": …}``."""
        del run
        return {"_type": "histogram", "values": self.histogram, "bins": self.bins}

    def to_record(self, door: MediaDoor) -> dict[str, object]:  # noqa: ARG002  # no file is needed
        """Return ``{counts, min, width}`` when bins are equally wide, else ``{counts, bins}``, bins being the edges.

        ``dropped`` stands there when values were no finite numbers.
        """
        record: dict[str, object] = {"_type": "histogram", "counts": self.histogram}
        width = (self.bins[-1] - self.bins[0]) / len(self.histogram)
        if all(abs(self.bins[0] + n * width - edge) <= TOLERANCE * width for n, edge in enumerate(self.bins)):
            record.update(min=self.bins[0], width=width)
        else:
            record["bins"] = self.bins
        if self.dropped:
            record["dropped"] = self.dropped
        return record


def _given(np_histogram: Any) -> tuple[list[float], list[float]]:
    """Check counts and edges that somebody else has made."""
    if not isinstance(np_histogram, (tuple, list)) or len(np_histogram) != 2:  # noqa: PLR2004  # a pair
        raise ValueError("np_histogram is what numpy.histogram returns: a tuple of counts and edges")
    counts, edges = to_numpy(np_histogram[0]).ravel(), to_numpy(np_histogram[1]).ravel().astype(float)
    if len(edges) != len(counts) + 1:
        raise ValueError(
            f"np_histogram has {len(counts)} counts, so it needs {len(counts) + 1} edges, not {len(edges)}"
        )
    if not 1 <= len(counts) <= MAX_BINS:
        raise ValueError(f"a histogram has 1 to {MAX_BINS} bins, np_histogram has {len(counts)}")
    if not isfinite(counts.sum(dtype=float)):
        raise ValueError("the counts of np_histogram must be finite numbers")
    if not (edges[1:] >= edges[:-1]).all() or abs(edges).max() == float("inf"):
        raise ValueError("the edges of np_histogram must be finite numbers in rising order")
    return counts.tolist(), edges.tolist()


def _count(array: NDArray[Any], num_bins: int) -> tuple[list[float], list[float], int]:
    """Return counts, edges and the number of values that are not finite."""
    import numpy as np

    low, high, finite = np.inf, -np.inf, 0
    for chunk in _chunks(array):
        if chunk.size:
            low, high, finite = min(low, chunk.min()), max(high, chunk.max()), finite + chunk.size
    if not finite:
        low, high = 0.0, 1.0
    num_bins, span, scale = _span(low, high, num_bins)
    edges = np.histogram_bin_edges([], num_bins, span)
    counts = np.zeros(num_bins, np.int64)
    for chunk in _chunks(array):
        counts += np.histogram(chunk / scale, num_bins, span)[0]
    largest = np.finfo(float).max
    with np.errstate(over="ignore"):  # around the largest float itself
        edges = (edges * scale).clip(-largest, largest)
    return counts.tolist(), edges.tolist(), int(array.size - finite)


def _span(low: float, high: float, num_bins: int) -> tuple[int, tuple[float, float], float]:
    """Return a number of bins, a range that can be divided by it, and what all values are divided by before."""
    import numpy as np

    # NumPy divides by the width of the range and by that of a bin: the largest and the smallest floats leave no room.
    largest = max(abs(low), abs(high))
    scale = 4.0 if largest > np.finfo(float).max / 4 else 2.0**-500 if 0 < largest < 1e-250 else 1.0  # noqa: PLR2004
    low, high = low / scale, high / scale
    if low == high:
        half = max(0.5 / scale, abs(low) * 1e-6)
        low, high = low - half, high + half
    # A range of a few floats has no room for many bins.
    divided = np.linspace(low, high, num_bins + 1) * min(scale, 1.0)
    return num_bins if (np.diff(divided) > 0).all() else 1, (low, high), scale


def _chunks(array: NDArray[Any]) -> Iterator[NDArray[Any]]:
    """Yield the finite values, as float64."""
    import numpy as np

    flat = array.reshape(-1)
    for start in range(0, len(flat), CHUNK):
        chunk = flat[start : start + CHUNK].astype(float)
        yield chunk[np.isfinite(chunk)]
