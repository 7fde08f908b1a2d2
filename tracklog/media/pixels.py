"""Arrays of any shape and range as pictures of 8 bits."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

from tracklog.media.losses import share

if TYPE_CHECKING:
    from numpy.typing import NDArray
    from PIL import Image as PILImage

    from tracklog.media.losses import Loss

_GREY, _COLOUR = 2, 3
"""Dimensions of a picture without and with channels."""
_CHANNELS = (1, 3, 4)
_GRID_COLUMNS, _GRID_GAP = 8, 2


_LEVELS = 3
"""A picture of fewer levels than this apart is as good as of one colour."""
_HAIR = 0.05
"""What interpolation and rounding add to pictures of floats: so far beyond 0 to 1 or -1 to 1 they still are such."""


def from_array(array: NDArray[Any], *, channels_first: bool, normalize: bool, losses: list[Loss]) -> PILImage.Image:
    """Return an array as a PIL image: L, RGB or RGBA by its channels.

    ``channels_first``: three dimensions are C × H × W, four a batch of such. ``losses`` is told what is lost. Raises
    ValueError for other shapes.
    """
    from PIL import Image as PILImage

    shaped = _channels_last(array) if channels_first else _without_ones(array)
    if shaped.ndim == _COLOUR and shaped.shape[2] == 1:
        shaped = shaped[:, :, 0]
    if not (shaped.ndim == _GREY or (shaped.ndim == _COLOUR and shaped.shape[2] in _CHANNELS)):
        expected = "(C, H, W)" if channels_first else "(H, W) or (H, W, C)"
        raise ValueError(
            f"Un-supported shape for image conversion {list(array.shape)}: expected {expected} with 1, 3 or 4 channels"
        )
    if shaped.size == 0:
        raise ValueError(f"an array of shape {list(array.shape)} has no pixels")
    return PILImage.fromarray(to_bytes(shaped, normalize=normalize, losses=losses))


def to_array(picture: PILImage.Image) -> NDArray[Any]:
    """Return the pixels, H × W or H × W × C."""
    import numpy as np

    return np.asarray(picture)


def to_bytes(array: NDArray[Any], *, normalize: bool, losses: list[Loss]) -> NDArray[Any]:
    """Return values as 0 to 255.

    With ``normalize``, values that all lie in 0…1 are multiplied by 255, those in -1…1 become 127.5 (x + 1), floats a hair
    beyond either are clipped to it; others are clipped to 0…255, as all are without it. Fractions are cut off. NaN
    becomes 0. ``losses`` is told what is clipped, flattened or missing.
    """
    import numpy as np

    if array.dtype == np.uint8 and (not normalize or array.max() > 1):
        return np.ascontiguousarray(array)
    values = array.astype(float)
    missing = np.isnan(values)
    if missing.any():
        losses.append(("image-nan", f"{share(missing)} of its values are NaN; these are black"))
        values = np.nan_to_num(values, nan=0.0, posinf=np.inf, neginf=-np.inf)
    low, high = values.min(), values.max()
    bottom, top = _range(low, high, hair=_HAIR if array.dtype.kind == "f" else 0.0) if normalize else (0.0, 255.0)
    beyond = (values < bottom) | (values > top)
    if beyond.any():
        said = f"{share(beyond)} of its values, which are {low:g} to {high:g}, are beyond {bottom:g} to {top:g} and clipped"
        losses.append(("image-range", said))
    result = ((values.clip(bottom, top) - bottom) * (255 / (top - bottom))).astype(np.uint8)
    if high > low and int(result.max()) - int(result.min()) < _LEVELS:
        levels = len(np.unique(result))
        losses.append(("image-flat", f"its values, which are {low:g} to {high:g}, become {levels} of 256 levels"))
    return result


def _range(low: float, high: float, hair: float) -> tuple[float, float]:
    """Return the range that values between `low` and `high` are meant in."""
    if high <= 1 + hair:
        if low >= -hair:
            return 0.0, 1.0
        if low >= -1 - hair:
            return -1.0, 1.0
    return 0.0, 255.0


def _without_ones(array: NDArray[Any]) -> NDArray[Any]:
    """Drop leading dimensions of size 1, as batches of one have; keep the single row of an H × W × C picture."""
    while array.ndim > _COLOUR and array.shape[0] == 1:
        array = array[0]
    if array.ndim == _COLOUR and array.shape[0] == 1 and array.shape[2] not in _CHANNELS:
        array = array[0]
    return array


def _channels_last(array: NDArray[Any]) -> NDArray[Any]:
    """Return H × W × C of C × H × W; a batch becomes a grid; H × W × C is recognised when it can be nothing else."""
    import numpy as np

    while array.ndim > _COLOUR and array.shape[0] == 1:
        array = array[0]
    if array.ndim == _COLOUR + 1:
        return _grid(np.moveaxis(array, 1, 3))
    if array.ndim == _COLOUR and (array.shape[0] in _CHANNELS or array.shape[2] not in _CHANNELS):
        return np.moveaxis(array, 0, 2)
    return array


def _grid(pictures: NDArray[Any]) -> NDArray[Any]:
    """Lay pictures (N × H × W × C) out in rows of at most eight, with a gap of two pixels."""
    import numpy as np

    count, height, width, channels = pictures.shape
    if not count:
        return pictures.reshape(0, width, channels)
    columns = min(count, _GRID_COLUMNS)
    rows = math.ceil(count / columns)
    step_down, step_right = height + _GRID_GAP, width + _GRID_GAP
    grid = np.zeros((rows * step_down - _GRID_GAP, columns * step_right - _GRID_GAP, channels), pictures.dtype)
    for index, picture in enumerate(pictures):
        top, left = index // columns * step_down, index % columns * step_right
        grid[top : top + height, left : left + width] = picture
    return grid
