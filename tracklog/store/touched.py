"""What one process said of keys, as far as it matters to a summary that others write to as well."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from tracklog.store import layout

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from tracklog.store.layout import Event, Row


@dataclass(slots=True)
class Touched:
    """The keys of a summary that a process logged or set.

    What it said of a key is laid over what others said as one value: nested dicts merge, everything else is replaced. That
    is the same as each of its values laid over in turn, but for `odd` keys: a path of theirs was nested and something else
    as well, was deleted, or was set to a dict as a whole; or a record was made or changed by its parts.
    """

    keys: set[str] = field(default_factory=set)
    odd: set[str] = field(default_factory=set)
    _plain: set[str] = field(default_factory=lambda: set(layout.CLOCKS))
    """Keys of firm rows that were no dicts, and the clocks."""
    _inner: set[tuple[str, ...]] = field(default_factory=set)
    _leaves: set[tuple[str, ...]] = field(default_factory=set)

    def by_rows(self, rows: Iterable[Row], *, firm: bool = True) -> set[str]:
        """Take in rows; return their keys, but those that are known of `firm` rows, to which nothing comes any more."""
        found: set[str] = set()
        for row in rows:
            if dict not in map(type, row.values()) and row.keys() <= self._plain:
                continue
            for key, value in row.items():
                if key in layout.CLOCKS:
                    continue
                found.add(key)
                self._value((key,), value)
                if firm and not isinstance(value, dict):
                    self._plain.add(key)
        self.keys |= found
        return found

    def by_hand(self, events: Sequence[Event]) -> None:
        """Take in what was set by hand."""
        for event in events:
            path = event.get("path")
            if not isinstance(path, list) or not path or not all(isinstance(part, str) for part in path):
                continue
            self.keys.add(path[0])
            if event.get("delete") is True or layout.is_nesting(event.get("value")) or "_type" in path:
                self.odd.add(path[0])
                continue
            value: Any = None
            for part in reversed(path[1:]):
                value = {part: value}
            self._value((path[0],), value)

    def _value(self, path: tuple[str, ...], value: object) -> None:
        mine, other = (self._inner, self._leaves) if layout.is_nesting(value) else (self._leaves, self._inner)
        mine.add(path)
        if path in other:
            self.odd.add(path[0])
        if isinstance(value, dict) and mine is self._inner:
            for key, one in value.items():
                self._value((*path, key), one)
