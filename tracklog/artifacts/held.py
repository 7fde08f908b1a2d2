"""A version that was logged: what it holds, and where its contents are."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tracklog.artifacts import bringing
from tracklog.errors import warn
from tracklog.store import layout
from tracklog.store.objects import Objects

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from tracklog.artifacts.home import Home
    from tracklog.store.manifests import Entry
    from tracklog.store.versions import Version


class Held:
    """A version in a project."""

    def __init__(
        self,
        home: Home,
        version: Version,
        entries: Mapping[str, Entry] | None = None,
        places: Mapping[str, Path] | None = None,
    ) -> None:
        """`entries` are known where they were just written; `places` are where the files of a table are that a run logged."""
        self.home, self.version = home, version
        self._entries = entries
        self._places = places
        self._objects = Objects(home.project)

    @property
    def project(self) -> str:
        """The name of its project."""
        return self.name_of(self.home)

    @staticmethod
    def name_of(home: Home) -> str:
        """Return the name of the project of a home."""
        return layout.original_name(home.project.name) or home.project.name

    @property
    def entries(self) -> Mapping[str, Entry]:
        """Its entries by name. Raises FormatError for a damaged manifest, OSError for one that is not there."""
        if self._entries is None:
            manifest = self.version.manifest()
            for sentence in manifest.damage:
                warn(f"artifact-damage-{sentence}", f"{sentence}; it is left out")
            self._entries = manifest.entries
        return self._entries

    def entry(self, path: str) -> Entry:
        """Return an entry. Raises KeyError with what there is."""
        if path not in self.entries:
            some = ", ".join(sorted(self.entries)[:10])
            raise KeyError(
                f"{self.version.name}:v{self.version.number} has no entry {path!r:.200}; it has {some or 'none'}"
            )
        return self.entries[path]

    def place(self, entry: Entry) -> Path | None:
        """Return where a content is kept; None when it is elsewhere."""
        if self._places is not None:
            return self._places.get(entry.path)
        return self._objects.place(entry.sha256) if entry.sha256 else None

    def readable(self, path: str) -> Path:
        """Return where the content of an entry can be read. Raises KeyError, FileNotFoundError for one that is elsewhere."""
        entry = self.entry(path)
        found = self.place(entry)
        if found is None and entry.ref.startswith("file://"):
            found = bringing.path_of(entry.ref)
        if found is None:
            raise FileNotFoundError(2, f"{path!r} is a reference to what is not on this machine", entry.ref)
        return found
