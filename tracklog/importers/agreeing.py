"""Rows of one step that say nothing different of any key are one row: loggers repeat the epoch beside each of their lines."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from tracklog.importers import told

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator


@dataclass(slots=True)
class Agreeing:
    """Joins rows that follow each other, also across readings: what the last row said is kept as JSON."""

    step: float | None = None
    said: dict[str, str] = field(default_factory=dict)
    """The values of the last row, as texts."""

    @classmethod
    def after(cls, kept: Any) -> Agreeing:
        """Go on behind a row that an earlier reading `kept`."""
        if not isinstance(kept, dict) or not isinstance(kept.get("said"), dict):
            return cls()
        return cls(kept.get("step"), kept["said"])

    def kept(self) -> dict[str, Any]:
        """Return what `after` needs."""
        return {"step": self.step, "said": self.said}

    def rows(self, found: Iterable[told.Row]) -> Iterator[told.Row]:
        """Yield rows, joined; of what the last one of an earlier reading said, only the rest."""
        waiting: told.Row | None = None
        for row in found:
            if row.step is not None and row.step == self.step and self._agrees(row):
                rest = {key: value for key, value in row.values.items() if key not in self.said}
                self.said |= {key: repr(value) for key, value in rest.items()}
                if rest:
                    more = told.Row(row.step, row.time, rest)
                    waiting = waiting.joined(more) if waiting else more
                continue
            if waiting is not None:
                yield waiting
            waiting, self.step = row, row.step
            self.said = {key: repr(value) for key, value in row.values.items()}
        if waiting is not None:
            yield waiting

    def _agrees(self, row: told.Row) -> bool:
        return all(self.said.get(key, text) == text for key, value in row.values.items() if (text := repr(value)))
