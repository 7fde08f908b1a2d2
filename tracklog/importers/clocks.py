"""Times as other trackers write them."""

from __future__ import annotations

import datetime as dt
from typing import Any

_LATEST = 1e15
"""Milliseconds beyond which no run was recorded."""


def of_milliseconds(moment: Any) -> float | None:
    """Return unix seconds of unix milliseconds; None for what is no time."""
    if isinstance(moment, bool) or not isinstance(moment, int | float) or not -_LATEST < moment < _LATEST:
        return None
    return moment / 1000


def of_iso(moment: Any) -> float | None:
    """Return unix seconds of an ISO 8601 time, in UTC where it names no zone; None for what is no time."""
    if not isinstance(moment, str):
        return None
    try:
        found = dt.datetime.fromisoformat(moment.strip().replace("Z", "+00:00"))
        return (found if found.tzinfo else found.replace(tzinfo=dt.timezone.utc)).timestamp()
    except (ValueError, OverflowError):
        return None
