"""Runs that other trackers recorded, brought into a log folder.

A format is a module here with

- ``NAME``, the word of the command line, and ``TITLE``, the name that people know it by;
- ``MARKS_END``, whether a run says that it has ended: one that ought to and does not has crashed;
- ``looks_like(path) -> bool``: whether a file, or a folder with all that is below it, holds runs of this format; quickly;
- ``runs(source) -> Iterator[Origin | Damage]``: which runs are in a source, and sentences about what is foreign;
- ``read(origin, position) -> Iterator[Told]``: what a run says (`tracklog.importers.told`), from the start where `position`
  is None, else from where the `Position` stood that an earlier reading ended with. It raises `told.ReplacedError` where there
  is no going on from it, as when a file is another one; the run is then read afresh.

Nothing of the source's own package is imported. What a format tells is written by `tracklog.importers.taking`, which knows
how rows become lines, and `tracklog.store.imported`, which knows where and how far. To add a format, add its name below.
"""

from __future__ import annotations

import hashlib
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol, cast

from tracklog.errors import UsageError
from tracklog.importers import told
from tracklog.importers.taking import take
from tracklog.store import imported

if TYPE_CHECKING:
    from collections.abc import Iterator

FORMATS = (
    "tensorboard", "wandb", "mlflow", "trackio", "dvclive", "swanlab", "clearml", "comet", "neptune", "sacred", "aim", "csv",
)  # fmt: skip
"""The modules of all formats, in the order in which they are asked."""
TAKEN = tuple(name for name in FORMATS if name != "aim")
"""Those whose runs can be taken: of Aim's repositories it is only said how to."""


class Format(Protocol):
    """What the module of a format offers."""

    NAME: str
    TITLE: str
    MARKS_END: bool

    def looks_like(self, path: Path, /) -> bool:
        """Return whether a path holds runs of this format."""

    def runs(self, source: Path, /) -> Iterator[told.Origin | told.Damage]:
        """Yield the runs of a source."""

    def read(self, origin: told.Origin, position: Any, /) -> Iterator[told.Told]:
        """Yield what a run says from a position on."""


def named(name: str) -> Format:
    """Return a format by its name. Raises UsageError for one that nobody knows."""
    if name not in FORMATS:
        raise UsageError(f"no format is called {name!r}; known are {', '.join(TAKEN)}")
    return cast("Format", import_module(f"tracklog.importers.{name}"))


def found(source: Path) -> list[Format]:
    """Return the formats of which a source holds runs."""
    return [one for one in map(named, FORMATS) if one.looks_like(source)]


def bring(source: Path, kind: Format, root: Path, project: str = "") -> Iterator[told.Taken | told.Damage]:
    """Bring the runs of a source that are of one format up to date in a log folder, and tell of each.

    Runs go to `project`, else to the one that the source names, else to one of the name of its folder. Raises OSError when
    the log folder cannot be written.
    """
    for origin in kind.runs(source):
        if isinstance(origin, told.Damage):
            yield origin
        else:
            yield _bring(source, origin, kind, root, project)


def _bring(source: Path, origin: told.Origin, kind: Format, root: Path, project: str) -> told.Taken | told.Damage:
    project = project or origin.project or _folder_of(source)
    where = origin.mark or str(source.resolve() / origin.place)
    mark = hashlib.sha256(f"{kind.NAME}\0{origin.id}\0{where}".encode("utf-8", "replace")).hexdigest()[:20]
    with imported.locked(root, project):
        run_id, target = imported.home(root, project, origin.id, mark)
        taken = told.Taken(kind.NAME, origin, target, run_id, project)
        said = {"format": kind.TITLE, "source": _as_named(source), "run": origin.place, "mark": mark}
        run = {"id": run_id, "project": project, "name": origin.name or run_id, "imported": said}
        try:
            take(lambda position: _read(kind, origin, position), target, run, taken, marks_end=kind.MARKS_END)
        except told.UnreadableError as error:
            return told.Damage(str(error))
    return taken


def _read(kind: Format, origin: told.Origin, position: Any) -> Iterator[told.Told]:
    """Yield what a run says. Raises UnreadableError where its files cannot be read, and as the format does."""
    try:
        yield from kind.read(origin, position)
    except OSError as error:
        raise told.UnreadableError(f"{origin.place or origin.id} cannot be read: {error.strerror or error}") from error


def _folder_of(source: Path) -> str:
    folder = source.resolve()
    return (folder.name if folder.is_dir() else folder.parent.name) or "imported"


def _as_named(source: Path) -> str:
    """Return a source as a page may show it: relative where it is below the working folder, else by its name alone."""
    try:
        return source.resolve().relative_to(Path.cwd()).as_posix()
    except ValueError:
        return source.resolve().name
