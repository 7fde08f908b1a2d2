"""Which step a row has: the source's where that keeps every value, else a count, with the source's step beside it.

Lines of one step are one row, whose later values win (`docs/format.md`). A source that tells the same key twice at one step,
or has steps that are no whole numbers, would lose values: its rows are counted.
"""

from __future__ import annotations

import math
import operator
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from tracklog.importers.told import Row

_NAMES = ("step", "source_step", "step_of_source")
_WIDEST = 2**62


class NumberedError(Exception):
    """Rows must be counted, and all of them anew, since a step of the source does not tell them apart."""

    def __init__(self, name: str, why: str) -> None:
        """`name` is the key under which the source's step is kept; `why` begins a sentence, empty where it goes unsaid."""
        super().__init__(why)
        self.name = name
        self.why = why


@dataclass(slots=True)
class Steps:
    """The steps of the rows so far."""

    name: str | None = None
    """The key of the source's step where rows are counted."""
    count: int = 0
    greatest: float = -math.inf
    fell: bool = False
    written: Callable[[], Iterable[dict[str, Any]]] = lambda: ()
    """Gives the rows that are on disk, for the first time that a step falls."""
    _last: set[str] = field(default_factory=set)
    """The keys at the greatest step."""
    _seen: dict[float, set[str]] | None = None

    def of(self, row: Row) -> tuple[int, dict[str, Any]]:
        """Return the step and the values of the row's line. Raises NumberedError where rows must be counted anew."""
        if self.name is not None:
            return self._counted(row)
        step = row.step
        if step is None:
            raise NumberedError(_NAMES[0], "")
        if step.__class__ is not int or not -_WIDEST < step < _WIDEST:
            if step != int(step) if math.isfinite(step) and abs(step) < _WIDEST else True:
                raise NumberedError(_NAMES[0], "Steps are no whole numbers")
            step = int(step)
        if step > self.greatest:
            self.greatest = step
            self._last = set(row.values) if self._seen is None else self._note(step, row.values)
            return step, row.values
        self._check(step, row.values)
        return step, row.values

    def rise(self, steps: list[int], keys: Iterable[str]) -> bool:
        """Take many steps at once; return False where each must be looked at."""
        if self.name is not None or self._seen is not None or not all(map(operator.lt, [self.greatest, *steps], steps)):
            return False
        if not -_WIDEST < steps[0] <= steps[-1] < _WIDEST:
            return False
        self.greatest = steps[-1]
        self._last = set(keys)
        return True

    def _note(self, step: float, keys: Iterable[str]) -> set[str]:
        assert self._seen is not None  # noqa: S101 - asked by callers
        known = self._seen.setdefault(step, set())
        known.update(keys)
        return known

    def _check(self, step: float, values: dict[str, Any]) -> None:
        if self._seen is None and step == self.greatest and self._last:
            known = self._last
        else:
            self.fell = self.fell or step < self.greatest
            if self._seen is None:
                self._seen = {}
                for line in self.written():
                    self._note(line["_step"], (key for key in line if key not in ("_step", "_runtime", "_timestamp")))
            known = self._seen.setdefault(step, set())
        if not known.isdisjoint(values):
            twice = next(key for key in values if key in known)
            raise NumberedError(_NAMES[0], f"{twice!r} stands more than once at step {step}")
        known.update(values)

    def _counted(self, row: Row) -> tuple[int, dict[str, Any]]:
        name = self.name or _NAMES[0]
        if name in row.values:
            later = _NAMES[_NAMES.index(name) + 1 :] if name in _NAMES else ()
            free = next((other for other in later if other not in row.values), f"{name}_")
            raise NumberedError(free, "")
        step, self.count = self.count, self.count + 1
        return step, row.values if row.step is None else {name: row.step, **row.values}
