"""Logged values on their way to a page: as its scripts read them, and as people do (``lib/values.ts`` does the same)."""

from __future__ import annotations

from typing import Any

from site_builder.numbers import MINUS, number
from tracklog.store.encoding import decoded, legible
from tracklog.store.encoding import written as as_written

_SAFE = 2**53 - 1
"""The greatest integer that a script's numbers tell from its neighbours."""
_LONGEST = 60


def exact(value: Any) -> Any:
    """Return a JSON value in which integers that a script's numbers cannot hold are ``{"_type": "integer", …}``."""
    if isinstance(value, int) and not -_SAFE <= value <= _SAFE:
        return {"_type": "integer", "value": str(value)}
    if isinstance(value, list | tuple):
        return [exact(item) for item in value]
    if isinstance(value, dict):
        return {key: exact(item) for key, item in value.items()}
    return value


def written(value: Any) -> str:
    """Return what `exact` took or returned as JSON, but that numbers which JSON lacks have their names."""
    return as_written(decoded(_plain(value)))


def logged(value: Any) -> str:
    """Return a value in one short line: numbers in few digits, in quotes a text that reads as something else."""
    found = decoded(_plain(value))
    if isinstance(found, int | float) and not isinstance(found, bool):
        text = cell(found)
    elif isinstance(found, str):
        text = legible(found)
    elif isinstance(found, dict) and isinstance(found.get("_type"), str):
        text = found["_type"].removesuffix("-file")
    else:
        text = as_written(found)
    return text if len(text) <= _LONGEST else f"{text[: _LONGEST - 1]}…"


def cell(value: float) -> str:
    """Return whole numbers with all of their digits, others with four significant ones."""
    whole = isinstance(value, int) or (value.is_integer() and abs(value) <= _SAFE)
    return str(int(value)).replace("-", MINUS) if whole else number(value)


def _plain(value: Any) -> Any:
    """Return what `exact` was given."""
    if isinstance(value, list):
        return [_plain(item) for item in value]
    if isinstance(value, dict):
        return int(value["value"]) if value.get("_type") == "integer" else {k: _plain(v) for k, v in value.items()}
    return value
