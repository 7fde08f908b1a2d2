"""Times as JSON of other trackers has them."""

from __future__ import annotations

from typing import Any

_LATEST = 1e15
"""Milliseconds beyond which no run was recorded."""


def of_milliseconds(moment: Any) -> float | None:
    """Return unix seconds of unix milliseconds; None for what is no time."""
    if isinstance(moment, bool) or not isinstance(moment, int | float) or not -_LATEST < moment < _LATEST:
        return None
    return moment / 1000
