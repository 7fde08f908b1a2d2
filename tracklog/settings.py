"""What a run is started with, and where each setting comes from."""

from __future__ import annotations

import os
from collections.abc import Iterable, Mapping
from dataclasses import MISSING, dataclass, field, fields
from pathlib import Path
from typing import Any

from tracklog.errors import UsageError, warn

DEFAULT_ROOT = "tracklogs"
MODES = ("online", "offline", "disabled", "shared", "dryrun", "run")
RESUMES = ("allow", "must", "never", "auto")
CONSOLES = ("auto", "wrap", "wrap_raw", "wrap_emu", "redirect", "off")

_ENVIRONMENT_NAMES = {
    "run_group": "group",
    "run_id": "id",
    "run_name": "name",
    "run_tags": "tags",
    "run_notes": "notes",
    "run_job_type": "job_type",
    "root_dir": "dir",
    "disabled": "mode",
    "tensorboard": "sync_tensorboard",
    "stats_sampling_interval": "stats_interval",
    "stats_sample_rate_seconds": "stats_interval",
    "x_stats_sampling_interval": "stats_interval",
    "x_stats_sample_rate_seconds": "stats_interval",
    "x_disable_stats": "disable_stats",
    "x_disable_meta": "disable_meta",
}
"""Other names under which settings are known, in the environment and in `Settings(...)`."""


STAND_IN = "TRACKLOG_AS_WANDB"
"""The variable that is set where tracklog stands in for wandb."""
_SWITCHES = frozenset((STAND_IN, "TRACKLOG_ARTIFACT_DIR"))
"""Variables that are none of a run's."""


@dataclass(slots=True, init=False)
class Settings:
    """Settings of a run; None means: not set by anybody. Names of other versions are kept in `extra`."""

    mode: str = "offline"
    dir: str | None = None
    project: str | None = None
    entity: str | None = None
    id: str | None = None
    name: str | None = None
    notes: str | None = None
    tags: tuple[str, ...] | None = None
    group: str | None = None
    job_type: str | None = None
    resume: str | None = None
    resume_from: str | None = None
    fork_from: str | None = None
    reinit: str | None = None
    wandb_dir: str | None = None
    """Where a library asked for wandb's `dir`, while tracklog stands in for wandb."""
    console: str = "auto"
    """``redirect`` (what child processes and C code print too), ``wrap`` (what passes `sys.stdout` and `sys.stderr`),
    ``off``; ``auto`` redirects files and pipes, and wraps on a terminal and in notebooks."""
    quiet: bool = False
    """Only warnings and errors."""
    silent: bool = False
    """Nothing at all."""
    save_code: bool | None = None
    """Whether the script, the modules it imported and the cells of a notebook are kept; they are, unless this is False."""
    disable_code: bool = False
    """No code, whatever `save_code` says."""
    notebook_name: str | None = None
    """Where the notebook is that runs, for front ends that do not say it."""
    monitor_gym: bool = False
    """The videos that recorders of Gymnasium save are logged, too."""
    sync_tensorboard: bool = False
    """What TensorBoard's writers are given is logged, too."""
    disable_git: bool = False
    disable_stats: bool = False
    """No system metrics."""
    disable_meta: bool = False
    """No packages, no hardware."""
    stats_interval: float = 15.0
    """Seconds between system metrics; at least 1."""
    program: str | None = None
    args: str | None = None
    host: str | None = None
    username: str | None = None
    git_commit: str | None = None
    git_remote_url: str | None = None
    config_paths: str | None = None
    extra: dict[str, Any] = field(default_factory=dict)
    """Settings of other versions that are kept, not used."""

    def __init__(self, **given: Any) -> None:
        """Set what is given, by any of its names; everything else keeps its default."""
        for known in fields(self):
            made = known.default if known.default_factory is MISSING else known.default_factory()
            object.__setattr__(self, known.name, made)
        for name, value in given.items():
            _set(self, name, value)

    def __getattr__(self, name: str) -> Any:
        """Return a setting by another of its names, or one that is kept, not used; AttributeError for what is neither."""
        known = _known(name)
        if not name.startswith("__"):
            if known != name and known in self.names():
                return getattr(self, known)
            if name != "extra" and name in self.extra:
                return self.extra[name]
        msg = f"{type(self).__name__!r} object has no attribute {name!r}"
        raise AttributeError(msg)

    def __setattr__(self, name: str, value: object) -> None:
        """Set one by any of its names; None takes it back."""
        known = _known(name)
        if value is not None and known != "extra":
            _set(self, name, value)
        elif known in (*self.names(), "extra"):
            object.__setattr__(self, known, value)
        else:
            self.extra.pop(name, None)

    def update(self, settings: object = None, **given: Any) -> None:
        """Set some by a mapping or another `Settings`, or by name."""
        for name, value in {**mapping(settings), **given}.items():
            _set(self, name, value)

    @property
    def keeps_code(self) -> bool:
        """Whether source files and the cells of a notebook are kept with the run."""
        return self.save_code is not False and not self.disable_code

    @classmethod
    def names(cls) -> frozenset[str]:
        """Return the names of the settings that are used."""
        return frozenset(f.name for f in fields(cls)) - {"extra"}


