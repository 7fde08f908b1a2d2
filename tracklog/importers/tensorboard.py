"""TensorBoard's event files, as `torch.utils.tensorboard`, tensorboardX and TensorFlow write them.

A folder with event files is a run. The folders that `add_scalars` and `add_hparams` make below it are parts of it: `add_scalars`
writes the main tag's values into a folder for each key, ``<main, / as _>_<key>`` (torch) or ``<main>/<key>`` (tensorboardX);
`add_hparams` one with the settings. Nothing marks the end of a run.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from tracklog.importers import folders, protobuf, tensorboard_rows, told
from tracklog.importers.tensorboard_events import Events, Reader
from tracklog.importers.tensorboard_rows import Columns
from tracklog.importers.tfrecords import FOOT, HEAD, Reading
from tracklog.store import files

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from numpy.typing import NDArray

NAME, TITLE = "tensorboard", "TensorBoard"
MARKS_END = False
_FILE = re.compile(r"tfevents\.(\d+)\.(.+?)(?:\.\d+\.\d+)?(?:\.v2)?$")
_PROJECTOR = "projector_config.pbtxt"
_MARK = "tfevents"
_MAIN, _SCALARS, _HPARAMS = "main", "scalars", "hparams"
_PEEK = 1 << 16
"""Bytes of a folder's first events that tell whether it is part of a run."""
_TEXT = "/text_summary"
_EXACT = 2**53
_FLOAT32 = "TensorBoard keeps numbers as float32: 0.1 is read as 0.1, but 16777217 as 16777216"


@dataclass(frozen=True, slots=True)
class Part:
    """A folder of a run."""

    folder: Path
    place: str
    """Its way from the run's folder."""
    kind: str
    key: str = ""
    """Of `add_scalars`: what is behind the main tag."""


def looks_like(path: Path) -> bool:
    """Return whether a path is an event file, or has some below it."""
    return any(_MARK in name for _, _, names in folders.walk(path) for name in names)


def runs(source: Path) -> Iterator[told.Origin | told.Damage]:
    """Yield the runs of a source, by their folders."""
    base = source if source.is_dir() else source.parent
    found = {folder: events for folder, _, names in folders.walk(source) if (events := _events_of(names))}
    parts = _parts(base, list(found), found)
    for folder in found:
        if folder not in parts:
            continue
        place = folders.below(base, folder)
        yield told.Origin(
            id=place.replace("/", "-") or folder.resolve().name or "run",
            place=place,
            files=tuple(part.folder / name for part in parts[folder] for name in found[part.folder]),
            mark=f"{place}/{found[folder][0]}",
            name=place or folder.resolve().name,
            key=tuple((part, tuple(found[part.folder])) for part in parts[folder]),
        )


def _events_of(names: list[str]) -> list[str]:
    return sorted(name for name in names if _MARK in name)


# -- which folders belong together


def _parts(base: Path, every: list[Path], found: dict[Path, list[str]]) -> dict[Path, list[Part]]:
    """Return the parts of each run, its own folder first."""
    parts = {folder: [Part(folder, "", _MAIN)] for folder in every}
    below = {folder: above for folder in every if (above := _above(folder, base, parts)) is not None}
    for folder, above in below.items():
        part = _part(folder, above, found)
        if part is not None and above in parts:
            parts[above].append(part)
            del parts[folder]
    for above, own in parts.items():
        trials = [part for part in own if part.kind == _HPARAMS]
        if len(trials) > 1:  # several sets of settings are several runs
            parts[above] = [part for part in own if part.kind != _HPARAMS]
    taken = {part.folder for own in parts.values() for part in own}
    return parts | {folder: [Part(folder, "", _MAIN)] for folder in every if folder not in taken}


def _above(folder: Path, base: Path, every: dict[Path, list[Part]]) -> Path | None:
    while folder != base:
        folder = folder.parent
        if folder in every:
            return folder
    return None


def _part(folder: Path, above: Path, found: dict[Path, list[str]]) -> Part | None:
    """Return what part of the run above a folder is; None for a run of its own."""
    place = folders.below(above, folder)
    tags, has_hparams = _peek(folder / found[folder][0])
    if has_hparams:
        return Part(folder, place, _HPARAMS)
    keys = {_key(place, tag) for tag in tags}
    if len(keys) == 1 and (key := keys.pop()):
        return Part(folder, place, _SCALARS, key)
    return None


def _key(place: str, tag: str) -> str:
    """Return the key of `add_scalars` that a folder stands for, by its way and its tag; empty for none."""
    for main in (f"{tag.replace('/', '_')}_", f"{tag}/"):
        if tag and place.startswith(main):
            return place.removeprefix(main)
    return ""


def _peek(path: Path) -> tuple[set[str], bool]:
    """Return the tags of a file's first events, and whether they begin a session of `hparams`."""
    try:
        with files.opened(path) as file:
            data = file.read(_PEEK)
    except OSError:
        return set(), False
    tags: set[str] = set()
    at = 0
    while len(data) - at > HEAD:
        size = int.from_bytes(data[at : at + 8], "little")
        if size > len(data) - at - HEAD - FOOT:
            break
        try:
            for value in protobuf.Message(data[at + HEAD : at + HEAD + size]).message(5).messages(1):
                if value.message(9).message(1).text(1) == "hparams":
                    return tags, True
                tags.add(value.text(1))
        except protobuf.WireError:
            break
        at += size + HEAD + FOOT
    return tags, False


# -- reading


