"""Numbers as people read them; the page's ``lib/format.ts`` prints the same."""

from __future__ import annotations

import datetime as dt
import math

MINUS = "\N{MINUS SIGN}"
_UNITS = ((1e12, "T"), (1e9, "G"), (1e6, "M"), (1e3, "k"))
_DIGITS = 4
_UP = 1 - 0.5 / 10**_DIGITS
"""What rounds up to a unit has it."""
_SMALL, _HUNDRED, _TEN_THOUSAND, _LARGE = 0.001, 100, 10_000, 1e15
_MINUTE, _HOUR, _DAY = 60, 3600, 86400


def number(value: float) -> str:
    """Return four significant digits, zeros at the end say nothing; SI letters from 10,000, an exponent below 0.001."""
    size = abs(value)
    if not math.isfinite(value):
        text = "NaN" if math.isnan(value) else "+Inf" if value > 0 else "-Inf"
    elif size == 0:
        text = "0"
    elif size < _SMALL or size >= _LARGE:
        mantissa, _, exponent = f"{value:.{_DIGITS - 1}e}".partition("e")
        text = f"{_trimmed(mantissa)}e{int(exponent)}"
    elif size >= _TEN_THOUSAND:
        unit, letter = next((unit, letter) for unit, letter in _UNITS if size >= unit * _UP)
        text = _trimmed(f"{value / unit:#.{_DIGITS}g}") + letter
    else:
        text = _trimmed(f"{value:.{_DIGITS - 3}f}" if size >= _HUNDRED else f"{value:#.{_DIGITS}g}")
    return text.replace("-", MINUS)


def _trimmed(text: str) -> str:
    return text.rstrip("0").removesuffix(".") if "." in text else text


def date(seconds: float) -> str:
    """Return a moment in UTC; the page, once alive, prints it in the reader's own time."""
    try:
        return dt.datetime.fromtimestamp(seconds, dt.timezone.utc).strftime("%a %-d %b %Y, %H:%M UTC")
    except (OverflowError, OSError, ValueError):
        return "unknown"


def size(count: float) -> str:
    """Return an amount of bytes, decimal: 11.2 GB."""
    for unit, name in ((1e12, "TB"), (1e9, "GB"), (1e6, "MB"), (1e3, "kB")):
        if count >= unit * 0.9995:
            return f"{_trimmed(f'{count / unit:#.3g}')} {name}"
    return f"{count:.0f} B"


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
