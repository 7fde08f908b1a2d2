"""Cells of a table as the page reads them: columns cut into blocks of rows.

A block is::

    uint32  length of the JSON text, little-endian
    JSON    a list with one object for each column: {"at": n} for numbers, bools and dates, the n-th packed column;
            {"cells": [...]} for everything else, null where a cell is missing
    then for each 255 of the packed columns
    uint32  length of what follows, little-endian
    packed  columns of float64 (`site_builder.pack.packed`): bools are 0 and 1, dates milliseconds since 1970 UTC

A packed column has NaN where a cell is missing, and ``null`` lists those rows of the block; ``exact`` is a list of
``[row, text]`` for integers that a double cannot hold. Cells of media are lists of the kind's `MediaItem`.
"""

from __future__ import annotations

import struct
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import orjson

from site_builder.model import BLOCK_ROWS
from site_builder.series import packed

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    import numpy as np
    from numpy.typing import NDArray

    from site_builder.items import TableColumn

_LENGTH = struct.Struct("<I")
_MOST = 255
"""Columns that `packed` takes at once."""


@dataclass(frozen=True, slots=True)
class Cells:
    """A column with its cells: as numbers, or as JSON values."""

    column: TableColumn
    numbers: NDArray[np.float64] | None
    values: Sequence[Any]
    """Empty for numbers."""
    null: NDArray[np.int64]
    """Rows of numbers that are missing."""
    exact: tuple[tuple[int, str], ...] = ()


def blocks(columns: Sequence[Cells], rows: int) -> Iterator[bytes]:
    """Yield the blocks of a table, in order."""
    for start in range(0, rows, BLOCK_ROWS):
        stop = min(start + BLOCK_ROWS, rows)
        numbers = [cells.numbers[start:stop] for cells in columns if cells.numbers is not None]
        text = orjson.dumps(list(_described(columns, start, stop)))
        sections = [text, *(packed(numbers[n : n + _MOST]) for n in range(0, len(numbers), _MOST))]
        yield b"".join(_LENGTH.pack(len(section)) + section for section in sections)


def _described(columns: Sequence[Cells], start: int, stop: int) -> Iterator[dict[str, Any]]:
    at = 0
    for cells in columns:
        if cells.numbers is None:
            yield {"cells": list(cells.values[start:stop])}
            continue
        found: dict[str, Any] = {"at": at}
        null = cells.null[(cells.null >= start) & (cells.null < stop)] - start
        exact = [(row - start, text) for row, text in cells.exact if start <= row < stop]
        if len(null):
            found["null"] = null.tolist()
        if exact:
            found["exact"] = exact
        at += 1
        yield found
