"""The versions of an artifact, folded from its claims: for recorder, Api and builder alike.

Equal content is one version. Versions stand in the order (number that was claimed, time of the first claim, digest) and are
numbered by their place in it, so folders of several people that are merged by copying number them alike everywhere.
``latest`` is the version that was logged last.
"""

from __future__ import annotations

import time
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from tracklog.store import claims, layout, manifests, typed

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

    from tracklog.store.claims import Claim
    from tracklog.store.manifests import Manifest

LATEST = "latest"


@dataclass(slots=True)
class Version:
    """A content that was logged under an artifact's name."""

    folder: Path
    """Where its manifest is."""
    name: str
    type: str
    digest: str
    number: int = 0
    claimed: int = 0
    """The number that its first claim took."""
    created: float = 0.0
    """Unix seconds of its first claim."""
    logged: list[tuple[str, float]] = field(default_factory=list)
    """Ids of the runs that logged it, in the order of time, with unix seconds; "" where it was no run."""
    aliases: list[str] = field(default_factory=list)
    tags: list[str] = field(default_factory=list)
    metadata: dict[str, Any] = field(default_factory=dict)
    """As it was given."""
    description: str | None = None
    size: int = 0
    """Bytes of its entries."""
    files: int = 0
    """Number of its entries."""
    updated: float = 0.0
    """Unix seconds of the last claim that is about it."""

    @property
    def is_there(self) -> bool:
        """Whether its manifest is: the folder of a version may have been deleted."""
        return (self.folder / manifests.FILE).is_file()

    def manifest(self) -> Manifest:
        """Return what it holds. Raises FormatError when that is damaged, OSError when it is not there."""
        return manifests.read(self.folder)


@dataclass(slots=True)
class Collection:
    """An artifact: all versions of a name, by number."""

    folder: Path
    name: str
    versions: list[Version] = field(default_factory=list)
    damage: list[str] = field(default_factory=list)

    @property
    def type(self) -> str:
        """The type of its first version."""
        return self.versions[0].type if self.versions else ""

    def find(self, alias: str) -> Version | None:
        """Return the version of an alias, of ``v3``, or of a digest; None when there is none."""
        for version in self.versions:
            if alias in (f"v{version.number}", version.digest):
                return version
        return next((version for version in self.versions if alias in version.aliases), None)


def folder_of(project: Path, name: str) -> Path:
    """Return the folder of an artifact; it need not exist."""
    return project / layout.ARTIFACTS / layout.file_name(name)


def read(folder: Path) -> Collection:
    """Return the versions in an artifact's folder; none for a folder that is not there."""
    found, damage = claims.read(folder)
    return _folded(folder, found, damage)


def _folded(folder: Path, found: Sequence[Claim], damage: list[str]) -> Collection:
    versions: dict[str, Version] = {}
    holders: dict[str, str] = {}
    """The digest that an alias stands for."""
    for claim in found:
        digest = claim["digest"]
        if claim.get("claim") == "log" and manifests.is_digest(digest):
            _log(versions, folder, claim)
            holders.pop(LATEST, None)  # so that it comes behind the aliases that are given with it
        if digest not in versions:
            continue
        _apply(versions[digest], claim)
        for alias in _texts(claim.get("aliases")):
            holders[alias] = digest
        for alias in _texts(claim.get("without")):
            if holders.get(alias) == digest:
                del holders[alias]
        if claim.get("claim") == "log":
            holders[LATEST] = digest
    ordered = sorted(versions.values(), key=lambda version: (version.claimed, version.created, version.digest))
    for number, version in enumerate(ordered):
        version.number = number
        aliases = [alias for alias, digest in holders.items() if digest == version.digest]
        version.aliases = sorted(aliases, key=lambda alias: alias != LATEST)
    name = ordered[0].name if ordered else layout.original_name(folder.name) or folder.name
    return Collection(folder, name, ordered, damage)


def _log(versions: dict[str, Version], folder: Path, claim: Claim) -> None:
    digest, when = claim["digest"], layout.number(claim.get(layout.TIMESTAMP))
    number = claim.get("version")
    number = number if isinstance(number, int) else 0
    if digest not in versions:
        name = str(claim.get("name") or layout.original_name(folder.name) or folder.name)
        kind = str(claim.get("type") or "")
        versions[digest] = Version(folder / digest, name, kind, digest, claimed=number, created=when)
    version = versions[digest]
    version.claimed = min(version.claimed, number)
    run = claim.get("run")
    version.logged.append((run if isinstance(run, str) else "", when))
    version.size, version.files = int(layout.number(claim.get("size"))), int(layout.number(claim.get("files")))


def _apply(version: Version, claim: Claim) -> None:
    """Take what a claim says of a version: later words hold."""
    version.updated = layout.number(claim.get(layout.TIMESTAMP))
    metadata, types = claim.get("metadata"), claim.get("types")
    if isinstance(metadata, dict):
        version.metadata = typed.decode(metadata, types if isinstance(types, dict) else {})
    if isinstance(claim.get("description"), str):
        version.description = claim["description"]
    if isinstance(claim.get("tags"), list):
        version.tags = _texts(claim["tags"])


def _texts(value: object) -> list[str]:
    return [item for item in value if isinstance(item, str)] if isinstance(value, list) else []


def claim(folder: Path, writer: str, digest: str, said: Mapping[str, Any]) -> Version:
    """Claim that a content was logged, and return its version; that of a content that is there keeps its number.

    `said` holds name, type, run, aliases, size and files and, where given, tags, metadata, types, description. The manifest
    is there already. Raises ValueError when the name has another type, OSError.
    """
    with claims.locked(folder):
        before = read(folder)
        if before.versions and before.type != said["type"]:
            raise ValueError(other_type(said["name"], before.type, said["type"]))
        known = next((version for version in before.versions if version.digest == digest), None)
        taken = [-1, len(before.versions) - 1, *(version.claimed for version in before.versions)]
        number = known.claimed if known is not None else max(taken) + 1
        when = _after(before)
        claims.append(
            folder, writer, {"claim": "log", layout.TIMESTAMP: when, "digest": digest, "version": number, **said}
        )
        after = read(folder)
    return next(version for version in after.versions if version.digest == digest)


def other_type(name: str, known: str, asked: str) -> str:
    """Return what is wrong with logging an artifact under a second type."""
    return f"the artifact {name!r} has the type {known!r}, so it cannot be logged as {asked!r:.80}; choose another name"


def edit(folder: Path, writer: str, digest: str, changes: Mapping[str, Any]) -> Version | None:
    """Change what is said of a version: aliases, without (aliases to take away), tags, metadata, description.

    Returns it as it is then; None when there is no such version. Raises OSError.
    """
    with claims.locked(folder):
        when = _after(read(folder))
        claims.append(folder, writer, {"claim": "edit", layout.TIMESTAMP: when, "digest": digest, **changes})
        after = read(folder)
    return next((version for version in after.versions if version.digest == digest), None)


def _after(collection: Collection) -> float:
    """Return the present time, or one behind all claims: the clocks of machines differ."""
    return max(time.time(), max((version.updated for version in collection.versions), default=0.0) + 1e-6)
