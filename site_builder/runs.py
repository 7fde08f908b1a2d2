"""One run: from its folder to its entries, its row in the lists and what its page shows. Pure but for reading."""

from __future__ import annotations

import collections
import dataclasses
import datetime as dt
import os
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Any, get_args

import numpy as np
import orjson

from site_builder import (
    artifacts,
    code_files,
    console,
    exchanged,
    extremes,
    kinds,
    notebook_files,
    series,
    shortened,
    surroundings,
)
from site_builder.contents import Content, Contents
from site_builder.files import run_files
from site_builder.model import (
    Alert,
    AlertLevel,
    Axis,
    Damage,
    Joint,
    KeyInfo,
    LogMark,
    Logs,
    RunHead,
    RunRow,
    Series,
)
from site_builder.pictures import Media, MediaFile
from tracklog.store import fold, happenings, layout, reader
from tracklog.store.files import inside
from tracklog.store.metrics import STATISTICS

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from numpy.typing import NDArray

    from site_builder import pictures
    from site_builder.artifact_model import RunArtifact, RunFile
    from site_builder.model import Kind, Stream
    from site_builder.series import Values
    from site_builder.sources import Source
    from tracklog.store.layout import Row
    from tracklog.store.metrics import Definitions

LEVELS = get_args(AlertLevel)
ALERTS = 3
"""Alerts of a run that lists tell of, at most."""
MARKS = 5_000
"""Warnings and errors of a console that are marked beside its scroll bar, at most."""
CLOCKS = (layout.STEP, layout.RUNTIME, layout.TIMESTAMP)


@dataclass(slots=True)
class Built:
    """What one run gives to the site."""

    source: Source
    row: RunRow
    config: dict[str, Any]
    summary: dict[str, Any]
    least: dict[str, float]
    greatest: dict[str, float]
    """Of all finite numbers that were logged under a key."""
    keys: tuple[KeyInfo, ...]
    sessions: tuple[fold.Session, ...]
    """What its state is computed from, later on."""
    parts: list[list[series.Entry]]
    contents: list[Content]
    """Of its files, as far as other runs may hold them, too."""
    media: list[MediaFile]
    pictures: dict[str, list[Any]]
    """What is known of its picture files, for the next build."""
    kinds: set[Kind]
    """Whose viewers its pages need."""
    broken: list[str]
    """What of its media is damaged or missing, as sentences."""
    head: RunHead
    environment: dict[str, Any]
    error: dict[str, Any] | None
    """The exception that ended it: type, message, file, line."""
    log_tail: list[str]
    """The last lines of its console."""
    alerts: list[Alert]
    """What its script raised, the newest first."""
    notebooks: tuple[notebook_files.Shown, ...]
    has_artifacts: bool
    """Whether the site shows artifacts of its project."""
    script: code_files.Script | None


def build_run(source: Source, log: reader.RunLog, now: float, known: pictures.Known | None = None) -> Built:
    """Turn what was read of a run into what the site says of it; `known` pictures are not decoded again."""
    found = fold.sessions(log)
    state = fold.state(found, now)
    folded = fold.history(log, found)
    name = f"r/{source.project}/{source.run}"
    blocks = series.Blocks()
    media = Media(partial(inside, log.folder / layout.FILES), blocks, known)
    content = _Content(blocks, media, fold.metrics(log, found))
    for track in folded.tracks:
        content.add("history", track.rows, rank=track.label, hidden=track.hidden)
    started = min((session.began for session in found if not session.is_child), default=0.0)
    for system_rows in _system_rows(log):
        content.add("system", system_rows, rank="", hidden=False)
    logs, tail = _logs(log, blocks)
    contents = Contents()
    files = run_files(log.folder / layout.FILES, blocks, contents, media, source.max_file)
    notebooks = notebook_files.of_run(log.folder / layout.FILES, media)
    damage = tuple(
        Damage(d.file, d.line, d.offset, d.reason)
        for d in (*log.damage, *(log.unfinished() if state not in ("running", "silent") else ()))
    )
    environment = shortened.environment(fold.environment(log, found))
    head, entries = content.laid_out(
        name, logs, files, damage, _joints(folded), started, environment, exchanged.of_run(log)
    )
    alerts = _alerts(log)
    numbers = [s for s in head.series if s.stream == "history" and s.kind == "number" and not s.hidden]
    row = dataclasses.replace(
        _row(source, name, log, found, folded, state, environment, len(damage)),
        diverged=tuple({s.key: s.lost for s in reversed(numbers) if s.lost}.items()),
        alerts=tuple(alerts[:ALERTS]),
    )
    return Built(
        source=source,
        row=row,
        config=fold.flatten({k: v for k, v in fold.config(log, found).items() if not k.startswith("_")}),
        summary=_summary(fold.shown(fold.flatten(fold.summary(log, found, folded))), numbers),
        least=_over_ranks(min, ((s.key, s.min) for s in numbers)),
        greatest=_over_ranks(max, ((s.key, s.max) for s in numbers)),
        keys=tuple(_keys(head.series)),
        sessions=tuple(found),
        parts=entries,
        contents=list(contents.found.values()),
        media=list(media.found.values()),
        pictures=media.facts(),
        kinds=media.kinds,
        broken=[*content.damage, *notebook_files.damage(notebooks)],
        head=head,
        environment=environment,
        error=_error(log),
        log_tail=tail,
        alerts=alerts,
        notebooks=notebooks,
        has_artifacts=bool(head.artifacts) or (not source.selected and artifacts.exist(log.folder.parent)),
        script=code_files.script(log.folder / layout.FILES, files, environment.get("program")),
    )


