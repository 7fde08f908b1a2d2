"""What a format tells of a run, in the order of its source.

A format module yields these; none of them says how a run is written. Values are what Python has: numbers of any size, NaN,
texts, None, lists, nested dicts, media of `tracklog.media`, records with a ``_type``. Times are unix seconds.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, NamedTuple

if TYPE_CHECKING:
    from pathlib import Path


LATEST = 1e12
"""Unix seconds from which on a time is none."""


@dataclass(frozen=True, slots=True)
class Origin:
    """A run inside a source."""

    id: str
    """The source's own id, else a name that follows from its place."""
    place: str
    """Where it is inside the source, with `/`; empty for the source itself."""
    files: tuple[Path, ...]
    """What is read."""
    mark: str = ""
    """What tells it from another run of the same id, wherever the source lies; empty where nothing does."""
    project: str = ""
    name: str = ""
    key: Any = None
    """What else the format needs to read it."""


class Row(NamedTuple):
    """Values of one step; rows of equal step and different keys, one after the other, are one."""

    step: float | None
    """The source's step, fractional where it is; None where it has none."""
    time: float | None
    values: dict[str, Any]

    def joined(self, other: Row) -> Row:
        """Return this row with another one of its step, at the later one's time where that has any."""
        return Row(self.step, self.time if other.time is None else other.time, {**self.values, **other.values})


class Rows(NamedTuple):
    """Rows of the same keys that hold finite floats alone, as columns: what is quick to tell and to write."""

    keys: tuple[str, ...]
    steps: list[int]
    times: list[float]
    columns: list[list[float]]
    """The values of each key."""


class System(NamedTuple):
    """Readings of the machine."""

    time: float
    values: dict[str, Any]


class Printed(NamedTuple):
    """What was printed, line ends included."""

    time: float | None
    stream: str
    """``stdout`` or ``stderr``."""
    text: str


class Config(NamedTuple):
    """Settings, nested; each key holds in place of what it had before."""

    values: dict[str, Any]
    time: float | None = None
    removed: tuple[str, ...] = ()
    """Keys that are taken away."""


class Summary(NamedTuple):
    """A value of the summary that stands over the last one of its key; `...` takes it away."""

    path: tuple[str, ...]
    value: Any
    time: float | None = None


class About(NamedTuple):
    """Fields of `run.json` (`tracklog.store.layout.RunFile`); later ones come over earlier ones."""

    fields: dict[str, Any]
    time: float | None = None


class Began(NamedTuple):
    """When the run began; else it is the first time that is told."""

    time: float


class Metric(NamedTuple):
    """What `define_metric` says: the fields of its event."""

    fields: dict[str, Any]


class Happened(NamedTuple):
    """Another event of `docs/format.md`, as an alert."""

    event: str
    fields: dict[str, Any]
    time: float | None = None


class Saved(NamedTuple):
    """A file of the run: its name below `files/`, with `/`, and its content or where that is."""

    name: str
    content: bytes | Path


class Ended(NamedTuple):
    """The source says that the run has ended."""

    exit_code: int
    time: float | None = None


class Note(NamedTuple):
    """A sentence about the source that is said once, and stands with the run."""

    text: str


class Damage(NamedTuple):
    """A sentence about what could not be read and is left out."""

    text: str


class Position(NamedTuple):
    """How far the source was read, as JSON: `read` goes on from there. It comes last."""

    value: Any


Told = (
    Row
    | Rows
    | System
    | Printed
    | Config
    | Summary
    | About
    | Began
    | Metric
    | Happened
    | Saved
    | Ended
    | Note
    | Damage
    | Position
)


class ReplacedError(Exception):
    """What was read before is not there any more, or stands otherwise: the run is read afresh."""


class UnreadableError(Exception):
    """A sentence about why nothing of a run can be read."""


@dataclass(slots=True)
class Taken:
    """What became of one run."""

    format: str
    origin: Origin
    folder: Path
    id: str
    project: str
    rows: int = 0
    """Lines of history that are new."""
    counts: dict[str, int] = field(default_factory=dict)
    """What else is new, by its kind."""
    is_new: bool = False
    is_afresh: bool = False
    """Whether it was written anew in the place of what was there."""
    notes: list[str] = field(default_factory=list)
    damage: list[str] = field(default_factory=list)
