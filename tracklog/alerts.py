"""`run.alert`: what it may be given, and how seldom one title is heard."""

from __future__ import annotations

import datetime as dt
import enum
import time

PAUSE = 60.0
"""Seconds between two alerts of one title, unless the caller says otherwise."""


class AlertLevel(str, enum.Enum):
    """How urgent an alert is."""

    INFO = "INFO"
    WARN = "WARN"
    ERROR = "ERROR"


class Alerts:
    """The alerts of one run."""

    def __init__(self) -> None:
        self._after: dict[str, float] = {}
        """When an alert of a title is let through again."""

    def lets_through(self, title: str, wait_duration: float | dt.timedelta | None) -> bool:
        """Tell whether an alert is recorded; one of the same title may be too soon.

        Raises TypeError for a duration that is neither seconds nor a timedelta.
        """
        pause = wait_duration.total_seconds() if isinstance(wait_duration, dt.timedelta) else wait_duration
        if pause is not None and (isinstance(pause, bool) or not isinstance(pause, int | float)):
            msg = f"wait_duration={wait_duration!r} is no duration; pass seconds or a timedelta"
            raise TypeError(msg)
        now = time.monotonic()
        if now < self._after.get(title, now):
            return False
        self._after[title] = now + (PAUSE if pause is None else pause)
        return True


def level(given: str | AlertLevel | None) -> str:
    """Return the name of a level. Raises ValueError for what is none."""
    name = "INFO" if given is None else str(getattr(given, "value", given)).upper()
    if name not in AlertLevel.__members__:
        msg = f"level={given!r} does not exist; choose one of {', '.join(AlertLevel.__members__)}"
        raise ValueError(msg)
    return name