def read(origin: told.Origin, position: Any) -> Iterator[told.Told]:
    """Yield what the event files of a run say from a position on."""
    known = position["files"] if position else {}
    plugins = dict(position["plugins"]) if position else {}
    now: dict[str, list[Any]] = {}
    told_: list[tuple[Part, Path, Events]] = []
    for part, names in origin.key:
        for name in names:
            place = f"{part.place}/{name}" if part.place else name
            try:
                events, tail = _read(part.folder / name, known.get(place), plugins.setdefault(part.place, {}))
            except OSError as error:
                yield told.Damage(f"{place} cannot be read: {error.strerror or error}")
                continue
            now[place] = [events.end, tail]
            plugins[part.place] = events.plugins
            told_.append((part, part.folder / name, events))
    if position and (not known.keys() <= now.keys() or any(events.restarts for *_, events in told_)):
        raise told.ReplacedError
    yield from _told(origin, told_, is_first=not position)
    yield told.Position({"files": now, "plugins": {place: found for place, found in plugins.items() if found}})


def _read(path: Path, known: list[Any] | None, plugins: dict[str, str]) -> tuple[Events, str]:
    """Return what is new in a file, and the last bytes before its new end, by which it is known again."""
    with files.opened(path) as file:
        if known:
            offset, tail = int(known[0]), str(known[1])
            if _tail(file, offset) != tail:
                raise told.ReplacedError
        else:
            offset = 0
        events = Reader(Reading(file, offset), plugins).read()
        return events, _tail(file, events.end)


def _tail(file: Any, end: int) -> str:
    file.seek(max(0, end - 16))
    found: bytes = file.read(min(16, end))
    return found.hex()


def _told(origin: told.Origin, found: list[tuple[Part, Path, Events]], *, is_first: bool) -> Iterator[told.Told]:
    begins = [events.began for *_, events in found if events.began is not None]
    if is_first:
        host = _FILE.search(origin.files[0].name)
        if host:
            yield told.About({"host": host[2]})
        begins = begins or ([float(host[1])] if host else [])
    if begins:
        yield told.Began(min(begins))
    for part, path, events in found:
        for sentence in events.damage:
            yield told.Damage(f"{f'{part.place}/' if part.place else ''}{path.name}: {sentence}; it is left out")
    yield from map(told.Note, _notes(found))
    for *_, events in found:
        yield from map(_config, events.hparams)
    taken_back, columns = _purged(found)
    if taken_back:
        yield told.Note(
            f"{taken_back:,} values were taken back by a restart: a session began anew at or before their step"
        )
    yield from tensorboard_rows.rows(columns)


def _notes(found: list[tuple[Part, Path, Events]]) -> Iterator[str]:
    for *_, events in found:
        yield from events.notes
    if any(events.is_float32 for *_, events in found):
        yield _FLOAT32
    if any((part.folder / _PROJECTOR).is_file() for part, *_ in found):
        yield f"embeddings have no place in a run; the files that {_PROJECTOR} names have them"


def _config(message: protobuf.Message) -> told.Told:
    """Return what a record of hyperparameters sets, or why it cannot be read."""
    try:
        return told.Config(_settings(message))
    except protobuf.WireError as error:
        return told.Damage(f"a record of hyperparameters {error}; it is left out")


def _settings(message: protobuf.Message) -> dict[str, Any]:
    """Return the settings of `HParamsPluginData{3 session_start_info{1 map name → Value}}`; whole numbers are such again.

    Raises WireError.
    """
    found: dict[str, Any] = {}
    for name, one in protobuf.Message(message.raw(2)).message(3).mapping(1).items():
        value = protobuf.value(one)
        is_whole = isinstance(value, float) and value.is_integer() and abs(value) < _EXACT
        found[name] = int(value) if is_whole else value
    return found


def _purged(found: list[tuple[Part, Path, Events]]) -> tuple[int, list[Columns]]:
    """Return how many values restarts took back, and the others.

    A session that starts at a step takes back what its folder holds from that step on, as TensorBoard itself has it
    (tensorboard/backend/event_processing/plugin_event_accumulator.py).
    """
    import numpy as np

    kept = [np.ones(len(events.tags), bool) for *_, events in found]
    for n, (part, _, events) in enumerate(found):
        for before, step in events.restarts:
            for m, (other, _, earlier) in enumerate(found[: n + 1]):
                if other is part:
                    upto = before if m == n else len(earlier.tags)
                    kept[m][:upto] &= earlier.steps[:upto] < step
    own = {tag for part, _, events in found if part.kind == _MAIN for tag in events.names}
    columns = [_columns(part, path, events, keep, own) for (part, path, events), keep in zip(found, kept, strict=True)]
    return sum(int((~keep).sum()) for keep in kept), columns


def _columns(part: Part, path: Path, events: Events, keep: NDArray[Any], own: set[str]) -> Columns:
    import numpy as np

    summary: dict[str, Any] = {}
    if part.kind == _HPARAMS:  # what the run's own folder has too stands in the summary alone
        alone = np.array([name in own for name in events.names], bool)[events.tags]
        for n in np.flatnonzero(alone).tolist():
            summary[events.names[events.tags[n]]] = events.others.get(n, float(events.values[n]))
        keep = keep & ~alone
    others = np.full(len(events.tags), -1, np.int64)
    others[list(events.others)] = np.arange(len(events.others))
    names = [_name(part, name, events.plugins) for name in events.names]
    return Columns(
        path, events.times[keep], events.steps[keep], events.tags[keep], names, events.values[keep], others[keep],
        list(events.others.values()), summary,
    )  # fmt: skip


def _name(part: Part, tag: str, plugins: dict[str, str]) -> str:
    """Return the key of a tag: `add_text` puts a word of its own behind what it was given."""
    if part.kind == _SCALARS:
        return f"{tag}/{part.key}"
    return tag.removesuffix(_TEXT) if plugins.get(tag) == "text" and tag != _TEXT else tag
