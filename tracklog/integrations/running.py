"""The run that integrations log to when they are given none."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tracklog import session
from tracklog.errors import Error

if TYPE_CHECKING:
    from tracklog.disabled import DisabledRun
    from tracklog.run import Run


def running(caller: str) -> Run | DisabledRun:
    """Return the run that is going on; raises Error, naming the caller, when there is none."""
    if session.current is None:
        raise Error(f"You must call wandb.init() before {caller}()")
    return session.current
