"""MLflow's store of text files, ``mlruns/<experiment>/<run>/``; and what any store tells of a run."""

from __future__ import annotations

import contextlib
import math
from abc import ABC, abstractmethod
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from tracklog.importers import folders, told
from tracklog.importers.interleaving import by_time
from tracklog.importers.settings_files import yaml_mapping
from tracklog.store import files

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

_META, _TRASH = "meta.yaml", ".trash"
_STATES = {1: "RUNNING", 2: "SCHEDULED", 3: "FINISHED", 4: "FAILED", 5: "KILLED"}
_GREATEST = 1.7976931348623157e308
"""What stands for infinity in a database, and is the greatest double else."""
_STEPPED, _TIMED = 3, 2


@dataclass(slots=True)
class Metrics:
    """Values that are new, in order, and how far the store was read."""

    rows: Sequence[told.Row]
    position: Any
    damage: list[str] = field(default_factory=list)


@dataclass(slots=True)
class Run(ABC):
    """What a store tells of a run."""

    id: str
    name: str
    experiment: str
    place: str
    status: str
    began: float | None
    """Unix seconds, as `ended`."""
    ended: float | None
    files: tuple[Path, ...]
    artifacts: Path | None
    """The folder of its artifacts, where it is inside of the source."""

    @abstractmethod
    def params(self) -> dict[str, str]:
        """Return its params."""

    @abstractmethod
    def tags(self) -> dict[str, str]:
        """Return its tags."""

    @abstractmethod
    def metrics(self, position: Any) -> Metrics:
        """Return its values behind a position. Raises told.ReplacedError."""


def experiments(source: Path) -> Iterator[Path]:
    """Yield the folders of runs of a source."""
    for folder, inner, names in folders.walk(source) if source.is_dir() else ():
        if _META in names and "metrics" in inner and _TRASH not in folder.parts:
            yield folder


def runs(source: Path) -> Iterator[Run | told.Damage]:
    """Yield the runs of a source."""
    for folder in experiments(source):
        meta = yaml_mapping(folder / _META)
        if isinstance(meta, str):
            yield told.Damage(f"{folders.below(source, folder)}/{_META} {meta}; its run is left out")
        elif meta.get("lifecycle_stage") != "deleted" and (meta.get("run_id") or meta.get("run_uuid")):
            yield _Folder.of(folder, meta, source)


@dataclass(slots=True)
class _Folder(Run):
    """A run in a folder."""

    _folder: Path

    @classmethod
    def of(cls, folder: Path, meta: dict[str, Any], source: Path) -> _Folder:
        above = yaml_mapping(folder.parent / _META)
        name = above.get("name") if isinstance(above, dict) else None
        state = meta.get("status")
        run_id = str(meta.get("run_id") or meta.get("run_uuid"))
        return cls(
            id=run_id,
            name=str(meta.get("run_name") or run_id),
            experiment=str(name or folder.parent.name),
            place=folders.below(source, folder),
            status=_STATES.get(state, "") if isinstance(state, int) else str(state or ""),
            began=seconds(meta.get("start_time")),
            ended=seconds(meta.get("end_time")),
            files=tuple(parent / name for parent, _, names in folders.walk(folder / "metrics") for name in names),
            artifacts=folder / "artifacts",
            _folder=folder,
        )

    def params(self) -> dict[str, str]:
        return dict(_texts(self._folder / "params"))

    def tags(self) -> dict[str, str]:
        return dict(_texts(self._folder / "tags"))

    def metrics(self, position: Any) -> Metrics:
        known = position if isinstance(position, dict) else {}
        found = _Lines(known)
        home = self._folder / "metrics"
        for parent, _, names in folders.walk(home) if home.is_dir() else ():
            for name in names:
                found.read(parent / name, folders.below(home, parent / name))
        if any(key not in found.ends for key in known):
            raise told.ReplacedError
        return Metrics(list(by_time(found.rows)), found.ends, found.damage)


class _Lines:
    """The lines of all metrics, from the bytes on that were read before."""

    def __init__(self, known: dict[str, int]) -> None:
        self.rows: list[list[told.Row]] = []
        self.ends: dict[str, int] = {}
        self.damage: list[str] = []
        self._known = known

    def read(self, path: Path, key: str) -> None:
        start = self._known.get(key, 0)
        try:
            with files.opened(path) as file:
                if file.seek(0, 2) < start:
                    raise told.ReplacedError
                file.seek(start)
                data = file.read()
        except OSError as error:
            self.damage.append(f"the metric {key} cannot be read: {error.strerror or error}")
            return
        whole = data[: data.rfind(b"\n") + 1]
        self.ends[key] = start + len(whole)
        found = [self._row(key, line) for line in whole.splitlines() if line]
        self.rows.append([row for row in found if row is not None])

    def _row(self, key: str, line: bytes) -> told.Row | None:
        parts = line.split()
        try:
            time, number = int(parts[0]) / 1000, float(parts[1])
            step = float(parts[2]) if len(parts) >= _STEPPED else 0
        except (ValueError, IndexError):
            self.damage.append(f"the metric {key} has a line that is no value: {line[:60]!r}")
            return None
        return told.Row(int(step) if step == int(step) else step, time, {key: number})


def _texts(folder: Path) -> Iterator[tuple[str, str]]:
    """Yield the contents of the files below a folder by their names."""
    for parent, _, names in folders.walk(folder) if folder.is_dir() else ():
        for name in names:
            with contextlib.suppress(OSError):
                yield folders.below(folder, parent / name), files.content(parent / name).decode("utf-8", "replace")


def seconds(milliseconds: Any) -> float | None:
    """Return a time in unix seconds; None where it is none."""
    is_number = isinstance(milliseconds, int | float) and not isinstance(milliseconds, bool)
    return milliseconds / 1000 if is_number and math.isfinite(milliseconds) else None


def number(value: Any, is_nan: Any) -> float:
    """Return the value of a database's row: its greatest numbers stand for infinities."""
    if is_nan:
        return math.nan
    found = float(value)
    return math.copysign(math.inf, found) if abs(found) == _GREATEST else found
