"""Bringing the files of a version to a folder, and comparing a folder with it."""

from __future__ import annotations

import contextlib
import os
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import unquote, urlsplit
from urllib.request import url2pathname

from tracklog.errors import warn
from tracklog.store.objects import SourceError, copy, of_file

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

    from tracklog.store.manifests import Entry

_THREADS = min(4, os.cpu_count() or 1)


def bring_all(
    entries: Iterable[Entry], place: Callable[[Entry], Path | None], root: Path, *, allow_missing: bool = False
) -> None:
    """Copy what a version holds below a folder, made if need be; files that are there as they should be stay.

    References to files are followed, those with `allow_missing` left out that lead nowhere; addresses that need a network
    are left out with a warning. Raises ValueError for contents that are damaged or have changed, OSError.
    """

    def one(entry: Entry) -> None:
        bring(entry, place(entry), root, allow_missing=allow_missing)

    root.mkdir(parents=True, exist_ok=True)
    with ThreadPoolExecutor(_THREADS, thread_name_prefix="tracklog-artifact") as pool:
        for _ in pool.map(one, entries):
            pass


def bring(entry: Entry, place: Path | None, root: Path, *, allow_missing: bool = False) -> Path | None:
    """Copy one entry below a folder, and return where it is; None where it was left out. Raises as `bring_all`."""
    target = root / entry.path
    source = place
    if source is None:
        source = _referred(entry)
        if source is None:
            return None
        if allow_missing and not source.is_file():
            warn(f"reference-missing-{source}", f"{source}, to which an artifact refers, is not there: it is left out")
            return None
    if _is_there(target, entry):
        return target
    target.parent.mkdir(parents=True, exist_ok=True)
    try:
        stored = copy(source, target)
    except SourceError as error:
        raise FileNotFoundError(
            error.errno, f"the content of {entry.path!r} cannot be read ({error.strerror})", str(source)
        ) from error
    is_same = stored.sha256 == entry.sha256 if entry.sha256 else entry.digest in (stored.md5, entry.ref)
    if not is_same:
        target.unlink(missing_ok=True)
        msg = f"{source}, the content of {entry.path!r}, is not what was logged: its digest is {stored.md5}, not {entry.digest}"
        raise ValueError(msg)
    return target


def path_of(uri: str) -> Path:
    """Return the path of a ``file://`` address."""
    parts = urlsplit(uri)
    return Path(url2pathname(parts.path) if os.name == "nt" else unquote(f"{parts.netloc}{parts.path}"))


def _referred(entry: Entry) -> Path | None:
    if entry.ref.startswith("file://"):
        return path_of(entry.ref)
    scheme = entry.ref.partition(":")[0]
    warn(
        f"reference-bring-{scheme}",
        f"{entry.ref:.200} is left out: nothing is fetched over the network; its address is in the artifact's manifest",
    )
    return None


def _is_there(target: Path, entry: Entry) -> bool:
    try:
        status = target.lstat()
        return status.st_size == entry.size and not target.is_symlink() and of_file(target).md5 == entry.digest
    except OSError:
        return False


def strangers(entries: Mapping[str, Entry], root: Path) -> list[Path]:
    """Return the files below a folder that a version does not hold."""
    found = [Path(parent, name) for parent, _, names in os.walk(root) for name in names]
    return sorted(path for path in found if path.relative_to(root).as_posix() not in entries)


def verify(entries: Mapping[str, Entry], root: Path) -> None:
    """Raise ValueError when a folder holds anything else than a version does, or lacks some of it."""
    others = strangers(entries, root)
    if others:
        msg = f"{others[0]} is not of the artifact"
        raise ValueError(msg)
    for path, entry in entries.items():
        if entry.ref and not (root / path).exists() and not entry.ref.startswith("file://") and not entry.sha256:
            continue
        try:
            stored = of_file(root / path)
        except SourceError as error:
            msg = f"{root / path} cannot be read: {error.strerror}; artifact.download() brings it again"
            raise ValueError(msg) from error
        if entry.digest not in (stored.md5, entry.ref):
            msg = f"{root / path} has the digest {stored.md5}, not {entry.digest}: it is not what was logged"
            raise ValueError(msg)


def remove_strangers(entries: Mapping[str, Entry], root: Path) -> None:
    """Delete the files below a folder that a version does not hold, and folders that are empty then."""
    for path in strangers(entries, root):
        path.unlink()
    for parent, _, _ in sorted(os.walk(root), reverse=True):
        if Path(parent) != root:
            with contextlib.suppress(OSError):  # there is something in it
                Path(parent).rmdir()
