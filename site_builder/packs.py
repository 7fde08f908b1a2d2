"""Project packs: ended runs of a project, many to a file, so that a page draws thousands of them from a few files.

Runs stand in the order of their time. Which of them share a pack follows from their names alone, so that a run that comes
or goes changes its own pack and at most a neighbour's. A pack is written again only when one of its runs changed: what the
others gave is taken from the pack that they were in, or, where that is lost, made again from their own files in the site.
"""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass, field
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any

from site_builder import output, shares
from site_builder.series import gathered
from tracklog.store.files import content

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from pathlib import Path

    from site_builder.output import Folder
    from site_builder.shares import Share

FEWEST = 50
"""Ended runs that a project has at least: fewer are drawn from their own entries (`lib/packs.ts`)."""
LEAST, USUAL, MOST = 64, 128, 256
"""Runs of a pack: beyond the least, one in the usual number ends it; the most do."""
HEAVY = 16_000
"""Series in a pack, about, where runs have many: that many are packed again when one of its runs changes."""
FILE_BYTES = 128_000
"""A file of a pack is closed before it grows beyond this; a larger entry has a file of its own."""
HELD = 64_000_000
"""Bytes of shares that are held until their packs are written; those beyond are read back from the site."""
FOLDER = "packs"
"""Below a project's folder of data, where files of runs lie beside it."""


@dataclass(slots=True)
class Fresh:
    """Shares of the runs that this build read, as far as there is room."""

    found: dict[str, Share] = field(default_factory=dict)
    """By the entry of the run."""
    _room: int = HELD

    def add(self, entry: str, share: Share | None) -> None:
        """Keep the share of a run; None for one that goes on."""
        if share is not None and share.size <= self._room:
            self._room -= share.size
            self.found[entry] = share


def build(
    runs: Iterable[dict[str, Any]], known: dict[str, list[dict[str, Any]]], fresh: Fresh, site: Folder, absent: set[str]
) -> dict[str, list[dict[str, Any]]]:
    """Bring the packs of a site up to date; return what the manifest keeps of them, by project."""
    by_project: dict[str, list[dict[str, Any]]] = {}
    for run in runs:
        if run["state"] not in ("running", "silent"):
            by_project.setdefault(run["project"], []).append(run)
    result = {}
    for project, members in sorted(by_project.items()):
        if len(members) >= FEWEST:
            shelf = _Shelf(known.get(project, []), fresh, site, absent)
            result[project] = [shelf.pack(project, together) for together in cut(members)]
    return result


def cut(runs: Iterable[dict[str, Any]]) -> Iterator[list[dict[str, Any]]]:
    """Yield the runs of each pack, the oldest first."""
    together: list[dict[str, Any]] = []
    series = 0
    for run in sorted(runs, key=lambda run: (run["row"]["created"], run["row"]["entry"])):
        together.append(run)
        series += len(run["keys"])
        chance = int.from_bytes(hashlib.sha256(run["row"]["entry"].encode()).digest()[:4], "big") / 2**32
        due = len(together) >= LEAST or series >= HEAVY / 2
        if len(together) == MOST or (due and chance < max(1 / USUAL, len(run["keys"]) / HEAVY)):
            yield together
            together, series = [], 0
    if together:
        yield together


def _identity(run: dict[str, Any]) -> list[str]:
    """Return a run's entry, and what changes whenever its share does: a hash of the versions of its files."""
    files = "\0".join(run["row"]["parts"])
    return [run["row"]["entry"], hashlib.sha256(files.encode()).hexdigest()[:10]]


class _Shelf:
    """The packs of a project: those of before, and those that are made of them and of fresh shares."""

    def __init__(self, known: list[dict[str, Any]], fresh: Fresh, site: Folder, absent: set[str]) -> None:
        self._known = {pack["name"]: pack for pack in known if absent.isdisjoint(pack["outputs"])}
        self._places = {tuple(run): (pack, n) for pack in known for n, run in enumerate(pack["runs"])}
        self._fresh = fresh
        self._site = site
        self._read: dict[str, list[Share]] = {}

    def pack(self, project: str, runs: list[dict[str, Any]]) -> dict[str, Any]:
        """Return the record of a pack, written unless it is as it was."""
        name = runs[0]["row"]["entry"].rpartition("/")[2]
        members = [_identity(run) for run in runs]
        before = self._known.get(name)
        if before and before["runs"] == members:
            self._site.outputs |= before["outputs"]
            return before
        found = [self._share(run, member) for run, member in zip(runs, members, strict=True)]
        kept = [(member, share) for member, share in zip(members, found, strict=True) if share]
        files = gathered(shares.encoded([share for _, share in kept]), FILE_BYTES)
        with self._site.gathered() as outputs:
            parts = self._site.write_parts(f"{project}/{FOLDER}/{name}", files)
        return {
            "name": name,
            "runs": [member for member, _ in kept],
            "first": [entries[0].name for entries in files],
            "parts": parts,
            "outputs": outputs,
        }

    def _share(self, run: dict[str, Any], member: list[str]) -> Share | None:
        fresh = self._fresh.found.get(run["row"]["entry"])
        if fresh is not None:
            return fresh
        pack, n = self._places.get(tuple(member), (None, 0))
        if pack is not None:
            if pack["name"] not in self._read:
                self._read[pack["name"]] = _shares_of(self._site, pack)
            if self._read[pack["name"]]:
                return self._read[pack["name"]][n]
        return _again(self._site, run)


def _shares_of(site: Folder, pack: dict[str, Any]) -> list[Share]:
    """Return the shares of a pack of before; none where a file of it is not as it was written."""
    entries: dict[str, bytes] = {}
    for path, digest in pack["outputs"].items():
        found = _entries(site.place(path), digest)
        if found is None:
            return []
        entries |= {name: data for name, data in found.items() if isinstance(data, bytes)}
    return shares.decoded(entries, len(pack["runs"]))


def _entries(path: Path, digest: str | None) -> dict[str, str | bytes] | None:
    """Return what a data file of the site holds, by name; None where it is not as it was written."""
    try:
        script = content(path)
    except OSError:
        return None
    if output.digest_of(script) != digest:
        return None
    return {entry.name: entry.data for entry in output.entries_of(script)}


def _again(site: Folder, run: dict[str, Any]) -> Share | None:
    """Make the share of a run from its files in the site; None where they are damaged, until they are written again."""
    name = run["row"]["entry"]
    found: dict[str, Any] = {}
    wanted: set[str] | None = None
    head: Any = None
    for part in run["row"]["parts"]:
        path = f"data/{part.partition('?')[0]}"
        entries = _entries(site.place(path), run["outputs"].get(path))
        if entries is None:
            return None
        if wanted is None:
            head = json.loads(entries[name], object_hook=lambda fields: SimpleNamespace(**fields))
            levels = [one.levels[-1] for one in (*head.axes, *head.series) if one.levels]
            wanted = {f"{name}/{number}" for level in levels for number in level.blocks}
        found |= {entry: data for entry, data in entries.items() if entry in wanted}
        if len(found) == len(wanted):
            break
    if wanted is None or len(found) < len(wanted):
        return None
    return shares.of_run(head, lambda level: shares.from_blocks(level, lambda number: found[f"{name}/{number}"]))
