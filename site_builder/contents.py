"""Files that travel with the site under their content's name: what many runs and artifacts hold alike is there once."""

from __future__ import annotations

import hashlib
from collections import OrderedDict
from dataclasses import dataclass, field
from pathlib import PurePosixPath

from site_builder import highlight
from site_builder.series import Entry, gzip

FOLDER = "media"
"""Below the site's ``data``: no project has this name (`layout.RESERVED_PROJECTS`)."""
RECENT = 50_000_000
"""Bytes of the contents that a process keeps at hand."""
_DIGITS = 20


@dataclass(frozen=True, slots=True)
class Content:
    """What a file holds, and the colours of its words where they are told apart."""

    digest: str
    """20 hex digits of a SHA-256 of its bytes, and of how its name ends where that decides the colours."""
    entries: tuple[Entry, ...]

    @property
    def file(self) -> str:
        """Its script, relative to the site's ``data``."""
        return f"{FOLDER}/{self.digest[:2]}/{self.digest}.js"

    @property
    def has_marks(self) -> bool:
        """Whether there are colours."""
        return len(self.entries) > 1


class _Recent:
    """The contents that were made last: a thousand runs of a project hold the same modules, and colours take long."""

    def __init__(self) -> None:
        self._found: OrderedDict[str, Content] = OrderedDict()
        self._bytes = 0

    def get(self, digest: str) -> Content | None:
        if digest in self._found:
            self._found.move_to_end(digest)
        return self._found.get(digest)

    def keep(self, content: Content) -> None:
        self._found[content.digest] = content
        self._bytes += _size(content)
        while self._bytes > RECENT and len(self._found) > 1:
            self._bytes -= _size(self._found.popitem(last=False)[1])


def _size(content: Content) -> int:
    return sum(len(entry.data) for entry in content.entries)


_recent = _Recent()


@dataclass(slots=True)
class Contents:
    """Collects the contents that a run or an artifact needs."""

    found: dict[str, Content] = field(default_factory=dict)

    def add(self, path: str, data: bytes, text: str | None) -> Content:
        """Keep what the file of a path holds; `text` is what people read of it, None for what is none."""
        name = PurePosixPath(path)
        ending = "" if text is None else name.suffix.lower() or name.name
        whole = hashlib.sha256(hashlib.sha256(data).digest() + ending.encode("utf-8", "surrogateescape"))
        digest = whole.hexdigest()[:_DIGITS]
        if digest not in self.found:
            self.found[digest] = _recent.get(digest) or _made(digest, path, data, text)
        return self.found[digest]


def _made(digest: str, path: str, data: bytes, text: str | None) -> Content:
    entries = [Entry(f"c/{digest}", gzip(data))]
    marks = b"" if text is None else highlight.marks(path, text)
    if marks:
        entries.append(Entry(f"c/{digest}/marks", gzip(marks)))
    content = Content(digest, tuple(entries))
    _recent.keep(content)
    return content