def resolve(keywords: Mapping[str, Any], settings: object, process: Mapping[str, Any]) -> Settings:
    """Merge the sources, lowest first; names that are unknown are kept in `extra`.

    1. the defaults
    2. the environment: ``WANDB_X`` is setting ``x``, ``WANDB__X`` is ``x_x``; ``TRACKLOG_X`` wins over both
    3. what `setup(settings=…)` set for the process
    4. ``init(settings=…)``: a mapping or a `Settings`-like object
    5. the keywords of `init`

    Raises UsageError for a mode or resume that does not exist.
    """
    result = Settings()
    for source in (from_environment(os.environ), process, mapping(settings), keywords):
        for name, value in source.items():
            _set(result, name, value)
    if result.silent:
        result.quiet = True
    if os.environ.get(STAND_IN) and keywords.get("dir") is not None:
        result.wandb_dir = os.fspath(keywords["dir"])
        result.dir = _place(result.wandb_dir)
    _check(result)
    return result


def _place(asked: str) -> str:
    """Return the log folder where a library asks for wandb's `dir`: it means a folder for the log folder to stand in.

    The person who set ``TRACKLOG_DIR`` knows better than the library.
    """
    return os.environ.get("TRACKLOG_DIR") or str(Path(asked) / DEFAULT_ROOT)


def from_environment(environ: Mapping[str, str]) -> dict[str, Any]:
    """Return the settings that ``WANDB_*`` and ``TRACKLOG_*`` variables give; the latter win.

    A ``TRACKLOG_*`` variable that names none is likely misspelt, which is said; wandb's may be meant for wandb.
    """
    found: dict[str, Any] = {}
    for prefix in ("WANDB_", "TRACKLOG_"):
        for variable, value in environ.items():
            if not variable.startswith(prefix) or value == "":
                continue
            name = variable.removeprefix(prefix).lower()
            name = f"x{name}" if name.startswith("_") else name
            name = _ENVIRONMENT_NAMES.get(name, name)
            if name == "mode" and variable.endswith("_DISABLED"):
                if _truth(value):
                    found["mode"] = "disabled"
            elif name in Settings.names():
                found[name] = value
            elif prefix == "TRACKLOG_" and variable not in _SWITCHES:
                warn(f"variable-{variable}", f"{variable} is set, but tracklog has no such setting; is it misspelt?")
    return found


def mapping(settings: object) -> dict[str, Any]:
    """Return settings as a dict: a mapping, a `Settings` (what differs from the defaults), or any object's attributes."""
    if settings is None:
        return {}
    if isinstance(settings, Settings):
        default = Settings()
        return {
            n: getattr(settings, n) for n in Settings.names() if getattr(settings, n) != getattr(default, n)
        } | settings.extra
    if isinstance(settings, Mapping):
        return dict(settings)
    if not hasattr(settings, "__dict__"):
        raise TypeError(f"settings takes a mapping or wandb.Settings, not {type(settings).__name__}: {settings!r:.80}")
    return {name: value for name, value in vars(settings).items() if not name.startswith("__")}


def _known(name: str) -> str:
    """Return the name that a setting has here; 2020's private ones began with ``_``."""
    bare = name.lstrip("_")
    return _ENVIRONMENT_NAMES.get(bare, bare if bare in Settings.names() else name)


