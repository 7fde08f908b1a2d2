"""Gymnasium: the videos that its recorders save are logged, those of Stable-Baselines3 and of the old `gym` too."""

from __future__ import annotations

import functools
from pathlib import Path
from typing import TYPE_CHECKING, Any

from tracklog import ongoing
from tracklog.errors import warn
from tracklog.integrations.late import WhenImported
from tracklog.media.video import Video

if TYPE_CHECKING:
    from collections.abc import Callable
    from types import ModuleType

_KEY = "videos"


def _named(recorder: Any) -> str:
    """Return where a `RecordVideo` of Gymnasium 1 saves what it records."""
    return str(Path(recorder.video_folder) / f"{recorder._video_name}.mp4")  # noqa: SLF001 - it has no other name


_RECORDERS: dict[str, tuple[str, str, Callable[[Any], str]]] = {
    "gymnasium.wrappers.rendering": ("RecordVideo", "stop_recording", _named),
    "gymnasium.wrappers.monitoring.video_recorder": ("VideoRecorder", "close", lambda one: str(one.path)),
    "gym.wrappers.monitoring.video_recorder": ("VideoRecorder", "close", lambda one: str(one.path)),
    "stable_baselines3.common.vec_env.vec_video_recorder": (
        "VecVideoRecorder",
        "_stop_recording",
        lambda one: str(one.video_path),
    ),
}
"""By module: the class that records, its method that ends a video, and how to tell the file."""

_waiting: WhenImported | None = None


def monitor() -> None:
    """Log each video that is recorded from now on as ``videos``, to the run that is going on, in its open row.

    As ``init(monitor_gym=True)`` asks. Recorders are `gymnasium.wrappers.RecordVideo` and `VecVideoRecorder` of
    Stable-Baselines3, imported before or later. A second call changes nothing.
    """
    global _waiting  # noqa: PLW0603 - the recorders are the process's
    if _waiting is None:
        _waiting = WhenImported(list(_RECORDERS), _change)


def _change(module: ModuleType) -> None:
    """Have a recorder's class log what it has saved."""
    name, method, file_of = _RECORDERS[module.__name__]
    recorder = getattr(module, name, None)
    original = getattr(recorder, method, None)
    if original is None:
        warn(f"gym-{module.__name__}", f"videos of {module.__name__} are not logged: it has no {name}.{method}")
        return

    @functools.wraps(original)
    def ended(own: Any, *arguments: Any, **keywords: Any) -> Any:
        saved = _saved(own, file_of)  # while it is known
        returned = original(own, *arguments, **keywords)
        _log(saved)
        return returned

    setattr(recorder, method, ended)


def _saved(own: Any, file_of: Callable[[Any], str]) -> Path | None:
    try:
        return Path(file_of(own))
    except (AttributeError, TypeError):  # nothing was recorded
        return None


def _log(path: Path | None) -> None:
    run = ongoing.current
    if run is None or path is None or not path.is_file():
        return
    try:
        run.log({_KEY: Video(str(path), caption=path.stem)}, commit=False)
    except Exception as error:  # a type of file that no browser plays; a run that ends in another thread
        warn("gym-video", f"the video {path} was not logged: {type(error).__name__}: {error!s:.200}")
