"""What `tracklog runs` and `check` print: runs and damage, as text; `export` has their rows."""

from __future__ import annotations

import contextlib
import datetime as dt
import functools
import math
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

import orjson

from tracklog.errors import FormatError, UsageError, visible, warn
from tracklog.filters import compile_filter, unknown_columns
from tracklog.store import artifacts, encoding, fold, layout, named, reader

if TYPE_CHECKING:
    from collections.abc import Callable

_COLUMNS = ("project", "id", "name", "state", "created", "duration", "steps")
_WIDEST = 40
_MISSING = object()
"""Characters of a cell that are shown."""


def runs(root: Path, project: str = "", condition: str = "") -> list[dict[str, Any]]:
    """Return a row for each run of a log folder that matches a filter, the newest first, with flat config and summary.

    Raises UsageError when there is no such folder, or the filter cannot be read.
    """
    matches = compile_filter(condition)
    rows = [described(folder)[0] for folder in _folders(root)]
    rows.sort(key=lambda row: _seconds(row["created"]) or 0.0, reverse=True)
    _say_unknown(condition, rows)
    return [row for row in rows if (not project or row["project"] == project) and matches(asked(row))]


def _say_unknown(condition: str, rows: list[dict[str, Any]]) -> None:
    """Name columns of a filter that no run has: they are misspelt more often than not."""
    for key in unknown_columns(condition, rows) if rows else ():
        warn(f"column-{key}", f"no run has a column {key!r}, which the filter asks for")


def matcher(condition: str) -> Callable[[Path], bool]:
    """Return what tells of a run's folder whether the run matches a filter. Raises UsageError for one that is none."""
    matches = compile_filter(condition)

    @functools.cache
    def fits(folder: Path) -> bool:
        return matches(asked(described(folder)[0]))

    return fits


def matching(root: Path, condition: str) -> list[Path]:
    """Return the folders of the runs that match a filter. Raises UsageError when none does, or it is no filter."""
    fits = matcher(condition)
    found = [folder for folder in _folders(root) if fits(folder)]
    if not found:
        msg = f"no run in {root} matches {condition!r}; tracklog runs lists those that are there"
        raise UsageError(msg)
    return found


def _folders(root: Path) -> list[Path]:
    if not root.is_dir():
        msg = f"no log folder at {root}; name the folder that init(dir=...) or TRACKLOG_DIR gave"
        raise UsageError(msg)
    return [folder for folders in reader.projects(root).values() for folder in folders]


def newest(root: Path, project: str = "") -> list[Path]:
    """Return the folders of the runs of a log folder, or of one of its projects, the newest first. Raises UsageError."""
    names = (project, layout.file_name(project, layout.RESERVED_PROJECTS))
    found = [folder for folder in _folders(root) if not project or folder.parent.name in names]
    return sorted(found, key=_created, reverse=True)


def _created(folder: Path) -> float:
    with contextlib.suppress(FormatError):
        return _seconds(_utc(str(reader.read_run_file(folder).run.get("created") or ""))) or 0.0
    return 0.0


def asked(row: dict[str, Any]) -> dict[str, Any]:
    """Return a row of a run as filters ask for it: dates, which tables show, are numbers."""
    found = {key: _seconds(row.get(key)) for key in ("created", "last_sign")}
    return row | {key: seconds for key, seconds in found.items() if seconds is not None}


def _seconds(moment: object) -> float | None:
    try:
        return dt.datetime.fromisoformat(f"{moment}+00:00").timestamp()
    except ValueError:
        return None


def described(folder: Path) -> tuple[dict[str, Any], list[layout.Row]]:
    """Return what lists and filters know of a run, and its folded rows, those of child processes aside."""
    try:
        log = reader.read_run(folder)
    except FormatError:
        row = dict.fromkeys(_COLUMNS, "") | {"project": folder.parent.name, "id": folder.name, "state": "newer format"}
        return row, []
    found = fold.sessions(log)
    known = fold.environment(log, found)
    folded = fold.history(log, found)
    rows = [row for track in folded.tracks if not track.hidden for row in track.rows]
    steps = [row[layout.STEP] for row in rows]
    git = known.get("git")
    return {
        "project": known.get("project") or folder.parent.name,
        "id": known.get("id") or folder.name,
        "name": known.get("name") or "",
        "state": fold.state(found, time.time()),
        "created": _utc(str(known.get("created") or "")),
        "duration": fold.duration(found),
        "steps": max(steps, default=-1) + 1,
        "step": max(steps, default=-1),
        "rows": len(steps),
        "last_sign": _moment(max((session.last_sign for session in found), default=0.0)),
        **{
            key: known[key] for key in ("tags", "notes", "group", "job_type", "sweep", "host", "user") if known.get(key)
        },
        **({"commit": git["commit"]} if isinstance(git, dict) and git.get("commit") else {}),
        "config": fold.flatten(fold.config(log, found)),
        "summary": fold.shown(fold.flatten(fold.summary(log, found, folded))),
    }, rows


def _moment(seconds: float) -> str:
    """Return unix seconds as an ISO 8601 time to the second, in UTC; empty when a clock wrote nonsense."""
    try:
        return dt.datetime.fromtimestamp(seconds, dt.timezone.utc).strftime("%Y-%m-%dT%H:%M:%S")
    except (OverflowError, ValueError, OSError):
        return ""


def _utc(moment: str) -> str:
    """Return an ISO 8601 time to the second, in UTC; what is none stays as it is."""
    try:
        found = dt.datetime.fromisoformat(moment.replace("Z", "+00:00"))
    except ValueError:
        return moment
    return (found.astimezone(dt.timezone.utc) if found.tzinfo else found).strftime("%Y-%m-%dT%H:%M:%S")


