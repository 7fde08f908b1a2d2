"""Clouds of points as bytes for a graphics card: coordinates beside their centre, then colours.

The payload is N × 3 float32 (little endian), then N × 3 bytes of red, green, blue, or N bytes of categories. Coordinates
are relative to the centre: those of a map are large, and float32 would make steps of them.
"""

from __future__ import annotations

import io
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

MOST = 2_000_000
"""Points that a page gets; of more every k-th is drawn."""
_SHUFFLED = 50_000
"""Larger clouds are in an order drawn by lot, so that any first part of them is a fair sample for a slow machine."""
_WITH_CATEGORY, _WITH_COLOUR = 4, 6
FARTHEST = 1e18
"""Coordinates beyond are not drawn: squares of distances are no float32."""

Colours = Literal["", "category", "rgb"]


@dataclass(frozen=True, slots=True)
class Cloud:
    """Points, and what of them is not drawn."""

    data: bytes
    drawn: int
    total: int
    colours: Colours
    center: tuple[float, float, float]
    note: str


def of_array(data: bytes) -> Cloud:
    """Return the points of a NumPy file. Raises ValueError when it is damaged or of another shape."""
    try:
        points = np.load(io.BytesIO(data), allow_pickle=False)
    except (ValueError, EOFError, OSError) as error:
        raise ValueError(f"the points are damaged: {str(error)[:200]}") from error
    return _cloud(points)


def of_list(points: Any) -> Cloud:
    """Return points that stand in JSON. Raises ValueError when they are no rows of 3, 4 or 6 numbers."""
    try:
        return _cloud(np.array(points or np.zeros((0, 3)), np.float64))
    except (TypeError, ValueError) as error:
        raise ValueError(f"the points are no rows of 3, 4 or 6 numbers: {str(error)[:200]}") from error


def _cloud(points: NDArray[Any]) -> Cloud:
    if points.ndim != 2 or points.shape[1] not in (3, _WITH_CATEGORY, _WITH_COLOUR) or points.dtype.kind not in "biuf":  # noqa: PLR2004 - rows of x, y, z
        raise ValueError(f"points have the shape N × 3, 4 or 6, not {' × '.join(map(str, points.shape))}")
    total = len(points)
    finite = points[np.isfinite(points[:, :3].astype(np.float64)).all(axis=1)]
    whole = finite[(np.abs(finite[:, :3].astype(np.float64)) < FARTHEST).all(axis=1)]
    lost, far = total - len(finite), len(finite) - len(whole)
    said = [f"{lost:,} points without a place left out"] if lost else []
    if far:
        said.append(f"{far:,} points farther than {FARTHEST:g} from the origin left out")
    if len(whole) > MOST:
        step = -(-len(whole) // MOST)
        whole = whole[::step]
        said.append(f"every {step}th of {total:,} points drawn")
    if len(whole) > _SHUFFLED:
        whole = whole[np.random.default_rng(0).permutation(len(whole))]
    places = whole[:, :3].astype(np.float64)
    center = (places.min(axis=0) + places.max(axis=0)) / 2 if len(places) else np.zeros(3)
    data = (places - center).astype("<f4").tobytes()
    colours: Colours = ""
    if points.shape[1] == _WITH_CATEGORY:
        colours = "category"
        data += np.clip(np.nan_to_num(whole[:, 3]), 0, 255).astype(np.uint8).tobytes()
    elif points.shape[1] == _WITH_COLOUR:
        colours = "rgb"
        data += np.clip(np.nan_to_num(whole[:, 3:]), 0, 255).astype(np.uint8).tobytes()
    x, y, z = (float(part) for part in center)
    return Cloud(data, len(whole), total, colours, (x, y, z), "; ".join(said))
