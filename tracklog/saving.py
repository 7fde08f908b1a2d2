"""`run.save`: files of the script that become files of the run."""

from __future__ import annotations

import glob as globbing
import os
import shutil
from pathlib import Path
from typing import IO, TYPE_CHECKING

from tracklog.errors import NotFoundError, warn
from tracklog.store import layout

if TYPE_CHECKING:
    from tracklog.recording import Recording

POLICIES = ("live", "now", "end")


def save(
    recording: Recording,
    pattern: str | os.PathLike[str] | None,
    base_path: str | os.PathLike[str] | None,
    policy: str,
    *,
    glob: bool,
) -> list[str]:
    """Copy the files that match into a run; return where they are. See `Run.save`."""
    if policy not in POLICIES:
        msg = f"policy={policy!r} does not exist; choose one of {', '.join(POLICIES)}"
        raise ValueError(msg)
    if pattern is None:
        return []
    if not isinstance(pattern, str | bytes | os.PathLike):
        msg = f"save() takes a path or a pattern, not {type(pattern).__name__}: {pattern!r:.80}"
        raise TypeError(msg)
    text = os.fsdecode(pattern)
    base = Path(base_path).resolve() if base_path else _base_of(text, recording.writer.folder / layout.FILES)
    names = sorted(globbing.glob(text, recursive=True)) if glob else [text]  # noqa: PTH207 - patterns may be absolute
    if names == [text] and Path(text).is_dir():  # what is asked for by its folder is all that is in it
        names = sorted(str(inner) for inner in Path(text).rglob("*"))
    files = [file for file in map(Path, names) if file.is_file()]
    if not files:
        warn(f"save-{text}", f"save({text!r}): there is no such file; nothing is saved")
    return [place for file in files for place in _one(recording, file.resolve(), base, policy)]


def restore(files: Path, name: str, *, replace: bool, root: str | os.PathLike[str] | None) -> IO[str] | None:
    """Return a file of a run's files, open for reading; None when there is none. With `root` a copy of it is, below that.

    Raises ValueError for a name that leads outside.
    """
    source = (files / name).resolve()
    if not source.is_relative_to(files.resolve()):
        msg = f"restore({name!r}) leads outside of the run's files in {files}"
        raise ValueError(msg)
    if not source.is_file():
        return None
    if root is None:
        return source.open(encoding="utf-8", errors="surrogateescape")
    target = Path(root) / name
    if replace or not target.exists():
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(source, target)
    return target.open(encoding="utf-8", errors="surrogateescape")


def folder_of(root: Path, run_path: str) -> Path:
    """Return the files of the run that ``[entity/]project/id`` names.

    Raises ValueError for what names none, NotFoundError (a ValueError, too) when there is no such run.
    """
    parts = run_path.strip("/").split("/")
    if len(parts) < 2:  # noqa: PLR2004 - project and id
        msg = f"run_path={run_path!r}: name a run as 'project/id'"
        raise ValueError(msg)
    folder = layout.run_folder(root, parts[-2], parts[-1])
    if not folder.is_dir():
        raise NotFoundError(
            f"no run {run_path!r} in {root}; write 'project/id', and name the log folder by TRACKLOG_DIR"
        )
    return folder / layout.FILES


def _one(recording: Recording, source: Path, base: Path, policy: str) -> list[str]:
    try:
        relative = source.relative_to(base).as_posix()
    except ValueError:
        msg = f"save({str(source)!r}) lies outside base_path={str(base)!r}"
        raise ValueError(msg) from None
    target = recording.save_file(source, relative, policy)
    return [] if target is None else [str(target)]


def _base_of(pattern: str, home: Path) -> Path:
    """Return below which folder names are kept: for files of the run, which are in `home` already, it is that."""
    if not Path(pattern).is_absolute():
        return Path.cwd().resolve()
    if Path(os.path.normpath(pattern)).is_relative_to(home):
        return home.resolve()
    warn("save-folders", f"save({pattern!r}): of its folders the last name is kept; base_path=... says which are to be")
    # As W&B does: an absolute path keeps the name of its folder only.
    fixed = Path(pattern.partition("*")[0])
    return (fixed.parent if "*" not in pattern else fixed if fixed.is_dir() else fixed.parent).resolve().parent
