"""The source files a run was made by: its script, and the modules of the same project that it imported.

What is the project's own is found without asking anybody: everything below the repository of the script, or below its
folder where there is none, but what environments and git leave aside. Nothing here raises.
"""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from tracklog.capture import git
from tracklog.errors import warn
from tracklog.store import layout

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from tracklog.recording import Recording

MOST_FILES = 1_000
MOST_BYTES = 20_000_000
"""Of all files together; what is beyond is left out, which is said once."""
LARGEST = 2_000_000
"""Bytes of one file; nobody writes longer ones by hand."""
_FOREIGN = ("site-packages", "dist-packages", "node_modules", "__pycache__")


class Code:
    """The code of one run, as this process sees it."""

    def __init__(self, recording: Recording) -> None:
        """Look where the project lies."""
        self._recording = recording
        self._script = _script()
        self._root = _root(self._script.parent if self._script else Path.cwd())
        self._kept: set[Path] = set()
        self._bytes = 0

    def begin(self) -> None:
        """Keep the script, so that even a run that is killed has it."""
        if self._script is not None:
            self._keep([self._script])

    def end(self) -> None:
        """Keep the modules that were imported by now; a script that was changed meanwhile stays as it began."""
        self._keep(sorted(set(_modules(self._root)) - self._kept))

    def _keep(self, paths: Iterable[Path]) -> None:
        for path in _own(self._root, paths):
            try:
                size = path.stat().st_size
                if size > LARGEST:
                    warn("code-large", f"{path} is not kept as code of the run: {size / 1e6:.1f} MB of source")
                    continue
                if len(self._kept) >= MOST_FILES or self._bytes + size > MOST_BYTES:
                    warn(
                        "code-bound",
                        f"the run keeps {len(self._kept)} source files ({self._bytes / 1e6:.1f} MB) and no more; "
                        "what else it imported is left out",
                    )
                    return
                data = path.read_bytes()
            except OSError:  # deleted, or not ours to read
                continue
            self._kept.add(path)
            self._bytes += size
            self._recording.put_file(f"{layout.CODE}/{path.relative_to(self._root).as_posix()}", data)


def _script() -> Path | None:
    """Return the file that Python was started with; None for a prompt, a notebook, or a tool such as pytest."""
    name = getattr(sys.modules.get("__main__"), "__file__", None)
    if not isinstance(name, str):
        return None
    path = Path(name).resolve()
    return path if path.is_file() and not _foreign(path) else None


def _root(start: Path) -> Path:
    """Return the repository that holds a folder, or the folder."""
    start = start.resolve()
    return next((folder for folder in (start, *start.parents) if (folder / ".git").exists()), start)


def _modules(root: Path) -> Iterator[Path]:
    prefix = f"{root}{os.sep}"
    for module in list(sys.modules.values()):
        name = getattr(module, "__file__", None)
        if isinstance(name, str) and name.startswith(prefix) and name.endswith(".py"):
            path = Path(name)
            if not _foreign(path):
                yield path


def _foreign(path: Path) -> bool:
    """Return whether a file belongs to Python, to an environment or to what was installed there."""
    inside = (sys.prefix, sys.base_prefix, sys.exec_prefix)
    return any(path.is_relative_to(place) for place in inside if place != "/usr") or any(
        part in _FOREIGN for part in path.parts
    )


def _own(root: Path, paths: Iterable[Path]) -> list[Path]:
    """Return the files that lie below the root and that git does not ignore."""
    below = [path for path in paths if path.is_relative_to(root)]
    if not below or not (root / ".git").exists():
        return below
    names = [path.relative_to(root).as_posix() for path in below]
    left_aside = git.ignored(root, names)
    return [path for path, name in zip(below, names, strict=True) if name not in left_aside]
