"""HTML as users write it; the page shows it in a frame that can do nothing but run."""

from __future__ import annotations

import re
from os import PathLike
from pathlib import Path
from typing import TYPE_CHECKING, Any

from tracklog.media.base import Media

if TYPE_CHECKING:
    from tracklog.media.base import MediaDoor

_STYLE = (
    '<base target="_blank"><style>'
    ":root{color-scheme:light dark;font:14px/1.5 system-ui,sans-serif}"
    "body{margin:8px;overflow-wrap:anywhere}img,svg,video,canvas{max-width:100%}"
    "table{border-collapse:collapse}td,th{padding:3px 8px;border:1px solid #8884;text-align:left}"
    "pre,code{font-family:ui-monospace,monospace;font-size:.92em}a{color:#0b7a6f}"
    "</style>"
)
"""What W&B links from its server, as far as it concerns looks, inside of the document."""
_HEAD = re.compile(r"<head(?:\s[^>]*)?>", re.IGNORECASE)
_ROOT = re.compile(r"<html(?:\s[^>]*)?>", re.IGNORECASE)
_PATH_LENGTH = 1024


class Html(Media):
    """A document or a piece of one.

    ``data``: HTML, an open file, or the path of a file whose name ends in ``.html`` (unless ``data_is_not_path``). With
    ``inject`` it gets a plain style; nothing is loaded from anywhere. Raises ValueError for a path that does not end in
    ``.html``, TypeError for other values.
    """

    LIST_TYPE = "html"

    def __init__(self, data: Any, inject: bool = True, data_is_not_path: bool = False) -> None:
        self.html = _text(data, data_is_not_path=data_is_not_path)
        if inject:
            self.inject_head()

    def inject_head(self) -> None:
        """Put the plain style at the head of the document."""
        for pattern, form in ((_HEAD, "{0}{1}"), (_ROOT, "{0}<head>{1}</head>")):
            found = pattern.search(self.html)
            if found:
                at = found.end()
                self.html = self.html[: found.start()] + form.format(found.group(), _STYLE) + self.html[at:]
                return
        self.html = f"<head>{_STYLE}</head>{self.html}"

    def to_record(self, door: MediaDoor) -> dict[str, object]:
        """Return ``html-file`` with path, sha256 and size."""
        return {"_type": "html-file", **door.put_bytes("html", self.html.encode("utf-8", "replace"), "html")}


def _text(data: Any, *, data_is_not_path: bool) -> str:
    if hasattr(data, "read"):
        data = data.read()
        return data.decode("utf-8", "replace") if isinstance(data, bytes) else str(data)
    if isinstance(data, PathLike):
        if Path(data).suffix.lower() != ".html":
            raise ValueError(f"HTML is read from files whose name ends in .html, not from {str(data)!r}")
        return Path(data).read_text("utf-8", "replace")
    if not isinstance(data, str):
        raise TypeError(f"Html takes a string, a path or an open file, not {type(data).__name__}")
    if not data_is_not_path and len(data) <= _PATH_LENGTH and data.lower().endswith(".html") and Path(data).is_file():
        return Path(data).read_text("utf-8", "replace")
    return data
