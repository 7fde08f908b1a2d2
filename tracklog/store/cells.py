"""Cells of a line on a screen: the character in each column, and the style it is written in."""

from __future__ import annotations

import functools
import unicodedata

_OFF = {22: (1, 2), 23: (3,), 24: (4,), 25: (5,), 27: (7,), 28: (8,), 29: (9,), 39: (30,), 49: (40,)}
"""Sequences that switch attributes off, and which."""


def split(text: str) -> list[str]:
    """Return a character for each column: wide ones are followed by an empty cell, marks join the one before."""
    if text.isascii() and "\t" not in text:
        return list(text)
    cells: list[str] = []
    for char in text:
        if char == "\t":
            cells += ["\t", *[""] * (7 - len(cells) % 8)]
        elif cells and (unicodedata.combining(char) or unicodedata.category(char) in ("Cf", "Me", "Mn")):
            at = len(cells) - 1
            while at and cells[at] == "":
                at -= 1
            cells[at] += char
        else:
            cells.append(char)
            if unicodedata.east_asian_width(char) in "WF":
                cells.append("")
    return cells


def break_across(cells: list[str], column: int) -> None:
    """Make blanks of a character that lies across `column`."""
    if not 0 < column < len(cells) or cells[column] != "":
        return
    start = column
    while start and cells[start] == "":
        start -= 1
    end = column
    while end < len(cells) and cells[end] == "":
        end += 1
    cells[start:end] = [" "] * (end - start)


@functools.lru_cache(4096)
def restyled(style: str, parameters: str) -> str:
    """Return a style, itself the shortest SGR sequence that sets it, after another sequence."""
    on = dict(_attributes(style[2:-1])) if style else {}
    for slot, code in _attributes(parameters):
        if slot == 0:
            on.clear()
        elif code:
            on[slot] = code
        else:
            for off in _OFF[slot]:
                on.pop(off, None)
    # What swaps colours comes last: a viewer swaps those that it has.
    order = sorted(on, key=lambda slot: (slot == 7, slot))  # noqa: PLR2004 - SGR 7
    return f"\x1b[{';'.join(on[slot] for slot in order)}m" if on else ""


def _attributes(parameters: str) -> list[tuple[int, str]]:
    """Return (what it sets, code) of each attribute; no code where it switches something off."""
    found: list[tuple[int, str]] = []
    for group in _groups(parameters):
        code = int(group[0])
        if code == 0:
            found.append((0, ""))
        elif code in _OFF:
            found.append((code, ""))
        elif code <= 9:  # noqa: PLR2004 - bold to struck out
            found.append((code, str(code)))
        elif 30 <= code <= 49 or 90 <= code <= 107:  # noqa: PLR2004 - colours
            ground = 40 if code in range(40, 50) or code >= 100 else 30  # noqa: PLR2004
            found.append((ground, ";".join(group)))
    return found


def _groups(parameters: str) -> list[list[str]]:
    """Cut parameters into attributes: 38 and 48 take what names their colour, between semicolons or colons."""
    groups: list[list[str]] = []
    parts = [part.split(":") for part in parameters.split(";")]
    while parts:
        group = [number if number.isdigit() else "0" for number in parts.pop(0)]
        group[0] = group[0][:6]
        if group[0] not in ("38", "48"):
            groups.append(group[:1])
            continue
        if len(group) == 1:
            taken = [part[0] if part[0].isdigit() else "0" for part in parts[:4]]
            size = {"5": 2, "2": 4}.get(taken[0] if taken else "", 1)
            del parts[:size]
            group += taken[:size]
        elif group[1] == "2" and len(group) > 5:  # noqa: PLR2004 - with a colour space before red
            del group[2]
        wanted = {"5": 3, "2": 5}.get(group[1] if len(group) > 1 else "", 0)
        if wanted and len(group) >= wanted:
            groups.append([number[:6] for number in group[:wanted]])
    return groups
