"""The contract between the builder and the page for artifacts, as `model` is for runs.

==================================  ==========================================================================
``a/<project>/<artifact>``          `ArtifactHead`: the versions of an artifact
``a/<project>/<artifact>/<n>``      block ``n`` of it: the files of a version as a JSON list of `ArtifactFile`, or
                                    bulk data of a value, gzipped; contents of files are ``c/<digest>``
==================================  ==========================================================================
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from site_builder.items import MediaValue  # noqa: TC001 - `typescript` reads the annotations


@dataclass(frozen=True, slots=True)
class RunFile:
    """A file of a run's folder, or of an artifact."""

    path: str
    """Relative to ``files/``, or its name in the artifact, with ``/``."""
    size: int
    """Bytes; -1 where nobody knows."""
    kind: Literal["text", "image", "binary"]
    block: int = -1
    """Block with its bytes; -1 where they stand elsewhere, or do not travel with the site."""
    content: str = ""
    """Digest of the content that it shares with files of other runs; empty where it has a block or nothing."""
    marks: bool = False
    """Whether its content has colours."""
    src: str = ""
    """For images: relative to the site's root; else empty."""
    note: str = ""
    """Why its content is not here; empty when it is."""


@dataclass(frozen=True, slots=True)
class RunArtifact:
    """A version that a run logged or used."""

    use: Literal["logged", "used"]
    name: str
    type: str
    version: int
    """Its number when the run said so; folders that were merged later may count otherwise."""
    digest: str
    aliases: tuple[str, ...]
    """Those that it was logged with."""
    project: str
    """File name of the project that it is of, where that is another one; else empty."""


@dataclass(frozen=True, slots=True)
class ArtifactRow:
    """What lists say of an artifact; a part of ``p/<project>``."""

    entry: str
    """Name of its `ArtifactHead`; block ``n`` is ``<entry>/<n>``."""
    parts: tuple[str, ...]
    """Files with its data, as `RunRow.parts`."""
    page: str
    """Its page, relative to the site's root."""
    name: str
    type: str
    digests: tuple[str, ...]
    """Of its versions, by number."""
    aliases: tuple[str, ...]
    """Of its last version."""
    size: int
    """Bytes of its last version."""
    files: int
    updated: float
    """Unix seconds of the last thing that was said of it."""
    root: str
    """Label of the folder it was read from; empty when the site has one root."""


@dataclass(frozen=True, slots=True)
class ArtifactFile:
    """A name in a version of an artifact."""

    file: RunFile
    digest: str
    """MD5 of the content in base64; of a reference whatever tells its content from another."""
    ref: str = ""
    """Address of a reference, which is shown and never fetched."""
    kind: str = ""
    """Kind of the value in it, a table or a picture; empty where it holds none."""
    value: MediaValue | None = None


@dataclass(frozen=True, slots=True)
class ArtifactVersion:
    """A version of an artifact."""

    number: int
    digest: str
    aliases: tuple[str, ...]
    tags: tuple[str, ...]
    description: str
    metadata: tuple[tuple[str, str], ...]
    """Nested keys joined by ``.``, and values as people read them."""
    created: float
    """Unix seconds."""
    size: int
    """Bytes of its entries."""
    files: int
    """Number of its entries."""
    listed: int
    """Block with its files, a JSON list of `ArtifactFile`; -1 where they cannot be read."""
    note: str
    """What of it is not here, or is damaged; empty when all is whole and here."""
    logged: tuple[str, ...]
    """Entries of the runs that logged it."""
    elsewhere: tuple[str, ...]
    """Ids of runs that logged it and are not in this site."""
    used: tuple[str, ...]
    """Entries of the runs that used it, those of other projects among them."""


@dataclass(frozen=True, slots=True)
class ArtifactHead:
    """Entry ``a/<project>/<artifact>``."""

    part_starts: tuple[int, ...]
    """First block number in each of `ArtifactRow.parts`."""
    payloads: tuple[int, ...]
    """Block of each payload, by which values name bulk data."""
    name: str
    type: str
    versions: tuple[ArtifactVersion, ...]
    """By number."""
    damage: tuple[str, ...]
    """What could not be read, as sentences."""
