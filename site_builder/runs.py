"""One run: from its folder to its entries, its row in the lists and what its page shows. Pure but for reading."""

from __future__ import annotations

import dataclasses
import datetime as dt
import os
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, get_args

from site_builder import (
    artifacts,
    code_files,
    contents,
    exchanged,
    notebook_files,
    series,
    shortened,
    surroundings,
)
from site_builder.content import Content
from site_builder.files import run_files
from site_builder.model import (
    Alert,
    AlertLevel,
    Damage,
    Joint,
    KeyInfo,
    RunHead,
    RunRow,
    Series,
)
from tracklog.store import fold, happenings, layout
from tracklog.store.metrics import STATISTICS

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    import numpy as np
    from numpy.typing import NDArray

    from site_builder.artifact_model import RunFile
    from site_builder.model import Kind, Logs
    from site_builder.pictures import MediaFile
    from site_builder.reading import Reading, Told
    from site_builder.sources import Source
    from tracklog.store import reader

    Coarsest = dict[int, list[NDArray[np.float64]]]

LEVELS = get_args(AlertLevel)
ALERTS = 3
"""Alerts of a run that lists tell of, at most."""
LIVE = ("running", "silent")


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
    contents: list[contents.Content]
    """Of its files, as far as other runs may hold them, too."""
    media: list[MediaFile]
    pictures: dict[str, list[Any]]
    """What is known of its picture files, for the next build."""
    kinds: set[Kind]
    """Whose viewers its pages need."""
    broken: list[str]
    """What of its media is damaged or missing, as sentences."""
    head: RunHead
    coarsest: Coarsest
    """Columns of the coarsest level of each axis and series of numbers, by its block."""
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


def build_run(reading: Reading, now: float, *, last: bool = True) -> Built:
    """Turn what was read of a run into what the site says of it; `last` where it is not read again afterwards."""
    source, log = reading.source, reading.log
    told = reading.told(last=last)
    found = told.sessions
    state = fold.state(found, now)
    content = Content(fold.metrics(log, found))
    logs = content.add(told)
    media = told.values.media.copy(content.blocks.payload)
    shared = contents.Contents()
    folder = log.folder / layout.FILES
    files = run_files(folder, content.blocks, shared, media, source.max_file)
    notebooks = notebook_files.of_run(folder, media)
    environment = shortened.environment(fold.environment(log, found))
    head, entries, coarsest = _laid_out(reading, told, content, logs, files, environment, ended=state not in LIVE)
    alerts = _alerts(log)
    numbers = [s for s in head.series if s.stream == "history" and s.kind == "number" and not s.hidden]
    row = dataclasses.replace(
        _row(reading, told, state, environment, len(head.damage)),
        diverged=tuple({s.key: s.lost for s in reversed(numbers) if s.lost}.items()),
        alerts=tuple(alerts[:ALERTS]),
    )
    return Built(
        source=source,
        row=row,
        config=fold.flatten({k: v for k, v in fold.config(log, found).items() if not k.startswith("_")}),
        summary=_summary(fold.shown(fold.flatten(told.summary)), head.series, numbers),
        least=_over_ranks(min, ((s.key, s.min) for s in numbers)),
        greatest=_over_ranks(max, ((s.key, s.max) for s in numbers)),
        keys=tuple(_keys(head.series)),
        sessions=tuple(found),
        parts=entries,
        contents=list(shared.found.values()),
        media=list(media.found.values()),
        pictures=media.facts(),
        kinds=media.kinds,
        broken=[*told.values.damage, *notebook_files.damage(notebooks)],
        head=head,
        coarsest=coarsest,
        environment=environment,
        error=_error(log),
        log_tail=list(told.console.tail),
        alerts=alerts,
        notebooks=notebooks,
        has_artifacts=bool(head.artifacts) or (not source.selected and artifacts.exist(log.folder.parent)),
        script=code_files.script(folder, files, environment.get("program")),
    )


def _laid_out(
    reading: Reading,
    told: Told,
    content: Content,
    logs: Logs,
    files: tuple[RunFile, ...],
    environment: dict[str, Any],
    *,
    ended: bool,
) -> tuple[RunHead, list[list[series.Entry]], Coarsest]:
    """Number the blocks for good, and gather head and blocks into files; return the columns of coarsest levels, too."""
    log, blocks = reading.log, content.blocks
    numbers, laid = blocks.layout()
    found = (*log.damage, *(log.unfinished() if ended else ()))
    head = RunHead(
        part_starts=(),
        full=tuple(digest for _, digest in blocks.files),
        axes=content.axes(numbers),
        series=content.series(numbers),
        payloads=tuple(map(numbers.__getitem__, blocks.payloads)),
        logs=dataclasses.replace(logs, blocks=tuple(map(numbers.__getitem__, logs.blocks))),
        files=tuple(dataclasses.replace(f, block=numbers[f.block]) if f.block >= 0 else f for f in files),
        joints=tuple(Joint(joint.step, joint.timestamp, joint.superseded) for joint in told.joints),
        damage=tuple(Damage(d.file, d.line, d.offset, d.reason) for d in found),
        started=min((session.began for session in told.sessions if not session.is_child), default=0.0),
        environment=tuple(surroundings.compared(environment)),
        artifacts=exchanged.of_run(log),
    )
    return *series.with_head(head, blocks, laid, reading.entry), content.coarsest(numbers)


def _summary(kept: dict[str, Any], logged: Sequence[Series], numbers: list[Series]) -> dict[str, Any]:
    """Return a summary in the order in which its metrics were first logged, what was set by hand behind them.

    Of metrics of which it keeps other numbers it gets the last values too: lists compare runs by them.
    """
    last = {s.key: s.last for s in numbers if s.key not in kept and any(f"{s.key}.{k}" in kept for k in STATISTICS)}
    places = {one.key: n for n, one in enumerate(logged) if one.stream == "history"}

    def place(key: str) -> tuple[int, str]:
        """A number that is kept of a metric, as `loss.min`, stands where the metric does."""
        return places.get(key, places.get(key.rpartition(".")[0], len(places))), key

    return dict(sorted({**last, **kept}.items(), key=lambda item: place(item[0])))


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


def _error(log: reader.RunLog) -> dict[str, Any] | None:
    errors = [e["error"] for w in log.writers.values() for e in w.events if isinstance(e.get("error"), dict)]
    return errors[-1] if errors else None


def _row(reading: Reading, told: Told, state: fold.State, environment: dict[str, Any], damaged: int) -> RunRow:
    source = reading.source
    own = [session for session in told.sessions if not session.is_child]
    folder = os.fsencode(reading.log.folder.name).decode("utf-8", "replace")
    git = environment.get("git")
    return RunRow(
        entry=reading.entry,
        parts=(),
        page=f"{source.project}/runs/{source.run}.html",
        id=_text(environment.get("id")) or folder,
        name=_text(environment.get("name")) or folder,
        state=state,
        created=_created(environment.get("created"), own),
        duration=fold.duration(own),
        last_sign=max((session.last_sign for session in own), default=0.0),
        step=told.step,
        rows=told.rows,
        tags=_texts(environment.get("tags")),
        notes=_text(environment.get("notes")),
        group=_text(environment.get("group")),
        job_type=_text(environment.get("job_type")),
        host=_text(environment.get("host")),
        user=_text(environment.get("user")),
        commit=_text(git.get("commit")) if isinstance(git, dict) else "",
        root=source.root,
        damaged=damaged,
        lost=sum(session.lost for session in told.sessions),
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
