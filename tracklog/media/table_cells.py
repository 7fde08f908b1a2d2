"""The file of a table: its cells as JSON, media and large arrays as files of their own beside it."""

from __future__ import annotations

import io
import math
from typing import TYPE_CHECKING, Any

from tracklog.media.array import as_array
from tracklog.media.base import Media
from tracklog.media.table_types import is_null
from tracklog.store import encoding, layout

if TYPE_CHECKING:
    from collections.abc import Sequence

    from tracklog.media.base import MediaDoor

INLINE = 150
"""Values of a 1-D array that stand in the table itself; larger arrays are files."""
_PLAIN = frozenset((type(None), bool, int, float, str))


def table_file(
    columns: Sequence[object], types: Sequence[str], rows: Sequence[Sequence[object]], door: MediaDoor
) -> bytes:
    """Return ``{"columns": […], "types": […], "data": [[…], …]}``."""
    head = {"columns": list(columns), "types": list(types)}
    return encoding.dumps(head | {"data": _plain_rows(rows, door)})


def cell(value: Any, door: MediaDoor) -> Any:
    """Return the JSON value of one cell: numbers and text as in rows of the history, media as their records.

    Arrays: up to 150 values in one dimension a list, others ``ndarray-file`` with shape, dtype and path of an ``.npy``.
    """
    from tracklog.values import encode

    if is_null(value):
        return None
    array = None if isinstance(value, Media) else as_array(value)
    if array is None or getattr(array, "size", 1) == 1 or array.dtype.kind not in "biuf":
        return encode(value, door)
    if array.ndim == 1 and array.size <= INLINE:
        return encode(array.tolist(), door)
    return _array_file(array, door)


def _plain_rows(rows: Sequence[Sequence[object]], door: MediaDoor) -> Any:
    """Return rows that orjson writes as they are: columns are only touched where they hold more than plain values."""
    columns: list[Any] = list(zip(*rows, strict=True))
    encoded = {n: [cell(value, door) for value in column] for n, column in enumerate(columns) if not _is_plain(column)}
    if not encoded:
        return rows
    return list(zip(*(encoded.get(n, column) for n, column in enumerate(columns)), strict=True))


def _is_plain(column: Sequence[Any]) -> bool:
    kinds = set(map(type, column))
    if not kinds <= _PLAIN:
        return False
    if float in kinds and not all(map(math.isfinite, column if len(kinds) == 1 else _only(column, float))):
        return False
    if int in kinds:
        integers = column if len(kinds) == 1 else list(_only(column, int))
        if min(integers) < encoding.LEAST or max(integers) > encoding.GREATEST:
            return False
    return str not in kinds or layout.NON_FINITE.keys().isdisjoint(column)


def _only(column: Sequence[Any], kind: type) -> Any:
    return (value for value in column if value.__class__ is kind)


def _array_file(array: Any, door: MediaDoor) -> dict[str, object]:
    import numpy as np

    written = io.BytesIO()
    np.save(written, np.ascontiguousarray(array), allow_pickle=False)
    record: dict[str, object] = {"_type": "ndarray-file", **door.put_bytes("array", written.getvalue(), "npy")}
    return record | {"shape": list(array.shape), "dtype": str(array.dtype)}
