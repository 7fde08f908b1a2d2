"""MLflow's stores: a SQLite database (`mlflow_database`), or folders of text files (`mlflow_files`), and the artifacts beside.

Both hold the same things under other names: a `Store` tells them, and this module says what they are of a run. MLflow keeps
params as texts; those that read as numbers, bools or None are what they read as.
"""

from __future__ import annotations

import itertools
import json
import re
from typing import TYPE_CHECKING, Any

from tracklog.importers import cells, folders, mlflow_database, mlflow_files, told
from tracklog.importers.settings_files import json_value
from tracklog.store import files

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from tracklog.importers.mlflow_files import Run

NAME, TITLE = "mlflow", "MLflow"
MARKS_END = True
_ENDS = {"FINISHED": 0, "FAILED": 1, "KILLED": 137}
_SYSTEM = "system/"
_IMAGE = re.compile(r"images/(.+)\+step\+(-?\d+)\+timestamp\+(\d+)\+[^/]+\.png")
_TWIN = re.compile(r"images/.+\+step\+.+\+compressed\.webp")
"""A smaller copy of a picture, which the picture itself makes needless."""
_NOTES, _USER, _SOURCE, _PARENT, _COMMIT, _TABLES = (
    f"mlflow.{name}"
    for name in ("note.content", "user", "source.name", "parentRunId", "source.git.commit", "loggedArtifacts")
)


def looks_like(path: Path) -> bool:
    """Return whether a path is a store of MLflow, or has one below it."""
    return any(True for _ in itertools.chain(mlflow_database.databases(path), mlflow_files.experiments(path)))


def runs(source: Path) -> Iterator[told.Origin | told.Damage]:
    """Yield the runs of a source that were not deleted, by the order of its stores."""
    seen: set[str] = set()
    for found in itertools.chain(mlflow_database.runs(source), mlflow_files.runs(source)):
        if isinstance(found, told.Damage):
            yield found
        elif found.id not in seen:
            seen.add(found.id)
            yield told.Origin(
                id=found.id,
                place=found.place,
                files=found.files,
                mark=f"mlflow/{found.id}",
                project=found.experiment,
                name=found.name,
                key=found,
            )


def read(origin: told.Origin, position: Any) -> Iterator[told.Told]:
    """Yield what a run says, from a position on."""
    run: Run = origin.key
    known = position if isinstance(position, dict) else {}
    if position is None and run.began is not None:
        yield told.Began(run.began)
    params, tags = run.params(), run.tags()
    if params and known.get("params") != params:
        yield told.Config({key: _param(value) for key, value in params.items()})
    if known.get("tags") != tags:
        yield _about(tags)
    last: float | None = known.get("last")
    metrics = run.metrics(known.get("metrics"))
    for row in metrics.rows:
        ((key, value),) = row.values.items()
        if key.startswith(_SYSTEM):
            yield told.System(row.time or 0.0, {key.removeprefix(_SYSTEM): value})
        else:
            last = row.step
            yield row
    yield from map(told.Damage, metrics.damage)
    if position is None and run.artifacts is None and _has_artifacts(tags):
        yield told.Note("Its artifacts do not lie beside the database: import the folder that holds both")
    artifacts = dict(_artifacts(run.artifacts))
    for name, sign in artifacts.items():
        if known.get("artifacts", {}).get(name) != sign:
            yield from _artifact(run.artifacts, name, tags, last)
    if run.status in _ENDS and known.get("status") != run.status:
        yield told.Ended(_ENDS[run.status], run.ended)
    yield told.Position(
        {
            "params": params,
            "tags": tags,
            "metrics": metrics.position,
            "artifacts": artifacts,
            "last": last,
            "status": run.status,
        }
    )


def _param(text: str) -> Any:
    return None if text == "None" else cells.value(text)


def _about(tags: dict[str, str]) -> told.About:
    own = [f"{key}: {value}" if value else key for key, value in tags.items() if not key.startswith("mlflow.")]
    return told.About(
        {
            "notes": tags.get(_NOTES),
            "user": tags.get(_USER),
            "program": tags.get(_SOURCE),
            "group": tags.get(_PARENT),
            "git": {"commit": tags[_COMMIT]} if _COMMIT in tags else None,
            "tags": own,
        }
    )


# -- artifacts


def _artifacts(folder: Path | None) -> Iterator[tuple[str, str]]:
    """Yield the artifacts of a run by their names, and what tells a file from another one."""
    for parent, _, names in folders.walk(folder) if folder is not None and folder.is_dir() else ():
        for name in names:
            path = parent / name
            try:
                status = path.stat()
            except OSError:
                continue
            yield folders.below(folder, path), f"{status.st_size}/{status.st_mtime_ns}"  # type: ignore[arg-type]


def _artifact(folder: Path | None, name: str, tags: dict[str, str], last: float | None) -> Iterator[told.Told]:
    found = files.inside(folder, name) if folder is not None else None
    if found is None or _TWIN.fullmatch(name):
        return
    image = _IMAGE.fullmatch(name)
    if image is not None:
        from tracklog.media.image import Image

        try:
            picture = Image(str(found))
        except (OSError, ValueError, TypeError) as error:
            yield told.Damage(f"the picture {name} cannot be read ({error}); it is left out")
            return
        yield told.Row(int(image[2]), int(image[3]) / 1000, {f"images/{image[1].replace('~', '/')}": picture})
        return
    yield told.Saved(f"artifacts/{name}", found)
    if name in _tables(tags):
        table = _table(found)
        if table is not None:
            yield told.Row(last if last is not None else 0, None, {name.rpartition(".")[0]: table})


def _has_artifacts(tags: dict[str, str]) -> bool:
    return any(name in tags for name in (_TABLES, "mlflow.loggedImages", "mlflow.log-model.history"))


def _tables(tags: dict[str, str]) -> set[str]:
    try:
        listed = json.loads(tags.get(_TABLES, "[]"))
    except (ValueError, RecursionError):
        return set()
    known = listed if isinstance(listed, list) else []
    return {
        one["path"]
        for one in known
        if isinstance(one, dict) and isinstance(one.get("path"), str) and one.get("type") == "table"
    }


def _table(path: Path) -> Any:
    from tracklog.media.table import Table

    try:
        found = json_value(path)
        return Table(columns=found["columns"], data=found["data"])
    except (OSError, ValueError, TypeError, KeyError):
        return None  # its file is kept as it is
