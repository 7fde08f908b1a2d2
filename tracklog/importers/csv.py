"""CSV files: Lightning's and Keras's loggers, W&B's exports, any other with a head; and transformers' `trainer_state.json`.

A folder is searched for what loggers write: Lightning's ``metrics.csv``, ``trainer_state.json``, exports of W&B, and files whose
head begins with ``epoch``, as Keras writes them. A file that is named is taken whatever it is called.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from tracklog.importers import cells, folders, told, trainer_state
from tracklog.importers.agreeing import Agreeing
from tracklog.importers.columns import Columns, Wide, export_runs
from tracklog.importers.settings_files import yaml_mapping
from tracklog.store import files

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

NAME, TITLE = "csv", "CSV"
MARKS_END = False
_SUFFIXES, _LOGS = (".csv", ".tsv"), (".log", ".txt")
"""Of files that are taken for what they are called, and of those that may be a log of Keras."""
_METRICS, _SETTINGS = "metrics.csv", "hparams.yaml"


@dataclass(frozen=True, slots=True)
class Key:
    """What is read for a run: its files, and in them the lines or columns of one of several runs."""

    kind: str
    """``table``, ``export`` or ``state``."""
    files: tuple[Path, ...]
    run: str = ""
    settings: Path | None = None


def looks_like(path: Path) -> bool:
    """Return whether a path holds what a logger has written."""
    if path.is_file():
        return path.suffix.lower() in _SUFFIXES or _is_known(path)
    return any(_is_known(folder / name) for folder, _, names in folders.walk(path) for name in names)


def _is_known(path: Path) -> bool:
    if path.name in (_METRICS, trainer_state.FILE):
        return True
    if path.suffix.lower() not in (*_SUFFIXES, *_LOGS):
        return False
    lines = cells.opened(path)
    return not isinstance(lines, str) and (lines.head[0].lower() == "epoch" or bool(export_runs(lines.head)))


def runs(source: Path) -> Iterator[told.Origin | told.Damage]:
    """Yield the runs of a source, by their files."""
    exports: dict[str, list[Path]] = {}
    base = source if source.is_dir() else source.parent
    for folder, _, names in folders.walk(source):
        for name in names:
            path = folder / name
            if name == trainer_state.FILE or (path != source and not _is_known(path)):
                continue
            lines = cells.opened(path)
            if isinstance(lines, str):
                yield told.Damage(lines)
                continue
            of_exports = export_runs(lines.head)
            for run in of_exports:
                exports.setdefault(run, []).append(path)
            if not of_exports:
                yield from _tables(base, path, lines)
    for run, paths in exports.items():
        yield told.Origin(
            id=run, place="", files=tuple(paths), mark=f"export/{run}", name=run, key=Key("export", tuple(paths), run)
        )
    for place, path in trainer_state.latest(source):
        name = place.rpartition("/")[2] or base.resolve().name
        yield told.Origin(
            id=place.replace("/", "-") or name, place=place, files=(path,), name=name, key=Key("state", (path,))
        )


def _tables(base: Path, path: Path, lines: cells.Lines) -> Iterator[told.Origin]:
    """Yield the runs of a file: one, or as many as its column of runs names."""
    place = folders.below(base, path)
    settings = files.inside(path.parent, _SETTINGS) if path.name == _METRICS else None
    name = folders.below(base, path.parent) if path.name == _METRICS else place.rpartition(".")[0]
    name = name or base.resolve().name
    column = Columns.of(lines.head).run
    if column is None:
        yield told.Origin(
            id=name.replace("/", "-"),
            place=place,
            files=(path,),
            name=name,
            key=Key("table", (path,), settings=settings),
        )
        return
    for run in dict.fromkeys(row[column] for row in lines.rows() if len(row) > column):
        yield told.Origin(
            id=run or name,
            place=f"{place}/{run}",
            files=(path,),
            name=run or name,
            key=Key("table", (path,), run, settings),
        )


def read(origin: told.Origin, position: Any) -> Iterator[told.Told]:
    """Yield what a run says, from a position on."""
    key: Key = origin.key
    if key.kind == "state":
        yield from trainer_state.read(key.files[0], position)
        return
    if key.kind == "export":
        yield from _exported(key, position)
        return
    if position is None and key.settings is not None:
        yield from _settings(key.settings)
    known = position if isinstance(position, dict) else {}
    ends = {}
    for path in key.files:
        lines = cells.opened(path)
        if isinstance(lines, str):
            raise told.UnreadableError(lines)
        wide = Wide(lines, None, key.run)
        if path.name in known:
            lines.go_on(known[path.name])
        else:
            yield from wide.said()
        agreeing = Agreeing.after(known.get(path.name, {}).get("last"))
        yield from agreeing.rows(wide.rows())
        yield from map(told.Damage, lines.damage)
        if lines.recoded:
            yield told.Note(f"{path.name} has lines that are no UTF-8; they are read as Windows-1252")
        ends[path.name] = {**lines.position(), "last": agreeing.kept()}
    yield told.Position(ends)


def _exported(key: Key, position: Any) -> Iterator[told.Told]:
    """Yield what W&B exported of a run, a metric a file: lines of one step are one row, wherever they stand."""
    rows: dict[float | None, told.Row] = {}
    ends, said = {}, []
    for path in key.files:
        lines = cells.opened(path)
        if isinstance(lines, str):
            raise told.UnreadableError(lines)
        wide = Wide(lines, key.run, "")
        said += list(wide.said())
        for row in wide.rows():
            before = rows.get(row.step)
            rows[row.step] = before.joined(row) if before else row
        said += map(told.Damage, lines.damage)
        ends[path.name] = lines.position()
    if position is not None and position != ends:
        raise told.ReplacedError  # an export does not grow: it is made anew
    if position is None:
        yield from said
        yield from rows.values()
    yield told.Position(ends)


def _settings(path: Path) -> Iterator[told.Told]:
    """Yield the settings that Lightning keeps beside its metrics."""
    found = yaml_mapping(path)
    yield told.Damage(f"{path.name} {found}; it is left out") if isinstance(found, str) else told.Config(found)
