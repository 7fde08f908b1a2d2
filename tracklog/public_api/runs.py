"""Runs that match a filter, as a sequence that reads them when it is first looked at."""

from __future__ import annotations

import functools
from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Any, overload

from tracklog.errors import FormatError, warn
from tracklog.public_api import columns, filters
from tracklog.public_api.run import Run

if TYPE_CHECKING:
    from pathlib import Path


class Runs(Sequence[Run]):
    """Runs of a project, filtered and sorted."""

    def __init__(
        self,
        folders: Callable[[], list[Path]],
        conditions: Mapping[str, Any] | None = None,
        order: str | None = None,
        entity: str = "",
    ) -> None:
        """`folders` are those of the runs, asked for once; `entity` is the label of runs that have none.

        Raises ValueError for a filter or an order that cannot be read.
        """
        self._folders = folders
        self._matches = filters.compiled(conditions or {}, columns.operand)
        self._rank, self._falling = columns.ordering(order)
        self._entity = entity

    @functools.cached_property
    def _found(self) -> list[Run]:
        ranked, last = [], []
        for folder in self._folders():
            run = Run(folder, self._entity)
            try:
                facts = run.facts()
            except FormatError as error:
                warn(f"newer-{folder}", f"a run is left out: {error}")
                continue
            if self._matches(functools.partial(columns.value, facts)):
                rank = self._rank(facts)
                if rank is None:
                    last.append(run)
                else:
                    ranked.append((rank, run))
        ranked.sort(key=lambda item: item[0], reverse=self._falling)
        return [run for _, run in ranked] + last

    def __len__(self) -> int:
        return len(self._found)

    @overload
    def __getitem__(self, index: int) -> Run: ...
    @overload
    def __getitem__(self, index: slice) -> list[Run]: ...
    def __getitem__(self, index: int | slice) -> Any:
        """Return a run, or a list of some."""
        return self._found[index]

    def __repr__(self) -> str:
        return f"<Runs ({len(self)})>"
