"""The files of a version, as `Artifact.files` lists them."""

from __future__ import annotations

import mimetypes
from typing import IO, TYPE_CHECKING

if TYPE_CHECKING:
    import os

    from tracklog.artifacts.entry import ManifestEntry


class ArtifactFile:
    """A file of a version."""

    def __init__(self, entry: ManifestEntry) -> None:
        self._entry = entry

    @property
    def name(self) -> str:
        """Its name in the artifact."""
        return self._entry.path

    @property
    def size(self) -> int:
        """Bytes; 0 for a reference of unknown size."""
        return self._entry.size or 0

    @property
    def digest(self) -> str:
        """MD5 of its content in base64."""
        return self._entry.digest

    md5 = digest

    @property
    def mimetype(self) -> str:
        """The MIME type that its name stands for; "" for an unknown one."""
        return mimetypes.guess_type(self.name)[0] or ""

    def download(
        self, root: str | os.PathLike[str] | None = None, replace: bool = False, exist_ok: bool = False
    ) -> IO[str]:
        """Copy it below `root`, and return the copy, opened as text. `replace` and `exist_ok` are taken for scripts."""
        del replace, exist_ok
        return open(self._entry.download(root), encoding="utf-8", errors="surrogateescape")  # noqa: PTH123 - a string

    def __repr__(self) -> str:
        return f"<file {self.name!r} of an artifact, {self.size} bytes>"
