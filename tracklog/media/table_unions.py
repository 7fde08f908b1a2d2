"""Tables made of other tables."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from tracklog.media.base import Media
from tracklog.media.table import Table

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tracklog.media.base import MediaDoor

_PAIR = 2


class JoinedTable(Media):
    """Two tables side by side, a row for each value of a column: a full outer join.

    ``join_key`` is a column that both have, or a pair: that of the first, that of the second. Raises TypeError for
    anything but tables, ValueError for keys that they do not have.
    """

    LIST_TYPE = "tables"

    def __init__(self, table1: Any, table2: Any, join_key: Any) -> None:
        # Tables of an artifact may be named by their entries, `artifact.get_path("t.table.json")`.
        table1, table2 = (one.media() if hasattr(one, "media") else one for one in (table1, table2))
        if not isinstance(table1, Table) or not isinstance(table2, Table):
            raise TypeError("JoinedTable takes two tables; tables of artifacts are passed as artifact.get(name)")
        keys = [join_key, join_key] if isinstance(join_key, (str, int)) else join_key
        if not isinstance(keys, (list, tuple)) or len(keys) != _PAIR:
            raise ValueError(f"join_key is a column, or a list of two, one for each table; it is {join_key!r}")
        for table, key in zip((table1, table2), keys, strict=True):
            if key not in table.columns:
                raise ValueError(f"there is no column {key!r} to join on; there are {table.columns}")
        self._table1, self._table2, self._keys = table1, table2, keys

    def to_record(self, door: MediaDoor) -> dict[str, object]:
        """Return the ``table-file`` of the join: the key, then ``0.…`` and ``1.…``, the columns of either table.

        The n-th row with a key stands beside the n-th row with that key.
        """
        rows: dict[tuple[str, int], list[Any]] = {}
        tables = (self._table1, self._table2)
        widths = [len(table.columns) - 1 for table in tables]
        for n, (table, key) in enumerate(zip(tables, self._keys, strict=True)):
            position = table.columns.index(key)
            seen: dict[str, int] = {}
            start = 1 + n * widths[0]
            for row in table.data:
                text = repr(row[position])
                seen[text] = seen.get(text, 0) + 1
                joined = rows.setdefault((text, seen[text]), [row[position], *[None] * sum(widths)])
                joined[start : start + widths[n]] = row[:position] + row[position + 1 :]
        names = [
            f"{n}.{name}"
            for n, (table, key) in enumerate(zip(tables, self._keys, strict=True))
            for position, name in enumerate(table.columns)
            if position != table.columns.index(key)
        ]
        columns = [str(self._keys[0]), *names]
        return Table(columns=columns, data=list(rows.values()), allow_mixed_types=True).to_record(door)

    @property
    def tables(self) -> tuple[Table, Table]:
        """The two tables."""
        return self._table1, self._table2

    @property
    def join_key(self) -> list[Any]:
        """The columns that they are joined on, that of the first table and that of the second."""
        return list(self._keys)


class PartitionedTable(Media):
    """All tables below a path of an artifact, as one; outside of an artifact there is nothing to log.

    What `Artifact.get` returns knows its ``parts``, the tables by their names.
    """

    def __init__(self, parts_path: str) -> None:
        self.parts_path = parts_path
        self.parts: list[Table] = []

    @property
    def columns(self) -> list[Any]:
        """The columns of its first part."""
        return list(self.parts[0].columns) if self.parts else []

    def iterrows(self) -> Iterator[tuple[int, list[Any]]]:
        """Yield the rows of all parts, each with its number."""
        yield from enumerate(row for part in self.parts for row in part.data)

    def to_record(self, door: MediaDoor) -> dict[str, object]:  # noqa: ARG002  # there is nothing to log
        """Raise ValueError: the parts are in an artifact."""
        raise ValueError(f"a PartitionedTable lives in an artifact: its parts are the tables below {self.parts_path!r}")
