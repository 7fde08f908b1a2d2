"""What is at one name of an artifact: a file, or a reference to one elsewhere."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Protocol
from urllib.parse import quote

from tracklog.errors import ArtifactNotLoggedError

if TYPE_CHECKING:
    import os
    from collections.abc import Callable
    from pathlib import Path

    from tracklog.store.manifests import Entry

SCHEME = "wandb-artifact"
"""Of references to entries of other artifacts, as scripts know it."""


class Owner(Protocol):
    """A version of an artifact, as its entries know it."""

    @property
    def address(self) -> tuple[str, str, str]:
        """Project, name and digest."""

    def place(self, path: str) -> Path | None:
        """Return where a content is kept; None for a reference whose content is elsewhere."""

    def fetch(self, path: str, root: str | os.PathLike[str] | None) -> Path:
        """Bring one entry, and return where it is."""

    def media(self, path: str) -> Any:
        """Return the object that an entry holds; None for a file."""


class ManifestEntry:
    """An entry of an artifact."""

    def __init__(
        self, path: str, known: Callable[[], Entry], owner: Owner | None, local_path: str | None = None
    ) -> None:
        """`known` gives the entry, which may have to be read first; `owner` is the version, None for a draft's."""
        self.path = path
        self.local_path = local_path
        """Where a draft takes it from; None otherwise."""
        self._known, self._owner = known, owner
        self._found: Entry | None = None

    @property
    def entry(self) -> Entry:
        """What is kept of it."""
        if self._found is None:
            self._found = self._known()
        return self._found

    @property
    def name(self) -> str:
        """`path`."""
        return self.path

    @property
    def digest(self) -> str:
        """MD5 of the content in base64; of a reference what tells its content."""
        return self.entry.digest

    @property
    def size(self) -> int | None:
        """Bytes; None for a reference of unknown size."""
        return self.entry.size

    @property
    def ref(self) -> str | None:
        """The address of a reference; None for a file."""
        return self.entry.ref or None

    @property
    def extra(self) -> dict[str, Any]:
        """Nothing: what is known is in the digest."""
        return {}

    def _of_version(self, what: str) -> Owner:
        if self._owner is None:
            raise ArtifactNotLoggedError(f"{what} of the entry {self.path!r}: log its artifact first", self)
        return self._owner

    def download(
        self, root: str | os.PathLike[str] | None = None, skip_cache: bool | None = None, executor: object = None
    ) -> str:
        """Copy it below `root` (default: as `Artifact.download`), and return where it is.

        The other arguments are taken for scripts that pass them. Raises ArtifactNotLoggedError, ValueError, OSError.
        """
        del skip_cache, executor
        return str(self._of_version("download").fetch(self.path, root))

    def media(self) -> Any:
        """Return the object that was added by this name; None for a file. Raises ArtifactNotLoggedError."""
        return self._of_version("media").media(self.path)

    def place(self) -> Path | None:
        """Return where its content is kept; None when it is elsewhere. Raises ArtifactNotLoggedError."""
        return self._of_version("place").place(self.path)

    def ref_target(self) -> str:
        """Return the address of a reference. Raises ValueError for a file."""
        if self.ref is None:
            raise ValueError(f"{self.path!r} is a file, and no reference to one elsewhere")
        return self.ref

    def ref_url(self) -> str:
        """Return what `add_reference` of another artifact takes. Raises ArtifactNotLoggedError."""
        parts = (*self._of_version("ref_url").address, *self.path.split("/"))
        return f"{SCHEME}://{'/'.join(quote(part, safe='') for part in parts)}"

    def __eq__(self, other: object) -> bool:
        return isinstance(other, ManifestEntry) and (self.path, self.digest) == (other.path, other.digest)

    def __hash__(self) -> int:
        return hash((self.path, self.digest))

    def __repr__(self) -> str:
        return f"<entry {self.path!r} of an artifact{f', {self.ref}' if self.ref else ''}>"
