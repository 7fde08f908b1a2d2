"""What attributes of a run of Neptune mean, by their paths: settings, series, console, tags, files."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from tracklog.importers import files_as_media, folders, told
from tracklog.importers.neptune_operations import Bins, FileRef

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

_CONSOLE = ("runtime/", "monitoring/")
_STREAMS = {"stdout": "stdout", "stderr": "stderr", "logs": "stdout"}
_MACHINE = "monitoring/"
_TAGS, _GROUP_TAGS = "sys/tags", "sys/group_tags"
_ABOUT = {
    "sys/name": "name",
    "sys/description": "notes",
    "sys/hostname": "host",
    "source_code/entrypoint": "program",
}
_SYSTEM = "sys/"


class Attributes:
    """Tells what attributes say."""

    def __init__(self, find: Callable[[FileRef], Path | None], sets: dict[str, list[str]]) -> None:
        """`find` returns where a file is, None where it is not at hand; `sets` are the sets of texts so far, by their paths."""
        self._find = find
        self.sets = sets
        self.missing: list[tuple[str, FileRef]] = []

    def single(self, path: str, value: Any) -> Iterator[told.Told]:
        """Yield what a single value says."""
        if isinstance(value, FileRef):
            yield from self._saved(path, value)
        elif path in (_TAGS, _GROUP_TAGS) and isinstance(value, list):
            self.sets[path] = [str(one) for one in value]
            yield self.tags()
        elif path in _ABOUT:
            yield told.About({_ABOUT[path]: str(value)})
        elif not path.startswith(_SYSTEM):
            yield told.Config({path: value})

    def changed(self, path: str, changes: dict[str, bool]) -> Iterator[told.Told]:
        """Yield what a set of texts is after some were added (True) or taken away."""
        kept = [one for one in self.sets.get(path, []) if changes.get(one, True)]
        self.sets[path] = sorted({*kept, *(one for one, is_added in changes.items() if is_added)})
        if path in (_TAGS, _GROUP_TAGS):
            yield self.tags()
        else:
            yield told.Config({path: self.sets[path]})

    def tags(self) -> told.About:
        """Return the tags of a run, those of its group among them."""
        return told.About({"tags": list(dict.fromkeys([*self.sets.get(_TAGS, []), *self.sets.get(_GROUP_TAGS, [])]))})

    def series(self, path: str, step: float, time: float | None, value: Any) -> Iterator[told.Told]:
        """Yield what a value of a series says."""
        if isinstance(value, FileRef):
            yield from self._shown(path, step, time, value)
        elif isinstance(value, Bins):
            try:
                yield told.Row(step, time, {path: value.media()})
            except (ValueError, TypeError) as error:
                yield told.Damage(f"{path!r} at step {step:g} is no histogram ({error}); it is left out")
        elif isinstance(value, str) and path.startswith(_CONSOLE) and path.rpartition("/")[2] in _STREAMS:
            text = value if value.endswith("\n") else f"{value}\n"
            yield told.Printed(time, _STREAMS[path.rpartition("/")[2]], text)
        elif path.startswith(_MACHINE) and not isinstance(value, str):
            yield told.System(time or 0.0, {path.removeprefix(_MACHINE): value})
        else:
            yield told.Row(step, time, {path: value})

    def _saved(self, path: str, ref: FileRef) -> Iterator[told.Told]:
        found = self._find(ref)
        if found is None:
            self.missing.append((path, ref))
        elif folders.safe_name(path) is not None:
            yield told.Saved(f"attributes/{path}{_end(path, ref, found)}", found)
        else:
            yield told.Damage(f"the file {path!r} has a name that leads elsewhere; it is left out")

    def _shown(self, path: str, step: float, time: float | None, ref: FileRef) -> Iterator[told.Told]:
        found = self._find(ref)
        if found is None:
            self.missing.append((f"{path} at step {step:g}", ref))
            return
        try:
            media = files_as_media.of(found)
        except files_as_media.FAILURES as error:
            yield told.Damage(f"{path!r} at step {step:g} cannot be read ({error}); it is left out")
            return
        if media is not None:
            yield told.Row(step, time, {path: media})
        elif folders.safe_name(path) is not None:
            yield told.Saved(f"attributes/{path}/{step:g}{found.suffix}", found)


def _end(path: str, ref: FileRef, found: Path) -> str:
    """Return the end of the file's name, where the attribute's path has none."""
    end = found.suffix or ref.path[ref.path.rfind(".") :] if "." in ref.path.rpartition("/")[2] else found.suffix
    return "" if path.endswith(end) else end
