r"""What a terminal shows of the text that was sent to it: lines that are repainted, erased and moved over.

The recorder writes down what changed on such a screen, and the builder draws the same one, so that neither keeps every
repaint. Only what moves the cursor, erases or colours is followed, as ECMA-48 (5th edition, section 8.3) defines it and
xterm's ``ctlseqs`` details it: BS HT LF CR, CUU CUD CUF CUB CNL CPL CHA HPA VPA CUP HVP, ED EL ECH ICH DCH IL DL, SGR,
NEL IND RI, DECSC DECRC, RIS and the alternate screen of xterm (1049). LF returns to the first column too, as the
terminal driver makes it do. Everything else leaves no trace.

It differs from a terminal where a log should: lines are as wide as they are and never wrap; what has scrolled away stays;
erasing the whole screen for the first time leaves what stood on it behind, as terminals with a history do.
"""

from __future__ import annotations

import re

from tracklog.store.cells import break_across, restyled, split

SCREEN = 100
"""Lines that the cursor can still reach."""
WIDEST = 10_000
"""Columns that are kept; of what lies beyond only the count."""
_SAME = 4
"""Characters that tell whether a line that was erased begins again as it began."""
_UNENDED = 256

_TOKEN = re.compile(
    r"\x1b\[([0-?]*)[ -/]*([@-~])"  # a control sequence: its parameters, what it does
    r"|\x1b\[[0-?]*[ -/]*(?=\x1b)"  # one that another breaks off
    r"|\x1b[\]PX^_][^\x07\x1b]*(?:\x07|\x1b\\)"  # a control string
    r"|\x1b[ -/]*([0-OQ-WYZ\\`-~])"  # an escape sequence
    r"|([\x00-\x1f\x7f-\x9f])"
)
_UNFINISHED = re.compile(r"\x1b(?:\[[0-?]*[ -/]*|[\]PX^_][^\x07\x1b]*\x1b?|[ -/]*)?\Z")
_NARROW = re.compile(
    r"[ -~\u00a0-\u00ac\u00ae-\u02ff\u0370-\u0482\u2010-\u2027\u2190-\u21ff\u2500-\u259f\u2800-\u28ff]*"
)


class Row:
    """A line of the screen: its cells, when it began and was last changed, and how often it was painted over."""

    __slots__ = ("_text", "before", "began", "cells", "changed", "fresh", "seen", "styles", "updates", "was", "width")

    def __init__(self) -> None:
        self._text = ""
        """The line while it is plain and was only ever appended to; then `cells` and `styles` are None."""
        self.cells: list[str] | None = None
        """A character in each column; empty in those that the one before covers too."""
        self.styles: list[str] = []
        self.width = 0
        """Columns, those beyond `WIDEST` included."""
        self.began = self.changed = 0.0
        self.updates = 0
        self.before: str | None = None
        """How the line began before it was erased."""
        self.seen = -1
        """The batch that changed it last, and as it was before: (width, updates, whether it was erased)."""
        self.was = (0, 0, False)
        self.fresh = False
        """Whether it was begun anew in that batch."""

    @property
    def erased(self) -> bool:
        """Return whether something stood here and nothing does now."""
        return self.width == 0 and self.before is not None

    def start(self) -> str:
        """Return how it begins, its colours left out."""
        return (self._text if self.cells is None else "".join(self.cells[:_SAME]))[:_SAME]

    def append(self, text: str, width: int) -> bool:
        """Append plain text cheaply; return False when it needs cells."""
        if self.cells is not None:
            return False
        room = WIDEST - self.width
        self._text += text if width <= room else text[: max(0, room)]
        self.width += width
        return True

    def grid(self) -> list[str]:
        """Return the cells, which may be changed."""
        if self.cells is None:
            self.cells = split(self._text)
            self.styles = [""] * len(self.cells)
            self._text = ""
        return self.cells

    def clear(self) -> None:
        """Erase everything."""
        if self.width:
            self.before = self.start()
        self._text, self.cells, self.styles, self.width = "", None, [], 0

    def painted(self, *, trimmed: bool = True) -> str:
        """Return the line with its colours; `trimmed` without the blanks at its end."""
        if self.cells is None:
            return self._text
        parts: list[str] = []
        current = ""
        for char, style in zip(self.cells, self.styles, strict=True):
            if style != current:
                parts.append("\x1b[0m" + style if current else style)
                current = style
            parts.append(char)
        text = "".join(parts)
        return text + "\x1b[0m" if current else text.rstrip(" ") if trimmed else text


