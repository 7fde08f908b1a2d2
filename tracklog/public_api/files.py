"""The files of a recorded run."""

from __future__ import annotations

import base64
import datetime as dt
import hashlib
import mimetypes
import os
import re
import shutil
from collections.abc import Sequence
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any, overload

from tracklog.errors import NotFoundError, UsageError
from tracklog.store import layout
from tracklog.store.files import inside, opened

if TYPE_CHECKING:
    from collections.abc import Iterable


class File:
    """One file of a run, in its folder `files`."""

    def __init__(self, folder: Path, name: str) -> None:
        """`folder` is the run's; `name` is relative to its `files`, with ``/``. Raises NotFoundError for no file there."""
        place = _place(folder, name)
        if place is None:
            raise NotFoundError(f"run {folder} has no file {name!r}; run.files() lists those that are there")
        self._place = place
        # As it really is, without `..`: a download never leads outside of its root.
        self.name = place.relative_to(_base(folder)).as_posix()

    @property
    def size(self) -> int:
        """Bytes."""
        return self._place.stat().st_size

    @property
    def url(self) -> str:
        """The file's URL on this machine."""
        return self._place.as_uri()

    direct_url = path_uri = url

    @property
    def mimetype(self) -> str:
        """The MIME type that its name stands for; "" for an unknown one."""
        return mimetypes.guess_type(self.name)[0] or ""

    @property
    def md5(self) -> str:
        """MD5 of its content, in base64."""
        total = hashlib.md5(usedforsecurity=False)
        with opened(self._place) as file:
            while chunk := file.read(1 << 20):
                total.update(chunk)
        return base64.b64encode(total.digest()).decode()

    @property
    def updated_at(self) -> str:
        """When it was last written: ISO 8601 in UTC."""
        written = dt.datetime.fromtimestamp(self._place.stat().st_mtime, dt.timezone.utc)
        return written.strftime("%Y-%m-%dT%H:%M:%SZ")

    def download(
        self, root: str | os.PathLike[str] = ".", replace: bool = False, exist_ok: bool = False, api: object = None
    ) -> IO[str]:
        """Copy the file to `root` under its name, and return the copy, opened as text.

        A file that is there is replaced with `replace`, kept and returned with `exist_ok`, else refused by ValueError.
        `api` is taken for scripts that pass it. Raises OSError.
        """
        del api
        target = Path(root, self.name)
        if target.exists() and not replace:
            if not exist_ok:
                msg = f"{target} exists; pass replace=True to replace it, exist_ok=True to keep it"
                raise ValueError(msg)
            return target.open(encoding="utf-8", errors="surrogateescape")
        target.parent.mkdir(parents=True, exist_ok=True)
        with opened(self._place) as source, target.open("wb") as copy:
            shutil.copyfileobj(source, copy)
        return target.open(encoding="utf-8", errors="surrogateescape")

    def delete(self) -> None:
        """Raise UsageError: nothing is ever deleted."""
        msg = f"nothing of a run is deleted by tracklog; delete {self._place} yourself"
        raise UsageError(msg)

    def __repr__(self) -> str:
        return f"<File {self.name} ({self.mimetype}) {self.size} bytes>"


class Files(Sequence[File]):
    """The files of a run, by name."""

    def __init__(self, folder: Path, names: Iterable[str] | None = None, pattern: str | None = None) -> None:
        """Choose by `names`, or by a `pattern` in which ``%`` stands for any text and ``_`` for a character.

        Raises ValueError when both are given.
        """
        if names and pattern:
            msg = f"names={names!r} and pattern={pattern!r} were given; choose files by one of them"
            raise ValueError(msg)
        chosen = set(names or ())
        like = _like(pattern) if pattern else None
        self._folder = folder
        self._names = [
            name for name in _names(folder) if (not chosen or name in chosen) and (like is None or like.fullmatch(name))
        ]

    def __len__(self) -> int:
        return len(self._names)

    @overload
    def __getitem__(self, index: int) -> File: ...
    @overload
    def __getitem__(self, index: slice) -> list[File]: ...
    def __getitem__(self, index: int | slice) -> Any:
        """Return a file, or a list of some."""
        if isinstance(index, slice):
            return [File(self._folder, name) for name in self._names[index]]
        return File(self._folder, self._names[index])

    def __repr__(self) -> str:
        return f"<Files of {self._folder.name} ({len(self)})>"


def _base(folder: Path) -> Path:
    return folder.resolve() / layout.FILES


def _place(folder: Path, name: str) -> Path | None:
    """Return where a file of a run is; None when it is not there, or a link leads outside."""
    place = inside(folder, f"{layout.FILES}/{name}") if name else None
    return place if place is not None and place.is_relative_to(_base(folder)) else None


def _names(folder: Path) -> list[str]:
    """Return the names of all files of a run, links that lead outside left out."""
    base = folder / layout.FILES
    found = [Path(parent, name) for parent, _, names in os.walk(base) for name in names]
    names = sorted(path.relative_to(base).as_posix() for path in found)
    return [name for name in names if _place(folder, name) is not None]


def _like(pattern: str) -> re.Pattern[str]:
    pieces = {"%": ".*", "_": "."}
    return re.compile("".join(pieces.get(char, re.escape(char)) for char in pattern), re.DOTALL)
