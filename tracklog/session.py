"""`init` and `finish`: the run of this process, how it begins and which folder it gets."""

from __future__ import annotations

import datetime as dt
import os
import secrets
import string
import sys
import tempfile
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

from tracklog import exits, missing, names, report
from tracklog.config import Config
from tracklog.disabled import DisabledRun
from tracklog.errors import UsageError, forget_warnings, silence, warn
from tracklog.recording import Recording
from tracklog.run import Run
from tracklog.settings import Settings, mapping, resolve, root_folder
from tracklog.store import fold, layout, reader, writer

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

current: Run | DisabledRun | None = None
"""The run that module-level calls go to."""

early_config = Config()
"""What a script set on `tracklog.config` before `init`; applied there."""

_process_settings: dict[str, Any] = {}
_ALPHABET = string.ascii_lowercase + string.digits


def setup(settings: object = None) -> None:
    """Set defaults for all runs of this process."""
    _process_settings.update(mapping(settings))


def init(
    entity: str | None = None,
    project: str | None = None,
    dir: str | os.PathLike[str] | None = None,  # noqa: A002 - the name scripts use
    id: str | None = None,  # noqa: A002 - the name scripts use
    name: str | None = None,
    notes: str | None = None,
    tags: Sequence[str] | str | None = None,
    config: object = None,
    config_exclude_keys: Sequence[str] | None = None,
    config_include_keys: Sequence[str] | None = None,
    allow_val_change: bool | None = None,
    group: str | None = None,
    job_type: str | None = None,
    mode: str | None = None,
    force: bool | None = None,
    reinit: bool | str | None = None,
    resume: bool | str | None = None,
    resume_from: str | None = None,
    fork_from: str | None = None,
    save_code: bool | None = None,
    tensorboard: bool | None = None,
    sync_tensorboard: bool | None = None,
    monitor_gym: bool | None = None,
    settings: object = None,
    anonymous: str | None = None,
    magic: object = None,
) -> Run | DisabledRun:
    """Begin a run and return it; a second call returns the run that is going on (in a notebook it begins a new one).

    The run's folder is ``<dir>/<project>/<id>``; `dir` defaults to ``TRACKLOG_DIR``, ``WANDB_DIR``, ``./tracklogs``.
    ``resume="allow"`` goes on with an existing `id` or begins it, ``"must"`` refuses when there is none, ``"never"``
    when there is one; without `resume` an ended run of that id is set aside as ``<id>.old1`` and a live one is joined.
    ``mode="disabled"`` records nothing at all. Raises UsageError for values that cannot be used, ValueError for tags
    of no or more than 64 characters.
    """
    global current  # noqa: PLW0603 - the run of the process
    keywords = {
        "entity": entity, "project": project, "dir": dir, "id": id, "name": name, "notes": notes, "tags": tags,
        "group": group, "job_type": job_type, "mode": mode, "resume": resume, "save_code": save_code,
        "resume_from": resume_from, "fork_from": fork_from, "force": force, "tensorboard": tensorboard,
        "sync_tensorboard": sync_tensorboard, "monitor_gym": monitor_gym, "anonymous": anonymous, "magic": magic,
    }  # fmt: skip
    if reinit is None and "ipykernel" in sys.modules:
        # A cell that is run again begins a new run, and may change what it configured, as in W&B.
        reinit, allow_val_change = "finish_previous", True if allow_val_change is None else allow_val_change
    if current is not None and reinit not in (True, "finish_previous", "create_new"):
        if project is not None or name is not None or config is not None:
            warn(
                "second-init",
                f"init() was called while run {current.id} goes on; it is returned, arguments are ignored",
            )
        return current
    resolved = resolve(keywords, settings, _process_settings)
    if current is not None and reinit != "create_new":
        current.finish()
    silence(resolved.silent)
    if resolved.mode == "disabled":
        run: Run | DisabledRun = DisabledRun(resolved, _forget)
    else:
        forget_warnings()
        missing.say_settings(resolved)
        run = _begin(resolved, allow_val_change=bool(allow_val_change))
    _configure(run, config, config_include_keys, config_exclude_keys)
    if reinit != "create_new" or current is None:
        current = run
    return run


def finish(exit_code: int | None = None, quiet: bool | None = None) -> None:
    """Finish the run that is going on; does nothing when there is none."""
    if current is not None:
        current.finish(exit_code, quiet)


def _forget(run: Run | DisabledRun) -> None:
    global current, early_config  # noqa: PLW0603 - the run of the process
    if current is run:
        current = None
        early_config = Config()


def _configure(
    run: Run | DisabledRun, config: object, include: Sequence[str] | None, exclude: Sequence[str] | None
) -> None:
    early = early_config.as_dict()
    if early:
        run.config.update(early, allow_val_change=True)
    if config is None:
        return
    if isinstance(config, str | os.PathLike):
        warn("config-file", f"config={os.fspath(config)!r}: config from files is not supported yet; pass a dict")
        return
    staged = Config()
    staged.update(config)
    chosen = {
        key: value
        for key, value in staged.as_dict().items()
        if (not include or key in include) and (not exclude or key not in exclude)
    }
    run.config.update(chosen, allow_val_change=True)


