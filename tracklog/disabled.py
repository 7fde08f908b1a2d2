"""``mode="disabled"``: a run that keeps nothing, for scripts that are only tried out."""

from __future__ import annotations

import os
import tempfile
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

from tracklog import missing
from tracklog.config import Config
from tracklog.metrics import Metric, definition
from tracklog.names import generate_id
from tracklog.run import Run

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from tracklog.settings import Settings


class Dummy(dict[str, Any]):
    """A dict whose items are attributes too."""

    def __getitem__(self, key: str) -> Any:
        """Return an item; a dict as one with attributes."""
        return _dummy(super().__getitem__(key))

    def __getattr__(self, key: str) -> Any:
        """Return an item; AttributeError when there is none."""
        try:
            return self[key]
        except KeyError:
            raise AttributeError(key) from None

    def __setattr__(self, key: str, value: Any) -> None:
        """Set an item."""
        self[key] = value


def _dummy(value: Any) -> Any:
    return Dummy(value) if isinstance(value, dict) and not isinstance(value, Dummy) else value


class _Steps:
    """What is left of a history: the step of the next row."""

    def __init__(self) -> None:
        self.step = 0


class DisabledRun(Run):
    """A run that makes no file, no folder and no thread; it can be pickled."""

    def __init__(self, settings: Settings, ended: Callable[[DisabledRun], None]) -> None:
        """Remember the settings, and whom to tell of the end. Nothing of `Run` is begun."""
        run_id = settings.id or generate_id()
        self._settings = settings
        self._ended = ended
        self._finished = False
        self._pid = os.getpid()
        self._folder = Path(tempfile.gettempdir()) / f"tracklog-{run_id}"
        self._start = {
            "id": run_id,
            "project": settings.project or "dummy",
            "entity": "dummy",
            "name": f"dummy-{run_id}",
            "notes": settings.notes or "",
            "tags": settings.tags or (),
            "group": settings.group or "",
            "job_type": settings.job_type or "",
            "resumed": False,
        }
        self._history = _Steps()  # type: ignore[assignment]
        self.config = Config()
        self.summary = Dummy()  # type: ignore[assignment]
        self.start_time = time.time()

    @property
    def disabled(self) -> bool:
        """True."""
        return True

    @property
    def offline(self) -> bool:
        """False: nothing is kept for later either."""
        return False

    @property
    def url(self) -> None:
        """None: no page shows it."""

    @property
    def project_url(self) -> None:
        """None: no page shows it."""

    def log(
        self,
        data: Mapping[str, Any] | None = None,
        step: int | None = None,
        commit: bool | None = None,
        sync: bool | None = None,
    ) -> None:
        """Keep the last values in `summary`."""
        del sync
        self.summary.update(data or {})
        if step is not None:
            self._history.step = int(step)
        if commit or (commit is None and step is None):
            self._history.step += 1

    def define_metric(self, name: str, *args: Any, **kwargs: Any) -> Metric:
        """Check the arguments, and return what was said."""
        given = dict(zip(("step_metric", "step_sync", "hidden", "summary", "goal"), args, strict=False)) | kwargs
        given.pop("overwrite", None)
        wanted = ("step_metric", "step_sync", "hidden", "summary", "goal")
        return Metric(definition(name, **{key: given.get(key) for key in wanted}))

    def log_artifact(self, artifact_or_path: Any, *args: Any, **kwargs: Any) -> Any:
        """Return what is given; scripts that wait for an artifact go on."""
        del args, kwargs
        if hasattr(artifact_or_path, "dismiss"):
            artifact_or_path.dismiss()
        return artifact_or_path

    link_artifact = log_artifact  # type: ignore[assignment]

    def _edit(self, **changes: Any) -> None:
        self._start.update(changes)

    def _nothing(self, *_: Any, **__: Any) -> None:
        return None

    save = alert = mark_preempting = pin_config_keys = _nothing  # type: ignore[assignment]
    watch = unwatch = write_logs = restore = _nothing  # type: ignore[assignment]
    use_artifact = use_model = log_model = link_model = log_code = _nothing  # type: ignore[assignment]

    def __getattr__(self, name: str) -> Any:
        """Return what does nothing for the names that runs will have; AttributeError for what they do not have."""
        if missing.of_run(name):
            return self._nothing
        msg = f"{type(self).__name__!r} object has no attribute {name!r}"
        raise AttributeError(msg)

    def _close(self, exit_code: int, *, error: Mapping[str, Any] | None = None, quiet: bool | None = None) -> None:
        del exit_code, error, quiet
        self._finished = True
        self._ended(self)

    def __reduce__(self) -> Any:
        """Pickle what it is; `summary` and `config` go with it."""
        return _again, (self._settings, dict(self._start), self.config, self.summary)


def _again(settings: Settings, start: dict[str, Any], config: Config, summary: Dummy) -> DisabledRun:
    run = DisabledRun(settings, lambda _: None)
    run.__dict__ |= {"_start": start, "config": config, "summary": summary}
    return run
