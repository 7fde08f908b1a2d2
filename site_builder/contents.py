"""Files that travel with the site under their content's name: what many runs and artifacts hold alike is there once."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field

from site_builder.pack import gzip
from site_builder.parts import Entry

FOLDER = "media"
"""Below the site's ``data``: no project has this name (`layout.RESERVED_PROJECTS`)."""
_DIGITS = 20


@dataclass(frozen=True, slots=True)
class Content:
    """What a file holds, and the colours of its words where they are told apart."""

    digest: str
    """20 hex digits of the SHA-256 of both."""
    entries: tuple[Entry, ...]

    @property
    def file(self) -> str:
        """Its script, relative to the site's ``data``."""
        return f"{FOLDER}/{self.digest[:2]}/{self.digest}.js"


@dataclass(slots=True)
class Contents:
    """Collects the contents that a run or an artifact needs."""

    found: dict[str, Content] = field(default_factory=dict)

    def add(self, data: bytes, marks: bytes = b"") -> str:
        """Keep what a file holds; return the digest by which the page asks for it. `marks` as `highlight.marks` gives them."""
        digest = hashlib.sha256(hashlib.sha256(data).digest() + marks).hexdigest()[:_DIGITS]
        if digest not in self.found:
            entries = [Entry(f"c/{digest}", gzip(data))]
            if marks:
                entries.append(Entry(f"c/{digest}/marks", gzip(marks)))
            self.found[digest] = Content(digest, tuple(entries))
        return digest
