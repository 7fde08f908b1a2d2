"""`init` and `finish`: the run of this process, and what module-level calls go to."""

from __future__ import annotations

import os
import threading
from pathlib import Path
from types import SimpleNamespace
from typing import IO, TYPE_CHECKING, Any

from tracklog import beginning, configs, exits, launcher, missing, ongoing, saving, standin
from tracklog.artifacts import home
from tracklog.config import EarlyConfig
from tracklog.disabled import DisabledRun
from tracklog.errors import UsageError, forget_warnings, silence, warn
from tracklog.settings import Settings, mapping, resolve, root_folder, use_root
from tracklog.sweeps.assignment import Assignment, assigned

if TYPE_CHECKING:
    from collections.abc import Sequence

    from tracklog.run import Run

early_config = EarlyConfig()
"""What a script set on `tracklog.config` before `init`; applied there."""

_process_settings: dict[str, Any] = {}
_lock = threading.RLock()
_REINITS = ("default", "return_previous", "finish_previous", "create_new")


def setup(settings: object = None) -> SimpleNamespace:
    """Set defaults for all runs of this process; return an object that holds them as ``settings``."""
    _process_settings.update(mapping(settings))
    return SimpleNamespace(settings=Settings(**_process_settings))


def teardown(exit_code: int | None = None) -> None:
    """Finish all runs of this process, and forget what `setup` set."""
    for run in exits.attended():
        run.finish(exit_code)
    if ongoing.current is not None:
        ongoing.current.finish(exit_code)
    _process_settings.clear()


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
    **unknown: object,
) -> Run:
    """Begin a run and return it; a second call returns the run that is going on (in a notebook it begins a new one).

    The run's folder is ``<dir>/<project>/<id>``; `dir` defaults to ``TRACKLOG_DIR``, ``WANDB_DIR``, ``./tracklogs``.
    `config` is a mapping, an object with attributes (argparse, absl, dataclasses, OmegaConf, …) or the path of a YAML
    file. ``resume="allow"`` goes on with an existing `id` or begins it, ``"must"`` refuses when there is none,
    ``"never"`` when there is one, ``"auto"`` goes on with the newest run of this program when that did not end well;
    without `resume` an ended run of that id is set aside as ``<id>.old1`` and a live one is joined.
    ``resume_from="<id>?_step=n"`` goes on behind step n, superseding what the run logged there; ``fork_from=`` does so
    in a new run that begins with a copy. `reinit` says what a second call does: ``return_previous``,
    ``finish_previous``, or ``create_new``, which leaves the run that is going on alone. A forked child that calls it
    with arguments has a run of its own. ``mode="disabled"`` records nothing at all.

    Raises UsageError for values that cannot be used, ConfigError for a config file that cannot, ValueError for tags of
    no or more than 64 characters.
    """
    keywords = {
        "entity": entity, "project": project, "dir": dir, "id": id, "name": name, "notes": notes, "tags": tags,
        "group": group, "job_type": job_type, "mode": mode, "resume": resume, "save_code": save_code,
        "resume_from": resume_from, "fork_from": fork_from, "force": force, "tensorboard": tensorboard,
        "sync_tensorboard": sync_tensorboard, "monitor_gym": monitor_gym, "anonymous": anonymous, "magic": magic,
        "reinit": reinit, **unknown,
    }  # fmt: skip
    wanted = configs.Wanted(config, config_include_keys, config_exclude_keys)
    with _lock:
        return _init(keywords, wanted, settings, allow_val_change)


def _init(keywords: dict[str, Any], wanted: configs.Wanted, settings: object, allow_val_change: bool | None) -> Run:
    given = [key for key, value in keywords.items() if value is not None] + (
        ["config"] if wanted.config is not None else []
    )
    resolved = resolve(keywords, settings, _process_settings)
    if ongoing.current is not None and ongoing.current.is_inherited:
        # What a forked child begins for itself has nothing to do with the run of its parent.
        if not set(given) - {"reinit", "mode", "settings"} and settings is None:
            return ongoing.current._adopt()  # noqa: SLF001 - the module that makes runs
        ongoing.current = None
    reinit, allow = _reinit(resolved.reinit, allow_val_change)
    if ongoing.current is not None and reinit == "return_previous":
        if {"project", "name", "config", "id", "group"} & set(given):
            warn(
                "second-init",
                f"init() was called while run {ongoing.current.id} goes on; it is returned, arguments are ignored. "
                "reinit='finish_previous' or 'create_new' begins another",
            )
        return ongoing.current
    if ongoing.current is not None and reinit == "finish_previous":
        ongoing.current.finish()
    if reinit == "create_new" and any(run.id == resolved.id for run in exits.attended()):
        raise UsageError(
            f"id={resolved.id!r} is that of a run that is going on in this process; reinit='create_new' needs another"
        )
    trial = assigned()
    if trial is not None:
        resolved = resolve(keywords | trial.keywords(), settings, _process_settings)
        resolved.dir = str(trial.root)
        _say_ignored(keywords["project"], trial)
    silence(resolved.silent)
    run = ongoing.newest = _made(resolved, wanted, trial, allow=allow)
    if reinit != "create_new" or ongoing.current is None:
        ongoing.current = run
        ongoing.replaced.clear()
        use_root(Path(run.sync_dir).parents[1])
        home.use(run._artifact_home())  # noqa: SLF001 - the module that makes runs
    return run