class _Content:
    """Collects the series of a run and packs them."""

    def __init__(self, blocks: series.Blocks, media: Media, metrics: Definitions) -> None:
        self.blocks = blocks
        self._media = media
        self._metrics = metrics
        self._axes: list[Axis] = []
        self._by_rows: dict[tuple[Stream, str, bytes], int] = {}
        self._series: list[Series] = []
        self.damage: dict[str, None] = {}
        """What of its media is damaged or missing: each sentence once, in order."""

    def add(self, stream: Stream, rows: list[Row], *, rank: str, hidden: bool) -> None:
        """Pack the series of one track."""
        clocks = [series.clock(rows, name) for name in CLOCKS]
        if stream == "system":
            clocks[0] = np.arange(len(rows), dtype=np.float64)
        track = f"{rank}/{hidden}/{len(self._axes)}"
        for values in series.from_rows(rows, kinds.kind_of):
            axis = self._axis(stream, track, clocks, values.rows)
            self._series.append(self._packed(stream, rank, values, axis, clocks[0], hidden=hidden))

    def _axis(self, stream: Stream, track: str, clocks: list[NDArray[np.float64]], rows: NDArray[np.int64]) -> int:
        key = (stream, track, rows.tobytes())
        if key not in self._by_rows:
            columns = [clock[rows] for clock in clocks]
            monotonic = bool(np.all(np.diff(columns[0]) >= 0))
            self._by_rows[key] = len(self._axes)
            self._axes.append(Axis(len(rows), series.axis_levels(self.blocks, columns), monotonic))
        return self._by_rows[key]

    def _packed(
        self, stream: Stream, rank: str, values: Values, axis: int, steps: NDArray[np.float64], *, hidden: bool
    ) -> Series:
        common: dict[str, Any] = {
            "key": values.key,
            "kind": values.kind,
            "stream": stream,
            "rank": rank,
            "axis": axis,
            **self._defined(values.key, stream, hidden=hidden),
        }
        if values.kind in ("number", "bool"):
            levels = series.number_levels(self.blocks, values.values)
            return Series(
                **common, size=len(values.rows), levels=levels, **extremes.statistics(values.values, steps[values.rows])
            )
        drawn = [kinds.load(values.kind, value, self._media) for value in values.values]
        self.damage |= dict.fromkeys(f"{values.key}: {text}" for value in drawn for text in kinds.damage(value))
        level = self.blocks.values(list(range(len(drawn))), drawn)
        none: dict[str, Any] = {
            "finite": 0,
            "nan": 0,
            "posinf": 0,
            "neginf": 0,
            "min": None,
            "max": None,
            "argmin": -1,
            "argmax": -1,
            "last": None,
            "lost": None,
        }
        return Series(**common, size=len(drawn), levels=(level,), **none)

    def _defined(self, key: str, stream: Stream, *, hidden: bool) -> dict[str, Any]:
        """Return what the script said of a metric."""
        found = self._metrics.of(key) if stream == "history" else None
        if found is None:
            return {"hidden": hidden, "x": "", "goal": ""}
        return {"hidden": hidden or bool(found.hidden), "x": self._metrics.x_of(key) or "", "goal": found.goal or ""}

    def laid_out(
        self,
        name: str,
        logs: Logs,
        files: tuple[RunFile, ...],
        damage: tuple[Damage, ...],
        joints: tuple[Joint, ...],
        started: float,
        environment: dict[str, Any],
        exchange: tuple[RunArtifact, ...],
    ) -> tuple[RunHead, list[list[series.Entry]]]:
        """Number the blocks for good, and gather head and blocks into files."""
        numbers, blocks = self.blocks.layout()
        # By the name that a script gives a metric, its series may be found under another one: as `a.b` or `a\\.b`.
        there = {layout.plain_path(s.key): s.key for s in self._series if s.stream == "history" and s.kind == "number"}
        head = RunHead(
            part_starts=(),
            axes=tuple(dataclasses.replace(axis, levels=_numbered(axis.levels, numbers)) for axis in self._axes),
            series=tuple(
                dataclasses.replace(s, levels=_numbered(s.levels, numbers), x=there.get(layout.plain_path(s.x), ""))
                for s in self._series
            ),
            payloads=tuple(numbers[n] for n in self.blocks.payloads),
            logs=dataclasses.replace(logs, blocks=tuple(numbers[n] for n in logs.blocks)),
            files=tuple(dataclasses.replace(f, block=numbers[f.block]) if f.block >= 0 else f for f in files),
            joints=joints,
            damage=damage,
            started=started,
            environment=tuple(surroundings.compared(environment)),
            artifacts=exchange,
        )
        return series.with_head(head, blocks, name)


