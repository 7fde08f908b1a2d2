"""Arrays and tensors of the summary: kept whole, with the numbers that describe them."""

from __future__ import annotations

import io
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from tracklog import values
from tracklog.media.array import as_array, type_of
from tracklog.media.base import Media
from tracklog.media.histogram import Histogram
from tracklog.store import encoding, layout
from tracklog.store.files import inside

if TYPE_CHECKING:
    from pathlib import Path

    from numpy.typing import NDArray

    from tracklog.media.base import MediaDoor

PERCENTILES = (5, 10, 25, 75, 90, 95)
_DEPTH = 64


class Tensor(Media):
    """An array of numbers with more than 32 values: an ``.npy`` file and its statistics."""

    def __init__(self, array: NDArray[Any], type_name: str, dtype: str) -> None:
        """`type_name` and `dtype` are those of the library it comes from: ``torch.Tensor``, ``bfloat16``."""
        self.array, self.type_name, self.dtype = array, type_name, dtype

    def to_record(self, door: MediaDoor) -> dict[str, object]:
        """Return type, file, ``shape``, ``dtype`` and, of real numbers, what `statistics` returns."""
        import numpy as np

        written = io.BytesIO()
        np.save(written, np.asarray(self.array), allow_pickle=False)
        record: dict[str, object] = {"_type": self.type_name, **door.put_bytes("summary", written.getvalue(), "npy")}
        record |= {"shape": list(self.array.shape), "dtype": self.dtype}
        if self.array.dtype.kind in "biuf":
            record |= statistics(self.array) | {"histogram": Histogram.from_array(self.array).to_record(door)}
        return record


def statistics(array: NDArray[Any]) -> dict[str, object]:
    """Return ``min``, ``max``, ``mean``, ``var`` and percentiles (``5%`` …) of the finite values, as float64.

    NaN and infinities are counted as ``nan`` and ``inf`` where there are any.
    """
    import numpy as np

    flat = array.reshape(-1).astype(float)
    finite = flat[np.isfinite(flat)]
    nan = int(np.isnan(flat).sum())
    found: dict[str, object] = {}
    if finite.size:
        with np.errstate(over="ignore", invalid="ignore"):  # the mean of the largest floats is none
            found = {"min": finite.min(), "max": finite.max(), "mean": finite.mean(), "var": finite.var()}
            shares = np.percentile(finite, PERCENTILES)
        found |= {f"{share}%": value for share, value in zip(PERCENTILES, shares, strict=True)}
        found = {name: encoding.number(float(value)) for name, value in found.items()}  # type: ignore[arg-type]
    counts = {"nan": nan, "inf": int(flat.size - finite.size - nan)}
    return found | {name: count for name, count in counts.items() if count}


def whole(value: Any, depth: int = 0) -> Any:
    """Return a summary value whose large arrays of numbers, nested ones too, are `Tensor` objects."""
    if isinstance(value, (Media, str, bytes, int, float)) or depth > _DEPTH:
        return value
    if isinstance(value, Mapping):
        return {key: whole(item, depth + 1) for key, item in value.items()}
    if type(value) in (list, tuple):
        return [whole(item, depth + 1) for item in value]
    array = as_array(value)
    if array is None or array.size <= values.LIST_LIMIT or array.dtype.kind not in "biufc":
        return value
    return Tensor(array, type_of(value), str(getattr(value, "dtype", array.dtype)).rpartition(".")[2])


def load(record: Mapping[str, Any], folder: Path) -> NDArray[Any] | None:
    """Return the array that a record of the summary stands for, from its run's folder.

    None where the record is of something else, or its file is missing or damaged.
    """
    path = record.get("path")
    if not isinstance(path, str) or not path.endswith(".npy") or "shape" not in record:
        return None
    import numpy as np

    place = inside(folder, f"{layout.FILES}/{path}")
    try:
        # Mapped first: a header that promises more than the file holds costs no memory.
        return None if place is None else np.array(np.lib.format.open_memmap(place, mode="r"))
    except (OSError, ValueError):
        return None
