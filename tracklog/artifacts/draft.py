"""What an artifact gathers before it is logged.

While a run goes on, contents are kept in its project at once, so that files may be written again after they were added.
Without a run they stay where they are until the artifact is logged.
"""

from __future__ import annotations

import atexit
import os
import shutil
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from tracklog.artifacts import home
from tracklog.artifacts.intake import Intake, walk
from tracklog.artifacts.naming import inside
from tracklog.errors import warn
from tracklog.store.manifests import Entry
from tracklog.store.objects import Objects, SourceError, Stored, of_bytes, of_file, stamp

if TYPE_CHECKING:
    from tracklog.store.objects import Stamp


@dataclass(slots=True)
class Item:
    """An entry that is gathered: a content that is kept, a file that will be, or a reference."""

    stored: Stored | None = None
    """None while the source was not read."""
    objects: Objects | None = None
    """Where the content is kept; None while it is not."""
    source: Path | None = None
    stamp: Stamp | None = None
    """Of the source when it was added."""
    reference: Entry | None = None

    def entry(self, path: str) -> Entry:
        """Return what it is by a name; a source that was not read is read now. Raises SourceError."""
        if self.reference is not None:
            found = self.reference
            return found if found.path == path else Entry(path, found.digest, found.size, found.sha256, found.ref)
        if self.stored is None and self.source is not None:
            self.stored = of_file(self.source)
        if self.stored is None:
            msg = f"the entry {path!r} has neither a content nor a source"
            raise ValueError(msg)
        return Entry(path, self.stored.md5, self.stored.size, self.stored.sha256)


