"""What the records of one ``.wandb`` file say, one after the other.

Field numbers are those of wandb/proto/wandb_internal.proto. A row's summary comes before the row, as a record of its own: where
it says what the row says, there is nothing to tell.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from tracklog.capture.redact import redact_args, redact_url
from tracklog.importers import folders, told, wandb_media
from tracklog.importers import wandb_records as records
from tracklog.importers.protobuf import Message, WireError, timestamp

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator
    from pathlib import Path

_STREAMS = ("stderr", "stdout")
_OWN = "_wandb"
_LABELS = ("mask/class_labels", "bounding_box/class_labels")
_SUMMARIES = {1: "min", 2: "max", 3: "mean", 4: "best", 5: "last", 6: "none", 7: "copy", 8: "first"}
_STEP = re.compile(rb"\x12(?:\x00|[\x02-\x0b]\x08[\x80-\xff]{0,9}[\x00-\x7f])\Z", re.DOTALL).search
"""`HistoryStep` at the end of a row."""
_CLOCK = re.compile(
    rb"\n.\x12\x06_wandb\x12\x07runtime\x82\x01.[0-9.e+-]+\n.[\n\x12]\x08_runtime\x82\x01.[0-9.e+-]+", re.DOTALL
).fullmatch
"""A summary that says how long the run has been going on, and nothing else."""
_GOALS = {1: "minimize", 2: "maximize"}
_ABOUT = {2: "entity", 6: "group", 7: "job_type", 8: "name", 9: "notes", 12: "sweep", 13: "host"}


def start_of(run: Message) -> float:
    """Return when a run began, by its record, in unix seconds; 0 where it does not say."""
    try:
        return timestamp(run.message(17))
    except WireError:
        return 0.0


class Reader:
    """Reads the records of a file."""

    def __init__(self, files: Path, before: dict[str, Any], last: int) -> None:
        """`files` is where media are; `before` is what `state` returned; `last` the last step of the folders before."""
        self._files = files
        self._offset: int | None = before["offset"]
        self._last = last
        self.greatest = last
        self.exit: told.Ended | None = None
        self._time: float | None = None
        self._config: dict[str, Any] = {}
        self._own: dict[str, Any] = dict(before.get("own", {}))
        self._kept: list[str] = list(before.get("kept", ()))
        """Metrics whose summary is told by their definition."""
        self._raw: bool = before.get("raw") is True
        self._items = records.Items()
        self._pending: bytes | None = None
        """A summary that stands before its row."""
        self._texts: dict[str, tuple[float, list[str]]] = {}
        self._environment: dict[str, Any] = {}
        self._takers: dict[int, Callable[[bytes], Iterable[told.Told]]] = {
            records.OUTPUT: self._output, records.CONFIG: self._configured, records.STATS: self._stats,
            records.FILES: self._named_files, records.ARTIFACT: self._artifact,
            records.ALERT: self._alert, records.METRIC: self._metric,
            records.OUTPUT_RAW: self._output_raw, records.RUN: self._run, records.EXIT: self._exit,
            records.PREEMPTING: self._preempting, records.ENVIRONMENT: self._surroundings,
        }  # fmt: skip

    def state(self) -> dict[str, Any]:
        """Return what is needed to go on, as JSON."""
        own = {key: self._own[key] for key in (*_LABELS, "visualize") if key in self._own}
        return {
            "begun": self._time is not None,
            "offset": self._offset,
            "own": own,
            "kept": self._kept,
            "raw": self._raw,
        }

    def read(self, found: Iterable[bytes]) -> Iterator[told.Told]:
        """Yield what records say; what is no record is named and left out."""
        for record in found:
            try:
                kind, message = records.kind_of(record)
                if kind == records.HISTORY:
                    yield from self._history(message)
                elif kind == records.SUMMARY and _CLOCK(message):
                    continue
                elif kind == records.SUMMARY:
                    yield from self._flushed()
                    self._pending = message
                elif kind in self._takers:
                    yield from self._takers[kind](message)
            except (WireError, RecursionError) as error:
                yield told.Damage(f"a record {error}; it is left out")
        yield from self._flushed()
        for stream in list(self._texts):
            yield from self._printed(stream)

    # -- rows and summary

    def _history(self, message: bytes) -> Iterator[told.Told]:
        row = self._items.row(message)
        step, time = row.pop("_step", None), row.pop("_timestamp", None)
        row.pop("_runtime", None)
        if step.__class__ is not int:
            step = self.greatest - (self._offset or 0) + 1
        if self._offset is None:
            self._offset = 0 if step > self._last else self._last + 1 - step
        step += self._offset
        self.greatest = max(self.greatest, step)
        if time.__class__ is float or time.__class__ is int:
            self._time = time
        pending, self._pending = self._pending, None
        says_more = pending is not None and not _says_the_same(pending, message)
        delta = list(self._delta(pending, row)) if pending is not None and says_more else []
        if dict in map(type, row.values()):
            yield from self._with_media(row)
        yield told.Row(step, self._time, row)
        yield from delta

    def _flushed(self) -> Iterator[told.Told]:
        pending, self._pending = self._pending, None
        if pending is not None:
            yield from self._delta(pending, {})

    def _delta(self, message: bytes, row: dict[str, Any]) -> Iterator[told.Told]:
        """Yield what a summary says beside its row."""
        try:
            found, gone = records.items(message), records.removed(message)
        except WireError as error:
            yield told.Damage(f"a record of the summary {error}; it is left out")
            return
        for path, value in found:
            if path[0] in (_OWN, "_runtime", "_timestamp", "_step") or path[0] in self._kept:
                continue
            if path[0] not in row and not _is_media(value):
                yield told.Summary(path, value, self._time)
        for path in gone:
            yield told.Summary(path, ..., self._time)

    def _with_media(self, row: dict[str, Any]) -> Iterator[told.Told]:
        """Put media in the place of their records, and charts beside the tables that they draw."""
        labels = {**_mapping(self._own.get(_LABELS[0])), **_mapping(self._own.get(_LABELS[1]))}
        named = {key: _mapping(one).get("value") for key, one in labels.items()}
        for key, value in list(row.items()):
            if _is_media(value):
                try:
                    row[key] = wandb_media.media(value, self._files, named, key)
                except (OSError, ValueError, TypeError, KeyError, AttributeError) as error:
                    row[key] = f"{value['_type']} that could not be read: {error}"
                    yield told.Damage(f"{key!r}: {value['_type']} could not be read: {error}")
        for key, visual in _mapping(self._own.get("visualize")).items():
            table = row.get(f"{key}_table")
            if isinstance(table, wandb_media.Table) and isinstance(visual, dict):
                row[key] = wandb_media.Chart(table, _mapping(visual.get("panel_config")))

    # -- what the run is

    def _run(self, message: bytes) -> Iterator[told.Told]:
        run = Message(message)
        fields: dict[str, Any] = {name: run.text(number) for number, name in _ABOUT.items() if number in run}
        fields |= {"tags": run.texts(10)}
        if 21 in run:  # noqa: PLR2004 - git
            fields["git"] = _git(run.message(21))
        if 17 in run:  # noqa: PLR2004 - start_time
            self._time = self._time or start_of(run)
            yield told.Began(start_of(run))
        yield told.About(fields, self._time)
        yield from self._set(records.items(run.raw(4)), ())

    def _configured(self, message: bytes) -> Iterator[told.Told]:
        yield from self._set(records.items(message), records.removed(message))

    def _set(self, found: list[tuple[records.Path, Any]], removed: Iterable[records.Path]) -> Iterator[told.Told]:
        changed: dict[str, Any] = {}
        for path, value in found:
            if path[0] == _OWN:
                self._note(path[1:], value)
                continue
            top = _nested(changed.get(path[0], self._config.get(path[0])), path[1:], value)
            if path[0] not in self._config or self._config[path[0]] != top:
                changed[path[0]] = top
        gone = tuple(path[0] for path in removed if len(path) == 1 and path[0] != _OWN)
        self._config = {key: value for key, value in {**self._config, **changed}.items() if key not in gone}
        if changed or gone:
            yield told.Config(changed, self._time, gone)

    def _note(self, path: records.Path, value: Any) -> None:
        """Keep what wandb says to itself: names of classes, and how charts are drawn."""
        if not path and isinstance(value, dict):
            self._own |= value
        elif path:
            place = self._own
            for part in path[:-1]:
                inner = place.get(part)
                place[part] = dict(inner) if isinstance(inner, dict) else {}
                place = place[part]
            place[path[-1]] = value

    def _metric(self, message: bytes) -> Iterator[told.Told]:
        metric = Message(message)
        name = metric.text(1) or metric.text(2)
        if not name:
            return
        options, summary = metric.message(6), metric.message(7)
        fields: dict[str, Any] = {"name": name}
        if metric.text(4):
            fields["step_metric"] = metric.text(4)
        fields |= {word: True for number, word in ((1, "step_sync"), (2, "hidden")) if options.flag(number)}
        kinds = [word for number, word in _SUMMARIES.items() if summary.flag(number)]
        if kinds:
            fields["summary"] = kinds
            self._kept.append(name)
        if metric.uint(8) in _GOALS:
            fields["goal"] = _GOALS[metric.uint(8)]
        yield told.Metric(fields)

    def _surroundings(self, message: bytes) -> Iterator[told.Told]:
        """Take one of the records that say together where a run ran: program first, hardware second."""
        found = Message(message)
        program = {
            "os": found.text(1), "python": found.text(2).removeprefix("CPython "), "program": found.text(7) or found.text(6),
            "host": found.text(12), "user": found.text(13), "args": redact_args(found.texts(5)),
        }  # fmt: skip
        self._environment |= {key: value for key, value in program.items() if value}
        if 9 in found:  # noqa: PLR2004 - git
            self._environment["git"] = _git(found.message(9))
        hardware = {
            "cpu_count": found.uint(16), "cpu_count_logical": found.uint(17), "memory": found.message(21).uint(1),
            "gpus": [{"name": one.text(1)} for one in found.messages(24)], "cuda": found.text(25),
        }  # fmt: skip
        known = {key: value for key, value in hardware.items() if value}
        if known:
            self._environment["hardware"] = {**self._environment.get("hardware", {}), **known}
        yield told.About({key: value for key, value in self._environment.items() if value}, self._time)

    # -- what happens

    def _stats(self, message: bytes) -> Iterator[told.Told]:
        stats = Message(message)
        found = {item.text(1): records.value_of(item.raw(16)) for item in stats.messages(3)}
        if found:
            yield told.System(timestamp(stats.message(2)), found)

    def _output_raw(self, message: bytes) -> Iterator[told.Told]:
        """Join what was printed in pieces to lines."""
        self._raw = True
        output = Message(message)
        stream, text = _STREAMS[output.uint(1) == 1], output.text(3)
        self._texts.setdefault(stream, (timestamp(output.message(2)), []))[1].append(text)
        if text.endswith("\n"):
            yield from self._printed(stream)

    def _printed(self, stream: str) -> Iterator[told.Told]:
        time, texts = self._texts.pop(stream)
        yield told.Printed(time, stream, "".join(texts))

    def _output(self, message: bytes) -> Iterator[told.Told]:
        output = Message(message)
        if not self._raw and output.text(3):
            line = output.text(3)
            yield told.Printed(timestamp(output.message(2)), _STREAMS[output.uint(1) == 1], line)

    def _alert(self, message: bytes) -> Iterator[told.Told]:
        alert = Message(message)
        fields = {"title": alert.text(1), "text": alert.text(2), "level": alert.text(3) or "INFO"}
        yield told.Happened("alert", fields, self._time)

    def _artifact(self, message: bytes) -> Iterator[told.Told]:
        artifact = Message(message)
        if artifact.text(4) != "run_table":  # tables are among the media
            yield told.Note(f"the artifact {artifact.text(5)!r} was logged; its files are not in the folder of the run")

    def _named_files(self, message: bytes) -> Iterator[told.Told]:
        """Say which saved files are links: they lead to where the run was made, and are not followed."""
        for file in Message(message).messages(1):
            name = folders.safe_name(file.text(1))
            if name is not None and (self._files / name).is_symlink():
                yield told.Note(
                    f"the saved file {name!r} is a link to elsewhere, which is not followed; it is left out"
                )

    def _preempting(self, _: bytes) -> Iterator[told.Told]:
        yield told.Happened("preempting", {}, self._time)

    def _exit(self, message: bytes) -> Iterator[told.Told]:
        self.exit = told.Ended(Message(message).integer(1))
        yield from ()


def _says_the_same(delta: bytes, row: bytes) -> bool:
    """Return whether the items of a summary are those of a row, in whichever order, by their bytes."""
    step = _STEP(row)
    return sorted(delta.split(b"\n")) == sorted(row[: step.start() if step else len(row)].split(b"\n"))


def _git(git: Message) -> dict[str, Any]:
    found = {"remote": redact_url(git.text(1)), "commit": git.text(2)}
    return {key: value for key, value in found.items() if value}


def _is_media(value: Any) -> bool:
    return isinstance(value, dict) and isinstance(value.get("_type"), str)


def _mapping(value: Any) -> dict[str, Any]:
    return value if isinstance(value, dict) else {}


def _nested(before: Any, path: records.Path, value: Any) -> Any:
    """Return a value with another one put into it, at a path."""
    if not path:
        return value
    inner = dict(before) if isinstance(before, dict) else {}
    return {**inner, path[0]: _nested(inner.get(path[0]), path[1:], value)}
