"""Console output as a terminal would show it: carriage returns and line erasures applied, colours kept."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

from tracklog.store import layout

if TYPE_CHECKING:
    from collections.abc import Iterable

_CONTROL = re.compile(
    r"\x1b\[[0-9;:?]*[ -/]*[@-~]|\x1b\][^\x07\x1b]*(?:\x07|\x1b\\)|\x1b[@-Z\\-_]|[\x00-\x08\x0b-\x1f\x7f]"
)
_COLOUR = re.compile(r"\x1b\[[0-9;:]*m")
_ERROR = re.compile(r"\w*(?:error|exception)\b|\b(?:fatal|critical|traceback|nccl warn|out of memory)\b", re.IGNORECASE)
_WARNING = re.compile(r"\bwarn(?:ing)?s?\b|\w+Warning\b|^\[?W\b", re.IGNORECASE)
LONGEST = 10_000
"""Characters of a line that are kept; a longer one says how many there were."""


@dataclass(slots=True)
class Line:
    """A line: unix seconds when it began, 0 for stdout or 1 for stderr, its text, and how many repaints it had."""

    timestamp: float
    stream: int
    text: str
    updates: int

    def level(self) -> Literal["warn", "error"] | None:
        """Return what the line seems to be."""
        plain = _COLOUR.sub("", self.text)
        return "error" if _ERROR.search(plain) else "warn" if _WARNING.search(plain) else None


def lines(records: Iterable[dict[str, Any]]) -> list[Line]:
    """Return the lines of console records in order; the last one of each stream may lack its newline."""
    result: list[Line] = []
    growing: dict[int, tuple[float, str]] = {}
    for record in records:
        text, stream = record.get("text"), 1 if record.get("stream") == "stderr" else 0
        timestamp = record.get(layout.TIMESTAMP)
        if not isinstance(text, str) or not isinstance(timestamp, int | float):
            continue
        began, before = growing.pop(stream, (float(timestamp), ""))
        *whole, rest = (before + text).split("\n")
        for n, line in enumerate(whole):
            result.append(_line(began if n == 0 else float(timestamp), stream, line))
        if rest:
            growing[stream] = (float(timestamp) if whole else began, rest)
    result += [_line(began, stream, rest) for stream, (began, rest) in sorted(growing.items())]
    return result


def _line(timestamp: float, stream: int, raw: str) -> Line:
    text = raw.removesuffix("\r")
    updates = 0
    if "\r" in text or "\b" in text or "\x1b[" in text:
        updates = text.count("\r")
        text = _painted(text) if updates or "\b" in text else _CONTROL.sub(_keep_colour, text)
    elif not text.isprintable():
        text = _CONTROL.sub("", text)
    if len(text) > LONGEST:
        text = f"{text[:LONGEST]}… ({len(text):,} characters)"
    return Line(timestamp, stream, text, updates)


def _keep_colour(match: re.Match[str]) -> str:
    return match.group() if _COLOUR.fullmatch(match.group()) else ""


def _painted(text: str) -> str:
    """Paint a line into cells, each a character and the colour set before it."""
    cells: list[tuple[str, str]] = []
    column, colour, position = 0, "", 0
    for match in re.finditer(r"\x1b\[([0-9;:]*)m|\x1b\[([0-2]?)K|\r|\x08|" + _CONTROL.pattern, text):
        column = _write(cells, column, text[position : match.start()], colour)
        position = match.end()
        control = match.group()
        if control == "\r":
            column = 0
        elif control == "\b":
            column = max(0, column - 1)
        elif _COLOUR.fullmatch(control):
            colour = "" if control in ("\x1b[m", "\x1b[0m") else colour + control
        elif control.endswith("K") and control.startswith("\x1b["):
            if match.group(2) in ("", "0"):
                del cells[column:]
            elif match.group(2) == "2":
                cells.clear()
    _write(cells, column, text[position:], colour)
    return _text(cells)


def _write(cells: list[tuple[str, str]], column: int, text: str, colour: str) -> int:
    while len(cells) < column:
        cells.append((" ", ""))
    cells[column : column + len(text)] = [(char, colour) for char in text]
    return column + len(text)


def _text(cells: list[tuple[str, str]]) -> str:
    parts: list[str] = []
    current = ""
    for char, colour in cells:
        if colour != current:
            parts.append("\x1b[0m" + colour if current else colour)
            current = colour
        parts.append(char)
    return "".join(parts).rstrip() + ("\x1b[0m" if current else "")
