"""Repaints made fewer: of what a stream's terminal showed within a second, its last state is enough.

What is printed plainly goes out as it came. From the first control that moves the cursor on, text is held back for up
to a second while a `Screen` follows it; then the lines that changed are written down anew, as a terminal would paint
them, with how many repaints each leaves out. The screen of whoever reads that is the same, line by line.
"""

from __future__ import annotations

import re

from tracklog.store.screen import Row, Screen

REPAINT = 1.0
"""Seconds within which repaints of a line become one."""
LONGEST = 65536
"""Characters of unfinished output that are held back at most."""

_PLAIN = re.compile(r"(?:[^\x00-\x08\x0b-\x1f\x7f]|\r\n|\x1b\[[0-9;:]*m)*")

Piece = tuple[str, int]
"""Text, and how many repaints it leaves out of the line in which it ends."""


class Repaints:
    """The output of one stream that is not out yet, and the screen that its reader has."""

    def __init__(self) -> None:
        self._screen = Screen()
        self._raw: list[str] = []
        self._size = 0
        self._since = 0.0
        """When what is held began, or when a part of it went out."""
        self.newest = 0.0
        """When something was last printed."""
        self._dropped = False
        """Whether `_raw` was too long to be kept, and only the screen knows what is held."""
        self._begun = False
        self._repaints = False
        """Whether what is held moves the cursor."""
        self._spoken = False
        """Whether a line was begun plainly that has not ended."""
        self._out = _Place()
        self._torn = False
        """Whether what went out last ended inside a control sequence."""

    def add(self, text: str, now: float) -> list[Piece]:
        """Take in what was printed; return what is ready."""
        if not self._begun:
            self._since, self._begun = now, True
        self.newest = now
        if not self._screen.rest and (text.isprintable() or _PLAIN.fullmatch(text)):
            ready = self._complete(text, now)
        else:
            self._repaints = True
            lines = self._lines()
            self._hold(text, now)
            ready = self.take() if text.endswith("\n") and self._lines() > lines else []
        rest = text.rpartition("\n")[2]
        self._spoken = rest != "" and _PLAIN.fullmatch(rest) is not None
        if now - self._since >= REPAINT or (self._size > LONGEST and self._is_too_much()):
            ready += self.take()
        return ready

    def take(self) -> list[Piece]:
        """Return what is held, and begin anew behind it."""
        screen = self._screen
        raw = "".join(self._raw)
        pieces: list[Piece] = [(raw, 0)] if raw else []
        torn = self._torn or screen.rest
        if self._repaints and (self._dropped or not (torn or screen.hidden or screen.overflows)):
            anew = self._painted()
            if self._dropped or sum(len(text) for text, _ in anew) < len(raw):
                pieces = anew
        self._raw.clear()
        self._size, self._repaints, self._dropped = 0, False, False
        screen.finished()
        screen.batch += 1
        screen.hidden = False
        self._torn = bool(screen.rest)
        self._out = _Place(screen.row, screen.column, styled=bool(screen.style))
        self._since = self.newest
        return pieces

    def _complete(self, text: str, now: float) -> list[Piece]:
        """Hold plain text; return what it ends: a line that was printed plainly waits for nothing."""
        whole, end, rest = text.rpartition("\n")
        ready: list[Piece] = []
        if end:
            lines = self._lines()
            self._hold(whole + end, now)
            # A bar's newline leads to the next bar, whose line is there already, and not to a new one.
            if whole or self._spoken or not self._repaints or self._lines() > lines:
                ready = self.take()
                self._begun = bool(rest)
        if rest:
            self._hold(rest, now)
        return ready

    def _lines(self) -> int:
        return len(self._screen.rows)

    def _hold(self, text: str, now: float) -> None:
        self._screen.write(text, now)
        self._size += len(text)
        if not self._dropped:
            self._raw.append(text)

    def _is_too_much(self) -> bool:
        """Forget repaints that later ones cover; return whether what is held is too much all the same."""
        screen = self._screen
        if not self._repaints or screen.hidden or screen.overflows:
            return True
        self._raw.clear()
        self._size, self._dropped = 0, True
        return sum(row.width for row in screen.rows if row.seen == screen.batch) > LONGEST

    def _painted(self) -> list[Piece]:
        """Return the lines that changed, painted over those that the reader has, and where the cursor is."""
        screen, place = self._screen, self._out
        pieces: list[Piece] = []
        text = "\x1b[0m" if place.styled else ""
        for number, row in enumerate(screen.rows):
            if row.seen != screen.batch:
                continue
            text += place.move(number, 0) + _line(row)
            place.column = row.width
            width, updates, erased = row.was
            left_out = (
                row.updates if row.fresh else row.updates - updates - (1 if row.width and (width or erased) else 0)
            )
            if left_out > 0:
                pieces.append((text, left_out))
                text = ""
        text += place.move(screen.row, screen.column) + screen.style
        return [*pieces, (text, 0)] if text else pieces


class _Place:
    """Where the reader's cursor is."""

    def __init__(self, row: int = 0, column: int = 0, *, styled: bool = False) -> None:
        self.row, self.column, self.styled = row, column, styled

    def move(self, row: int, column: int) -> str:
        """Go somewhere, and return what goes there."""
        text = ""
        if row > self.row:
            text, self.column = "\n" * (row - self.row), 0
        elif row < self.row:
            text = f"\x1b[{self.row - row}A"
        if column < self.column:
            text, self.column = text + "\r", 0
        if column > self.column:
            text += f"\x1b[{column - self.column}C"
        self.row, self.column = row, column
        return text


def _line(row: Row) -> str:
    """Return what paints a line over the one that was there."""
    before = row.was[0]
    if before and (row.fresh or not row.width):
        return "\x1b[2K" + row.painted(trimmed=False)
    return row.painted(trimmed=False) + ("\x1b[K" if row.width < before else "")
