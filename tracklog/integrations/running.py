"""The run that integrations log to when they are given none."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from tracklog import ongoing
from tracklog.errors import Error

if TYPE_CHECKING:
    from tracklog.run import Run


def running(caller: str) -> Run:
    """Return the run that is going on; raises Error, naming the caller, when there is none."""
    if ongoing.current is None:
        raise Error(f"You must call wandb.init() before {caller}()")
    return ongoing.current


def place(run: Run, name: str) -> Path | None:
    """Return where a library is to write a file of a run, its folder made; None when the run keeps nothing."""
    if run.disabled:
        return None
    path = Path(run.dir) / name
    path.parent.mkdir(parents=True, exist_ok=True)
    return path
