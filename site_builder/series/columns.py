"""From a batch of rows to columns: values of one key and kind, with the rows they stand in.

Rows of one shape (the same keys) are turned into columns together, which is what makes reading fast: a training logs few
shapes many times.
"""

from __future__ import annotations

from dataclasses import dataclass
from operator import itemgetter
from typing import TYPE_CHECKING, Any

import numpy as np

from tracklog.store import layout
from tracklog.store.numeric import Numeric

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence

    from numpy.typing import NDArray

    from site_builder.model import Kind
    from tracklog.store.layout import Row

    Path = tuple[str, ...]
    Floats = NDArray[np.float64]
    Places = NDArray[np.int64]
    KindOf = Callable[[object], Kind]
    _Piece = tuple[Places, list[Any], set[type]]
    """Rows, their values, and which types these have."""
    _Found = tuple[Path, Places, list[Any], set[type]]

CLOCKS = (layout.STEP, layout.RUNTIME, layout.TIMESTAMP)

_NUMBERS = frozenset((float, int))


@dataclass(slots=True)
class Column:
    """Values of one key and kind in a batch of rows."""

    path: Path
    kind: Kind
    rows: Places
    """Index of each value's row in the batch, ascending; the same object where columns stand in the same rows."""
    values: Any
    """float64 array for ``number`` and ``bool``; a list of JSON values for other kinds."""


def of_rows(rows: Sequence[Row], kind_of: KindOf) -> tuple[list[Floats], list[Column]]:
    """Return the clocks of a batch, NaN where a row lacks one, and its other columns; `kind_of` tells the kind of a JSON value."""
    if isinstance(rows, Numeric):
        return _of_numeric(rows)
    return [_clock(rows, name) for name in CLOCKS], _of_dicts(rows, kind_of)


def _of_numeric(rows: Numeric) -> tuple[list[Floats], list[Column]]:
    by_key = dict(zip(rows.keys, np.ascontiguousarray(np.frombuffer(rows.table).reshape(len(rows), -1).T), strict=True))
    clocks = [by_key.pop(name) if name in by_key else np.full(len(rows), np.nan) for name in CLOCKS]
    every = np.arange(len(rows))
    known = {np.ones(len(rows), bool).tobytes(): every}
    found = []
    for key, values in by_key.items():
        there = np.isfinite(values)
        sign = there.tobytes()
        if sign not in known:
            known[sign] = every[there]
        places = known[sign]
        if len(places):
            found.append(Column((key,), "number", places, values if places is every else values[places]))
    return clocks, found


def _of_dicts(rows: Sequence[Row], kind_of: KindOf) -> list[Column]:
    found: dict[Path, list[_Piece]] = {}
    for path, places, values, types in _raw(rows):
        found.setdefault(path, []).append((places, values, types))
    joined = _Joined()
    return [column for path, pieces in found.items() for column in _typed(path, *joined.of(pieces), kind_of)]


def _clock(rows: Sequence[Row], name: str) -> Floats:
    try:
        values: list[Any] = list(map(itemgetter(name), rows))
    except KeyError:
        values = [row.get(name) for row in rows]
    try:
        return np.array(values, np.float64)
    except (TypeError, ValueError, OverflowError):
        return np.array([layout.number(v) if isinstance(v, int | float) else np.nan for v in values], np.float64)


def _raw(rows: Sequence[Row]) -> Iterator[_Found]:
    for keys, members, columns in _shapes(rows):
        places = np.arange(len(rows)) if members is None else np.array(members, np.int64)
        for key, values in zip(keys, columns, strict=True):
            if key not in layout.CLOCKS:
                yield from _flat((key,), places, values)


def _shapes(rows: Sequence[Row]) -> Iterator[tuple[Iterable[str], list[int] | None, list[list[Any]]]]:
    """Yield the keys that rows have, which rows have these and no others (None: all), and the values of each key."""
    keys = list(rows[0])
    if sum(map(len, rows)) == len(keys) * len(rows):
        try:
            yield keys, None, [list(map(itemgetter(key), rows)) for key in keys]
        except KeyError:
            pass  # as many keys, but others
        else:
            return
    shapes: dict[tuple[str, ...], list[int]] = {}
    for index, shape in enumerate(map(tuple, rows)):
        if shape in shapes:
            shapes[shape].append(index)
        else:
            shapes[shape] = [index]
    for shape, members in shapes.items():
        yield shape, members, [[rows[i][key] for i in members] for key in shape]


def _flat(path: Path, places: Places, values: list[Any]) -> Iterator[_Found]:
    """Yield a column, or the columns inside of it where its values are nested dicts."""
    types = set(map(type, values))
    if dict not in types:
        yield path, places, values, types
        return
    nested = [isinstance(value, dict) and bool(value) and not layout.is_record(value) for value in values]
    flat = [n for n, is_nested in enumerate(nested) if not is_nested]
    if flat:
        mine = [values[n] for n in flat]
        yield path, places if len(flat) == len(values) else places[flat], mine, set(map(type, mine))
    inner: dict[str, tuple[list[int], list[Any]]] = {}
    for n, is_nested in enumerate(nested):
        if is_nested:
            for key, value in values[n].items():
                at, items = inner.setdefault(key, ([], []))
                at.append(n)
                items.append(value)
    for key, (at, items) in inner.items():
        yield from _flat((*path, key), places if len(at) == len(values) else places[at], items)


class _Joined:
    """Puts together what a key has in several shapes; keys of the same shapes get the same rows."""

    def __init__(self) -> None:
        self._known: dict[tuple[int, ...], tuple[Places, NDArray[np.intp]]] = {}

    def of(self, pieces: list[_Piece]) -> _Piece:
        if len(pieces) == 1:
            return pieces[0]
        shapes = tuple(id(places) for places, _, _ in pieces)
        if shapes not in self._known:
            rows = np.concatenate([places for places, _, _ in pieces])
            order = np.argsort(rows, kind="stable")
            self._known[shapes] = rows[order], order
        rows, order = self._known[shapes]
        values = [value for _, part, _ in pieces for value in part]
        return rows, [values[i] for i in order], set[type]().union(*(types for _, _, types in pieces))


def _typed(path: Path, rows: Places, values: list[Any], types: set[type], kind_of: KindOf) -> list[Column]:
    if types <= _NUMBERS:
        return [Column(path, "number", rows, np.array(values, np.float64))]
    if types == {bool}:
        return [Column(path, "bool", rows, np.array(values, np.float64))]
    by_kind: dict[Kind, list[int]] = {}
    for n, value in enumerate(values):
        by_kind.setdefault(kind_of(value), []).append(n)
    return [
        _of_kind(path, kind, rows if len(at) == len(values) else rows[at], [values[n] for n in at])
        for kind, at in by_kind.items()
    ]


def _of_kind(path: Path, kind: Kind, rows: Places, values: list[Any]) -> Column:
    if kind in ("number", "bool"):
        numbers = [layout.NON_FINITE[value] if isinstance(value, str) else value for value in values]
        return Column(path, kind, rows, np.array(numbers, np.float64))
    return Column(path, kind, rows, values)
