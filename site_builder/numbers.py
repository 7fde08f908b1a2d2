"""Numbers as people read them; the page's ``lib/format.ts`` prints the same."""

from __future__ import annotations

import datetime as dt
from typing import Any

import orjson

_THOUSANDS = ((1e12, "T"), (1e9, "B"), (1e6, "M"), (1e3, "k"))
_TEN_THOUSAND = 10_000
_SMALL = 0.001
_LONGEST = 60
_MINUTE, _HOUR, _DAY = 60, 3600, 86400


def number(value: float) -> str:
    """Return four significant digits; SI letters from 10,000, an exponent below 0.001."""
    size = abs(value)
    if value == int(value) and size < _TEN_THOUSAND:
        return _signed(str(int(value)))
    if size >= _TEN_THOUSAND:
        for unit, letter in _THOUSANDS:
            if size >= unit:
                return _signed(f"{value / unit:.3g}{letter}") if size < 1e15 else _exponent(value)  # noqa: PLR2004
    if size < _SMALL:
        return _exponent(value)
    return _signed(f"{value:.4g}")


def _exponent(value: float) -> str:
    mantissa, _, exponent = f"{value:.2e}".partition("e")
    return _signed(f"{mantissa}e{int(exponent)}")


def _signed(text: str) -> str:
    return text.replace("-", "\N{MINUS SIGN}")


def shown(value: Any) -> str:
    """Return a config or summary value in one short line."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int | float):
        return number(float(value))
    if value is None:
        return "null"
    if isinstance(value, str):
        text = value
    elif isinstance(value, dict) and isinstance(value.get("_type"), str):
        text = str(value.get("value")) if value["_type"] == "string" else value["_type"].removesuffix("-file")
    else:
        text = orjson.dumps(value).decode()
    return text if len(text) <= _LONGEST else f"{text[: _LONGEST - 1]}…"


def date(seconds: float) -> str:
    """Return a moment in UTC; the page, once alive, prints it in the reader's own time."""
    try:
        return dt.datetime.fromtimestamp(seconds, dt.timezone.utc).strftime("%a %-d %b %Y, %H:%M UTC")
    except (OverflowError, OSError, ValueError):
        return "unknown"


def duration(seconds: float) -> str:
    """Return two units: 83 ms, 12.4 s, 1m 04s, 11h 40m, 3d 4h."""
    if 0 < seconds < 1:
        return f"{seconds * 1000:.3g} ms"
    if seconds < _MINUTE:
        return f"{seconds:.1f} s" if seconds else "0 s"
    if seconds < _HOUR:
        return f"{int(seconds // _MINUTE)}m {int(seconds % _MINUTE):02d}s"
    if seconds < _DAY:
        return f"{int(seconds // _HOUR)}h {int(seconds % _HOUR // _MINUTE):02d}m"
    return f"{int(seconds // _DAY)}d {int(seconds % _DAY // _HOUR)}h"
