"""What neptune-exporter writes: `data/<project>/<run>_part_<n>.parquet`, a row for each value, and `files/`.

Parquet takes pyarrow, which tracklog does not bring. Part 0 is written last.
"""

from __future__ import annotations

import importlib
import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from tracklog.importers import folders, told
from tracklog.importers.interleaving import by_time
from tracklog.importers.neptune_attributes import Attributes
from tracklog.importers.neptune_operations import Bins, FileRef, densities, left_behind
from tracklog.store import files

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

_PART = re.compile(r"(.+)_part_(\d+)\.parquet(\.tmp)?")
_FAILED, _STATE = "sys/failed", "sys/state"
_COLUMNS = {"project_id", "run_id", "attribute_path", "attribute_type", "step", "timestamp"}
_VALUES = {
    "float": "float_value", "int": "int_value", "string": "string_value", "bool": "bool_value", "datetime": "datetime_value",
    "string_set": "string_set_value", "file": "file_value", "float_series": "float_value", "string_series": "string_value",
    "histogram_series": "histogram_value", "file_series": "file_value",
}  # fmt: skip


@dataclass(slots=True)
class Key:
    """Where the parts of a run are."""

    source: Path
    parts: list[Path] = field(default_factory=list)
    is_whole: bool = False


def files_of(source: Path) -> Iterator[tuple[Path, str, int, bool]]:
    """Yield the parts of exports, with the name of their run, their number, and whether they are whole."""
    for folder, _, names in folders.walk(source):
        for name in names:
            match = _PART.fullmatch(name)
            if match is not None:
                yield folder / name, match[1], int(match[2]), match[3] is None


def runs(source: Path) -> Iterator[told.Origin | told.Damage]:
    """Yield the runs that were exported."""
    base = source if source.is_dir() else source.parent
    found: dict[tuple[Path, str], Key] = {}
    for path, name, number, is_whole in sorted(files_of(source), key=lambda one: (one[0].parent, one[1], one[2])):
        key = found.setdefault((path.parent, name), Key(base))
        if is_whole:
            key.parts.append(path)
            key.is_whole = key.is_whole or number == 0
    if found and _parquet() is None:
        yield told.Damage(
            f"{len(found)} runs of neptune-exporter are in parquet, which takes pyarrow: `pip install pyarrow`, and import again"
        )
        return
    for (folder, name), key in found.items():
        place = folders.below(base, folder / name)
        try:
            ids = _ids(key)
        except (OSError, ValueError) as error:
            yield told.Damage(f"{place}: {error}; it is left out")
            continue
        project, run = ids
        yield told.Origin(
            id=run,
            place=place,
            files=tuple(key.parts),
            mark=f"neptune/{project}/{run}",
            project=project.rpartition("/")[2],
            name=run,
            key=key,
        )


def _parquet() -> Any:
    try:
        return importlib.import_module("pyarrow.parquet")
    except ImportError:
        return None


def _ids(key: Key) -> tuple[str, str]:
    """Return project and id of a run. Raises ValueError for a file that is none of the exporter's, and OSError."""
    for path in key.parts:
        table = _parquet().ParquetFile(path, memory_map=False)
        lacking = _COLUMNS - set(table.schema_arrow.names)
        if lacking:
            raise ValueError(f"{path.name} is none of neptune-exporter's: it has no {', '.join(sorted(lacking))}")
        for batch in table.iter_batches(batch_size=1, columns=["project_id", "run_id"]):
            (row,) = batch.to_pylist()
            return str(row["project_id"]), str(row["run_id"])
    raise ValueError("no part of it was written to its end")


def read(key: Key, known: dict[str, Any]) -> Iterator[told.Told]:
    """Yield what an exported run says; again, only where its files have become others."""
    signs = [[path.name, path.stat().st_size, path.stat().st_mtime_ns] for path in key.parts]
    if known.get("parts") == signs:
        yield told.Position(known)
        return
    if known:
        raise told.ReplacedError
    attributes = Attributes(lambda ref: _file(key, ref), {})
    series: dict[str, list[told.Row]] = {}
    single: dict[str, Any] = {}
    for path in key.parts:
        for record in _part(path, attributes, single):
            if isinstance(record, told.Row):
                (name,) = record.values
                series.setdefault(name, []).append(record)
            else:
                yield record
    if not key.is_whole:
        yield told.Note("its part 0, which the exporter writes last, is not there: the export broke off")
    yield from by_time(series.values())
    missing = left_behind(attributes.missing)
    if missing is not None:
        yield missing
    if single.get(_STATE) not in ("running", "Active"):
        yield told.Ended(1 if single.get(_FAILED) is True else 0)
    yield told.Position({"parts": signs})


def _part(path: Path, attributes: Attributes, single: dict[str, Any]) -> Iterator[told.Told]:
    """Yield what one file says, as far as it can be read; `single` gets the single values."""
    try:
        for batch in _parquet().ParquetFile(path, memory_map=False).iter_batches(batch_size=10_000):
            for row in batch.to_pylist():
                yield from _told(row, attributes, single)
    except (OSError, ValueError, KeyError, TypeError) as error:
        yield told.Damage(f"{path.name} cannot be read to its end ({error}); its rest is left out")


def _told(row: dict[str, Any], attributes: Attributes, single: dict[str, Any]) -> Iterator[told.Told]:
    kind, path = str(row["attribute_type"]), str(row["attribute_path"])
    value = _value(kind, row.get(_VALUES.get(kind, "")))
    if value is None:
        yield told.Damage(f"{path!r} has no value of the type {kind!r}; it is left out")
    elif kind.endswith("_series"):
        step, moment = row["step"], row["timestamp"]
        number = float(step) if step is not None else 0.0
        yield from attributes.series(
            path,
            int(number) if number.is_integer() else number,
            moment.timestamp() if moment is not None else None,
            value,
        )
    else:
        single[path] = value
        if path == "sys/creation_time":
            yield told.Began(row["datetime_value"].timestamp())
        yield from attributes.single(path, value)


def _value(kind: str, value: Any) -> Any:
    if value is None:
        return None
    if kind.startswith("file"):
        return FileRef(str(value["path"]))
    if kind == "datetime":
        return value.isoformat()
    if kind == "histogram_series":
        edges, given = list(value["edges"]), list(value["values"])
        counts = densities(edges, given) if str(value.get("type")).upper() == "DENSITIES" else given
        return Bins(tuple(edges), tuple(counts))
    return value


def _file(key: Key, ref: FileRef) -> Path | None:
    """Return a file of an export, which is below `files/`, beside `data/`."""
    root = key.parts[0].parent.parent.parent
    if not root.resolve().is_relative_to(key.source.resolve()):
        return None
    projects = sorted((root / "files").glob("*/")) if (root / "files").is_dir() else []
    places = (files.inside(place, ref.path) for place in (root / "files", *projects, root))
    return next((found for found in places if found is not None), None)