def _begin(settings: Settings, *, allow_val_change: bool) -> Run:
    root = _usable_root(settings)
    project = settings.project or names.default_project(Path.cwd())
    run_id = settings.id or "".join(secrets.choice(_ALPHABET) for _ in range(8))
    folder = layout.run_folder(root, project, run_id)
    log = _existing(folder, settings)
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
    created = log is None and _create(folder, start, settings)
    if log is None and not created:
        # Another process made it between our look and our try: this one joins.
        log = reader.read_run(folder) if folder.exists() else None
    session: dict[str, Any] = {"rank": _rank(), "job": job_key(), **fold.this_place(), "start_step": 0, "after": []}
    if log is not None:
        _take_over(log, start, session, settings)
    recording = Recording(folder, session)
    recording.writer.start()
    run = Run(settings, folder, recording, start | {"allow_val_change": allow_val_change})
    if log is not None:
        _edit_resumed(recording, settings)
    recording.watchers.append(lambda _: _forget(run))
    report.attend(run, recording)
    exits.attend(run, recording, settings)
    return run


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


def _existing(folder: Path, settings: Settings) -> reader.RunLog | None:
    """Return the run to go on with; set an ended one aside when nobody asked to resume it."""
    if not reader.is_run(folder):
        if settings.resume == "must":
            msg = f"resume='must', but there is no run {settings.id!r} in {folder.parent}; check id and dir, or use 'allow'"
            raise UsageError(msg)
        return None
    if settings.resume == "never":
        msg = f"resume='never', but run {settings.id!r} exists in {folder.parent}; choose another id"
        raise UsageError(msg)
    log = reader.read_run(folder)
    if settings.resume is not None or _joins(log):
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
    key, rank = job_key(), _rank()
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
    if settings.extra:
        record["settings"] = {key: str(value) for key, value in settings.extra.items()}
    try:
        return writer.create_run(folder, record)  # type: ignore[arg-type]
    except OSError as error:
        warn("run-file", f"cannot make {folder}: {error.strerror or error}. Training goes on; nothing of it is kept.")
        return True


def _take_over(log: reader.RunLog, start: dict[str, Any], session: dict[str, Any], settings: Settings) -> None:
    """Fill in what a resumed or joined run already knows."""
    ended_before = set(fold.ended(fold.sessions(log), time.time()))
    # Once more: one that was alive when its rows were read may have written and died since.
    log.update()
    found = fold.sessions(log)
    past = fold.environment(log, found)
    for key in ("name", "notes", "tags", "group", "job_type", "created"):
        if key == "created" or getattr(settings, key, None) is None:
            start[key] = past.get(key, start[key])
    peers = [s for s in found if _is_peer(s, session)]
    session["after"] = sorted(ended_before - {peer.writer for peer in peers})
    folded = fold.history(log, found)
    start["config"] = fold.config(log, found)
    start["summary"] = fold.summary(log, found, folded)
    if fold.metrics(log, found).by_name:
        start["statistics"] = fold.statistics(log, found, folded)
    if peers:
        # The processes of one launch count their steps side by side, whichever of them happens to begin first.
        start["start_step"] = session["start_step"] = min(peer.start_step for peer in peers)
        return
    rows = [row for own in found if not own.is_child for row in log.writers[own.writer].history]
    if rows:
        start["start_step"] = session["start_step"] = max(row[layout.STEP] for row in rows) + 1
        start["runtime"] = max(layout.number(row.get(layout.RUNTIME)) for row in rows)


def _is_peer(other: fold.Session, session: Mapping[str, Any]) -> bool:
    """Return whether a session belongs to the same launch as another rank: neither comes before the other."""
    return bool(other.job) and other.job == session["job"] and other.rank != session["rank"]


def _edit_resumed(recording: Recording, settings: Settings) -> None:
    changes: dict[str, Any] = {key: value for key in ("name", "notes") if (value := getattr(settings, key)) is not None}
    if settings.tags is not None:
        changes["tags"] = list(settings.tags)
    if changes:
        recording.event("edit", **changes)


def _rank() -> int | None:
    for variable in ("RANK", "SLURM_PROCID", "OMPI_COMM_WORLD_RANK", "PMI_RANK"):
        if os.environ.get(variable, "").isdigit():
            return int(os.environ[variable])
    return None


def job_key() -> list[str] | None:
    """Return what tells the processes of one launch from those of another; None outside a launcher."""
    launchers = (
        ("TORCHELASTIC_RUN_ID", "TORCHELASTIC_RESTART_COUNT", "MASTER_ADDR", "MASTER_PORT"),
        ("SLURM_JOB_ID", "SLURM_RESTART_COUNT", "SLURM_STEP_ID"),
    )
    for variables in launchers:
        if os.environ.get(variables[0]):
            return [os.environ.get(variable, "") for variable in variables]
    return None