def _set(result: Settings, name: str, value: object) -> None:
    if value is None:
        return
    name = _known(name)
    if name not in Settings.names():
        result.extra[name] = value
        return
    current: Any = value
    if name in (
        "quiet",
        "silent",
        "disable_code",
        "disable_git",
        "disable_stats",
        "disable_meta",
        "save_code",
        "sync_tensorboard",
        "monitor_gym",
    ):
        current = _truth(value)
    elif name == "stats_interval":
        current = max(1.0, _seconds(value))
    elif name == "tags":
        current = _tags(value)
    elif name == "mode" and isinstance(value, bool):  # Settings(disabled=True)
        current = "disabled" if value else result.mode
    elif name == "resume":
        current = _resume(value)
    elif isinstance(value, os.PathLike):
        current = os.fspath(value)
    elif not isinstance(value, str):
        current = str(value)
    object.__setattr__(result, name, current)


def _resume(value: object) -> str | None:
    if isinstance(value, bool):
        return "auto" if value else None
    return "auto" if str(value).lower() == "true" else str(value)


def _tags(value: object) -> tuple[str, ...]:
    if isinstance(value, str):
        return tuple(tag.strip() for tag in value.split(",") if tag.strip())
    return tuple(str(tag) for tag in value) if isinstance(value, Iterable) else (str(value),)


def _truth(value: object) -> bool:
    return value.strip().lower() in ("1", "true", "t", "yes", "y", "on") if isinstance(value, str) else bool(value)


def _seconds(value: object) -> float:
    try:
        return float(value)  # type: ignore[arg-type]
    except (TypeError, ValueError):
        warn("stats-interval", f"{value!r} is no number of seconds for the system metrics; 15 is used")
        return 15.0


def _check(settings: Settings) -> None:
    if settings.mode not in MODES:
        msg = f"mode={settings.mode!r} does not exist; choose one of {', '.join(MODES)}"
        raise UsageError(msg)
    if settings.resume in ("", "false", "False"):
        settings.resume = None
    if settings.resume is not None and settings.resume not in RESUMES:
        msg = f"resume={settings.resume!r} does not exist; choose one of {', '.join(RESUMES)}"
        raise UsageError(msg)
    if settings.console not in CONSOLES:
        msg = f"console={settings.console!r} does not exist; choose one of {', '.join(CONSOLES)}"
        raise UsageError(msg)
    check_id(settings.id)
    check_project(settings.project)
    check_tags(settings.tags or ())


def check_id(run_id: str | None) -> None:
    """Raise UsageError for an id that cannot be one."""
    if run_id is None:
        return
    if not run_id or run_id != run_id.strip() or any(c in ":;,#?/'" for c in run_id):
        msg = f"id={run_id!r} cannot be a run's id: it may not be empty, begin or end with a blank, or hold any of :;,#?/'"
        raise UsageError(msg)


def check_project(project: str | None) -> None:
    """Raise UsageError for a name that cannot be a project's."""
    if project is None:
        return
    if not project or len(project) > 128 or any(c in "/\\#?%:" for c in project):  # noqa: PLR2004 - W&B's limit
        msg = f"project={project!r} cannot be a project's name: 1 to 128 characters, none of /\\#?%:"
        raise UsageError(msg)


def check_tags(tags: Iterable[str]) -> None:
    """Raise ValueError for a tag that cannot be one."""
    for tag in tags:
        if not 1 <= len(tag) <= 64:  # noqa: PLR2004 - W&B's limit
            msg = f"the tag {tag!r} has {len(tag)} characters; a tag has 1 to 64"
            raise ValueError(msg)


def root_folder(settings: Settings) -> Path:
    """Return the folder that runs are logged into: ``dir``, else ``./tracklogs``."""
    return Path(settings.dir or DEFAULT_ROOT)


_in_use: Path | None = None


def use_root(root: Path | None) -> None:
    """Remember the log folder of the run that goes on; None when there is none any more."""
    global _in_use  # noqa: PLW0603 - as the run of the process
    _in_use = root


def root_in_use() -> Path | None:
    """Return the log folder of the run that goes on; None without a run."""
    return _in_use
