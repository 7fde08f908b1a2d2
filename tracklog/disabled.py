"""``mode="disabled"``: a run that keeps nothing, for scripts that are only tried out."""

from __future__ import annotations

import functools
import secrets
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, Any

from tracklog import missing
from tracklog.config import Config
from tracklog.pending import PendingRow

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from typing_extensions import Self

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


def _do_nothing(*_: Any, **__: Any) -> None:
    return


class DisabledRun:
    """A run that makes no file, no folder and no thread; it can be pickled."""

    disabled = True
    offline = True
    resumed = False
    project = "dummy"
    entity = "dummy"
    url = None
    project_url = None

    def __init__(self, settings: Settings, ended: Callable[[DisabledRun], None]) -> None:
        """Remember the settings, and whom to tell of the end."""
        self.settings = settings
        self._ended = ended
        self.id = settings.id or secrets.token_hex(4)
        self.name = f"dummy-{self.id}"
        self.notes = settings.notes or ""
        self.tags = settings.tags or ()
        self.group = settings.group or ""
        self.job_type = settings.job_type or ""
        self.mode = "disabled"
        self.config = Config()
        self.summary = Dummy()
        self.step = 0

    @property
    def dir(self) -> str:
        """A folder that is not made."""
        return str(Path(tempfile.gettempdir()) / f"tracklog-{self.id}")

    @property
    def path(self) -> str:
        """entity/project/id."""
        return f"{self.entity}/{self.project}/{self.id}"

    def log(
        self,
        data: Mapping[str, Any] | None = None,
        step: int | None = None,
        commit: bool | None = None,
        sync: bool | None = None,  # noqa: ARG002 - as `Run.log`
    ) -> None:
        """Keep the last values in `summary`."""
        self.summary.update(data or {})
        if step is not None:
            self.step = int(step)
        if commit or (commit is None and step is None):
            self.step += 1

    @functools.cached_property
    def history(self) -> PendingRow:
        """As `Run.history`."""
        pending = PendingRow(self.log, functools.partial(getattr, self, "step"))
        self.__dict__["log"] = pending.log
        return pending

    def __getattr__(self, name: str) -> Any:
        """Return what does nothing for the other names of a run; AttributeError for what runs do not have."""
        if name in ("save", "alert") or missing.of_run(name):
            return _do_nothing
        msg = f"{type(self).__name__!r} object has no attribute {name!r}"
        raise AttributeError(msg)

    def finish(self, exit_code: int | None = None, quiet: bool | None = None) -> None:  # noqa: ARG002 - as `Run.finish`
        """Forget the run."""
        self._ended(self)

    def __enter__(self) -> Self:
        """Return the run."""
        return self

    def __exit__(self, *_: object) -> None:
        """Finish."""
        self.finish()