def _numbered(levels: Sequence[Any], numbers: list[int]) -> tuple[Any, ...]:
    return tuple(dataclasses.replace(level, blocks=tuple(numbers[n] for n in level.blocks)) for level in levels)


def _summary(kept: dict[str, Any], numbers: list[Series]) -> dict[str, Any]:
    """Return a summary with the last values of metrics of which it keeps other numbers: lists compare runs by them."""
    last = {s.key: s.last for s in numbers if s.key not in kept and any(f"{s.key}.{k}" in kept for k in STATISTICS)}
    return {**last, **kept}


def _over_ranks(choose: Callable[[float, float], float], found: Iterable[tuple[str, float | None]]) -> dict[str, float]:
    result: dict[str, float] = {}
    for key, value in found:
        if value is not None:
            result[key] = choose(result.get(key, value), value)
    return result


def _keys(all_series: tuple[Series, ...]) -> list[KeyInfo]:
    """Return each key and kind once; hidden when all its series are."""
    found: dict[tuple[str, str, str], KeyInfo] = {}
    for s in all_series:
        place = (s.stream, s.key, s.kind)
        before = found.get(place)
        hidden = s.hidden and (before is None or before.hidden)
        found[place] = KeyInfo(s.key, s.kind, s.stream, 1, hidden, s.x, s.goal)
    return list(found.values())


def _system_rows(log: reader.RunLog) -> list[list[Row]]:
    return [writer.system for writer in log.writers.values() if writer.system]


def _logs(log: reader.RunLog, blocks: series.Blocks) -> tuple[Logs, list[str]]:
    packed = blocks.growing_list(later=True)
    marks: list[LogMark] = []
    tail: collections.deque[str] = collections.deque(maxlen=12)
    stderr = 0
    for line in console.lines(*(writer.console for writer in log.writers.values())):
        level = line.level()
        if level is not None and len(marks) < MARKS:
            marks.append(LogMark(packed.count, level))
        packed.add(orjson.dumps([line.timestamp, line.stream, line.text, line.updates]))
        stderr += line.stream
        tail.append(line.text)
    numbers, starts = packed.end()
    return Logs(packed.count, stderr, packed.total, numbers, starts, tuple(marks)), list(tail)


def _joints(folded: fold.History) -> tuple[Joint, ...]:
    return tuple(Joint(joint.step, joint.timestamp, joint.superseded) for joint in folded.joints)


def _error(log: reader.RunLog) -> dict[str, Any] | None:
    errors = [e["error"] for w in log.writers.values() for e in w.events if isinstance(e.get("error"), dict)]
    return errors[-1] if errors else None


def _row(
    source: Source,
    name: str,
    log: reader.RunLog,
    found: list[fold.Session],
    folded: fold.History,
    state: fold.State,
    environment: dict[str, Any],
    damaged: int,
) -> RunRow:
    own = [session for session in found if not session.is_child]
    rows = [row for track in folded.tracks if not track.hidden for row in track.rows]
    last_sign = max((session.last_sign for session in own), default=0.0)
    created = _created(environment.get("created"), own)
    folder = os.fsencode(log.folder.name).decode("utf-8", "replace")
    git = environment.get("git")
    return RunRow(
        entry=name,
        parts=(),
        page=f"{source.project}/runs/{source.run}.html",
        id=_text(environment.get("id")) or folder,
        name=_text(environment.get("name")) or folder,
        state=state,
        created=created,
        duration=fold.duration(own),
        last_sign=last_sign,
        step=max((row[layout.STEP] for row in rows), default=-1),
        rows=len(rows),
        tags=_texts(environment.get("tags")),
        notes=_text(environment.get("notes")),
        group=_text(environment.get("group")),
        job_type=_text(environment.get("job_type")),
        host=_text(environment.get("host")),
        user=_text(environment.get("user")),
        commit=_text(git.get("commit")) if isinstance(git, dict) else "",
        root=source.root,
        damaged=damaged,
        lost=sum(session.lost for session in found),
        diverged=(),
        alerts=(),
    )


def _alerts(log: reader.RunLog) -> list[Alert]:
    """Return the alerts of all writers, the newest first; a level that nobody knows is INFO."""
    events = [e for writer in log.writers.values() for e in happenings.of_kind(writer, "alert")]
    return [
        Alert(
            _text(event.get("title")),
            _text(event.get("text")),
            next((known for known in LEVELS if known == event.get("level")), "INFO"),
            happenings.when(event),
        )
        for event in sorted(events, key=happenings.when, reverse=True)
    ]


def _created(value: object, own: list[fold.Session]) -> float:
    try:
        return dt.datetime.fromisoformat(str(value).replace("Z", "+00:00")).timestamp()
    except ValueError:
        return min((session.began for session in own), default=0.0)


def _text(value: object) -> str:
    return value if isinstance(value, str) else ""


def _texts(value: object) -> tuple[str, ...]:
    return tuple(item for item in value if isinstance(item, str)) if isinstance(value, list) else ()
