"""`Artifact`: files that are gathered under a name, so that callbacks which save models end well.

A run keeps them among its own files, as ``artifacts/<name>/v<n>/…``. There are no versions across runs yet, no digests and
nothing to use again; who asks for these is told.
"""

from __future__ import annotations

import atexit
import contextlib
import os
import re
import shutil
import tempfile
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any

from tracklog import missing

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

_NAME = re.compile(r"[a-zA-Z0-9_\-.]+")
_LONGEST = 128


class Artifact:
    """Files under a name."""

    def __init__(
        self,
        name: str,
        type: str,  # noqa: A002 - the name scripts use
        description: str | None = None,
        metadata: Mapping[str, Any] | None = None,
        incremental: bool = False,
        use_as: str | None = None,
    ) -> None:
        """Begin an empty one. Raises ValueError for a name or type that cannot be one."""
        if not _NAME.fullmatch(str(name)) or len(str(name)) > _LONGEST:
            msg = f"name={name!r} cannot be an artifact's: 1 to {_LONGEST} letters, digits, _, - and ."
            raise ValueError(msg)
        if not type:
            msg = "an artifact has a type, as 'model' or 'dataset'"
            raise ValueError(msg)
        del incremental, use_as
        self.name, self.type = str(name), type
        self.description = description
        self.metadata = dict(metadata or {})
        self.files: dict[str, Path] = {}
        """What it holds: places of files by their names, relative and with ``/``."""
        self._aside: Path | None = None
        """A folder for the files that are written here; it goes when the process ends."""

    def add_file(
        self,
        local_path: str | os.PathLike[str],
        name: str | None = None,
        is_tmp: bool | None = False,
        skip_cache: bool | None = False,
        policy: str | None = "mutable",
        overwrite: bool = False,
    ) -> None:
        """Add a file, by its own name or another. Raises ValueError for what is no file, or another one of that name."""
        del is_tmp, skip_cache, policy
        path = Path(local_path)
        if not path.is_file():
            msg = f"add_file({os.fspath(local_path)!r}): there is no such file"
            raise ValueError(msg)
        self._put(name or path.name, path, overwrite=overwrite)

    def add_dir(
        self,
        local_path: str | os.PathLike[str],
        name: str | None = None,
        skip_cache: bool | None = False,
        policy: str | None = "mutable",
    ) -> None:
        """Add all files below a folder. Raises ValueError for what is no folder."""
        del skip_cache, policy
        folder = Path(local_path)
        if not folder.is_dir():
            msg = f"add_dir({os.fspath(local_path)!r}): there is no such folder"
            raise ValueError(msg)
        for path in sorted(folder.rglob("*")):
            if path.is_file():
                inside = path.relative_to(folder).as_posix()
                self._put(f"{name.strip('/')}/{inside}" if name else inside, path, overwrite=True)

    @contextlib.contextmanager
    def new_file(self, name: str, mode: str = "x", encoding: str | None = None) -> Iterator[IO[Any]]:
        """Give a new file to write to. Raises ValueError for a name that is taken."""
        if self._aside is None:
            self._aside = Path(tempfile.mkdtemp(prefix="tracklog-artifact-"))
            atexit.register(shutil.rmtree, self._aside, ignore_errors=True)
        path = self._aside / _inside(name)
        if name in self.files:
            msg = f"new_file({name!r}): the artifact has a file of that name"
            raise ValueError(msg)
        path.parent.mkdir(parents=True, exist_ok=True)
        with path.open(mode, encoding=encoding or (None if "b" in mode else "utf-8")) as file:
            yield file
        self._put(name, path, overwrite=False)

    def _put(self, name: str, path: Path, *, overwrite: bool) -> None:
        known = self.files.get(_inside(name))
        if known is not None and not overwrite and known.read_bytes() != path.read_bytes():
            msg = f"the artifact {self.name!r} has another file {name!r}; pass overwrite=True to replace it"
            raise ValueError(msg)
        self.files[_inside(name)] = path.absolute()

    def finalize(self) -> None:
        """Return: it is whole when it is logged."""

    def wait(self, timeout: int | None = None) -> Artifact:
        """Return it: nothing is sent."""
        del timeout
        return self

    def __getattr__(self, name: str) -> Any:
        """Say of what is not there yet what to do instead."""
        msg = missing.of_artifact(name) or f"{type(self).__name__!r} object has no attribute {name!r}"
        raise AttributeError(msg)


def _inside(name: str) -> str:
    """Return a name with ``/``. Raises ValueError for one that leads outside."""
    parts = name.replace(os.sep, "/").split("/")
    if name.startswith("/") or ".." in parts or not name:
        msg = f"{name!r} leads outside of the artifact"
        raise ValueError(msg)
    return "/".join(part for part in parts if part not in ("", "."))


def of_path(path: str | os.PathLike[str], name: str | None, kind: str | None, run_id: str) -> Artifact:
    """Return an artifact of a file or folder, named by its run and itself unless it is given a name.

    Raises ValueError for a path that is not there.
    """
    place = Path(path)
    made = Artifact(name or re.sub(r"[^a-zA-Z0-9_\-.]", "_", f"run-{run_id}-{place.name}"), kind or "unspecified")
    if place.is_dir():
        made.add_dir(place)
    else:
        made.add_file(place)
    return made
