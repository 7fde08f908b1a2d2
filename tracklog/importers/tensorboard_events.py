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
    tags: NDArray[Any]
    """Which of `names` each value has, int64."""
    names: list[str]
    values: NDArray[Any]
    """float64; NaN where `others` has one."""
    others: dict[int, Any]
    """By their place: whole numbers, truth values, and `Later`."""
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
        self._tags: dict[bytes, int] = {}
        self._names: dict[str, int] = {}
        self._hparams: list[Message] = []
        self._restarts: list[tuple[int, int]] = []
        self._new_restarts: list[tuple[int, int]] = []
        self._damage: list[str] = []
        self._began: float | None = None
        self._is_float32 = False
        self._notes: dict[str, None] = {}
        self._others: dict[int, Any] = {}
        self._count = 0

    def read(self) -> Events:
        """Return all that is new. Raises OSError."""
        import numpy as np

        parts = [self._batch(batch) for batch in self._reading.batches()]
        empty = (np.zeros(0), np.zeros(0, np.int64), np.zeros(0, np.int64), np.zeros(0))
        times, steps, tags, values = (np.concatenate(column) for column in zip(empty, *parts, strict=True))
        damage = [f"at byte {offset:,} {reason}" for offset, reason in self._reading.damage] + self._damage
        return Events(
            times,
            steps,
            tags,
            list(self._names),
            values,
            self._others,
            self._restarts,
            self._hparams,
            self._plugins,
            self._reading.offset,
            damage,
            self._began,
            self._is_float32,
            list(self._notes),
        )

    def _batch(self, batch: Batch) -> tuple[NDArray[Any], NDArray[Any], NDArray[Any], NDArray[Any]]:
        """Return time, step, tag and value of what a batch holds, in its order."""
        import numpy as np

        plain = _Numbers()
        left = np.ones(len(batch.starts), bool)
        raw = np.frombuffer(batch.data, np.uint8)
        for size, places in by_size(batch):
            if size >= _FIXED and len(places) >= _FEW:
                left[places[self._plain(raw, batch.starts, places, size, plain)]] = False
        self._is_float32 = self._is_float32 or bool(plain.places)
        extra = self._rest(batch, np.flatnonzero(left).tolist())
        values = shortest(np.concatenate(plain.values)) if plain.values else []
        count = len(values)
        values += [one[4] if one[4].__class__ is float else np.nan for one in extra]
        places = np.concatenate([*plain.places, np.array([one[0] for one in extra], np.int64)])
        order = np.argsort(places, kind="stable")
        for n in np.flatnonzero(order >= count).tolist():
            value = extra[int(order[n]) - count][4]
            if value.__class__ is not float:
                self._others[self._count + n] = value
        for place, step in self._new_restarts:
            self._restarts.append((self._count + int(np.searchsorted(places[order], place)), step))
        self._count += len(order)
        return (
            np.concatenate([*plain.times, np.array([one[1] for one in extra], float)])[order],
            np.concatenate([*plain.steps, np.array([one[2] for one in extra], np.int64)])[order],
            np.concatenate([*plain.tags, np.array([one[3] for one in extra], np.int64)])[order],
            np.array(values, float)[order],
        )

    def _rest(self, batch: Batch, places: list[int]) -> list[tuple[int, float, int, int, Any]]:
        """Return place, time, step, tag and value of what is in other events than those of plain numbers."""
        found: list[tuple[int, float, int, int, Any]] = []
        others = set(places)
        self._new_restarts = []
        for place in places if self._began is not None else sorted({0, *places}):
            start, size = int(batch.starts[place]), int(batch.sizes[place])
            offset = batch.base + start
            try:
                event = Message(batch.data[start : start + size])
                if self._began is None:
                    self._began = event.double(_TIME)
                if place not in others:
                    continue
                if _SESSION in event and event.message(_SESSION).uint(1) == _START:
                    self._new_restarts.append((place, event.integer(_STEP)))
                found += [(place, *one) for one in self._event(event, offset, size)]
            except WireError as error:
                self._damage.append(f"at byte {offset:,} an event {error}")
        return found

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

    def _named(self, raw: NDArray[Any], length: int) -> NDArray[Any]:
        """Return the numbers of tags by their bytes, (k, length)."""
        import numpy as np

        if not length or (raw == raw[0]).all():
            return np.full(len(raw), self._number_of(raw[0].tobytes()), np.int64)
        data, known = raw.tobytes(), self._tags
        cut = [data[at : at + length] for at in range(0, len(data), length)]
        for tag in set(cut) - known.keys():
            self._number_of(tag)
        return np.array([known[tag] for tag in cut], np.int64)

    def _number_of(self, tag: bytes) -> int:
        if tag not in self._tags:
            self._tags[tag] = self._names.setdefault(tag.decode("utf-8", "replace"), len(self._names))
        return self._tags[tag]

    def _event(self, event: Message, offset: int, size: int) -> list[tuple[float, int, int, Any]]:
        """Return time, step, tag and a number, or the place of something else, for each value of an event."""
        time, step = event.double(_TIME), event.integer(_STEP)
        found: list[tuple[float, int, int, Any]] = []
        for other, what in _UNTAKEN.items():
            if other in event:
                self._leave(what)
        for number, value in enumerate(event.message(_SUMMARY).messages(1)):
            tag = value.text(_TAG)
            one = self._value(value, tag, Later(offset, size, number, self._plugin(tag, value)))
            if one is not None:
                found.append((time, step, self._names.setdefault(one[0], len(self._names)), one[1]))
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
