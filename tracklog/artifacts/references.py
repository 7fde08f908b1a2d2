"""References: what an artifact names without keeping it."""

from __future__ import annotations

import itertools
import posixpath
from dataclasses import replace
from typing import TYPE_CHECKING
from urllib.parse import unquote, urlsplit

from tracklog.artifacts.bringing import path_of
from tracklog.artifacts.held import Held
from tracklog.artifacts.intake import walk
from tracklog.errors import warn
from tracklog.store import layout, versions
from tracklog.store.manifests import Entry
from tracklog.store.objects import SourceError, of_file

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from tracklog.artifacts.home import Home

MOST = 10_000_000
"""How many files of a folder become references, unless another bound is given."""
_REMOTE = ("http", "https", "s3", "gs")


def of_uri(uri: str, name: str | None, *, checksum: bool, max_objects: int | None) -> list[Entry]:
    """Return the entries of a reference: a file, all files of a folder, or the address of something elsewhere.

    With `checksum` the digest of a file is that of its content; of what is elsewhere it is the address, since nothing is
    asked over a network. Raises ValueError for an address without a scheme, of a scheme that gives no name, or of a file
    that is not there; ValueError for more than `max_objects` files.
    """
    parts = urlsplit(uri)
    if not parts.scheme:
        msg = (
            f"{uri!r:.200} is no address: a reference has a scheme, as s3://bucket/key; that of a local file is file://"
        )
        raise ValueError(msg)
    if parts.scheme == "file":
        return list(_of_files(uri, name, checksum=checksum, most=max_objects or MOST))
    if checksum and parts.scheme in _REMOTE:
        warn(
            f"reference-{parts.scheme}",
            f"{uri:.200} is kept as an address: nothing is asked over the network, so its digest does not tell when it "
            "changes; add_reference(checksum=False) says the same",
        )
    own = name or (posixpath.basename(parts.path.rstrip("/")) if parts.scheme in _REMOTE else "")
    if not own:
        msg = f"{uri!r:.200} gives no name; pass name= to add_reference"
        raise ValueError(msg)
    return [Entry(own, uri, ref=uri)]


def of_artifact(uri: str, where: Home) -> tuple[Held | None, str]:
    """Return the version and the path that ``wandb-artifact://project/name/digest/path`` names; None when it is not here."""
    parts = [unquote(part) for part in uri.partition("://")[2].split("/")]
    if len(parts) < 4:  # noqa: PLR2004 - project, name, digest and path
        return None, ""
    project = layout.project_folder(where.project.parent, parts[0])
    found = versions.read(versions.folder_of(project, parts[1])).find(parts[2])
    return (None if found is None else Held(replace(where, project=project), found)), "/".join(parts[3:])


def _of_files(uri: str, name: str | None, *, checksum: bool, most: int) -> Iterator[Entry]:
    path = path_of(uri)
    if path.is_file():
        yield _of_file(path, name or path.name, checksum=checksum)
    elif path.is_dir():
        found = list(itertools.islice(walk(str(path)), most + 1))
        if len(found) > most:
            msg = f"{uri!r:.200} holds more than max_objects={most:,} files"
            raise ValueError(msg)
        for inside in found:
            yield _of_file(path / inside, f"{name}/{inside}" if name else inside, checksum=checksum)
    else:
        msg = f"{uri!r:.200}: there is no such file or folder"
        raise ValueError(msg)


def _of_file(path: Path, name: str, *, checksum: bool) -> Entry:
    uri = path.absolute().as_uri()
    try:
        return Entry(name, of_file(path).md5 if checksum else uri, path.stat().st_size, ref=uri)
    except SourceError:
        raise
    except OSError as error:
        raise SourceError(error.errno, error.strerror or str(error), str(path)) from error