class Draft:
    """The entries of an artifact that is not logged yet."""

    def __init__(self) -> None:
        self.items: dict[str, Item] = {}
        self._intakes: dict[Path, Intake] = {}
        self._aside: Path | None = None

    # -- adding

    def add_file(self, name: str, path: Path, *, overwrite: bool, later: bool = False) -> str:
        """Add a file; with `later` it stays where it is until it is logged. Returns its name in the artifact.

        Raises ValueError for a name that cannot be one or is taken, SourceError for a file that cannot be read.
        """
        own = inside(name)
        self._put(own, self._taken(path.parent, [path.name], later=later)[0], overwrite=overwrite)
        return own

    def add_folder(self, prefix: str, folder: Path, *, overwrite: bool, later: bool = False) -> None:
        """Add all files below a folder. Raises as `add_file`."""
        found = list(walk(os.path.abspath(folder)))  # noqa: PTH100 - links stay links
        names = [inside(f"{prefix}/{name}" if prefix else name) for name in found]
        for name, item in zip(names, self._taken(folder, found, later=later), strict=True):
            self._put(name, item, overwrite=overwrite)

    def add_bytes(self, name: str, data: bytes, *, overwrite: bool) -> str:
        """Add bytes. Returns the name in the artifact; raises ValueError, and OSError when they cannot be written."""
        own = inside(name)
        if home.current is not None:
            try:
                objects = self._intake(home.current.project).objects
                self._put(own, Item(objects.put_bytes(data), objects), overwrite=overwrite)
            except OSError as error:
                _say_later(home.current.project, error)
            else:
                return own
        place = self.aside(f"{of_bytes(data).sha256}")
        place.write_bytes(data)
        self._put(own, Item(of_bytes(data), source=place), overwrite=overwrite)
        return own

    def add_reference(self, entry: Entry, place: Path | None) -> None:
        """Add a reference; `place` is where its content is kept, if it is. Raises ValueError for a name that is taken."""
        self._put(inside(entry.path), Item(source=place, reference=entry), overwrite=False)

    def remove(self, name: str) -> None:
        """Take away an entry, or all below a folder. Raises FileNotFoundError where there is none."""
        own = inside(name)
        found = [path for path in self.items if path == own or path.startswith(f"{own}/")]
        if not found:
            raise FileNotFoundError(2, "the artifact has no such entry", name)
        for path in found:
            del self.items[path]

    def aside(self, name: str) -> Path:
        """Return a place for a file that is written here first; it goes when the process ends. Raises OSError."""
        if self._aside is None:
            self._aside = Path(tempfile.mkdtemp(prefix="tracklog-artifact-"))
            atexit.register(shutil.rmtree, self._aside, ignore_errors=True)
        place = self._aside / name
        place.parent.mkdir(parents=True, exist_ok=True)
        return place

    def _taken(self, folder: Path, names: list[str], *, later: bool) -> list[Item]:
        """Return files of a folder as items: kept now where that is wanted and possible."""
        if not later and home.current is not None:
            try:
                return self._kept(home.current.project, folder, names)
            except SourceError:
                raise
            except OSError as error:
                _say_later(home.current.project, error)
        return [_waiting(folder / name) for name in names]

    def _kept(self, project: Path, folder: Path, names: list[str]) -> list[Item]:
        intake = self._intake(project)
        found = [intake.take_one(folder / names[0])] if len(names) == 1 else intake.take(str(folder.absolute()), names)
        return [Item(_bare(stored), intake.objects) for stored in found]

    def _intake(self, project: Path) -> Intake:
        if project not in self._intakes:
            self._intakes[project] = Intake(Objects(project))
        return self._intakes[project]

    def _put(self, name: str, item: Item, *, overwrite: bool) -> None:
        known = self.items.get(name)
        if known is not None and not overwrite and known.entry(name).digest != item.entry(name).digest:
            msg = f"the artifact has another entry {name!r} already; pass overwrite=True to replace it"
            raise ValueError(msg)
        self.items[name] = item

    # -- what it holds

    def entries(self) -> dict[str, Entry]:
        """Return all entries by name; sources that were not read are read now. Raises SourceError."""
        return {name: item.entry(name) for name, item in self.items.items()}

    def keep(self, project: Path) -> dict[str, Entry]:
        """Keep in a project what is not, and return all entries by name.

        Raises ValueError when a name is both a file and a folder, SourceError for a source that cannot be read any more,
        OSError when nothing can be kept.
        """
        for name in self.items:
            above = name.rpartition("/")[0]
            while above:
                if above in self.items:
                    msg = f"the artifact has the file {above!r} and a folder of that name, with {name!r} in it"
                    raise ValueError(msg)
                above = above.rpartition("/")[0]
        intake = self._intake(project)
        for item in self.items.values():
            self._settle(item, intake)
        return self.entries()

    def _settle(self, item: Item, intake: Intake) -> None:
        known = item.reference or item.stored
        sha256 = known.sha256 if known is not None else ""
        if sha256 and intake.objects.has(sha256):
            item.objects = intake.objects
        elif item.objects is not None and sha256:
            intake.objects.put_file(item.objects.place(sha256))
            item.objects = intake.objects
        elif item.reference is not None and item.source is not None:
            intake.objects.put_file(item.source)
        elif item.source is not None:
            now = _bare(intake.take_one(item.source))
            if item.stamp is not None and stamp(item.source.stat()) != item.stamp:
                warn(
                    f"artifact-later-{item.source}",
                    f"{item.source} was changed after it was added to an artifact: it is kept as it is now",
                )
            item.stored, item.objects = now, intake.objects

    def take_over(self, path: str, entry: Entry, objects: Objects) -> None:
        """Take an entry of a version that is kept elsewhere, as it is."""
        if entry.ref:
            self.items[path] = Item(objects=objects if entry.sha256 else None, reference=entry)
        else:
            self.items[path] = Item(Stored(entry.sha256, entry.digest, entry.size or 0), objects)


def _waiting(source: Path) -> Item:
    try:
        return Item(source=source.absolute(), stamp=stamp(source.stat()))
    except OSError as error:
        raise SourceError(error.errno, error.strerror or str(error), str(source)) from error


def _bare(stored: Stored) -> Stored:
    """Return it without what is only wanted while it is taken."""
    return Stored(stored.sha256, stored.md5, stored.size)


def _say_later(project: Path, error: OSError) -> None:
    warn(
        "artifact-stage",
        f"{project} cannot be written ({error.strerror or error}): what was added to an artifact is kept when it is "
        "logged, as it is then",
    )