def _say_ignored(project: str | None, trial: Assignment) -> None:
    if project is not None and project != trial.project:
        warn(
            "sweep-project",
            f"init(project={project!r}) has no effect in a sweep: its runs are in project {trial.project!r}",
        )


def _made(resolved: Settings, wanted: configs.Wanted, trial: Assignment | None, *, allow: bool) -> Run:
    if resolved.mode == "disabled":
        run: Run = DisabledRun(resolved, _forget)
        configs.apply(run.config, configs.read(wanted, resolved.config_paths), early_config)
        return run
    forget_warnings()
    missing.say_settings(resolved)
    sources = configs.read(wanted, resolved.config_paths)  # what cannot be read is told before there is a run
    run = beginning.begin(resolved, _forget, _attach, allow_val_change=allow, sweep=trial.sweep_id if trial else None)
    configs.apply(run.config, sources, early_config)
    if trial is not None:
        run.config.update_locked(trial.params, "the sweep")
    if resolved.wandb_dir is not None:
        standin.leave_sign(resolved.wandb_dir, run.id, run.sync_dir)
    if resolved.sync_tensorboard:
        from tracklog.integrations import tensorboard

        tensorboard.patch_for(run)
    if resolved.monitor_gym:
        from tracklog.integrations import gym

        gym.monitor()
    return run


def _reinit(asked: str | bool | None, allow_val_change: bool | None) -> tuple[str, bool]:
    """Return what a second `init` does, and whether config values may change.

    Raises UsageError for a reinit that does not exist.
    """
    in_notebook = launcher.in_kernel()
    if asked in (None, "default"):
        # A cell that is run again begins a new run, and may change what it configured, as in W&B.
        allow = in_notebook if allow_val_change is None else allow_val_change
        return "finish_previous" if in_notebook else "return_previous", allow
    reinit = {True: "finish_previous", False: "return_previous", "true": "finish_previous", "True": "finish_previous",
              "1": "finish_previous", "false": "return_previous", "False": "return_previous", "0": "return_previous",
              }.get(asked, asked)  # fmt: skip
    if reinit not in _REINITS:
        raise UsageError(f"reinit={asked!r} does not exist; choose one of {', '.join(_REINITS)}, True or False")
    return str(reinit), bool(allow_val_change)


def finish(exit_code: int | None = None, quiet: bool | None = None) -> None:
    """Finish the run that is going on; does nothing when there is none."""
    if ongoing.current is not None:
        ongoing.current.finish(exit_code, quiet)


def restore(name: str, run_path: str | None = None, replace: bool = False, root: str | None = None) -> IO[str] | None:
    """Return a file of the run that goes on, or of the run at `run_path`, open for reading; see `Run.restore`.

    Raises ValueError without a run and without `run_path`.
    """
    if ongoing.current is not None:
        return ongoing.current.restore(name, run_path, replace, root)
    if run_path is None:
        msg = "run_path required: there is no run going on; name one as 'project/id'"
        raise ValueError(msg)
    folder = saving.folder_of(root_folder(resolve({}, None, _process_settings)), run_path)
    return saving.restore(folder, name, replace=replace, root=root or ".")


def attach(attach_id: str) -> Run:
    """Return a run that goes on in another process, for this one to log to; `attach_id` is its folder.

    Raises UsageError when there is no run in that folder.
    """
    from tracklog.store import reader

    folder = Path(attach_id)
    if not reader.is_run(folder):
        raise UsageError(f"there is no run in {attach_id!r}; give run._attach_id of a run that goes on")
    start, began, parent = beginning.known(folder)
    return _attach(str(folder), start, began, parent)


def _attach(folder: str, start: dict[str, Any], began: float, parent: str) -> Run:
    """Return the run of a folder in this process: the one that it has, or a further writer; what a pickled run becomes."""
    with _lock:
        for run in [*exits.attended(), *([ongoing.current] if ongoing.current is not None else [])]:
            if run.sync_dir == folder:
                return run._adopt() if run.is_inherited else run  # noqa: SLF001 - the module that makes runs
        run = beginning.attached(Path(folder), start, began, parent, _attach)
        run.when_ended(_forget)
        if ongoing.current is None or ongoing.current.is_inherited:
            ongoing.current = run
        return run


def _forget(run: Run) -> None:
    global early_config  # noqa: PLW0603 - the config before the next run
    if ongoing.current is run:
        ongoing.current = None
        ongoing.replaced.clear()
        early_config = EarlyConfig()
        use_root(None)
        home.use(None)


def _renew_lock() -> None:
    global _lock  # noqa: PLW0603 - a thread of the parent may hold it for ever
    _lock = threading.RLock()


if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_renew_lock)
