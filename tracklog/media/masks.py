"""Masks: a class for each pixel of an image, one or several named sets of them."""

from __future__ import annotations

import io
from os import PathLike, fspath
from pathlib import Path
from typing import TYPE_CHECKING, Any

from tracklog.errors import warn
from tracklog.media import classes
from tracklog.media.array import to_numpy

if TYPE_CHECKING:
    from collections.abc import Mapping

    from numpy.typing import NDArray

    from tracklog.media.base import MediaDoor

_BYTE, _WORD = 255, 65_535
_KEPT = frozenset(("1", "L", "P", "I;16"))
"""PNGs of these modes hold ids as they are: their files are kept byte for byte."""


class ImageMask:
    """One set of masks: ``{"mask_data": H × W integers, or a path, "class_labels": {id: name}?}``.

    Ids of 0 to 255 are stored as a PNG of 8 bits, those up to 65,535 as one of 16. Raises TypeError for other values,
    FileNotFoundError when a path leads nowhere.
    """

    def __init__(self, val: Mapping[str, Any], key: str) -> None:
        if not isinstance(val, dict) or ("mask_data" not in val and "path" not in val):
            raise TypeError(
                f'Missing key "mask_data": the mask {key!r} requires mask data, a 2D array of class ids, or a path'
            )
        data = val["mask_data"] if "mask_data" in val else val["path"]
        if isinstance(data, (str, PathLike)):
            self.data, self.width, self.height = _from_file(Path(fspath(data)), key)
        else:
            self.data, self.width, self.height = _from_array(_ids(data, key))
        given = val.get("class_labels")
        self.classes = None if given is None else classes.labelled(given)

    def to_record(self, door: MediaDoor, default: classes.Classes | None = None) -> dict[str, object]:
        """Return ``mask`` with path, sha256, size and the path of its classes, else of the `default` ones."""
        record: dict[str, object] = {"_type": "mask", **door.put_bytes("masks", self.data, "mask.png")}
        named = self.classes or default
        if named is not None:
            record["classes"] = named.put(door)
        return record


def read(value: object, size: tuple[int, int]) -> dict[str, ImageMask]:
    """Return the sets that ``Image(masks=)`` was given; `size` is the image's. Raises as `ImageMask` does."""
    if value is None:
        return {}
    if not isinstance(value, dict):
        raise TypeError(f'masks must be a dict: {{"predictions": {{"mask_data": …}}}}, not {type(value).__name__}')
    found = {}
    for name, mask in value.items():
        if not isinstance(name, str):
            raise TypeError(f"the name of a set of masks must be a string, not {name!r:.60}")
        found[name] = mask if isinstance(mask, ImageMask) else ImageMask(mask, name)
        own = (found[name].width, found[name].height)
        if own != size:
            warn(
                "mask-size",
                f"the mask {name!r} has {own[0]} × {own[1]} pixels and its image {size[0]} × {size[1]}: "
                "it is kept as it is, and stretched where it is shown",
            )
    return found


def _ids(data: Any, key: str) -> NDArray[Any]:
    try:
        array = to_numpy(data)
    except TypeError as error:
        raise TypeError(f"mask_data of {key!r} must be a 2D array: {error}") from error
    while array.ndim > 2 and array.shape[0] == 1:  # noqa: PLR2004 - a batch or a channel of one
        array = array[0]
    if array.ndim != 2 or not array.size:  # noqa: PLR2004
        raise TypeError(f"mask_data of {key!r} must be a 2D array, not one of shape {list(array.shape)}")
    low, high = array.min(), array.max()
    if not (low >= 0 and high <= _WORD) or (array.dtype.kind == "f" and (array != array.round()).any()):
        raise TypeError(
            f"mask_data of {key!r} must be integers from 0 to 255, or to 65,535 at most; its values go from "
            f"{low:g} to {high:g}"
        )
    return array.astype("u2" if high > _BYTE else "u1")


def _from_array(ids: NDArray[Any]) -> tuple[bytes, int, int]:
    from PIL import Image as PILImage

    written = io.BytesIO()
    PILImage.fromarray(ids).save(written, "PNG")
    return written.getvalue(), ids.shape[1], ids.shape[0]


def _from_file(path: Path, key: str) -> tuple[bytes, int, int]:
    """Keep a PNG of ids as it is; other pictures of one channel become one."""
    import numpy as np
    from PIL import Image as PILImage

    data = path.read_bytes()
    try:
        picture = PILImage.open(io.BytesIO(data))
        if picture.format == "PNG" and picture.mode in _KEPT:
            return data, *picture.size
        array = np.asarray(picture)
    except (OSError, ValueError, SyntaxError, PILImage.DecompressionBombError) as error:
        raise TypeError(f"the mask {key!r} cannot be read from {path}: {error}") from error
    if array.ndim > 2 and (array[..., :1] == array[..., :3]).all():  # noqa: PLR2004 - a grey picture saved as colour
        array = array[..., 0]
    return _from_array(_ids(array, key))
