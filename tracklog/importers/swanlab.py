"""SwanLab's runs: `swanlog/run-<time>-<id>/run-<id>.swanlab`, with `files/`, `media/` and, in local mode, `logs/` and `console/`.

The log is buffered, about 8 KB of it; the lines of local mode are not, so these are taken where both are there. A finish record
marks the end; a run without one was killed, or goes on. Each folder is a run, also of those that were resumed offline.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from tracklog.importers import files_as_media, folders, swanlab_settings, told
from tracklog.importers.interleaving import by_time
from tracklog.importers.leveldb import HEADER, Log
from tracklog.importers.protobuf import Message, WireError, timestamp
from tracklog.importers.settings_files import json_value, yaml_mapping
from tracklog.importers.swanlab_records import START, SYSTEM, TEXT, Item, Lines, Records
from tracklog.store import files, layout

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

NAME, TITLE = "swanlab", "SwanLab"
MARKS_END = True
_HEAD = b":SWL\xd6\xe1\x02"
_FILE = re.compile(r"run-(.+)\.swanlab")
_FOLDER = re.compile(r"run-\d{8}_\d{6}-.+")
_ENDS = {1: 0, 2: 1, 3: 130}
"""Exit codes: finished, crashed, and aborted as shells have it."""
_TYPES = {2: "image", 3: "audio", 4: "text", 5: "video", 6: "echarts", 7: "object3d", 8: "molecule", 9: "html"}
_ONE = "SwanLab keeps one value of those logged at one step: its log the first, the lines of local mode the last"
_LINES = "its values are those of the lines of local mode, which hold more than the log, whose writes wait in a buffer"
_UNNAMED = "what some columns are called was not written before the run was killed: they have their numbers"
_CHART = "charts of ECharts are kept as files: tracklog draws none"


def looks_like(path: Path) -> bool:
    """Return whether a path is a ``.swanlab`` file, or has some below it."""
    return any(_FILE.fullmatch(name) for _, _, names in folders.walk(path) for name in names)


def runs(source: Path) -> Iterator[told.Origin | told.Damage]:
    """Yield the runs of a source, by their folders."""
    base = source if source.is_dir() else source.parent
    for folder, _, names in folders.walk(source):
        for name in names:
            match = _FILE.fullmatch(name)
            if match is None:
                continue
            path = folder / name
            start = _start_of(path)
            if isinstance(start, str):
                yield told.Damage(f"{folders.below(base, path)} {start}; it is left out")
                continue
            beside = [parent / one for parent, _, ones in folders.walk(folder) for one in ones]
            yield told.Origin(
                id=start.text(10) or match[1],
                place=folders.below(base, folder),
                files=(path, *(one for one in beside if one != path and one.parent.name != "debug")),
                mark=folder.name if _FOLDER.fullmatch(folder.name) else "",
                project=start.text(1),
                name=start.text(4),
            )


def _start_of(path: Path) -> Message | str:
    """Return a file's start record, an empty one where there is none yet; or why it is no file of SwanLab's."""
    try:
        with files.opened(path) as file:
            head = file.read(HEADER)
            if head != _HEAD[: len(head)]:
                return "is no file of SwanLab's: its first bytes are others"
            for data in Log(file).records():
                return Message(data).message(START)
    except OSError as error:
        return f"cannot be read: {error.strerror or error}"
    except WireError:
        pass
    return Message()


def read(origin: told.Origin, position: Any) -> Iterator[told.Told]:
    """Yield what a run says, from a position on."""
    known = position if isinstance(position, dict) else {}
    yield from _Reading(origin.files[0], known).records()


class _Reading:
    """One reading of a run."""

    def __init__(self, path: Path, known: dict[str, Any]) -> None:
        self._path, self._folder, self._known = path, path.parent, known
        self._records = Records(order=list(known.get("order", ())), types=dict(known.get("types", {})))
        self._records.system = set(known.get("system", ()))
        self._lines = Lines(self._folder / "logs", known.get("lines", {}))
        self._damage: list[str] = []
        self._saved: dict[str, Any] = dict(known.get("saved", {}))
        self._lines_printed: int = known.get("printed", 0)
        media = self._folder / "media"
        self._kinds = next(folders.walk(media))[1] if media.is_dir() else []

    def records(self) -> Iterator[told.Told]:
        """Yield what is new."""
        log = self._log()
        records = self._records
        if records.start is not None:
            yield from self._begun(records.start)
        yield from self._settings()
        numbers = self._lines.numbers()
        unnamed = [number for number in numbers if number > len(records.order)]
        if self._known and (self._known["local"] != bool(numbers) or set(self._known["unnamed"]) - set(unnamed)):
            raise told.ReplacedError
        yield from self._notes(numbers, unnamed)
        for row in by_time(self._columns(numbers)):
            yield from self._row(row)
        yield from self._printed()
        yield from map(told.Damage, [*self._damage, *log.damage, *records.damage, *self._lines.damage])
        if records.finish is not None:
            yield from self._ended(records.finish)
        yield told.Position(
            {
                "log": {"end": log.offset, "tail": self._tail(log.offset)},
                "order": records.order,
                "types": records.types,
                "system": sorted(records.system),
                "local": bool(numbers),
                "unnamed": unnamed,
                "lines": {**self._known.get("lines", {}), **self._lines.ends},
                "printed": self._lines_printed,
                "saved": self._saved,
            }
        )

    def _notes(self, numbers: list[int], unnamed: list[int]) -> Iterator[told.Told]:
        if not self._known:
            yield told.Note(_ONE)
        if numbers:
            yield told.Note(_LINES)
        if unnamed:
            yield told.Note(_UNNAMED)

    def _columns(self, numbers: list[int]) -> list[list[told.Row]]:
        """Return the new rows of each column: of local mode's lines where there are some, else of the log."""
        records = self._records
        if not numbers:
            return [records.rows[key] for key in records.order if key in records.rows]
        names = {n + 1: key for n, key in enumerate(records.order)}
        found = []
        for number in numbers:
            name = names.get(number, f"column {number}")
            found.append(self._lines.rows(number, name, is_text=records.types.get(name) == TEXT))
        return found

    def _printed(self) -> Iterator[told.Told]:
        """Yield what was printed: what the log says of it, then what local mode alone has."""
        for number, time, level, text in self._records.printed:
            if number > self._lines_printed:
                self._lines_printed = number
                yield told.Printed(time, "stderr" if level == 1 else "stdout", f"{text}\n")
        for text in self._console()[self._lines_printed :]:
            self._lines_printed += 1
            yield told.Printed(None, "stdout", f"{text}\n")

    def _log(self) -> Log:
        before = self._known.get("log", {"end": HEADER, "tail": None})
        with files.opened(self._path) as file:
            log = Log(file, before["end"])
            if before["tail"] is not None and self._tail(before["end"]) != before["tail"]:
                raise told.ReplacedError
            self._records.take(log.records())
        log.damage = [f"{self._path.name}: {sentence}; it is left out" for sentence in log.damage]
        return log

    def _tail(self, end: int) -> str:
        with files.opened(self._path) as file:
            file.seek(max(0, end - 16))
            return file.read(min(16, end)).hex()

    # -- what the run is

    def _begun(self, start: Message) -> Iterator[told.Told]:
        yield told.Began(timestamp(start.message(12)))
        yield told.About(
            {
                "name": start.text(4),
                "notes": start.text(5),
                "tags": start.texts(6),
                "group": start.text(7),
                "job_type": start.text(8),
                "entity": start.text(2),
            }
        )

    def _settings(self) -> Iterator[told.Told]:
        if self._is_new("files/config.yaml"):
            found = yaml_mapping(self._folder / "files/config.yaml")
            if isinstance(found, str):
                self._damage.append(f"files/config.yaml {found}; it is left out")
            else:
                yield from swanlab_settings.config(found)
        if self._is_new("files/requirements.txt"):
            yield told.Saved(layout.REQUIREMENTS, self._folder / "files/requirements.txt")
        if self._is_new("files/swanlab-metadata.json"):
            try:
                yield swanlab_settings.about(json_value(self._folder / "files/swanlab-metadata.json"))
            except (OSError, ValueError) as error:
                self._damage.append(f"files/swanlab-metadata.json cannot be read ({error}); it is left out")

    def _is_new(self, name: str) -> bool:
        path = files.inside(self._folder, name)
        if path is None:
            return False
        sign = files.hashed(path)[0][:16]
        if self._saved.get(name) == sign:
            return False
        self._saved[name] = sign
        return True

    def _console(self) -> list[str]:
        """Return what was printed, as local mode keeps it, which waits in no buffer."""
        place = self._folder / "console"
        names = next(folders.walk(place))[2] if place.is_dir() and not place.is_symlink() else []
        found: list[str] = []
        for name in names:
            if re.fullmatch(r"\d{4}-\d\d-\d\d\.log", name):
                data = files.content(place / name)
                found += data[: data.rfind(b"\n") + 1].decode("utf-8", "replace").split("\n")[:-1]
        return found

    def _ended(self, finish: Message) -> Iterator[told.Told]:
        time = timestamp(finish.message(3))
        if finish.text(2):
            yield told.Printed(time, "stderr", finish.text(2))
        if finish.uint(1) in _ENDS:
            yield told.Ended(_ENDS[finish.uint(1)], time)

    # -- rows

    def _row(self, row: told.Row) -> Iterator[told.Told]:
        ((key, value),) = row.values.items()
        if key in self._records.system or key.startswith(SYSTEM):
            yield told.System(row.time or 0.0, {key.removeprefix(SYSTEM): value})
        elif isinstance(value, list):
            found = [one for item in value for one in self._media(key, item)]
            yield from (one for one in found if isinstance(one, told.Damage | told.Note | told.Saved))
            media = [one for one in found if not isinstance(one, told.Damage | told.Note | told.Saved)]
            if media:
                yield told.Row(row.step, row.time, {key: media[0] if len(media) == 1 else media})
        else:
            yield row

    def _media(self, key: str, item: Item) -> Iterator[Any]:
        if item.text is not None:
            yield item.text
            return
        kind = _TYPES.get(self._records.types.get(key, 0), "")
        places = (
            (one, files.inside(self._folder / "media", f"{one}/{item.name}"))
            for one in ([kind] if kind else self._kinds)
        )
        where, path = next(((one, path) for one, path in places if path is not None), ("", None))
        if path is None:
            yield told.Damage(f"{key!r}: the file {item.name!r} is not among the run's media; it is left out")
        elif where == "echarts":
            yield from _chart(path)
        else:
            try:
                found = files_as_media.of(path, item.caption, where if where in _TYPES.values() else "")
                yield item.name if found is None else found
            except files_as_media.FAILURES as error:
                yield told.Damage(f"{key!r}: {item.name!r} cannot be read ({error}); it is left out")


def _chart(path: Path) -> Iterator[Any]:
    """Yield a chart: tables for what they are, others as their files."""
    from tracklog.media.table import Table

    try:
        found = json_value(path)
        if found["_swanLab"] == "table":
            columns = [one["field"] for one in found["colDefs"]]
            yield Table(columns=columns, data=[[row.get(name) for name in columns] for row in found["rowData"]])
            return
    except (*files_as_media.FAILURES, AttributeError):
        pass
    yield told.Saved(f"echarts/{path.name}", path)
    yield told.Note(_CHART)
