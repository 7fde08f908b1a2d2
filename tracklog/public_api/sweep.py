"""A recorded sweep: its definition and its runs."""

from __future__ import annotations

import functools
from typing import TYPE_CHECKING, Any

from tracklog.public_api.runs import Runs
from tracklog.store import layout, reader, sweeps
from tracklog.sweeps.definition import metric_of
from tracklog.sweeps.search import is_done

if TYPE_CHECKING:
    from pathlib import Path

    from tracklog.public_api.run import Run


class Sweep:
    """A sweep of a log folder."""

    def __init__(self, folder: Path, entity: str = "") -> None:
        """`folder` is the sweep's, `entity` the label of sweeps that have none. Raises OSError, FormatError."""
        self._folder = folder
        self._sweep = sweeps.read(folder)
        self._label = entity

    id = property(lambda self: self._sweep["id"], doc="The sweep's id.")
    project = property(lambda self: self._sweep["project"], doc="The project's name.")
    entity = property(lambda self: self._sweep.get("entity") or self._label, doc="A label: there are no accounts.")
    path = property(lambda self: [self.entity, self.project, self.id], doc="Entity, project and id.")
    name = property(lambda self: str(self.config.get("name") or self.id), doc="The name, else the id.")

    @property
    def config(self) -> dict[str, Any]:
        """The definition."""
        return self._sweep["definition"]

    @property
    def state(self) -> str:
        """``FINISHED`` when there are no more trials to take, else ``RUNNING``."""
        return "FINISHED" if is_done(self._folder, self.config) else "RUNNING"

    @property
    def order(self) -> str | None:
        """How `Api.runs` sorts the best first; None without a metric."""
        metric = metric_of(self.config)
        return None if metric is None else f"{'-' if metric[1] else '+'}summary_metrics.{metric[0]}"

    @functools.cached_property
    def runs(self) -> Runs:
        """The runs of its trials, the oldest first."""
        return self._runs(None)

    @property
    def expected_run_count(self) -> int | None:
        """The number of runs that its definition caps it at; None without a cap."""
        return self.config.get("run_cap")

    def best_run(self, order: str | None = None) -> Run | None:
        """Return the first run in an order (default: the best of the metric); None while there is none."""
        found = self._runs(order or self.order)
        return found[0] if found else None

    def _runs(self, order: str | None) -> Runs:
        project = self._folder.parents[1]
        names = (layout.file_name(run, layout.RESERVED_RUNS) for run in sweeps.runs(self._folder))
        places = [project / name for name in names]
        return Runs(lambda: [place for place in places if reader.is_run(place)], None, order, self.entity)

    def __repr__(self) -> str:
        return f"<Sweep {'/'.join(part for part in self.path if part)} ({self.state})>"
