"""The events of one TensorBoard file as columns: numbers by their bytes, many at once; everything else by its place.

`Event{1 double wall_time, 2 int64 step, 5 Summary, 7 SessionLog}`, `Summary{1 repeated Value}`, `Value{1 tag,
2 float simple_value, 8 tensor, 9 metadata{1 plugin_data{1 name, 2 content}}}` (tensorboard/compat/proto). A plain number is
an event of fixed shape: time, step, and one value of a tag and four bytes.
"""

from __future__ import annotations

import struct
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, NamedTuple

from tracklog.importers.protobuf import Message, WireError
from tracklog.importers.tensorboard_meshes import mesh_of
from tracklog.importers.tensors import numbers, shortest
from tracklog.importers.tfrecords import Batch, Reading, by_size

if TYPE_CHECKING:
    from numpy.typing import NDArray

_TIME, _STEP, _SUMMARY, _SESSION = 1, 2, 5, 7
_TAG, _SIMPLE, _TENSOR, _METADATA = 1, 2, 8, 9
_START = 1
_UNTAKEN = {4: "graphs", 8: "traces of single steps", 9: "graphs"}
_VERTEX = 1
_FIXED = 10 + 4 + 2 + 5
"""Bytes of a plain number beside its step and its tag: time, two lengths, the tag's length, the value."""
_SHORT, _MORE, _LONGEST_STEP = 0x80, 0x80, 9
_FEW = 8
_KEYS = {"time": 0x09, "step": 0x10, "summary": 0x2A, "value": 0x0A, "tag": 0x0A, "simple": 0x15}
_LATER = (4, 5, 6)
"""Fields of pictures, histograms and sounds."""


class Later(NamedTuple):
    """A value that is no number, by its place: it is read when its row is written."""

    offset: int
    """Where its event begins in the file."""
    size: int
    number: int
    """Which value of the summary it is."""
    plugin: str


@dataclass(slots=True)
class Events:
    """What a file says, in columns of equal length, in its order."""

    times: NDArray[Any]
    """Unix seconds, float64."""
    steps: NDArray[Any]
    """int64."""
    tags: list[str]
    values: list[Any]
    """Floats, and `Later`."""
    restarts: list[tuple[int, int]]
    """Before which value, and at which step, a session began anew."""
    hparams: list[Message]
    """What the plugin `hparams` says."""
    plugins: dict[str, str]
    """The plugin of each tag that has one."""
    end: int
    """How far the file was read, in bytes."""
    damage: list[str]
    began: float | None
    """The time of the first event."""
    is_float32: bool = False
    """Whether any number had four bytes."""
    notes: list[str] = field(default_factory=list)
    """What it holds that has no place in a run."""


@dataclass(slots=True)
class _Numbers:
    """Plain numbers of a batch, by the place of their record."""

    places: list[Any] = field(default_factory=list)
    times: list[Any] = field(default_factory=list)
    steps: list[Any] = field(default_factory=list)
    tags: list[Any] = field(default_factory=list)
    values: list[Any] = field(default_factory=list)


