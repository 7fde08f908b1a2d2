r"""What a person reads of a text, with the way back: escape codes and tags are nothing, escaped characters are what they say.

A secret that a colour splits, or of which JSON wrote a letter as ``\u0041``, stands in the text that `Plain` shows; `replaced`
puts another in its place in the original, around what splits it.
"""

from __future__ import annotations

import bisect
import html
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

_ESC = r"(?:\x1b|\\u001[bB]|\\x1[bB]|\\033|&#27;)"
_CODE = rf"{_ESC}\[[0-9;:?]*[ -/]*[@-~]|{_ESC}\][^\x07\x1b\\]*(?:\x07|\x1b\\|\\u0007)|{_ESC}[=>()][0-9A-B]?"
_ESCAPE = r"\\u[0-9a-fA-F]{4}|\\[nrtbf\"\\/']"
_TEXT = re.compile(rf"(?P<nothing>{_CODE})|(?P<escape>{_ESCAPE})")
_INLINE = r"</?(?:span|a|b|i|em|strong|code|mark|wbr|ins|del|u|s|small|var|samp|kbd)(?:\s+(?:class|id|style)=\"[^\"<>]*\")*\s*>"
_MARKUP = re.compile(
    rf"(?P<nothing>{_INLINE}|{_CODE})|(?P<break><[^<>]*>)|(?P<entity>&[a-zA-Z0-9#]{{1,10}};)|(?P<escape>{_ESCAPE})"
)
_INLINES, _BREAKS = re.compile(_INLINE), re.compile(r"<[^<>]*>")
_SAID = re.compile(r"=\"([^\"<>]{4,})\"")
"""What attributes say: titles, what buttons copy, where links lead."""
_LETTERS = {"n": "\n", "r": "\r", "t": "\t", "b": "\b", "f": "\f"}


@dataclass(slots=True)
class Plain:
    """A text as people read it."""

    text: str
    _origin: str
    _starts: list[int]
    """Where runs of unchanged characters begin in `text`, and pieces that stand for others."""
    _from: list[int]
    """Where each of them begins in the original."""
    _size: list[int]
    """Characters of the original that a piece stands for; -1 for a run of unchanged ones."""

    def back(self, start: int, end: int) -> tuple[int, int]:
        """Return the part of the original that a part of `text` stands for."""
        if not self._starts:
            return start, end
        last = bisect.bisect_right(self._starts, end - 1) - 1
        size = self._size[last]
        stop = self._from[last] + (end - self._starts[last] if size < 0 else size)
        first = bisect.bisect_right(self._starts, start) - 1
        begin = self._from[first] + (start - self._starts[first] if self._size[first] < 0 else 0)
        return begin, stop

    def replaced(self, parts: Iterable[tuple[int, int, str]]) -> str:
        """Return the original with other words for parts of `text`: ``(start, end, words)``, none of them within another."""
        pieces: list[str] = []
        at = 0
        for start, end, words in sorted(parts):
            begin, stop = self.back(start, end)
            if begin < at:
                continue
            kept = "".join(found[0] for found in _MARKUP.finditer(self._origin, begin, stop) if found["nothing"])
            pieces += [self._origin[at:begin], words, kept if self._starts else ""]
            at = stop
        return "".join([*pieces, self._origin[at:]])


class _Pieces:
    """Gathers what `Plain` knows."""

    def __init__(self, origin: str) -> None:
        self.origin = origin
        self.texts: list[str] = []
        self.starts: list[int] = []
        self.places: list[int] = []
        self.sizes: list[int] = []
        self.length = 0

    def add(self, text: str, place: int, size: int = -1) -> None:
        if text:
            self.texts.append(text)
            self.starts.append(self.length)
            self.places.append(place)
            self.sizes.append(size)
            self.length += len(text)

    def follow(self, pattern: re.Pattern[str], start: int, end: int) -> None:
        """Add a part of the original."""
        at = start
        for found in pattern.finditer(self.origin, start, end):
            self.add(self.origin[at : found.start()], at)
            at = found.end()
            if found.lastgroup == "break":
                self.add("\n", found.start(), 0)
                for said in _SAID.finditer(self.origin, found.start(), at):
                    self.follow(_MARKUP, *said.span(1))
                    self.add("\n", said.end(1), 0)
            else:
                self.add(_shown(found), found.start(), at - found.start())
        self.add(self.origin[at:end], at)


def of(text: str, *, markup: bool = False) -> Plain:
    """Return what a person reads of a text, or of `markup`: what attributes say stands behind what is before their tag."""
    if not markup and "\\" not in text and "\x1b" not in text:
        return Plain(text, text, [], [], [])
    pieces = _Pieces(text)
    pieces.follow(_MARKUP if markup else _TEXT, 0, len(text))
    return Plain("".join(pieces.texts), text, pieces.starts, pieces.places, pieces.sizes)


def quick(text: str) -> str:
    """Return what `of` shows, without the way back."""
    if "\x1b" in text or "\\" in text:
        return _TEXT.sub(_shown, text)
    return text


def stripped(text: str) -> str:
    """Return about what a person reads of markup, soon: where nothing is found here nothing is in what `of` shows."""
    said = "\n".join(_SAID.findall(text))
    text = f"{_BREAKS.sub(chr(10), _INLINES.sub('', text))}\n{said}"
    return quick(html.unescape(text) if "&" in text else text)


def _shown(found: re.Match[str]) -> str:
    kind, text = found.lastgroup, found[0]
    if kind == "nothing":
        return ""
    if kind == "entity":
        return html.unescape(text)
    return chr(int(f"0x{text[2:]}", 0)) if text[1] == "u" else _LETTERS.get(text[1], text[1])
