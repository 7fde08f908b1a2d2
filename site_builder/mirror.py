"""Roots on other machines (``s3://…`` and all else that fsspec reads): a copy here, of which only new bytes travel.

What builds a site reads folders. A `Mirror` keeps one that equals the root at a URL: lines that were appended to a file are
fetched by their range, other files when they are others. Losing the copy costs time, never truth.
"""

from __future__ import annotations

import hashlib
import os
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING, Any

import orjson

from site_builder.output import put
from tracklog.errors import UsageError
from tracklog.store import layout

if TYPE_CHECKING:
    from collections.abc import Iterable

_OVERLAP = 4096
"""Bytes before those that are new which must be the same for a file to have grown."""
_SIGNS = ("ETag", "etag", "md5Hash", "mtime", "LastModified", "last_modified", "created")
"""What file systems tell of a file that changes with its content."""


def is_url(root: str | Path) -> bool:
    """Return whether a root is on another machine."""
    return "://" in str(root)


def file_system(url: str) -> tuple[Any, str]:
    """Return the file system of a URL, and the path in it. Raises UsageError where it cannot be opened."""
    try:
        from fsspec.core import url_to_fs
    except ImportError as error:
        msg = f"{url} needs fsspec: pip install 'tracklog[remote]'"
        raise UsageError(msg) from error
    try:
        system, path = url_to_fs(url)
    except (ImportError, ValueError) as error:
        msg = f"{url} cannot be opened: {error}"
        raise UsageError(msg) from error
    return system, str(path).rstrip("/")


class Mirror:
    """A copy of a root at a URL."""

    def __init__(self, url: str) -> None:
        """Prepare; nothing is read yet. Raises UsageError where the URL cannot be opened."""
        self.url = url
        self._system, self._path = file_system(url)
        home = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "tracklog" / "mirrors"
        place = home / hashlib.sha256(url.encode()).hexdigest()[:20]
        self.folder = place / layout.file_name(PurePosixPath(self._path).name or "root")
        self._index = place / "index.json"

    def refresh(self) -> int:
        """Fetch what is new and delete what is gone; return how many bytes travelled. Raises UsageError."""
        try:
            self._system.invalidate_cache()
            found = self._system.find(self._path, detail=True)
        except (OSError, ValueError) as error:
            msg = f"{self.url} cannot be read: {error}"
            raise UsageError(msg) from error
        before = self._known()
        known: dict[str, list[Any]] = {}
        travelled = 0
        for path, info in sorted(found.items(), key=_order):
            name = path.removeprefix(self._path).strip("/")
            parts = PurePosixPath(name).parts
            if info.get("type") != "file" or not parts or ".." in parts:
                continue
            sign: list[Any] = [info.get("size") or 0, next((str(info[key]) for key in _SIGNS if info.get(key)), "")]
            target = self.folder.joinpath(*parts)
            if before.get(name) != sign or not target.is_file():
                travelled += self._fetch(path, target, int(sign[0]))
            known[name] = sign
        self._forget(before.keys() - known.keys())
        self.folder.mkdir(parents=True, exist_ok=True)
        put(self._index, orjson.dumps(known))
        return travelled

    def _known(self) -> dict[str, list[Any]]:
        try:
            found = orjson.loads(self._index.read_bytes())
        except (OSError, orjson.JSONDecodeError):
            return {}
        return found if isinstance(found, dict) else {}

    def _fetch(self, path: str, target: Path, size: int) -> int:
        """Fetch a file, of one that has grown what is new."""
        target.parent.mkdir(parents=True, exist_ok=True)
        have = target.stat().st_size if target.is_file() and target.suffix == ".jsonl" else 0
        if 0 < have <= size:
            overlap = min(have, _OVERLAP)
            data = self._system.cat_file(path, start=have - overlap, end=size)
            with target.open("r+b") as file:
                file.seek(have - overlap)
                if file.read() == data[:overlap]:
                    file.write(data[overlap:])
                    return len(data)
        data = self._system.cat_file(path)
        put(target, data)
        return len(data)

    def _forget(self, names: Iterable[str]) -> None:
        for name in names:
            target = self.folder / name
            target.unlink(missing_ok=True)
            for parent in target.parents:
                if parent == self.folder or any(parent.iterdir()):
                    break
                parent.rmdir()


def _order(item: tuple[str, Any]) -> tuple[bool, str]:
    """Events last: what they tell of rows was there before them."""
    name = item[0].rpartition("/")[2]
    return name.startswith(f"{layout.EVENTS}-"), item[0]
