"""How a run begins: which folder it gets, what it goes on with, and what its first lines say."""

from __future__ import annotations

import datetime as dt
import os
import re
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from tracklog import exits, launcher, names, report
from tracklog.errors import UsageError, warn
from tracklog.names import generate_id
from tracklog.recording import Recording
from tracklog.run import Run
from tracklog.settings import STAND_IN, Settings, check_id, root_folder
from tracklog.store import fold, forking, layout, reader, writer

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping


@dataclass(frozen=True, slots=True)
class _Moment:
    """A run and a step of it, as ``resume_from`` and ``fork_from`` name them."""

    id: str
    step: int


def begin(
    settings: Settings,
    ended: Callable[[Run], None],
    attach: Callable[..., Run],
    *,
    allow_val_change: bool,
    sweep: str | None,
) -> Run:
    """Begin a run, or go on with one. `ended` is told when it has ended, `attach` makes a run of it in other processes.

    Raises UsageError for an id, resume or fork that cannot be.
    """
    root = _usable_root(settings)
    project = settings.project or names.default_project(Path.cwd())
    rewind = moment("resume_from", settings.resume_from)
    fork = moment("fork_from", settings.fork_from)
    run_id = _id(settings, root, project, rewind, fork)
    folder = layout.run_folder(root, project, run_id)
    log = _existing(folder, settings, run_id, rewind)
    start: dict[str, Any] = {
        "id": run_id,
        "project": project,
        "name": settings.name or names.default_name(folder.parent),
        "notes": settings.notes or "",
        "tags": list(settings.tags or ()),
        "group": settings.group or "",
        "job_type": settings.job_type or "",
        "entity": settings.entity or "",
        "created": dt.datetime.now(dt.timezone.utc).isoformat(timespec="milliseconds"),
        "resumed": log is not None,
    }
    if sweep:
        start["sweep"] = sweep
    if fork is not None:
        start["forked_from"] = {"id": fork.id, "step": fork.step}
    created = log is None and _create(folder, start, settings)
    if log is None and created and fork is not None:
        log = forking.fork(layout.run_folder(root, project, fork.id), folder, fork.step)
    elif log is None and not created:
        # Another process made it between our look and our try: this one joins.
        log = reader.read_run(folder) if folder.exists() else None
    session: dict[str, Any] = {
        "rank": launcher.rank(), "job": launcher.job_key(), **fold.this_place(), "start_step": 0, "after": [],
    }  # fmt: skip
    if log is not None:
        take_over(log, start, session, settings, rewind.step if rewind else None)
    settings.id, settings.project = run_id, project
    recording = Recording(folder, session)
    recording.writer.start()
    run = Run(settings, folder, recording, start | {"allow_val_change": allow_val_change}, attach)
    if log is not None:
        _edit_resumed(recording, settings)
    run.when_ended(ended)
    report.attend(run, recording)
    exits.attend(run, recording, settings)
    return run


def attached(folder: Path, start: dict[str, Any], began: float, parent: str, attach: Callable[..., Run]) -> Run:
    """Return a run of another process's folder: a further writer, beside which nothing is recorded."""
    session = {
        "rank": launcher.rank(), "job": launcher.job_key(), **fold.this_place(), "start_step": start["start_step"],
        "after": [], "parent": parent, "attached": True,
    }  # fmt: skip
    recording = Recording(folder, session)
    recording.writer.start()
    now = {"resumed": False, "runtime": max(0.0, time.time() - began), "allow_val_change": True}
    run = Run(Settings(console="off"), folder, recording, start | now, attach)
    exits.keep(run, recording)
    return run