class Reader:
    """Reads one event file from an offset on."""

    def __init__(self, reading: Reading, plugins: dict[str, str]) -> None:
        """`plugins` are those of tags that were seen before: metadata stand at a tag's first value."""
        self._reading = reading
        self._plugins = dict(plugins)
        self._tags: dict[bytes, str] = {}
        self._hparams: list[Message] = []
        self._restarts: list[tuple[int, int]] = []
        self._damage: list[str] = []
        self._began: float | None = None
        self._is_float32 = False
        self._notes: dict[str, None] = {}
        self._count = 0

    def read(self) -> Events:
        """Return all that is new. Raises OSError."""
        import numpy as np

        times: list[NDArray[Any]] = []
        steps: list[NDArray[Any]] = []
        tags: list[str] = []
        values: list[Any] = []
        for batch in self._reading.batches():
            more = self._batch(batch)
            times.append(more[0])
            steps.append(more[1])
            tags += more[2]
            values += more[3]
        damage = [f"at byte {offset:,} {reason}" for offset, reason in self._reading.damage] + self._damage
        return Events(
            np.concatenate(times) if times else np.zeros(0),
            np.concatenate(steps) if steps else np.zeros(0, np.int64),
            tags,
            values,
            self._restarts,
            self._hparams,
            self._plugins,
            self._reading.offset,
            damage,
            self._began,
            self._is_float32,
            list(self._notes),
        )

    def _batch(self, batch: Batch) -> tuple[NDArray[Any], NDArray[Any], list[str], list[Any]]:
        """Return time, step, tag and value of what a batch holds, in its order."""
        import numpy as np

        plain = _Numbers()
        left = np.ones(len(batch.starts), bool)
        raw = np.frombuffer(batch.data, np.uint8)
        for size, places in by_size(batch):
            if size >= _FIXED and len(places) >= _FEW:
                left[places[self._plain(raw, batch.starts, places, size, plain)]] = False
        if not plain.places:
            places = np.zeros(0, np.int64)
            times, steps, tags, values = np.zeros(0), np.zeros(0, np.int64), [], []
        else:
            self._is_float32 = True
            places, times, steps = (np.concatenate(c) for c in (plain.places, plain.times, plain.steps))
            tags = [tag for part in plain.tags for tag in part]
            values = shortest(np.concatenate(plain.values))
        if left.any() or not len(places):
            return self._with_others(batch, np.flatnonzero(left), places, (times, steps, tags, values))
        if self._began is None:
            self._began = float(times[np.argmin(places)])
        order = np.argsort(places, kind="stable")
        self._count += len(order)
        if (order[1:] > order[:-1]).all():
            return times, steps, tags, values
        listed = order.tolist()
        return times[order], steps[order], [tags[n] for n in listed], [values[n] for n in listed]

    def _plain(
        self, raw: NDArray[Any], starts: NDArray[Any], places: NDArray[Any], size: int, plain: _Numbers
    ) -> NDArray[Any]:
        """Take the plain numbers among records of one size; return which of them are some."""
        import numpy as np

        at = starts[places]
        taken = np.zeros(len(places), bool)
        width = np.where(raw[at + 9] == _KEYS["step"], 1, 0)
        if width.any():
            going = width == 1
            while going.any() and width.max() <= _LONGEST_STEP:
                more = going & (raw[at + 9 + width] >= _MORE)
                width = width + more
                going = more
            width = np.where(going, -1, width)
        for count in np.unique(width).tolist():
            if count < 0 or size - _FIXED - count - (1 if count else 0) < 0:
                continue
            chosen = np.flatnonzero(width == count)
            taken[chosen] = self._of_shape(raw, at[chosen], places[chosen], size, count, plain)
        return taken

    def _of_shape(
        self, raw: NDArray[Any], at: NDArray[Any], places: NDArray[Any], size: int, width: int, plain: _Numbers
    ) -> NDArray[Any]:
        """Take the plain numbers among records of one size and one width of step; return which of them are some."""
        import numpy as np

        inner = 9 + (1 + width if width else 0)  # where the summary begins
        length = size - inner - 11  # of the tag
        fixed = (0, inner, inner + 1, inner + 2, inner + 3, inner + 4, inner + 5, size - 5)
        wanted = (
            _KEYS["time"], _KEYS["summary"], size - inner - 2, _KEYS["value"], size - inner - 4, _KEYS["tag"], length,
            _KEYS["simple"],
        )  # fmt: skip
        if length < 0 or size - inner - 2 >= _SHORT:
            return np.zeros(len(at), bool)
        is_one = np.ones(len(at), bool)
        for place, byte in zip(fixed, wanted, strict=True):
            is_one &= raw[at + place] == byte
        at = at[is_one]
        if not len(at):
            return is_one
        steps = np.zeros(len(at), np.int64)
        for n in range(width):
            steps |= (raw[at + (10 + n)].astype(np.int64) & 0x7F) << (7 * n)
        plain.places.append(places[is_one])
        plain.times.append(_columns(raw, at + 1, 8).view("<f8").reshape(-1))
        plain.steps.append(steps)
        plain.tags.append(self._named(_columns(raw, at + (inner + 6), length), length))
        plain.values.append(_columns(raw, at + (size - 4), 4).view("<f4").reshape(-1))
        return is_one

    def _named(self, raw: NDArray[Any], length: int) -> list[str]:
        if not length:
            return [""] * len(raw)
        data, known = raw.tobytes(), self._tags
        cut = [data[at : at + length] for at in range(0, len(data), length)]
        for tag in set(cut) - known.keys():
            known[tag] = tag.decode("utf-8", "replace")
        return [known[tag] for tag in cut]

    def _with_others(
        self, batch: Batch, left: NDArray[Any], places: NDArray[Any], plain: tuple[Any, Any, list[str], list[Any]]
    ) -> tuple[NDArray[Any], NDArray[Any], list[str], list[Any]]:
        """Return the columns with what other events hold, each read by itself."""
        import numpy as np

        times, steps = plain[0].tolist(), plain[1].tolist()
        rows = dict(zip(places.tolist(), zip(times, steps, plain[2], plain[3], strict=True), strict=True))
        others = set(left.tolist())
        found: list[tuple[float, int, str, Any]] = []
        for place in range(len(batch.starts)):
            if place in others:
                start, size = int(batch.starts[place]), int(batch.sizes[place])
                offset = batch.base + start
                try:
                    more = self._event(
                        Message(batch.data[start : start + size]), offset, size, self._count + len(found)
                    )
                except WireError as error:
                    self._damage.append(f"at byte {offset:,} an event {error}")
                    continue
                found += more
            else:
                row = rows[place]
                if self._began is None:
                    self._began = row[0]
                found.append(row)
        self._count += len(found)
        return (
            np.array([row[0] for row in found], float),
            np.array([row[1] for row in found], np.int64),
            [row[2] for row in found],
            [row[3] for row in found],
        )

    def _event(self, event: Message, offset: int, size: int, before: int) -> list[tuple[float, int, str, Any]]:
        """Return what an event holds: a number or the place of something else for each of its values."""
        time, step = event.double(_TIME), event.integer(_STEP)
        if self._began is None:
            self._began = time
        if _SESSION in event and event.message(_SESSION).uint(1) == _START:
            self._restarts.append((before, step))
        found: list[tuple[float, int, str, Any]] = []
        for other, what in _UNTAKEN.items():
            if other in event:
                self._leave(what)
        for number, value in enumerate(event.message(_SUMMARY).messages(1)):
            tag = value.text(_TAG)
            one = self._value(value, tag, Later(offset, size, number, self._plugin(tag, value)))
            if one is not None:
                found.append((time, step, *one))
        return found

    def _value(self, value: Message, tag: str, later: Later) -> tuple[str, Any] | None:
        """Return tag and number, or tag and place, of a value; None for what is no value of a row."""
        if later.plugin == "hparams":
            self._hparams.append(value.message(_METADATA).message(1))
        elif later.plugin == "custom_scalars":
            self._leave("layouts of custom scalars")
        elif later.plugin == "mesh" and _METADATA in value:
            name, kind = mesh_of(value)
            return (name or tag, later) if kind == _VERTEX else None  # its faces and colours stand beside it
        elif _SIMPLE in value:
            self._is_float32 = True
            return tag, _shortest(value.raw(_SIMPLE))
        elif _TENSOR in value or any(one in value for one in _LATER):
            scalar = self._scalar(value) if later.plugin in ("", "scalars") and _TENSOR in value else None
            return tag, later if scalar is None else scalar
        return None

    def _leave(self, what: str) -> None:
        self._notes[f"{what} have no place in a run; the event file has them"] = None

    def _plugin(self, tag: str, value: Message) -> str:
        if _METADATA in value:
            name = value.message(_METADATA).message(1).text(1)
            if name:
                self._plugins[tag] = name
        return self._plugins.get(tag, "")

    def _scalar(self, value: Message) -> float | int | bool | None:
        """Return the one number of a tensor; None for one that holds more, or no numbers."""
        found = numbers(value.message(_TENSOR))
        if found is None or found.size != 1:
            return None
        scalar: float | int | bool = found.reshape(-1)[0].item()
        if found.dtype.kind == "f" and found.dtype.itemsize < 8:  # noqa: PLR2004 - a double's bytes
            self._is_float32 = True
            scalar = shortest(found.reshape(-1))[0]
        return scalar


def _shortest(data: bytes) -> float:
    import numpy as np

    if len(data) != struct.calcsize("<f"):
        raise WireError("holds a number that has not four bytes")
    return float(shortest(np.frombuffer(data, "<f4"))[0])


def _columns(raw: NDArray[Any], at: NDArray[Any], width: int) -> NDArray[Any]:
    import numpy as np

    found: NDArray[Any] = raw[at[:, None] + np.arange(width)]
    return found
