"""What a version of an artifact holds: a list of names with digests, whose own digest is the version's identity.

::

    {"format":1,"name":"data","digest":"<md5>","entries":{
        "train/a.csv":{"digest":"<md5, base64>","sha256":"<hex>","size":12},
        "far.csv":{"digest":"<what tells its content>","ref":"s3://bucket/far.csv"}}}

A manifest is written aside and its folder renamed into place: there is never half of one.
"""

from __future__ import annotations

import contextlib
import hashlib
import re
import secrets
import shutil
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import orjson

from tracklog.errors import FormatError
from tracklog.store import encoding, files, layout

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from pathlib import Path

FILE = "manifest.json"
_HEX = re.compile(r"[0-9a-f]{64}")
_DIGEST = re.compile(r"[0-9a-f]{32}")


@dataclass(frozen=True, slots=True)
class Entry:
    """A name in an artifact: a content that is kept, or a reference to one elsewhere."""

    path: str
    """Relative, with ``/``."""
    digest: str
    """MD5 of the content in base64; of a reference whatever tells its content from another."""
    size: int | None = None
    sha256: str = ""
    """Of the content, in hex; "" for a reference whose content is not kept."""
    ref: str = ""
    """The address of a reference."""


@dataclass(slots=True)
class Manifest:
    """The entries of a version by their names, and what is wrong with it."""

    entries: dict[str, Entry] = field(default_factory=dict)
    damage: list[str] = field(default_factory=list)


def is_digest(text: str) -> bool:
    """Return whether a text can be the digest of a version, and so the name of its folder."""
    return _DIGEST.fullmatch(text) is not None


def digest(entries: Iterable[Entry]) -> str:
    """Return the digest of a version as wandb computes it: the MD5 of its sorted names with their digests, in hex."""
    total = hashlib.md5(b"wandb-artifact-manifest-v1\n", usedforsecurity=False)
    for entry in sorted(entries, key=lambda entry: entry.path):
        total.update(f"{entry.path}:{entry.digest}\n".encode("utf-8", "surrogateescape"))
    return total.hexdigest()


def is_inside(path: str) -> bool:
    """Return whether a name stays inside of the folder that it is relative to, and is spelt in one way."""
    parts = path.split("/")
    return bool(path) and "\0" not in path and not any(part in ("", ".", "..") for part in parts)


def write(folder: Path, name: str, entries: Mapping[str, Entry]) -> str:
    """Put the manifest of a version below an artifact's folder, unless it is there; return its digest. Raises OSError."""
    own = digest(entries.values())
    target = folder / own
    if is_whole(target):
        return own
    data = encoding.dumps(
        {"format": layout.FORMAT, "name": name, "digest": own, "entries": {p: _fields(e) for p, e in entries.items()}}
    )
    aside = folder / f".{own}-{secrets.token_hex(4)}"
    aside.mkdir(parents=True)
    try:
        (aside / FILE).write_bytes(data)
        try:
            aside.rename(target)
        except OSError:
            if not target.is_dir():
                raise
            (aside / FILE).replace(target / FILE)  # another process was the first, or what was there is damaged
    finally:
        shutil.rmtree(aside, ignore_errors=True)
    return own


def is_whole(folder: Path) -> bool:
    """Return whether a version's manifest is there and reads as what its folder says."""
    try:
        found = read(folder)
    except (OSError, FormatError):
        return False
    return not found.damage


def read(folder: Path) -> Manifest:
    """Return the manifest in a version's folder.

    Entries that cannot be one (names that lead outside, digests that are none) are left out and told as damage. Raises
    FormatError for what is no manifest or of a newer format, OSError when there is none.
    """
    place = folder / FILE
    try:
        found = orjson.loads(files.content(place))
    except orjson.JSONDecodeError as error:
        raise FormatError(f"{place} is damaged: it is no JSON: {error}") from error
    version = found.get("format") if isinstance(found, dict) else None
    if isinstance(version, int) and version > layout.FORMAT:
        raise FormatError(f"{place} has format {version}; this tracklog reads formats up to {layout.FORMAT}")
    entries = found.get("entries") if isinstance(found, dict) else None
    if not isinstance(entries, dict):
        raise FormatError(f"{place} is damaged: it lists no entries")
    manifest = Manifest()
    for path, fields in entries.items():
        entry = _entry(path, fields)
        if entry is None:
            manifest.damage.append(f"{place}: the entry {path!r:.200} cannot be one")
        else:
            manifest.entries[path] = entry
    own = digest(manifest.entries.values())
    if own != folder.name and not manifest.damage:
        manifest.damage.append(f"{place}: its entries have the digest {own}, not that of its folder")
    return manifest


def _fields(entry: Entry) -> dict[str, Any]:
    every = {"digest": entry.digest, "sha256": entry.sha256, "size": entry.size, "ref": entry.ref}
    return {key: value for key, value in every.items() if value not in (None, "")}


def _entry(path: str, fields: Any) -> Entry | None:
    if not isinstance(fields, dict) or not is_inside(path):
        return None
    own, size, sha256, ref = (fields.get(key, "") for key in ("digest", "size", "sha256", "ref"))
    known = isinstance(own, str) and isinstance(sha256, str) and isinstance(ref, str)
    if not known or not (_HEX.fullmatch(sha256) or (ref and not sha256)):
        return None
    counted = size if isinstance(size, int) and not isinstance(size, bool) and size >= 0 else None
    return Entry(path, own, counted, sha256, ref)


def listed(folder: Path) -> list[str]:
    """Return the digests of the versions that an artifact's folder has manifests of, by name."""
    with contextlib.suppress(OSError):
        return sorted(path.name for path in folder.iterdir() if is_digest(path.name) and not path.is_symlink())
    return []