class Screen:
    """The last lines of what was written; `finished` takes those that nothing can reach any more."""

    def __init__(self) -> None:
        self.rows = [Row()]
        self.row = self.column = 0
        self.style = ""
        self.rest = ""
        """The beginning of a control sequence whose end has not come."""
        self.batch = 0
        """Grows when whoever looks at the changes has seen them."""
        self.hidden = False
        """Whether something changed that the lines do not show, such as a saved position."""
        self._moved = False
        self._page = 0
        self._saved = (0, 0, "")
        self._aside: int | None = None
        self._now = 0.0

    def write(self, text: str, now: float) -> None:
        """Take in what was written at a unix time."""
        self._now = now
        if self.rest:
            text, self.rest = self.rest + text, ""
        if text.isprintable():
            if text:
                self._put(text)
            return
        position = 0
        for match in _TOKEN.finditer(text):
            if match.start() > position:
                self._put(text[position : match.start()])
            position = match.end()
            if match[4] == "\x1b" and (tail := _UNFINISHED.match(text, match.start())) and len(tail[0]) < _UNENDED:
                self.rest = tail[0]
                return
            self._obey(match)
        if position < len(text):
            self._put(text[position:])

    def _obey(self, match: re.Match[str]) -> None:
        parameters, final, escape, control = match.groups()
        if control:
            self._control(control)
        elif final == "m":
            if not parameters.startswith((">", "?")):
                self.style = restyled(self.style, parameters)
        elif final and parameters[:1] in ("?", ">", "<", "=", "!"):
            if final in "hl" and parameters in ("?1049", "?1047", "?47"):
                self._other_screen(on=final == "h")
        elif final:
            self._sequence(parameters, final)
        elif escape:
            self._escape(escape)

    def finished(self) -> list[Row]:
        """Remove and return the lines above those that can still change."""
        gone = len(self.rows) - SCREEN
        if gone <= 0:
            return []
        taken = self.rows[:gone]
        del self.rows[:gone]
        self.row = max(0, self.row - gone)
        self._page = max(0, self._page - gone)
        self._saved = (max(0, self._saved[0] - gone), *self._saved[1:])
        if self._aside is not None:
            self._aside = max(0, self._aside - gone)
        return taken

    @property
    def overflows(self) -> bool:
        """Return whether a line that changed is too wide to be kept."""
        return any(row.width > WIDEST and row.seen == self.batch for row in self.rows)

    # -- text

    def _touched(self, row: Row) -> Row:
        if row.seen != self.batch:
            row.seen, row.was, row.fresh = self.batch, (row.width, row.updates, row.erased), False
        row.changed = self._now
        return row

    def _put(self, text: str) -> None:
        row = self._touched(self.rows[self.row])
        column = self.column
        narrow = text.isascii() or _NARROW.fullmatch(text) is not None
        cells: list[str] | str = text if narrow else split(text)
        end = column + len(cells)
        if column == 0 and end >= row.width and not self.style and text.isspace():
            row.clear()
            self.column = end
            return
        self._count(row, text, column)
        self.column = end
        if column == row.width and not self.style and row.append(text, end - column):
            return
        if column >= WIDEST:
            row.width = max(row.width, end)
            return
        grid = row.grid()
        if len(grid) < column:
            row.styles += [""] * (column - len(grid))
            grid += [" "] * (column - len(grid))
        cells = cells[: WIDEST - column]
        break_across(grid, column)
        break_across(grid, column + len(cells))
        grid[column : column + len(cells)] = cells
        row.styles[column : column + len(cells)] = [self.style] * len(cells)
        row.width = max(row.width, end)

    def _count(self, row: Row, text: str, column: int) -> None:
        """Count what paints over something; what follows an erased line and is another text begins anew."""
        if row.width == 0:
            if row.before is not None and row.before == text[:_SAME]:
                row.updates += 1
            else:
                row.updates, row.began = 0, self._now
                row.fresh = True
            row.before = None
        elif self._moved and column < row.width:
            row.updates += 1
        self._moved = False

    # -- what moves and erases

    def _control(self, control: str) -> None:
        if control == "\n":
            self._down()
            self.column = 0
        elif control == "\r":
            self.column, self._moved = 0, True
        elif control == "\b":
            self.column, self._moved = max(0, self.column - 1), True
        elif control == "\t":
            self._tab()
        elif control in "\v\f":
            self._down()

    def _tab(self) -> None:
        row = self.rows[self.row]
        end = self.column // 8 * 8 + 8
        if self.column == row.width < WIDEST:
            self._count(self._touched(row), "\t", self.column)
            grid = row.grid()
            added = ["\t", *[""] * (end - self.column - 1)]
            grid += added
            row.styles += [self.style] * len(added)
            row.width = end
        self.column = end

    def _down(self) -> None:
        self.row += 1
        if len(self.rows) == self.row:
            self.rows.append(Row())
        self._moved = True

    def _top(self) -> int:
        return max(0, len(self.rows) - SCREEN)

    def _go(self, row: int, column: int) -> None:
        top = max(self._top(), self._page)
        self.row = max(self._top(), min(row, top + SCREEN - 1))
        while len(self.rows) <= self.row:
            self.rows.append(Row())
        self.column = max(0, min(column, max(WIDEST, self.column)))
        self._moved = True

    def _escape(self, final: str) -> None:
        if final in "DE":
            self._down()
            self.column = 0 if final == "E" else self.column
        elif final == "M":
            self._go(self.row - 1, self.column)
        elif final in "78":
            self._save(restore=final == "8")
        elif final == "c":
            self.style = ""
            self._new_page()

    def _save(self, *, restore: bool) -> None:
        self.hidden = True
        if restore:
            row, column, self.style = self._saved
            self._go(row, column)
        else:
            self._saved = (self.row, self.column, self.style)

    def _sequence(self, parameters: str, final: str) -> None:
        numbers = [int(number[:6]) if number.isdigit() else 0 for number in parameters.split(";")[:2]]
        first = numbers[0]
        count = max(1, first)
        if final in "ABCDEFG`de" or final in "Hf":
            self._move(final, count, max(1, numbers[-1]) if len(numbers) > 1 else 1)
        elif final == "J":
            self._erase_screen(first)
        elif final == "K":
            self._erase_line(first)
        elif final in "X@P":
            self._shift(final, min(count, WIDEST))
        elif final in "LM":
            self._insert_lines(min(count, SCREEN), delete=final == "M")
        elif final in "su":
            self._save(restore=final == "u")

    def _move(self, final: str, count: int, second: int) -> None:
        page = max(self._page, self._top())
        row, column = {
            "A": (self.row - count, self.column),
            "B": (self.row + count, self.column),
            "e": (self.row + count, self.column),
            "C": (self.row, self.column + count),
            "D": (self.row, self.column - count),
            "E": (self.row + count, 0),
            "F": (self.row - count, 0),
            "G": (self.row, count - 1),
            "`": (self.row, count - 1),
            "d": (page + count - 1, self.column),
            "H": (page + count - 1, second - 1),
            "f": (page + count - 1, second - 1),
        }[final]
        self._go(row, column)

    def _erase_line(self, kind: int) -> None:
        row = self._touched(self.rows[self.row])
        if kind == 2 or (kind == 0 and self.column == 0) or (kind == 1 and self.column >= row.width):  # noqa: PLR2004 - ECMA-48's
            row.clear()
        elif kind == 0 and self.column < row.width:
            grid = row.grid()
            break_across(grid, self.column)
            del grid[self.column :], row.styles[self.column :]
            row.width = self.column
        elif kind == 1:
            grid = row.grid()
            end = min(self.column + 1, len(grid))
            break_across(grid, end)
            grid[:end] = [" "] * end
            row.styles[:end] = [""] * end

    def _erase_screen(self, kind: int) -> None:
        if kind in (2, 3):
            if kind == 2:  # noqa: PLR2004 - ECMA-48's number for everything
                self._new_page()
            return
        self._erase_line(kind)
        for row in self.rows[self.row + 1 :] if kind == 0 else self.rows[max(self._page, self._top()) : self.row]:
            self._touched(row).clear()

    def _new_page(self) -> None:
        """Erase what was painted since the last time, and leave behind what stood there before the first."""
        self.hidden = True
        if self._page:
            for row in self.rows[self._page :]:
                self._touched(row).clear()
        elif any(row.width for row in self.rows):
            while self.rows[-1].width == 0 and len(self.rows) > 1:
                self.rows.pop()
            self._page = len(self.rows)
            self.rows.append(Row())
        self.row, self.column, self._moved = self._page, 0, True

    def _other_screen(self, *, on: bool) -> None:
        self.hidden = True
        if on and self._aside is None:
            self._save(restore=False)
            self._aside = len(self.rows)
            self.rows.append(Row())
            self._page, self.row, self.column = self._aside, self._aside, 0
        elif not on and self._aside is not None:
            del self.rows[max(1, self._aside) :]
            self._aside, self._page = None, 0
            self._save(restore=True)

    def _shift(self, final: str, count: int) -> None:
        """Erase, insert or delete characters at the cursor."""
        row = self._touched(self.rows[self.row])
        if self.column >= min(row.width, WIDEST):
            return
        grid, column = row.grid(), self.column
        for edge in (column, column + count):
            break_across(grid, edge)
        if final == "@":
            grid[column:column] = [" "] * count
            row.styles[column:column] = [""] * count
        elif final == "P":
            del grid[column : column + count], row.styles[column : column + count]
        else:
            gone = len(grid[column : column + count])
            grid[column : column + gone] = [" "] * gone
            row.styles[column : column + gone] = [""] * gone
        del grid[WIDEST:], row.styles[WIDEST:]
        row.width = len(grid)

    def _insert_lines(self, count: int, *, delete: bool) -> None:
        self.hidden = True
        if delete:
            gone = self.rows[self.row : self.row + count]
            self.rows[self.row : self.row + count] = []
            self.rows += [Row() for _ in gone]
        else:
            self.rows[self.row : self.row] = [Row() for _ in range(count)]
        self.column, self._moved = 0, True