def table(rows: list[dict[str, Any]], width: int = 0) -> str:
    """Return rows as aligned columns with a head: what every run has, then what of summary and config differs.

    Columns beyond `width` characters are left out, which the last line says; 0 for no limit.
    """
    columns = [*_COLUMNS, *(["tags"] if any(row.get("tags") for row in rows) else ())]
    cells = [[column, *(_cell(row.get(column), column) for row in rows)] for column in columns]
    heads = set(columns)
    for tier in ("summary", "config"):
        keys = list(dict.fromkeys(key for row in rows for key in row.get(tier, ())))
        plain_names = list(map(layout.plain_path, keys))
        for key in keys:
            values = [row.get(tier, {}).get(key, _MISSING) for row in rows]
            if _differ(values) and not any(map(layout.is_record, values)):
                # As a filter knows it: two that read alike keep their escapes.
                plain = layout.plain_path(key) if plain_names.count(layout.plain_path(key)) == 1 else key
                heads.add(head := f"{tier}.{key}" if plain in heads else plain)
                cells.append([head, *(_cell(value, tier) for value in values)])
    return _aligned(cells, width)


def _differ(values: list[Any]) -> bool:
    """Return whether a column tells runs apart; 1 and True and "1" are three values."""
    texts = {None if value is _MISSING else orjson.dumps(value, option=orjson.OPT_SORT_KEYS) for value in values}
    return len(texts) > 1


def _cell(value: Any, column: str) -> str:
    if value is _MISSING or (value is None and column not in ("summary", "config")):
        return "-"
    if column == "duration" and isinstance(value, float):
        return span(value)
    if column == "tags":
        return ", ".join(map(str, value))
    if column not in ("summary", "config"):
        return str(value)
    found = encoding.decoded(value)
    if isinstance(found, float) and math.isfinite(found) and column == "summary":
        return f"{found:.4g}"
    return encoding.legible(found) if isinstance(found, str) else encoding.written(found)


def span(seconds: float) -> str:
    """Return a duration in two units."""
    if seconds < 60:  # noqa: PLR2004 - a minute
        return f"{seconds:.3g} s"
    minutes, seconds = divmod(int(seconds), 60)
    hours, minutes = divmod(minutes, 60)
    days, hours = divmod(hours, 24)
    if days:
        return f"{days}d {hours}h"
    return f"{hours}h {minutes:02}m" if hours else f"{minutes}m {seconds:02}s"


def _aligned(cells: list[list[str]], width: int) -> str:
    texts = [[_short(visible(cell)) for cell in column] for column in cells]
    widths = [max(map(len, column)) for column in texts]
    shown, used = 0, 0
    while shown < len(texts) and (not width or shown < len(_COLUMNS) or used + widths[shown] <= width):
        used += widths[shown] + 2
        shown += 1
    lines = [
        "  ".join(cell.ljust(widths[n]) for n, cell in enumerate(line)).rstrip() + "\n"
        for line in zip(*texts[:shown], strict=True)
    ]
    left = len(texts) - shown
    return "".join(lines) + (f"{left} more columns: a wider terminal or --format jsonl has them\n" if left else "")


def _short(text: str) -> str:
    """Return a cell's text, cut in the middle, where names of runs differ least."""
    half = _WIDEST // 2
    return text if len(text) <= _WIDEST else f"{text[: half - 1]}…{text[-half:]}"


def json_lines(rows: list[dict[str, Any]]) -> str:
    """Return rows as JSON Lines."""
    return "".join(orjson.dumps(row).decode() + "\n" for row in rows)


def find(run: str, root: Path) -> Path:
    """Return the folder of a run given as a folder, an id or a name. Raises UsageError when none or several match."""
    if reader.is_run(Path(run)):
        return Path(run)
    folders = reader.projects(root).values()
    name = layout.file_name(run.rpartition("/")[2], layout.RESERVED_RUNS)
    matches = [f for found in folders for f in found if f.name == name]
    matches = matches or [f for found in folders for f in found if run in _names(f)]
    if len(matches) != 1:
        what = "no run" if not matches else f"{len(matches)} runs ({', '.join(map(str, matches[:5]))})"
        msg = f"{what} in {root} for {run!r}; give the run's folder or id"
        raise UsageError(msg)
    return matches[0]


def _names(folder: Path) -> tuple[object, ...]:
    """Return the id and the name of a run, whose folder may be called otherwise by now."""
    try:
        log = reader.read_run(folder)
    except FormatError:  # another run's: this one may still be found
        return ()
    known = fold.environment(log, fold.sessions(log))
    return known.get("id"), known.get("name")


def damage(root: Path) -> tuple[int, list[str]]:
    """Return how many runs there are, and a sentence for everything in them that is damaged or missing.

    Raises UsageError when there is no such folder.
    """
    found: list[str] = []
    folders = _folders(root)
    for folder in folders:
        try:
            log = reader.read_run(folder)
        except FormatError as error:
            found.append(str(error))
            continue
        ended = fold.state(fold.sessions(log), time.time()) not in ("running", "silent")
        for item in (*log.damage, *(log.unfinished() if ended else ())):
            place = f"line {item.line}, byte {item.offset}" if item.line else "the file"
            found.append(f"{folder / item.file}: {place}: {item.reason}")
        found += named.broken(log)
    for project in sorted({folder.parent for folder in folders}):
        found += artifacts.broken(project)
    return len(folders), found