def known(folder: Path) -> tuple[dict[str, Any], float, str]:
    """Return what `attached` needs of a run in some folder: what it is, when it began (unix s), a writer that goes on."""
    log = reader.read_run(folder)
    found = fold.sessions(log)
    past = fold.environment(log, found)
    start = {
        key: past.get(key, "") for key in ("id", "project", "name", "notes", "group", "job_type", "entity", "created")
    }
    rows = [row[layout.STEP] for s in found if not s.is_child for row in log.writers[s.writer].history]
    start |= {
        "tags": past.get("tags", []),
        "start_step": max(rows, default=-1) + 1,
        "config": fold.config_values(log, found),
        "summary": fold.summary(log, found, fold.history(log, found)),
    }
    return start, min((s.began for s in found), default=time.time()), found[-1].writer if found else "?"


def moment(argument: str, text: str | None) -> _Moment | None:
    """Return the run and step that ``<id>?_step=<n>`` names. Raises UsageError for what does not read so."""
    if text is None:
        return None
    match = re.fullmatch(r"(.+)\?_step=(\d+)", str(text))
    if match is None:
        raise UsageError(f"{argument}={text!r}: give a run's id and a step, as '<id>?_step=100'")
    check_id(match[1])
    return _Moment(match[1], int(match[2]))


def _id(settings: Settings, root: Path, project: str, rewind: _Moment | None, fork: _Moment | None) -> str:
    if rewind is not None and fork is not None:
        raise UsageError(
            "resume_from and fork_from exclude each other: the first goes on in the same run, the other in a new one"
        )
    if (rewind or fork) is not None and settings.resume is not None:
        raise UsageError(
            f"resume={settings.resume!r} and {'resume_from' if rewind else 'fork_from'} exclude each other"
        )
    if rewind is not None:
        if settings.id not in (None, rewind.id):
            raise UsageError(
                f"id={settings.id!r}, but resume_from names {rewind.id!r}: leave out one, or make them equal"
            )
        return rewind.id
    if fork is not None:
        if settings.id == fork.id:
            raise UsageError(f"id={settings.id!r} is the run that fork_from names: a fork has an id of its own")
        if not reader.is_run(layout.run_folder(root, project, fork.id)):
            raise UsageError(f"fork_from names {fork.id!r}, and there is no such run in project {project!r} of {root}")
    if settings.resume == "auto":
        found = _unfinished(root, project)
        if settings.id is not None and found not in (None, settings.id):
            warn(
                "resume-auto",
                f"resume='auto' would go on with run {found}; id={settings.id!r} was asked for and is used",
            )
        return settings.id or found or generate_id()
    return settings.id or generate_id()


def _unfinished(root: Path, project: str) -> str | None:
    """Return the id of the newest run of this program, when it did not end well: what ``resume="auto"`` goes on with."""
    from tracklog.capture import host

    program, _ = host.program()
    logs = [reader.read_run_file(path) for path in reader.run_folders(layout.project_folder(root, project))]
    mine = [log for log in logs if log.run.get("program") == program]
    for log in sorted(mine, key=lambda log: str(log.run.get("created", "")), reverse=True):
        log.update()
        state = fold.state(fold.sessions(log), time.time())
        return str(log.run["id"]) if state in ("crashed", "failed") and "id" in log.run else None
    return None


def _usable_root(settings: Settings) -> Path:
    root = root_folder(settings).absolute()
    try:
        root.mkdir(parents=True, exist_ok=True)
        if os.access(root, os.W_OK | os.X_OK):
            return root
        reason = "no permission to write"
    except OSError as error:
        reason = error.strerror or str(error)
    other = Path(tempfile.mkdtemp(prefix="tracklogs-"))
    warn(
        "root",
        f"cannot log into {root}: {reason}. This run is logged into {other}; set TRACKLOG_DIR to choose a folder.",
    )
    return other


def _existing(folder: Path, settings: Settings, run_id: str, rewind: _Moment | None) -> reader.RunLog | None:
    """Return the run to go on with; set an ended one aside when nobody asked to resume it."""
    if not reader.is_run(folder):
        if settings.resume == "must" or rewind is not None:
            asked = "resume_from names" if rewind else "resume='must', but there is no run"
            end = ", and there is no such run" if rewind else ""
            raise UsageError(f"{asked} {run_id!r}{end} in {folder.parent}; check id and dir, or use resume='allow'")
        return None
    if settings.resume == "never":
        msg = f"resume='never', but run {run_id!r} exists in {folder.parent}; choose another id"
        raise UsageError(msg)
    log = reader.read_run(folder)
    if settings.resume is not None or rewind is not None or _joins(log):
        return log
    try:
        writer.set_aside(folder)
    except OSError as error:
        warn("set-aside", f"the old run in {folder} could not be set aside ({error}); the new session is added to it")
        return log
    return None


