"""What a site was built from: fresh, stale and to delete.

``.tracklog/manifest.json`` in the site holds every output with the hash of its content, for every run the signature of
its source files (size, inode, mtime), its state, and all that is needed to list it without reading it again. It is
published with the site, so its paths begin with a root's label and are relative.
"""

from __future__ import annotations

import hashlib
import itertools
import os
import secrets
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import orjson

from tracklog.errors import UsageError, warn
from tracklog.store import fold, layout
from tracklog.store.files import content

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from pathlib import Path

LOCK = "lock"
PART = ".tracklog-part"
"""How the name of a file ends while it is written."""
_VERSION = 1
_MEDIA = f"{layout.FILES}/{layout.MEDIA}"


@dataclass(slots=True)
class Manifest:
    """The state of a site between builds."""

    site: str = field(default_factory=lambda: secrets.token_hex(6))
    """Random id, for the browser's storage."""
    tool: str = ""
    """Version of tracklog and hash of its templates: when it changes, everything is stale."""
    build: int = 0
    roots: list[str] = field(default_factory=list)
    runs: dict[str, dict[str, Any]] = field(default_factory=dict)
    """By `<root>/<project>/<folder>`: signature, state, sessions, row, config, summary, keys, pictures, outputs."""
    artifacts: dict[str, dict[str, Any]] = field(default_factory=dict)
    """By `<root>/<project>/artifacts/<name>`: signature, project, row, viewers, damage, outputs."""
    packs: dict[str, list[dict[str, Any]]] = field(default_factory=dict)
    """By project: name, runs with their files, first entries, parts, outputs (`site_builder.packs`)."""
    outputs: dict[str, str] = field(default_factory=dict)
    """Outputs that belong to no single run or artifact."""
    retired: list[str] = field(default_factory=list)
    """Assets that the last build replaced."""
    changed: list[dict[str, Any]] = field(default_factory=list)
    """What the last builds changed, newest first."""

    def known(self) -> dict[str, str]:
        """Return all outputs with the hashes of their contents."""
        result = dict(self.outputs)
        packs = itertools.chain.from_iterable(self.packs.values())
        for one in (*self.runs.values(), *self.artifacts.values(), *packs):
            result.update(one["outputs"])
        return result


def load(site: Path) -> Manifest:
    """Return the manifest of a site; a new one for a folder that is empty or not there.

    Raises UsageError for a folder that is not empty and not ours.
    """
    path = site / layout.SITE_FOLDER / layout.SITE_MANIFEST
    try:
        data = orjson.loads(content(path))
    except FileNotFoundError:
        if site.is_dir() and any(entry.name != layout.SITE_FOLDER for entry in site.iterdir()):
            msg = f"{site} is not empty and was not made by tracklog build; choose another folder with -o"
            raise UsageError(msg) from None
        return Manifest()
    except (orjson.JSONDecodeError, OSError):
        warn("manifest", f"{path} is damaged; everything is built afresh")
        return Manifest()
    return of_json(data)


def of_json(data: object) -> Manifest:
    """Return what the JSON of a manifest says; a new one where it is none, or one of another version."""
    if not isinstance(data, dict) or data.get("version") != _VERSION:
        return Manifest()
    names = Manifest.__dataclass_fields__
    return Manifest(**{key: value for key, value in data.items() if key in names})


def save(site: Path, manifest: Manifest) -> None:
    """Write the manifest whole."""
    folder = site / layout.SITE_FOLDER
    folder.mkdir(parents=True, exist_ok=True)
    data = orjson.dumps(
        {"version": _VERSION, "note": "Written by tracklog build; not to be edited.", **_plain(manifest)}
    )
    aside = folder / f"{layout.SITE_MANIFEST}.{os.getpid()}"
    aside.write_bytes(data)
    aside.replace(folder / layout.SITE_MANIFEST)


def _plain(manifest: Manifest) -> dict[str, Any]:
    return {name: getattr(manifest, name) for name in Manifest.__dataclass_fields__}


def look(site: Path, outputs: Iterable[str]) -> tuple[set[str], list[str]]:
    """Return the outputs that are not in the site, and what a killed build left of its writing.

    Each folder is looked into once.
    """
    listings: dict[str, set[str]] = {}
    absent = set()
    for path in outputs:
        folder, _, name = path.rpartition("/")
        if folder not in listings:
            try:
                listings[folder] = set(os.listdir(site / folder))  # noqa: PTH208 - strings are all that is needed
            except OSError:
                listings[folder] = set()
        if name not in listings[folder]:
            absent.add(path)
    leftovers = [
        f"{folder}/{name}".lstrip("/") for folder, names in listings.items() for name in names if name.endswith(PART)
    ]
    return absent, leftovers


def signature(folder: str) -> str:
    """Return a hash of the names, sizes, inodes and times of a run's files, media left out."""
    return _digest(folder, "")


def media_signature(folder: str) -> str:
    """Return the same of a run's media: looked at only where some were damaged or missing."""
    return _digest(folder, _MEDIA)


def _digest(folder: str, below: str) -> str:
    total = hashlib.sha256()
    for path, status in sorted(_stats(folder, below)):
        sign = f"{path}\0{status.st_size}\0{status.st_ino}\0{status.st_mtime_ns}\0"
        total.update(sign.encode("utf-8", "surrogateescape"))
    return total.hexdigest()[:20]


def _stats(folder: str, below: str) -> Iterator[tuple[str, os.stat_result]]:
    # Strings, not paths: a project of 1,000 runs has 5,000 files, and this is what a build without news spends its time on.
    try:
        with os.scandir(f"{folder}/{below}" if below else folder) as found:
            entries = list(found)
    except OSError:
        return
    for entry in entries:
        path = f"{below}/{entry.name}" if below else entry.name
        if entry.is_dir(follow_symlinks=False):
            if path == layout.FILES or (below and path != _MEDIA):
                yield from _stats(folder, path)
        elif (below or entry.name == layout.RUN_FILE or entry.name.endswith(".jsonl")) and not entry.is_symlink():
            yield path, entry.stat(follow_symlinks=False)


def session_rows(sessions: tuple[fold.Session, ...]) -> list[dict[str, Any]]:
    """Return sessions as JSON, as far as the state needs them."""
    return [
        {
            "writer": s.writer,
            "parent": s.parent,
            "after": sorted(s.after),
            "last_sign": s.last_sign,
            "exit_code": s.exit_code,
            "place": s.place,
        }
        for s in sessions
    ]


def state_now(run: dict[str, Any], now: float) -> str:
    """Return the state of a listed run as of now; an ended one stays as it is."""
    if run["state"] in ("finished", "failed"):
        return str(run["state"])
    sessions = [fold.Session(**{**row, "after": frozenset(row["after"])}) for row in run["sessions"]]
    return fold.state(sessions, now)
