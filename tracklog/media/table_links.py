"""Values of tables that know the table they come from."""

from __future__ import annotations

from typing import Any, Protocol


class Rows(Protocol):
    """What links need of a table: the names of its columns and its rows, in step."""

    columns: list[Any]
    data: list[list[Any]]


class TableIndex(int):
    """The number of a row, from 0, that knows its table."""

    _table: Rows

    def __new__(cls, index: int, table: Rows) -> TableIndex:  # noqa: PYI034 - Self came with Python 3.11
        """Return the reference to a row of a table."""
        made = super().__new__(cls, index)
        made._table = table
        return made

    def get_row(self) -> dict[str, Any]:
        """Return the row as a dict."""
        return dict(zip(self._table.columns, self._table.data[self], strict=True))


class TableKey(str):
    """A key that knows the table it is a key of."""

    __slots__ = ("_column", "_table")
    _table: Rows
    _column: str | int

    def __new__(cls, key: str, table: Rows, column: str | int) -> TableKey:  # noqa: PYI034 - Self came with Python 3.11
        """Return a reference to the row of a table whose `column` holds `key`."""
        made = super().__new__(cls, key)
        made._table, made._column = table, column
        return made

    def get_row(self) -> dict[str, Any]:
        """Return the row as a dict; empty when the table has none with this key."""
        position = self._table.columns.index(self._column)
        found = next((row for row in self._table.data if row[position] == self), [])
        return dict(zip(self._table.columns, found, strict=False))
