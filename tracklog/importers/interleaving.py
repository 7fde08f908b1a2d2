"""Rows of several metrics that a source keeps apart, put together in the order of their times."""

from __future__ import annotations

import heapq
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from tracklog.importers.told import Row


def by_time(metrics: Iterable[Iterable[Row]]) -> Iterator[Row]:
    """Yield rows by their times; each metric keeps its own order whatever its times do, and the first given comes first."""
    lists = [list(_placed(number, rows)) for number, rows in enumerate(metrics)]
    yield from (row for *_, row in heapq.merge(*lists, key=lambda item: item[:2]))


def _placed(number: int, rows: Iterable[Row]) -> Iterator[tuple[float, int, Row]]:
    latest = float("-inf")
    for row in rows:
        latest = max(latest, row.time if row.time is not None else latest)
        yield latest, number, row
