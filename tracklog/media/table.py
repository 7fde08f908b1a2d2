"""Rows of anything that can be logged: numbers, text, dates, media."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

from tracklog.errors import warn
from tracklog.media import table_types
from tracklog.media.array import as_array
from tracklog.media.base import Media
from tracklog.media.table_cells import table_file
from tracklog.media.table_links import TableIndex, TableKey
from tracklog.media.table_types import ANY, UNKNOWN

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from tracklog.media.base import MediaDoor

_MODES = ("IMMUTABLE", "MUTABLE", "INCREMENTAL")
_SHOWN = 60
"""Characters of a value that an error shows."""


class Table(Media):
    """A table.

    ``data`` (or ``rows``): a list of rows, a 2-D array, or a DataFrame, which ``dataframe`` takes as well and whose
    columns then count. ``dtype``, one or one for each column, is a class (`int`, `Image`) or a word (``"number"``,
    ``"any"``); without it a column's type is that of its first cell. ``optional`` says whether cells may be None.

    ``log_mode``: what is logged of a table that is logged again. ``IMMUTABLE``: the same file, whatever was added;
    ``MUTABLE``: all of it; ``INCREMENTAL``: the rows that are new.

    Raises TypeError for rows that do not fit the columns' types, ValueError for rows of the wrong length.
    """

    LIST_TYPE = "tables"
    MAX_ROWS = 200_000
    """Rows of a table that are kept; W&B keeps 10,000."""
    MAX_ARTIFACT_ROWS = 200_000
    __hash__ = None  # type: ignore[assignment]  # rows can be added

    def __init__(
        self,
        columns: Sequence[str | int] | None = None,
        data: Any = None,
        rows: Any = None,
        dataframe: Any = None,
        dtype: Any = None,
        optional: bool | Sequence[bool] = True,
        allow_mixed_types: bool = False,
        log_mode: str = "IMMUTABLE",
    ) -> None:
        if log_mode not in _MODES:
            raise ValueError(f"log_mode is one of {', '.join(_MODES)}, not {log_mode!r}")
        frame = dataframe if dataframe is not None else data if _is_frame(data) else None
        if frame is not None:
            columns, data = _from_frame(frame)
        elif data is None:
            data = rows
        names = ["Input", "Output", "Expected"] if columns is None else columns
        if not isinstance(names, (list, tuple)) or not all(isinstance(name, (str, int)) for name in names):
            raise AssertionError("columns is a list of names; rows are passed as Table(columns=[…], data=rows)")
        self.log_mode = log_mode
        self.columns: list[Any] = list(names)
        self.data: list[list[Any]] = []
        self._types, self._optional = self._declared(ANY if allow_mixed_types else dtype, optional)
        self._pk_col: str | int | None = None
        self._fk_cols: set[str | int] = set()
        self._door: MediaDoor | None = None
        """Where it was logged last, with the record and the number of rows; and how often."""
        self._record: dict[str, object] = {}
        self._logged, self._increments = 0, 0
        self._take(_rows_of(data))

    @classmethod
    def from_frame(cls, frame: Any) -> Table | None:
        """Return a DataFrame that was logged as it is; None for other objects of its library."""
        if not _is_frame(frame):
            return None
        try:
            return cls(dataframe=frame)
        except TypeError:
            return cls(dataframe=frame, allow_mixed_types=True)

    def _declared(self, dtype: Any, optional: bool | Sequence[bool]) -> tuple[list[str], list[bool]]:
        count = len(self.columns)
        dtypes = list(dtype) if isinstance(dtype, (list, tuple)) else [dtype] * count
        nullable = list(optional) if isinstance(optional, (list, tuple)) else [bool(optional)] * count
        if len(dtypes) != count or len(nullable) != count:
            raise ValueError(f"dtype and optional need {count} values, one for each column")
        return [table_types.declared(kind) for kind in dtypes], nullable

    def _take(self, rows: list[list[Any]]) -> None:
        """Add many rows at once: types are told column by column."""
        width = len(self.columns)
        for row in rows:
            if len(row) != width:
                raise ValueError(f"a row has {len(row)} values, and there are {width} columns: {self.columns}")
        for n, column in enumerate(zip(*rows, strict=True)):
            self._types[n] = self._type_with(self._types[n], column, self.columns[n], optional=self._optional[n])
        self.data.extend(rows)

    def _type_with(self, known: str, cells: Sequence[Any], name: object, *, optional: bool) -> str:
        """Return the type of a column with more cells. Raises TypeError."""
        if optional and known == ANY:
            return known
        if len(set(map(type, cells))) == 1 and cells[0].__class__ in {int, float, str, bool}:
            cells = cells[:1]
        for cell in cells:
            new = table_types.type_of(cell)
            fits = table_types.merged(known, new)
            if fits is None or (new == UNKNOWN and not optional):
                raise TypeError(_misfit(name, known, new, cell))
            known = fits
        return known

    def add_data(self, *data: Any) -> None:
        """Add a row, one argument for each column. Raises ValueError for another number, TypeError for other types."""
        if len(data) != len(self.columns):
            raise ValueError(
                f"this table has {len(self.columns)} columns: {self.columns}, and the row {len(data)} values"
            )
        self._said_immutable()
        self._take([list(data)])

    def add_row(self, *row: Any) -> None:
        """Add a row, as `add_data` does."""
        self.add_data(*row)

    def add_column(self, name: str | int, data: Any, optional: bool = False) -> None:
        """Add a column: a list or a 1-D array with a value for each row.

        Raises AssertionError for a name that is taken, or another length; TypeError for values of several types.
        """
        cells = _cells(data) if hasattr(data, "to_list") else _listed(data)
        if name in self.columns:
            raise AssertionError(f"a column needs a name of its own, not {name!r}")
        if self.columns and len(cells) != len(self.data):
            raise AssertionError(f"column {name!r} has {len(cells)} values, and the table {len(self.data)} rows")
        nullable = optional or any(map(table_types.is_null, cells))
        self._said_immutable()
        kind = self._type_with(UNKNOWN, cells, name, optional=nullable)
        if not self.columns:
            self.data = [[] for _ in cells]
        for row, cell in zip(self.data, cells, strict=True):
            row.append(cell)
        self.columns.append(name)
        self._types.append(kind)
        self._optional.append(nullable)

    def add_computed_columns(self, fn: Callable[[int, dict[str, Any]], dict[str, Any]]) -> None:
        """Add the columns that ``fn(row number, row as a dict)`` returns as a dict."""
        added: dict[str, list[Any]] = {}
        for index, row in self.iterrows():
            computed = fn(index, dict(zip(self.columns, row, strict=True)))
            if not isinstance(computed, dict):
                raise AssertionError(  # noqa: TRY004 - as the reference does
                    f"the function must return a dict of columns, not {type(computed).__name__}"
                )
            for name, value in computed.items():
                added.setdefault(name, []).append(value)
        for name, cells in added.items():
            self.add_column(name, cells)

    def get_column(self, name: str | int, convert_to: str | None = None) -> Any:
        """Return the cells of a column: a list, or with ``convert_to="numpy"`` an array (images as their pixels)."""
        if name not in self.columns:
            raise AssertionError(f"there is no column {name!r}; there are {self.columns}")
        if convert_to not in {None, "numpy"}:
            raise AssertionError(f"convert_to is None or 'numpy', not {convert_to!r}")
        position = self.columns.index(name)
        cells = [row[position] for row in self.data]
        if convert_to is None:
            return cells
        import numpy as np

        return np.array([_as_numpy(cell) for cell in cells])

    def get_index(self) -> list[TableIndex]:
        """Return references to all rows, for columns of other tables."""
        return [self.index_ref(n) for n in range(len(self.data))]

    def index_ref(self, index: int) -> TableIndex:
        """Return a reference to a row: a number that knows its table."""
        if not 0 <= index < len(self.data):
            raise AssertionError(f"there is no row {index}; the table has {len(self.data)}")
        return TableIndex(index, self)

    def iterrows(self) -> Iterator[tuple[TableIndex, list[Any]]]:
        """Yield each row with its reference."""
        for n in range(len(self.data)):
            yield TableIndex(n, self), self.data[n]

    def get_dataframe(self) -> Any:
        """Return the table as a pandas DataFrame."""
        import pandas as pd

        return pd.DataFrame.from_records(self.data, columns=self.columns)

    def cast(self, col_name: str | int, dtype: Any, optional: bool = False) -> None:
        """Declare the type of a column. Raises TypeError when a cell is of another."""
        position = self._position(col_name)
        cells = [row[position] for row in self.data]
        self._types[position] = self._type_with(table_types.declared(dtype), cells, col_name, optional=optional)
        self._optional[position] = optional

    def set_pk(self, col_name: str | int) -> None:
        """Make a column of text the key of the table; its cells know their table from now on."""
        self._link(col_name, self, col_name)
        self._pk_col = col_name

    def set_fk(self, col_name: str | int, table: Table, table_col: str | int) -> None:
        """Say that a column holds the keys of another table; its cells know that table from now on."""
        if col_name == self._pk_col:
            raise AssertionError(f"column {col_name!r} is the table's own key")
        self._link(col_name, table, table_col)
        self._fk_cols.add(col_name)

    def _link(self, col_name: str | int, table: Table, table_col: str | int) -> None:
        position = self._position(col_name)
        if self._types[position] not in {"string", UNKNOWN}:
            raise TypeError(f"keys are text, and column {col_name!r} holds {self._types[position]}")
        for row in self.data:
            if row[position] is not None:
                row[position] = TableKey(row[position], table, table_col)

    def _position(self, name: str | int) -> int:
        if name not in self.columns:
            raise AssertionError(f"there is no column {name!r}; there are {self.columns}")
        return self.columns.index(name)

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Table) or self.columns != other.columns or len(self.data) != len(other.data):
            return False
        pairs = zip(self.data, other.data, strict=True)
        return all(_same(mine, theirs) for row, rows in pairs for mine, theirs in zip(row, rows, strict=True))

    def to_record(self, door: MediaDoor) -> dict[str, object]:
        """Return ``table-file`` with path, sha256, size, ncols, nrows, and for other modes than IMMUTABLE log_mode.

        ``nrows`` counts the rows that were logged; the file holds the first ``MAX_ROWS``. Of INCREMENTAL tables it
        counts what is new, ``row`` is the number of its first row, and ``increment`` that of the part.
        """
        if door is not self._door:
            self._door, self._record, self._logged, self._increments = door, {}, 0, 0
        if self._record and self.log_mode == "IMMUTABLE":
            return self._record
        first = self._logged if self.log_mode == "INCREMENTAL" else 0
        rows = self.data[first : self.MAX_ROWS]
        if len(self.data) > self.MAX_ROWS:
            warn("table-rows", f"a table of {len(self.data):,} rows is too long: its first {self.MAX_ROWS:,} are kept")
        file = door.put_bytes("table", table_file(self.columns, self._types, rows, door), "table.json")
        self._record = {"_type": "table-file", **file, "ncols": len(self.columns), "nrows": len(self.data) - first}
        if self.log_mode != "IMMUTABLE":
            self._record["log_mode"] = self.log_mode
        if self.log_mode == "INCREMENTAL":
            self._record |= {"row": first, "increment": self._increments}
            self._increments += 1
        self._logged = len(self.data)
        return self._record

    def to_file(self, door: MediaDoor) -> bytes:
        """Return the file of the table as it is now, for an artifact: what it is as a value of a run is another matter."""
        rows = self.data[: self.MAX_ARTIFACT_ROWS]
        if len(self.data) > len(rows):
            warn("table-rows", f"a table of {len(self.data):,} rows is too long: its first {len(rows):,} are kept")
        return table_file(self.columns, self._types, rows, door)

    def _said_immutable(self) -> None:
        if self._record and self.log_mode == "IMMUTABLE":
            warn(
                "table-immutable",
                "a table was changed after it was logged: logging it again records what it was then; "
                "Table(log_mode='MUTABLE') records it as it is, 'INCREMENTAL' its new rows",
            )


def _rows_of(data: Any) -> list[list[Any]]:
    """Return rows of lists of what a user passes as data. Raises TypeError, ValueError."""
    if data is None:
        return []
    array = as_array(data)
    if array is not None:
        if array.ndim != 2:  # noqa: PLR2004 - rows and columns
            raise ValueError(f"a table is made of a 2-D array, not of one with shape {array.shape}")
        return [list(row) for row in array.tolist()]
    if not isinstance(data, (list, tuple)):
        raise TypeError(f"data is a list of rows, an array or a DataFrame, not {type(data).__name__}")
    return [_row_of(row) for row in data]


def _row_of(row: Any) -> list[Any]:
    if isinstance(row, (str, bytes, dict)) or not hasattr(row, "__iter__"):
        raise TypeError(f"a row is a list of values, not {type(row).__name__} {str(row)[:_SHOWN]}")
    return list(row)


def _is_frame(value: Any) -> bool:
    return (hasattr(value, "itertuples") or hasattr(value, "rows")) and hasattr(value, "columns")


def _from_frame(frame: Any) -> tuple[list[Any], list[list[Any]]]:
    """Return columns and rows of a DataFrame of pandas or Polars. Raises TypeError for anything else."""
    if not _is_frame(frame):
        hint = ": pass what its collect() returns" if hasattr(frame, "collect") else ""
        raise TypeError(f"dataframe is a DataFrame of pandas or Polars, not {type(frame).__name__}{hint}")
    names = [name if isinstance(name, (str, int)) else str(name) for name in frame.columns]
    if hasattr(frame, "rows"):
        return names, [list(row) for row in frame.rows()]
    columns = [_cells(frame.iloc[:, n]) for n in range(len(names))]
    return names, [list(row) for row in zip(*columns, strict=True)]


def _listed(data: Any) -> list[Any]:
    array = as_array(data)
    return list(data) if array is None or array.ndim != 1 else array.tolist()


def _cells(series: Any) -> list[Any]:
    """Return the values of a Series; what is missing among others than pandas' floats is None."""
    cells: list[Any] = series.to_list()
    if getattr(series.dtype, "kind", "f") == "f":  # those of Polars have no kind, and None for what is missing
        return cells
    return [None if cell.__class__ is float and math.isnan(cell) else cell for cell in cells]


def _misfit(name: object, known: str, new: str, cell: object) -> str:
    shown = repr(cell)[:_SHOWN]
    if new == UNKNOWN:
        return f"column {name!r} takes no missing values (optional=False), and the row has {shown}"
    return (
        f"Data row contained incompatible types: column {name!r} holds {known}, and the row has {new}: {shown}. "
        "Convert the value, or make the table with allow_mixed_types=True"
    )


def _as_numpy(cell: Any) -> Any:
    import numpy as np

    if hasattr(cell, "to_data_array"):
        return np.asarray(cell.image)
    array = as_array(cell)
    return cell if array is None else array


def _same(mine: Any, theirs: Any) -> bool:
    if isinstance(mine, float) and isinstance(theirs, float):
        return mine == theirs or (math.isnan(mine) and math.isnan(theirs))
    arrays = as_array(mine), as_array(theirs)
    if arrays[0] is not None and arrays[1] is not None:
        import numpy as np

        return bool(np.array_equal(*arrays))
    return bool(mine == theirs)
