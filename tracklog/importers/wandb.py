"""wandb's offline runs: `wandb/offline-run-<time>-<id>/run-<id>.wandb`, with `files/` beside it.

Everything but the media is in the ``.wandb`` file. Folders of one id are one run, resumed: wandb counts the steps of each from
0, so those of a later one follow the steps of the earlier. An exit record marks the end; a run without one was killed, or goes on.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from tracklog.importers import folders, told
from tracklog.importers.leveldb import HEADER, Log
from tracklog.importers.protobuf import Message, WireError
from tracklog.importers.wandb_reading import Reader, start_of
from tracklog.importers.wandb_records import RUN, kind_of
from tracklog.store import files

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from pathlib import Path

NAME, TITLE = "wandb", "W&B"
MARKS_END = True
_HEAD = b":W&B\xe1\xbe\x00"
_FILE = re.compile(r"run-(.+)\.wandb")
_BEFORE = 40
"""Records among which that of the run stands."""
_UNSAVED = ("output.log", "config.yaml", "wandb-summary.json", "wandb-metadata.json")
"""Files that say what records say."""


def looks_like(path: Path) -> bool:
    """Return whether a path is a ``.wandb`` file, or has some below it."""
    return any(_FILE.fullmatch(name) for _, _, names in folders.walk(path) for name in names)


def runs(source: Path) -> Iterator[told.Origin | told.Damage]:
    """Yield the runs of a source, by their ids."""
    base = source if source.is_dir() else source.parent
    found: dict[tuple[str, str], list[tuple[float, Path]]] = {}
    unknown: list[tuple[str, Path]] = []
    for folder, _, names in folders.walk(source):
        for name in names:
            match = _FILE.fullmatch(name)
            if match is None:
                continue
            path = folder / name
            run = _run_of(path)
            if isinstance(run, str):
                yield told.Damage(f"{folders.below(base, path)} {run}; it is left out")
            elif run is None:
                unknown.append((match[1], path))
            else:
                key = (run.text(3), run.text(1) or match[1])
                found.setdefault(key, []).append((start_of(run), path))
    projects = {project for project, _ in found}
    for run_id, path in unknown:  # no record of the run was written: what else is known is the file's name
        project = next(iter(projects)) if len(projects) == 1 else ""
        key = next((key for key in found if key[1] == run_id), (project, run_id))
        found.setdefault(key, []).append((path.stat().st_mtime, path))
    for (project, run_id), every in found.items():
        paths = tuple(path for _, path in sorted(_once(every), key=lambda one: (one[0], one[1].parent.name)))
        yield told.Origin(
            id=run_id,
            place=folders.below(base, paths[0].parent),
            files=paths,
            mark=paths[0].parent.name,
            project=project,
            key=base,
        )


def _once(every: list[tuple[float, Path]]) -> Iterable[tuple[float, Path]]:
    """Return files of a run, of copies of one folder the one that holds most: folders of a run that goes on have other names."""
    kept: dict[str, tuple[float, Path]] = {}
    for one in sorted(every, key=lambda one: one[1].stat().st_size):
        kept[one[1].parent.name] = one
    return kept.values()


def _run_of(path: Path) -> Message | str | None:
    """Return a file's first record of its run; None where there is none yet, and why where it is no file of wandb's."""
    try:
        with files.opened(path) as file:
            head = file.read(HEADER)
            if head != _HEAD[: len(head)]:
                return "is no file of wandb's: its first bytes are others"
            for _, record in zip(range(_BEFORE), Log(file).records(), strict=False):
                kind, message = kind_of(record)
                if kind == RUN:
                    return Message(message)
    except OSError as error:
        return f"cannot be read: {error.strerror or error}"
    except WireError:
        pass
    return None


def read(origin: told.Origin, position: Any) -> Iterator[told.Told]:
    """Yield what the files of a run say from a position on."""
    known = dict(position["files"]) if position else {}
    saved = dict(position["saved"]) if position else {}
    base: Path = origin.key
    places = [folders.below(base, path) for path in origin.files]
    if known and [place for place in places if place in known] != list(known):
        raise told.ReplacedError
    greatest = int(position["greatest"]) if position else -1
    now: dict[str, dict[str, Any]] = {}
    reader: Reader | None = None
    for place, path in zip(places, origin.files, strict=True):
        before = known.get(place)
        reader = Reader(path.parent / "files", before or {"offset": None}, greatest)
        try:
            with files.opened(path) as file:
                log = Log(file, before["end"] if before else HEADER)
                if before and _tail(file, before["end"]) != before["tail"]:
                    raise told.ReplacedError
                yield from reader.read(log.records())
                now[place] = {"end": log.offset, "tail": _tail(file, log.offset), **reader.state()}
        except OSError as error:
            yield told.Damage(f"{place} cannot be read: {error.strerror or error}")
            continue
        for sentence in log.damage:
            yield told.Damage(f"{place}: {sentence}; it is left out")
        greatest = max(greatest, reader.greatest)
        yield from _saved(path.parent / "files", folders.below(base, path.parent), saved)
    if not position and not any(one["begun"] for one in now.values()):
        yield told.Began(origin.files[0].stat().st_mtime)
    if len(places) > 1:
        yield told.Note(f"its {len(places)} folders are one run: the steps of a later one follow those of the earlier")
    if reader is not None and reader.exit is not None:
        yield reader.exit
    yield told.Position({"files": now, "greatest": greatest, "saved": saved})


def _tail(file: Any, end: int) -> str:
    file.seek(max(0, end - 16))
    found: bytes = file.read(min(16, end))
    return found.hex()


def _saved(folder: Path, place: str, saved: dict[str, list[int]]) -> Iterator[told.Told]:
    """Yield the files that a run has saved, but for media and what records say, where they are new or others now."""
    if not folder.is_dir():
        return
    for where, _, names in folders.walk(folder):
        for name in names:
            path = where / name
            inside = folders.below(folder, path)
            if inside in _UNSAVED or inside.startswith("media/"):
                continue
            try:
                status = path.stat()
            except OSError:
                continue
            sign = [status.st_size, status.st_mtime_ns]
            if saved.get(f"{place}/{inside}") != sign:
                saved[f"{place}/{inside}"] = sign
                yield told.Saved(inside, path)
