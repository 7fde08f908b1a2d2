"""Where runs are: the run folders of all roots, and what each is called in the site."""

from __future__ import annotations

import dataclasses
import hashlib
import os
import re
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import orjson

from tracklog.errors import UsageError
from tracklog.store import files, layout, reader

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Mapping, Sequence


LONGEST = 120
"""Characters of a file name in the site, without what says which of a run's files it is."""
LINKS = 3
"""Links that are named of those that are not followed."""
_SAFE = re.compile(r"[A-Za-z0-9_~-][A-Za-z0-9._~-]*")


@dataclass(frozen=True, slots=True)
class Source:
    """Where a run is read from, and what it is called in the site."""

    folder: str
    project: str
    """File name of its project in the site."""
    run: str
    """File name of the run in the site; differs from the folder's where two roots hold the same name."""
    root: str
    """Label of its root; empty when there is one."""
    max_file: int
    others: tuple[str, ...] = ()
    """Copies of the same run in other roots, whose lines are united with this one's."""
    selected: bool = False
    """Whether some runs were asked for: then the site shows of artifacts what they logged and used alone."""


def same_run(one: Path, other: Path) -> bool:
    """Return whether two folders are copies of one run: equal names and equal bytes of `run.json`."""
    return one.name == other.name and files.same(one / layout.RUN_FILE, other / layout.RUN_FILE)


def name_of(folder: Path) -> str:
    """Return the name that `run.json` gives a run; empty when it cannot be read."""
    try:
        return str(orjson.loads(files.content(folder / layout.RUN_FILE)).get("name") or "")
    except (OSError, orjson.JSONDecodeError, AttributeError):
        return ""


def labels(roots: Sequence[Path]) -> list[str]:
    """Return a name for each root: its folder's, made different where two are equal."""
    found: list[str] = []
    for root in roots:
        label = layout.file_name(root.resolve().name or "root")
        while label in found:
            label += "~"
        found.append(label)
    return found


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which runs are asked for; all where nothing is said."""

    project: str = ""
    runs: tuple[str, ...] = ()
    """Ids or names."""
    condition: str = ""
    """What `matches` looks for, in words for people."""
    matches: Callable[[Path], bool] | None = None
    """Whether the run in a folder is one."""

    def includes(self, project: str, folder: Path) -> bool:
        """Return whether a run is asked for."""
        if self.project and project not in (self.project, layout.file_name(self.project, layout.RESERVED_PROJECTS)):
            return False
        if self.runs and not self._names(folder):
            return False
        return self.matches is None or self.matches(folder)

    def _names(self, folder: Path) -> bool:
        names = {name for run in self.runs for name in (run, layout.file_name(run, layout.RESERVED_RUNS))}
        return folder.name in names or name_of(folder) in self.runs

    def words(self) -> str:
        """Return what was asked for, as on the command line."""
        parts = [f"--project {self.project}"] if self.project else []
        parts += [f"--run {run}" for run in self.runs]
        return " ".join([*parts, *([f"--filter {self.condition!r}"] if self.condition else [])])


def find(roots: Sequence[Path], wanted: Wanted, max_file: int, also: Collection[str] = ()) -> dict[str, Source]:
    """Return the runs of the roots that are wanted, or in `also`, by `<label>/<project>/<run>` as the site names them."""
    found: dict[str, Source] = {}
    names = labels(roots)
    by_name: dict[tuple[str, str], list[str]] = {}
    there = [reader.projects(root) for root in roots]
    for name, project in places({name for one in there for name in one}, layout.RESERVED_PROJECTS).items():
        folders = [(label, folder) for label, one in zip(names, there, strict=True) for folder in one.get(name, ())]
        runs = places({folder.name for _, folder in folders}, layout.RESERVED_RUNS)
        for label, folder in folders:
            run = runs[folder.name]
            key = f"{label}/{project}/{run}"
            if key in also or wanted.includes(name, folder):
                by_name.setdefault((project, run), []).append(key)
                shown = label if len(names) > 1 else ""
                found[key] = Source(str(folder), project, run, shown, max_file, selected=wanted != Wanted())
    for keys in by_name.values():
        _tell_apart(found, keys)
    return found


def places(names: Collection[str], reserved: frozenset[str]) -> dict[str, str]:
    """Return the file name in the site for each folder's name: its own unless links or file systems trip over it.

    Folders that people renamed may be called anything; those that the recorder made keep their names whatever else is
    there.
    """
    found = {name: name for name in names if _SAFE.fullmatch(name) and name not in reserved and len(name) <= LONGEST}
    taken = set(found.values())
    for name in sorted(set(names) - found.keys()):
        place = layout.file_name(name, reserved)
        found[name] = place if place not in taken else f"{place[:80]}~~{_digest(name)}"
        taken.add(found[name])
    return dict(sorted(found.items()))


def _digest(name: str) -> str:
    return hashlib.sha256(os.fsencode(name)).hexdigest()[:20]


def complaints(roots: Sequence[Path], found: Mapping[str, Source]) -> list[str]:
    """Return why roots hold nothing, or not all that somebody may think: a sentence for each that says it."""
    said = []
    for root, label in zip(roots, labels(roots), strict=True):
        said += _missing(root, roots)
        if any(key.startswith(f"{label}/") for key in found):
            continue
        here = root.resolve()
        if not root.is_dir():
            said.append(f"{root} is no folder; nothing is read from it")
        elif reader.is_run(root):
            said.append(f"{root} is one run; build {here.parent.parent} with --run {here.name}")
        elif reader.run_folders(root):
            said.append(f"{root} is one project; build {here.parent} with --project {here.name}")
    return said


def _missing(root: Path, roots: Sequence[Path]) -> list[str]:
    """Return a sentence about links to runs that are in none of the roots."""
    known = [one.resolve() for one in roots]
    links = [link for link in reader.linked(root) if not any(map(link.resolve().is_relative_to, known))]
    if not links:
        return []
    names = ", ".join(str(link.relative_to(root)) for link in links[:LINKS])
    more = f" and {len(links) - LINKS} more" if len(links) > LINKS else ""
    return [f"{root}: links are not followed: {names}{more}; name the root that they lead to, too"]


def unasked(wanted: Wanted, found: Mapping[str, Source]) -> int:
    """Return how many of some runs were not asked for. Raises UsageError when none of them was."""
    others = sum(not wanted.includes(Path(one.folder).parent.name, Path(one.folder)) for one in found.values())
    if wanted != Wanted() and others == len(found):
        msg = f"no run is what {wanted.words()} asks for; tracklog runs lists those that are there"
        raise UsageError(msg)
    return others


def _tell_apart(found: dict[str, Source], keys: list[str]) -> None:
    """Unite copies of one run, and give different runs of one folder name different names."""
    first, *others = keys
    for key in others:
        twin = found[key]
        if same_run(Path(found[first].folder), Path(twin.folder)):
            found[first] = dataclasses.replace(found[first], others=(*found[first].others, twin.folder))
            del found[key]
        else:
            run = f"{twin.run}~~{twin.root}"
            found[key] = dataclasses.replace(twin, run=run if len(run) <= LONGEST else f"{run[:80]}~~{_digest(run)}")