def _joins(log: reader.RunLog) -> bool:
    found = fold.sessions(log)
    if fold.state(found, time.time()) == "running":
        return True
    key, rank = launcher.job_key(), launcher.rank()
    ranks = [session.rank for session in found if key and session.job == key]
    return bool(ranks) and rank not in ranks


def _create(folder: Path, start: Mapping[str, Any], settings: Settings) -> bool:
    from tracklog.capture import host

    program, args = host.program()
    record: dict[str, Any] = {key: value for key, value in start.items() if key != "resumed"}
    record |= {
        "user": settings.username or host.user(),
        "host": settings.host or fold.this_place()["host"],
        "os": sys.platform,
        "python": sys.version.split()[0],
        "program": settings.program or program,
        "args": args,
    }
    if os.environ.get(STAND_IN):
        record["as_wandb"] = True
    if settings.extra:
        record["settings"] = {key: str(value) for key, value in settings.extra.items()}
    try:
        return writer.create_run(folder, record)  # type: ignore[arg-type]
    except OSError as error:
        warn("run-file", f"cannot make {folder}: {error.strerror or error}. Training goes on; nothing of it is kept.")
        return True


def take_over(
    log: reader.RunLog, start: dict[str, Any], session: dict[str, Any], settings: Settings, rewind: int | None
) -> None:
    """Fill in what a resumed or joined run already knows; `rewind` is the last step that stays of it."""
    ended_before = set(fold.ended(fold.sessions(log), time.time()))
    # Once more: one that was alive when its rows were read may have written and died since.
    log.update()
    found = fold.sessions(log)
    past = fold.environment(log, found)
    for key in ("name", "notes", "tags", "group", "job_type", "created", "sweep"):
        if key in past and (key in ("created", "sweep") or getattr(settings, key, None) is None):
            start[key] = past[key]
    peers = [s for s in found if _is_peer(s, session)]
    session["after"] = sorted(ended_before - {peer.writer for peer in peers})
    if rewind is not None:
        session |= {"start_step": rewind + 1, "rewind": True}
        found = fold.rewound(found, session)
    folded = fold.history(log, found)
    start["config"] = fold.config_values(log, found)
    start["summary"] = fold.summary(log, found, folded)
    if fold.metrics(log, found).by_name:
        start["statistics"] = fold.statistics(log, found, folded)
    if peers:
        # The processes of one launch count their steps side by side, whichever of them happens to begin first.
        start["start_step"] = session["start_step"] = min(peer.start_step for peer in peers)
        return
    rows = [row for own in found if not own.is_child and own.writer for row in log.writers[own.writer].history]
    if rewind is not None:
        rows = [row for row in rows if row[layout.STEP] <= rewind]
    if rows:
        start["start_step"] = session["start_step"] = max(row[layout.STEP] for row in rows) + 1
        start["runtime"] = max(layout.number(row.get(layout.RUNTIME)) for row in rows)
    if rewind is not None:
        start["start_step"] = session["start_step"] = rewind + 1


def _is_peer(other: fold.Session, session: Mapping[str, Any]) -> bool:
    """Return whether a session belongs to the same launch as another rank: neither comes before the other."""
    return bool(other.job) and other.job == session["job"] and other.rank != session["rank"]


def _edit_resumed(recording: Recording, settings: Settings) -> None:
    changes: dict[str, Any] = {key: value for key in ("name", "notes") if (value := getattr(settings, key)) is not None}
    if settings.tags is not None:
        changes["tags"] = list(settings.tags)
    if changes:
        recording.event("edit", **changes)
