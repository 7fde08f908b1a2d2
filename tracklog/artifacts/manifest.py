"""The list of an artifact's entries, as scripts look at it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping

    from tracklog.artifacts.entry import ManifestEntry


class ArtifactManifest:
    """The entries of an artifact by their names."""

    def __init__(self, entries: Mapping[str, ManifestEntry], digest: str) -> None:
        self.entries = dict(entries)
        self._digest = digest

    @classmethod
    def version(cls) -> int:
        """1, as wandb counts."""
        return 1

    def digest(self) -> str:
        """Return the digest of the artifact."""
        return self._digest

    def get_entry_by_path(self, path: str) -> ManifestEntry | None:
        """Return an entry; None when there is none."""
        return self.entries.get(path)

    def get_entries_in_directory(self, directory: str) -> list[ManifestEntry]:
        """Return the entries below a folder."""
        return [entry for path, entry in self.entries.items() if path.startswith(f"{directory.rstrip('/')}/")]

    def to_manifest_json(self) -> dict[str, Any]:
        """Return them as JSON."""
        return {"version": 1, "contents": {path: _fields(entry) for path, entry in sorted(self.entries.items())}}

    def __len__(self) -> int:
        return len(self.entries)


def _fields(entry: ManifestEntry) -> dict[str, Any]:
    known = {"digest": entry.digest, "size": entry.size, "ref": entry.ref}
    return {key: value for key, value in known.items() if value is not None}
