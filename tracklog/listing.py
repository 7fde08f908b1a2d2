"""What `tracklog runs`, `history` and `check` print: runs, rows and damage, as text."""

from __future__ import annotations

import csv
import datetime as dt
import io
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

import orjson

from tracklog.errors import FormatError, UsageError
from tracklog.filters import compile_filter
from tracklog.store import files, fold, layout, reader

if TYPE_CHECKING:
    from collections.abc import Iterator

_COLUMNS = ("project", "id", "name", "state", "created", "steps")


def runs(root: Path, project: str = "", condition: str = "") -> list[dict[str, Any]]:
    """Return a row for each run of a log folder that matches a filter, with its flat config and summary.

    Raises UsageError when there is no such folder, or the filter cannot be read.
    """
    matches = compile_filter(condition)
    rows = [_row(folder) for folder in _folders(root)]
    return [row for row in rows if (not project or row["project"] == project) and matches(row | _moments(row))]


def _folders(root: Path) -> list[Path]:
    if not root.is_dir():
        msg = f"no log folder at {root}; name the folder that init(dir=...) or TRACKLOG_DIR gave"
        raise UsageError(msg)
    return [folder for folders in reader.projects(root).values() for folder in folders]


def _moments(row: dict[str, Any]) -> dict[str, float]:
    """Return what filters compare as a number, and tables show as a date."""
    try:
        return {"created": dt.datetime.fromisoformat(f"{row['created']}+00:00").timestamp()}
    except ValueError:
        return {}


def _row(folder: Path) -> dict[str, Any]:
    try:
        log = reader.read_run(folder)
    except FormatError:
        return dict.fromkeys(_COLUMNS, "") | {"project": folder.parent.name, "id": folder.name, "state": "newer format"}
    found = fold.sessions(log)
    known = fold.environment(log, found)
    steps = [row.get(layout.STEP) for writer in log.writers.values() for row in writer.history[-1:]]
    return {
        "project": known.get("project") or folder.parent.name,
        "id": known.get("id") or folder.name,
        "name": known.get("name") or "",
        "state": fold.state(found, time.time()),
        "created": _utc(str(known.get("created") or "")),
        "steps": max((step for step in steps if isinstance(step, int)), default=-1) + 1,
        **{key: known[key] for key in ("tags", "notes", "group", "job_type", "host", "user") if known.get(key)},
        "config": fold.flatten(fold.config(log, found)),
        "summary": fold.flatten(fold.summary(log, found, fold.history(log, found))),
    }


def _utc(moment: str) -> str:
    """Return an ISO 8601 time to the second, in UTC; what is none stays as it is."""
    try:
        found = dt.datetime.fromisoformat(moment.replace("Z", "+00:00"))
    except ValueError:
        return moment
    return (found.astimezone(dt.timezone.utc) if found.tzinfo else found).strftime("%Y-%m-%dT%H:%M:%S")


def table(rows: list[dict[str, Any]]) -> str:
    """Return rows as aligned columns with a head."""
    lines = [list(_COLUMNS), *([visible(str(row[column])) for column in _COLUMNS] for row in rows)]
    widths = [max(len(line[n]) for line in lines) for n in range(len(_COLUMNS))]
    return "".join(
        "  ".join(cell.ljust(width) for cell, width in zip(line, widths, strict=True)).rstrip() + "\n" for line in lines
    )


def visible(text: str) -> str:
    """Return text as a terminal may show it: names are strangers' words, and control characters would obey them."""
    return "".join(char if char.isprintable() else char.encode("unicode_escape").decode() for char in text)


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


def history(run: str, root: Path, keys: tuple[str, ...], form: str) -> Iterator[str]:
    """Yield the folded rows of a run as CSV or JSON Lines; nested keys are joined by dots.

    Raises UsageError when there is no such run, or none of `keys` in it.
    """
    log = reader.read_run(find(run, root))
    tracks = fold.history(log, fold.sessions(log)).tracks
    rows = [
        fold.flatten(row) | ({"_rank": t.label} if t.label else {}) for t in tracks if not t.hidden for row in t.rows
    ]
    if keys:
        known = dict.fromkeys(key for row in rows for key in row if key not in layout.CLOCKS)
        if known.keys().isdisjoint(keys):
            msg = f"no row of {run} has {' or '.join(keys)}; it has {', '.join(map(visible, known)) or 'none at all'}"
            raise UsageError(msg)
        rows = [
            {k: v for k, v in row.items() if k in layout.CLOCKS or k in keys}
            for row in rows
            if any(k in row for k in keys)
        ]
    if form == "jsonl":
        yield from (orjson.dumps(row).decode() + "\n" for row in rows)
        return
    columns = list(dict.fromkeys(key for row in rows for key in row))
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(columns)
    for row in rows:
        writer.writerow([_cell(row[key]) if key in row else "" for key in columns])
        yield out.getvalue()
        out.seek(0)
        out.truncate()
    yield out.getvalue()


def _cell(value: Any) -> Any:
    """Return a CSV cell that no spreadsheet takes for a formula."""
    if isinstance(value, dict) and value.get("_type") == "string":
        return value.get("value")  # the text "NaN": a table has no other way to say it
    if isinstance(value, dict | list):
        return orjson.dumps(value).decode()
    if isinstance(value, str) and value[:1] in "=+-@\t\r" and value not in layout.NON_FINITE:
        return f"'{value}"
    return value


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
        found += files.broken(log)
    return len(folders), found
