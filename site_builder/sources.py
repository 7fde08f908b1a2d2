"""Where runs are: the run folders of all roots, and what each is called in the site."""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import orjson

from tracklog.store import files, layout, reader

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Mapping, Sequence


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


def read(source: Source) -> reader.RunLog:
    """Read a run and its copies. Raises FormatError when it was written by a newer tracklog."""
    log = reader.RunLog(Path(source.folder), copies=tuple(map(Path, source.others)))
    log.update()
    return log


def same_run(one: Path, other: Path) -> bool:
    """Return whether two folders are copies of one run: equal names and equal bytes of `run.json`."""
    try:
        return one.name == other.name and (
            files.content(one / layout.RUN_FILE) == files.content(other / layout.RUN_FILE)
        )
    except OSError:
        return False


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
        if self.project and layout.file_name(self.project, layout.RESERVED_PROJECTS) != project:
            return False
        if self.runs and folder.name not in map(_folder_name, self.runs) and name_of(folder) not in self.runs:
            return False
        return self.matches is None or self.matches(folder)

    def words(self) -> str:
        """Return what was asked for, as on the command line."""
        parts = [f"--project {self.project}"] if self.project else []
        parts += [f"--run {run}" for run in self.runs]
        return " ".join([*parts, *([f"--filter {self.condition!r}"] if self.condition else [])])


def _folder_name(run: str) -> str:
    return layout.file_name(run, layout.RESERVED_RUNS)


def find(roots: Sequence[Path], wanted: Wanted, max_file: int, also: Collection[str] = ()) -> dict[str, Source]:
    """Return the runs of the roots that are wanted, or in `also`, by `<label>/<project>/<folder>`."""
    found: dict[str, Source] = {}
    names = labels(roots)
    by_name: dict[tuple[str, str], list[str]] = {}
    for root, label in zip(roots, names, strict=True):
        for project, folders in reader.projects(root).items():
            for folder in folders:
                key = f"{label}/{project}/{folder.name}"
                if key in also or wanted.includes(project, folder):
                    by_name.setdefault((project, folder.name), []).append(key)
                    shown = label if len(names) > 1 else ""
                    found[key] = Source(str(folder), project, folder.name, shown, max_file)
    for keys in by_name.values():
        _tell_apart(found, keys)
    return found


def complaints(roots: Sequence[Path], wanted: Wanted, found: Mapping[str, Source]) -> list[str]:
    """Return why nothing was found: a sentence for each root that says it, and one when no run is what was asked for."""
    said = []
    for root, label in zip(roots, labels(roots), strict=True):
        if any(key.startswith(f"{label}/") for key in found):
            continue
        here = root.resolve()
        if not root.is_dir():
            said.append(f"{root} is no folder; nothing is read from it")
        elif reader.is_run(root):
            said.append(f"{root} is one run; build {here.parent.parent} with --run {here.name}")
        elif reader.run_folders(root):
            said.append(f"{root} is one project; build {here.parent} with --project {here.name}")
    if wanted != Wanted() and not any(wanted.includes(one.project, Path(one.folder)) for one in found.values()):
        said.append(f"no run is what {wanted.words()} asks for; tracklog runs lists those that are there")
    return said


def _tell_apart(found: dict[str, Source], keys: list[str]) -> None:
    """Unite copies of one run, and give different runs of one folder name different names."""
    first, *others = keys
    for key in others:
        twin = found[key]
        if same_run(Path(found[first].folder), Path(twin.folder)):
            found[first] = dataclasses.replace(found[first], others=(*found[first].others, twin.folder))
            del found[key]
        else:
            found[key] = dataclasses.replace(twin, run=f"{twin.run}~~{twin.root}")
