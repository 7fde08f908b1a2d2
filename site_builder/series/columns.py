"""From rows to typed series: values of one key and kind, with the rows they stand in.

Rows of one shape (the same keys in the same order) are turned into columns together, which is what makes reading fast:
a training logs few shapes many times.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import numpy as np

from tracklog.store import layout

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from numpy.typing import NDArray

    from site_builder.model import Kind
    from tracklog.store.layout import Row

_NUMBERS = frozenset((float, int))


@dataclass(slots=True)
class Values:
    """A series before it is packed."""

    key: str
    kind: Kind
    rows: NDArray[np.int64]
    """Index of each value's row, ascending."""
    values: Any
    """float64 array for ``number`` and ``bool``; a list of JSON values for other kinds."""


@dataclass(slots=True)
class _Column:
    rows: list[NDArray[np.int64]] = field(default_factory=list)
    values: list[Sequence[Any]] = field(default_factory=list)


def from_rows(rows: list[Row], kind_of: Callable[[object], Kind]) -> list[Values]:
    """Return the series of a track, in the order their keys were first logged; `kind_of` tells the kind of a JSON value."""
    columns: dict[tuple[str, ...], _Column] = {}
    for path, indices, values in _columns(rows):
        column = columns.setdefault(path, _Column())
        column.rows.append(indices)
        column.values.append(values)
    result: list[Values] = []
    for path, column in columns.items():
        result += _typed(layout.join_path(path), *_joined(column), kind_of)
    return result


def clock(rows: list[Row], name: str) -> NDArray[np.float64]:
    """Return one clock column of rows as float64; NaN where a row lacks it."""
    values = [row.get(name) for row in rows]
    try:
        return np.array(values, np.float64)
    except (TypeError, ValueError):
        return np.array([v if isinstance(v, int | float) else np.nan for v in values], np.float64)


def _columns(rows: list[Row]) -> Iterator[tuple[tuple[str, ...], NDArray[np.int64], Sequence[Any]]]:
    shapes: dict[tuple[str, ...], list[int]] = {}
    for index, row in enumerate(rows):
        shapes.setdefault(tuple(row), []).append(index)
    for shape, members in shapes.items():
        indices = np.array(members, np.int64)
        chosen = rows if len(members) == len(rows) else [rows[i] for i in members]
        for key, values in zip(shape, zip(*map(dict.values, chosen), strict=True), strict=True):
            if key not in layout.CLOCKS:
                yield from _flat((key,), indices, values)


def _flat(
    path: tuple[str, ...], indices: NDArray[np.int64], values: Sequence[Any]
) -> Iterator[tuple[tuple[str, ...], NDArray[np.int64], Sequence[Any]]]:
    """Yield a column, or the columns inside of it where its values are nested dicts."""
    if dict not in set(map(type, values)):
        yield path, indices, values
        return
    nested = [isinstance(value, dict) and bool(value) and not layout.is_record(value) for value in values]
    flat = [n for n, is_nested in enumerate(nested) if not is_nested]
    if flat:
        yield path, indices[flat], [values[n] for n in flat]
    inner: dict[str, tuple[list[int], list[Any]]] = {}
    for n, is_nested in enumerate(nested):
        if is_nested:
            for key, value in values[n].items():
                places, items = inner.setdefault(key, ([], []))
                places.append(n)
                items.append(value)
    for key, (places, items) in inner.items():
        yield from _flat((*path, key), indices[places], items)


def _joined(column: _Column) -> tuple[NDArray[np.int64], Sequence[Any]]:
    if len(column.rows) == 1:
        return column.rows[0], column.values[0]
    rows = np.concatenate(column.rows)
    order = np.argsort(rows, kind="stable")
    values = [value for part in column.values for value in part]
    return rows[order], [values[i] for i in order]


def _typed(key: str, rows: NDArray[np.int64], values: Sequence[Any], kind_of: Callable[[object], Kind]) -> list[Values]:
    types = set(map(type, values))
    if types <= _NUMBERS:
        return [Values(key, "number", rows, np.array(values, np.float64))]
    if types == {bool}:
        return [Values(key, "bool", rows, np.array(values, np.float64))]
    by_kind: dict[Kind, list[int]] = {}
    for n, value in enumerate(values):
        by_kind.setdefault(kind_of(value), []).append(n)
    return [_of_kind(key, kind, rows[places], [values[n] for n in places]) for kind, places in by_kind.items()]


def _of_kind(key: str, kind: Kind, rows: NDArray[np.int64], values: list[Any]) -> Values:
    if kind in ("number", "bool"):
        numbers = [layout.NON_FINITE[value] if isinstance(value, str) else value for value in values]
        return Values(key, kind, rows, np.array(numbers, np.float64))
    return Values(key, kind, rows, values)
