"""What an artifact gathers before it is logged: files, folders, references, objects. `Artifact` adds what versions do."""

from __future__ import annotations

import contextlib
import os
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any

from tracklog.artifacts import home, naming, references
from tracklog.artifacts.described import Described
from tracklog.artifacts.draft import Draft
from tracklog.artifacts.entry import SCHEME, ManifestEntry
from tracklog.errors import ArtifactFinalizedError
from tracklog.store.manifests import Entry

if TYPE_CHECKING:
    from collections.abc import Iterator


class Gathering(Described):
    """What can be done with a draft."""

    def _begin(self, *, finalized: bool) -> None:
        self._draft = Draft()
        self._finalized, self._dismissed = finalized, False

    def add_file(
        self,
        local_path: str | os.PathLike[str],
        name: str | None = None,
        is_tmp: bool | None = False,
        skip_cache: bool | None = False,
        policy: str | None = "mutable",
        overwrite: bool = False,
    ) -> ManifestEntry:
        """Add a file, by its own name or another; while a run goes on it is copied now, so that it may be written again.

        With the policy ``immutable`` it is copied when it is logged. The other arguments are taken for scripts that pass
        them. Raises ValueError for what is no file, for a name that leads outside or, unless `overwrite`, that another
        content has; OSError for a file that cannot be read; ArtifactFinalizedError once it is logged.
        """
        del skip_cache
        self._change("add_file")
        path = Path(local_path)
        if not path.is_file():
            msg = f"add_file({os.fspath(local_path)!r}): there is no such file"
            raise ValueError(msg)
        later = _is_later(policy)
        own = str(name) if name is not None else f"{path.name}-{os.urandom(4).hex()}" if is_tmp else path.name
        return self._entry_of_draft(self._draft.add_file(own, path, overwrite=overwrite, later=later))

    def add_dir(
        self,
        local_path: str | os.PathLike[str],
        name: str | None = None,
        skip_cache: bool | None = False,
        policy: str | None = "mutable",
        merge: bool = False,
    ) -> None:
        """Add all files below a folder, below `name` if that is given. Links are followed, but never in a circle.

        With `merge` contents replace those of the same name. Raises ValueError for what is no folder, otherwise as `add_file`.
        """
        del skip_cache
        self._change("add_dir")
        folder = Path(local_path)
        if not folder.is_dir():
            msg = f"add_dir({os.fspath(local_path)!r}): there is no such folder"
            raise ValueError(msg)
        self._draft.add_folder((name or "").strip("/"), folder, overwrite=merge, later=_is_later(policy))

    def add_reference(
        self,
        uri: str | ManifestEntry,
        name: str | os.PathLike[str] | None = None,
        checksum: bool = True,
        max_objects: int | None = None,
    ) -> list[ManifestEntry]:
        """Name what is elsewhere without keeping it: a ``file://`` (all files of a folder), an address, another's entry.

        With `checksum` local files are read for their digest; nothing is asked over a network. Raises ValueError for an
        address without a scheme, one that needs a `name`, a file that is not there, more than `max_objects` files.
        """
        self._change("add_reference")
        own = None if name is None else os.fspath(name)
        if isinstance(uri, ManifestEntry):
            return [self._add_entry(uri, own)]
        if str(uri).startswith(f"{SCHEME}://"):
            return [self._add_referred(str(uri), own)]
        found = references.of_uri(str(uri), own, checksum=checksum, max_objects=max_objects)
        for entry in found:
            self._draft.add_reference(entry, None)
        return [self._entry_of_draft(naming.inside(entry.path)) for entry in found]

    def _add_entry(self, other: ManifestEntry, name: str | None) -> ManifestEntry:
        return self._add_kept(other.entry, other.place(), other.ref or other.ref_url(), name or other.path)

    def _add_referred(self, uri: str, name: str | None) -> ManifestEntry:
        where = home.current
        held, path = references.of_artifact(uri, where) if where is not None else (None, "")
        if held is None:
            msg = f"{uri!r:.200} names no entry of an artifact here; get it by run.use_artifact(...).get_path(...)"
            raise ValueError(msg)
        entry = held.entry(path)
        return self._add_kept(entry, held.place(entry), entry.ref or uri, name or path)

    def _add_kept(self, known: Entry, place: Path | None, ref: str, name: str) -> ManifestEntry:
        own = naming.inside(name)
        entry = Entry(own, known.digest, known.size, known.sha256, ref)
        self._draft.add_reference(entry, place if known.sha256 else None)
        return self._entry_of_draft(own)

    def add(self, obj: Any, name: str | os.PathLike[str], overwrite: bool = False) -> ManifestEntry:
        """Add a table, media or classes; `get` gives them back. Raises TypeError for anything else, otherwise as `add_file`."""
        from tracklog.artifacts import holding

        self._change("add")
        return self._entry_of_draft(holding.add(self._draft, obj, naming.inside(os.fspath(name)), overwrite=overwrite))

    @contextlib.contextmanager
    def new_file(
        self, name: str, mode: str = "x", encoding: str | None = None, policy: str = "mutable"
    ) -> Iterator[IO[Any]]:
        """Give a new file to write to, which is added when that ends well. Raises ValueError for a name that is taken."""
        self._change("new_file")
        del policy
        own = naming.inside(name)
        if own in self._draft.items and "x" in mode:
            msg = f"new_file({name!r}): the artifact has a file of that name; mode='w' replaces it"
            raise ValueError(msg)
        path = self._draft.aside(f"{os.urandom(8).hex()}/{Path(own).name}")
        with path.open(mode, encoding=encoding or (None if "b" in mode else "utf-8")) as file:
            yield file
        self._draft.add_file(own, path, overwrite=True)

    def remove(self, item: str | os.PathLike[str] | ManifestEntry) -> None:
        """Take away an entry, or all below a folder. Raises FileNotFoundError where there is none."""
        self._change("remove")
        self._draft.remove(item.path if isinstance(item, ManifestEntry) else os.fspath(item))

    def __setitem__(self, name: str, obj: Any) -> None:
        self.add(obj, name)

    def _change(self, what: str) -> None:
        if self._finalized:
            msg = (
                f"artifact.{what} of {self._name!r}: it is finalized, and another content is another version; "
                "artifact.new_draft() begins one"
            )
            raise ArtifactFinalizedError(msg, self)

    def _entry_of_draft(self, path: str) -> ManifestEntry:
        item = self._draft.items[path]
        return ManifestEntry(path, lambda: item.entry(path), None, str(item.source) if item.source else None)

    def finalize(self) -> None:
        """Let nothing be added or removed any more."""
        self._finalized = True


def _is_later(policy: str | None) -> bool:
    if policy not in ("mutable", "immutable", None):
        msg = f"policy={policy!r:.80} does not exist; choose 'mutable' or 'immutable'"
        raise ValueError(msg)
    return policy == "immutable"
