"""MLflow's store in SQLite: rows of `metrics` stand in the order in which they were logged, which no step or time tells."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import PurePosixPath
from typing import TYPE_CHECKING, Any
from urllib.parse import unquote, urlparse

from tracklog.importers import folders, told
from tracklog.importers.mlflow_files import Metrics, Run, number, seconds
from tracklog.importers.sqlite import Database, is_database, tables

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

_TABLES = {"runs", "experiments", "metrics", "params", "tags"}
_SUFFIXES = (".db", ".sqlite", ".sqlite3")
_RUNS = (
    "SELECT r.run_uuid, r.name, r.status, r.start_time, r.end_time, r.artifact_uri, e.name FROM runs r "
    "LEFT JOIN experiments e ON e.experiment_id = r.experiment_id "
    "WHERE r.lifecycle_stage IS NOT 'deleted' AND e.lifecycle_stage IS NOT 'deleted' ORDER BY r.start_time, r.run_uuid"
)


def databases(source: Path) -> Iterator[Path]:
    """Yield the databases of a source that are MLflow's."""
    for folder, _, names in folders.walk(source):
        for name in names:
            path = folder / name
            if (path == source or name.endswith(_SUFFIXES)) and is_database(path) and _is_ours(path):
                yield path


def _is_ours(path: Path) -> bool:
    # A database of this name that cannot be read is to be named as damaged, not as foreign.
    return tables(path) >= _TABLES or path.name == "mlflow.db"


def runs(source: Path) -> Iterator[Run | told.Damage]:
    """Yield the runs of a source."""
    for path in databases(source):
        database = Database(path)
        try:
            for run_id, name, status, began, ended, uri, experiment in database.rows(_RUNS):
                yield _Recorded(
                    id=str(run_id),
                    name=str(name or run_id),
                    experiment=str(experiment or ""),
                    place=f"{folders.below(source, path)}/{run_id}".lstrip("/"),
                    status=str(status or ""),
                    began=seconds(began),
                    ended=seconds(ended),
                    files=(path, path.with_name(f"{path.name}-wal")),
                    artifacts=_artifacts(path.parent, uri),
                    _database=database,
                )
        except told.UnreadableError as error:
            yield told.Damage(str(error))


def _artifacts(home: Path, uri: Any) -> Path | None:
    """Return the folder of a run's artifacts inside of the source, by the end of an address on another machine."""
    if not isinstance(uri, str):
        return None
    parts = PurePosixPath(unquote(urlparse(uri).path)).parts
    for start in range(len(parts)):
        tail = parts[start:]
        if len(tail) > 1 and ".." not in tail and tail[0] != "/" and (found := home.joinpath(*tail)).is_dir():
            resolved = found.resolve()
            return resolved if resolved.is_relative_to(home.resolve()) else None
    return None


@dataclass(slots=True)
class _Recorded(Run):
    """A run in a database."""

    _database: Database

    def params(self) -> dict[str, str]:
        return self._texts("params")

    def tags(self) -> dict[str, str]:
        return self._texts("tags")

    def _texts(self, table: str) -> dict[str, str]:
        query = f"SELECT key, value FROM {table} WHERE run_uuid = ? ORDER BY rowid"  # noqa: S608 - one of two names
        return {str(key): str(value) for key, value in self._database.rows(query, self.id)}

    def metrics(self, position: Any) -> Metrics:
        last = position if isinstance(position, int) else 0
        query = "SELECT rowid, key, value, timestamp, step, is_nan FROM metrics WHERE run_uuid = ? AND rowid > ? ORDER BY rowid"
        if last and not any(
            self._database.rows("SELECT 1 FROM metrics WHERE run_uuid = ? AND rowid = ?", self.id, last)
        ):
            raise told.ReplacedError
        rows, damage = [], []
        for rowid, key, value, timestamp, step, is_nan in self._database.rows(query, self.id, last):
            last = rowid
            try:
                known = float(step or 0)
                time = seconds(timestamp)
                rows.append(
                    told.Row(int(known) if known == int(known) else known, time, {str(key): number(value, is_nan)})
                )
            except (TypeError, ValueError, OverflowError):
                damage.append(f"row {rowid} of {key} is no value: {value!r} at step {step!r}")
        return Metrics(rows, last, damage)
