"""Where artifacts live: a project's folder, and what may be asked of its runs from there."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path


@dataclass(frozen=True, slots=True)
class Home:
    """A project that holds artifacts."""

    project: Path
    """Its folder."""
    open_run: Callable[[Path], Any]
    """What gives a recorded run by its folder, as `Api` does."""
    writer: Callable[[], str]
    """What names the files of whoever writes here."""
    log: Callable[[Any], Any] | None = None
    """What logs an artifact to the run that goes on; None where there is none."""


current: Home | None = None
"""Of the run that goes on: contents that are added to an artifact go there at once. Set by `tracklog.session` alone."""


def use(home: Home | None) -> None:
    """Remember the home of the run that goes on; None when there is none any more."""
    global current  # noqa: PLW0603 - as the run of the process
    current = home
