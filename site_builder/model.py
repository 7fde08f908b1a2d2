"""The contract between the builder and the page: every JSON entry, as a frozen dataclass.

``python -m site_builder.typescript`` writes ``templates/src/model.ts`` from these classes; a test compares the two.

Entries and their names (``entry.ts`` asks for them, ``output.py`` writes them):

==========================  ==============================================================================
``site``                    `SiteIndex`: the projects
``p/<project>``             `ProjectIndex`: the runs of a project, their columns and where their data lie
``r/<project>/<run>``       `RunHead`: what a run holds, and in which of its blocks
``r/<project>/<run>/<n>``   block ``n`` of the run: packed columns (`site_builder.pack`) or JSON, gzipped
``v<key>``, ``r<key>``, …   in the files of a `Pack`: a series of many runs (`site_builder.shares`)
``c/<digest>``              the bytes of a file that several runs may hold, gzipped (`site_builder.contents`)
``c/<digest>/marks``        its colours: pairs (length, class) as a JSON list (`site_builder.highlight`), gzipped
==========================  ==============================================================================

Those of artifacts stand in `site_builder.artifact_model`.

``<project>`` and ``<run>`` are the file names of the folders (`tracklog.store.layout.file_name`).

Numbers that JSON cannot carry are the strings ``"NaN"``, ``"Infinity"`` and ``"-Infinity"``; a logged string that
equals one of them is ``{"_type": "string", "value": …}`` (`tracklog.store.layout`).

**Series.** A series is one key and kind of one run (of one rank, where ranks log the same key at once). Its rows
stand in an *axis*: the steps, run times and clock times of those rows, shared by all series logged in the same rows.
Level 0 of an axis or a number series holds its rows; level ``l`` holds buckets of ``4**l`` consecutive rows; the last
level has at most 2,048 buckets. A level is cut into blocks of `BLOCK_ROWS` rows (level 0) or `BLOCK_BUCKETS` buckets,
what is left into shorter ones (`Level.whole`), each a packed block with these columns:

=================  ===========================================================================================
axis, level 0      step, runtime (s since the run began), timestamp (unix s)
axis, level 1…     step min, step max, runtime min, runtime max, timestamp min, timestamp max
number, level 0    value
number, level 1…   first, last, min, max, mean, finite, nan, posinf, neginf
=================  ===========================================================================================

``first`` and ``last`` are the values of the bucket's first and last row, whatever they are; ``min``, ``max`` and
``mean`` are over finite values (NaN when there is none; ``mean`` is rounded to float32); the other four are counts.
A bool is a number series of kind ``bool`` (0 and 1). All other kinds have a level 0 only, whose blocks are JSON lists
of `[row, value]` with ``row`` an index into the axis: ``histogram`` values are `HistogramValue`, ``string`` values
strings, ``other`` any JSON; the values of media are `MediaValue`, whose items are the kind's own `MediaItem`.

**Payloads.** What is too large for a value, or needed only when its item is looked at (molecules, meshes, tables, masks),
is a block of its own. Values name it by its index into `RunHead.payloads`.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Literal

from site_builder.artifact_model import ArtifactFile, ArtifactHead, ArtifactRow, RunArtifact, RunFile
from site_builder.items import (
    AudioItem,
    ChartData,
    ChartItem,
    FigureItem,
    HtmlItem,
    ImageItem,
    MediaValue,
    MoleculeItem,
    Object3DItem,
    TableItem,
    VideoItem,
)

SCHEMA = 7
"""Number of this contract: an open page that was written for another one reloads."""

BLOCK_ROWS, BLOCK_BUCKETS = 16_384, 2_048
"""Rows and buckets of blocks that are finished."""
OPEN_ROWS, OPEN_BUCKETS = 4_096, 512
"""Rows and buckets of blocks behind them, which a growing run writes anew; the coarsest level is one block."""

State = Literal["running", "silent", "finished", "failed", "crashed"]
"""``silent``: no sign for 2 minutes from a machine that cannot be asked; it counts as running in totals."""
Kind = Literal[
    "number",
    "bool",
    "string",
    "histogram",
    "image",
    "audio",
    "video",
    "html",
    "molecule",
    "object3d",
    "table",
    "plotly",
    "vega",
    "chart",
    "other",
]
MEDIA_KINDS: tuple[Kind, ...] = ("image", "audio", "video", "html", "molecule", "object3d")
"""Kinds that pages of media show; tables have pages of their own, everything else is a chart."""
Stream = Literal["history", "system"]
AlertLevel = Literal["INFO", "WARN", "ERROR"]
Goal = Literal["", "minimize", "maximize"]
"""Which of two values is the better one, where the script said so."""
JSON = Any
"""Any JSON value."""


@dataclass(frozen=True, slots=True)
class ProjectRow:
    """A project on the first page."""

    project: str
    """Name as the user gave it."""
    page: str
    """Its workspace, relative to the site's root."""
    runs: int
    running: int
    crashed: int
    failed: int
    last_sign: float
    """When any of its runs last wrote anything, unix seconds; 0 when it has none."""


@dataclass(frozen=True, slots=True)
class SiteIndex:
    """Entry ``site``."""

    title: str
    projects: tuple[ProjectRow, ...]


@dataclass(frozen=True, slots=True)
class Lost:
    """How a series ended whose last values are not finite."""

    since: int
    """Step from which on no finite value came."""
    what: Literal["NaN", "+Inf", "−Inf", "NaN or Inf"]
    """What came instead."""
    good: float | None
    """The last finite value; None when there never was one."""


@dataclass(frozen=True, slots=True)
class Alert:
    """What `run.alert` said."""

    title: str
    text: str
    level: AlertLevel
    timestamp: float
    """Unix seconds."""


@dataclass(frozen=True, slots=True)
class RunRow:
    """What every list says of a run."""

    entry: str
    """Name of its `RunHead` entry; block ``n`` is ``<entry>/<n>``."""
    parts: tuple[str, ...]
    """Files with its data, relative to the site's ``data`` folder, with their version: ``demo/x1.0.js?v=9f86d081``.
    The first holds the head."""
    page: str
    """Its page, relative to the site's root."""
    id: str
    name: str
    state: State
    created: float
    """Unix seconds."""
    duration: float
    """Seconds until its last sign, over all its sessions."""
    last_sign: float
    """Unix seconds."""
    step: int
    """Last step logged; -1 when none was."""
    rows: int
    """Rows of history."""
    tags: tuple[str, ...]
    notes: str
    group: str
    job_type: str
    host: str
    user: str
    commit: str
    root: str
    """Label of the folder it was read from; empty when the site has one root."""
    damaged: int
    """Lines or files of it that could not be read."""
    lost: int
    """Lines that its recorder could not write."""
    diverged: tuple[tuple[str, Lost], ...]
    """Keys whose numbers ended in what is not finite."""
    alerts: tuple[Alert, ...]
    """The last few that its script raised, the newest first."""


@dataclass(frozen=True, slots=True)
class Column:
    """Values of one config or summary key over the runs of a project."""

    key: str
    """Path: nested keys joined by ``.``, literal dots escaped by a backslash."""
    rows: tuple[int, ...] | None
    """Indices into `ProjectIndex.runs` of the runs that have the key; None when all have it."""
    values: tuple[JSON, ...]
    """As logged, one for each of these runs."""


@dataclass(frozen=True, slots=True)
class KeyInfo:
    """A key that at least one run of the project logged."""

    key: str
    kind: Kind
    stream: Stream
    runs: int
    """How many runs have it."""
    hidden: bool
    """Not shown by itself: logged by accidental child processes only beside real ones, or defined so."""
    x: str
    """The metric it is drawn over where nobody chose another x; empty for the step."""
    goal: Goal


@dataclass(frozen=True, slots=True)
class Pack:
    """Ended runs of which a page draws many at once: their number series in 128 buckets each (`site_builder.shares`)."""

    runs: tuple[int, ...]
    """Indices into `ProjectIndex.runs`, in the order in which they stand in its entries."""
    first: tuple[str, ...]
    """Name of the first entry in each of its files: names ascend, as JavaScript compares them."""
    parts: tuple[str, ...]
    """Its files, relative to the site's ``data`` folder, with their version."""


@dataclass(frozen=True, slots=True)
class ProjectIndex:
    """Entry ``p/<project>``."""

    project: str
    runs: tuple[RunRow, ...]
    """Newest first."""
    config: tuple[Column, ...]
    summary: tuple[Column, ...]
    least: tuple[Column, ...]
    greatest: tuple[Column, ...]
    """Of all finite numbers that a run logged under a key."""
    keys: tuple[KeyInfo, ...]
    """In the order first logged, by the oldest run first."""
    artifacts: tuple[ArtifactRow, ...]
    """By type and name."""
    packs: tuple[Pack, ...]
    """Of projects with many ended runs; the oldest first."""


@dataclass(frozen=True, slots=True)
class Level:
    """One resolution of an axis or a series."""

    size: int
    """Rows (level 0) or buckets."""
    blocks: tuple[int, ...]
    """Block numbers, in order."""
    starts: tuple[int, ...] | None
    """Index of the first item of each block; None where that follows from their lengths."""
    whole: int
    """How many of its blocks, the first ones, are `BLOCK_ROWS` or `BLOCK_BUCKETS` long; the others but the last are
    `OPEN_ROWS` or `OPEN_BUCKETS` long."""


@dataclass(frozen=True, slots=True)
class Axis:
    """Rows that one or more series were logged in."""

    size: int
    levels: tuple[Level, ...]
    monotonic: bool
    """Whether steps never fall."""


@dataclass(frozen=True, slots=True)
class Series:
    """One key and kind of a run."""

    key: str
    kind: Kind
    stream: Stream
    rank: str
    """Which of several concurrent writers logged it; empty when there is one."""
    hidden: bool
    x: str
    """The metric it is drawn over by its definition; empty for the step."""
    goal: Goal
    axis: int
    """Index into `RunHead.axes`."""
    size: int
    """Rows."""
    levels: tuple[Level, ...]
    finite: int
    nan: int
    posinf: int
    neginf: int
    min: float | None
    max: float | None
    """Of the finite values; None when there is none, and for other kinds than number and bool."""
    argmin: int
    argmax: int
    """Step of the first row with that value; -1 when there is none."""
    last: JSON
    """Value of the last row, as JSON carries numbers; None for other kinds."""
    lost: Lost | None
    """None where the last value is finite, and for other kinds."""


@dataclass(frozen=True, slots=True)
class HistogramValue:
    """A logged histogram: uniform bins by ``min`` and ``width``, others by ``bins`` (edges)."""

    counts: tuple[float, ...]
    min: float | None
    width: float | None
    bins: tuple[float, ...] | None
    dropped: int = 0
    """Values that were no finite numbers."""


@dataclass(frozen=True, slots=True)
class LogMark:
    """A line of the console that looks like a warning or an error."""

    line: int
    level: Literal["warn", "error"]


@dataclass(frozen=True, slots=True)
class Logs:
    """Console lines: blocks of JSON lists of ``[timestamp, stream, text, updates]``.

    ``stream`` is 0 for stdout, 1 for stderr; ``text`` is what a terminal would show after carriage returns, ANSI
    colours included; ``updates`` counts the repaints folded into it.
    """

    lines: int
    stderr: int
    bytes: int
    blocks: tuple[int, ...]
    starts: tuple[int, ...]
    """First line (from 0) of each block."""
    marks: tuple[LogMark, ...]


@dataclass(frozen=True, slots=True)
class Joint:
    """Where a resumed session goes on."""

    step: int
    timestamp: float
    superseded: int
    """Rows of earlier sessions from that step on, kept but not shown."""


@dataclass(frozen=True, slots=True)
class Damage:
    """Something of the run that could not be read."""

    file: str
    line: int
    """From 1; 0 when it is the file as a whole."""
    offset: int
    """Byte where it begins."""
    reason: str


@dataclass(frozen=True, slots=True)
class RunHead:
    """Entry ``r/<project>/<run>``."""

    part_starts: tuple[int, ...]
    """First block number in each of `full`, then in each of `RunRow.parts`."""
    full: tuple[str, ...]
    """Files of finished blocks by the digests of their contents: ``<project>/<run>.full/<digest>.js`` in the site's
    ``data``, with the entries ``<entry>/<digest>/<place>``."""
    axes: tuple[Axis, ...]
    series: tuple[Series, ...]
    payloads: tuple[int, ...]
    """Block of each payload."""
    logs: Logs
    files: tuple[RunFile, ...]
    joints: tuple[Joint, ...]
    damage: tuple[Damage, ...]
    started: float
    """Unix seconds of run time 0."""
    environment: tuple[tuple[str, str], ...]
    """What it ran in, as labels and texts."""
    artifacts: tuple[RunArtifact, ...]
    """What it logged and used, in the order of time."""


@dataclass(frozen=True, slots=True)
class Change:
    """What one build wrote."""

    build: int
    entries: tuple[str, ...]
    """Names of the entries whose content changed."""


@dataclass(frozen=True, slots=True)
class Version:
    """What ``version.js`` says: ``tracklog.version({…})``."""

    schema: int
    build: int
    """Grows by one with every build that wrote anything."""
    written: float
    """Unix seconds."""
    live: bool
    """Whether a watch keeps this site fresh and a run of it is live."""
    files: tuple[tuple[str, str], ...]
    """Pairs (entry, file) of ``site`` and the project indexes; the file is relative to ``data`` and carries the version:
    ``("p/demo", "demo.js?v=9f86d081")``."""
    changed: tuple[Change, ...]
    """Of the last 50 builds, newest first."""


@dataclass(frozen=True, slots=True)
class Page:
    """What a page knows of itself: JSON in its ``<script type="application/json" id="page">``."""

    schema: int
    site: str
    """Random id of the site, for this browser's storage."""
    kind: Literal["index", "project", "table", "media", "compare", "run", "artifacts", "artifact"]
    path: str
    """Its own path relative to the site's root."""
    root: str
    """From the page to the site's root: ``""``, ``"../"``, ``"../../"``."""
    project: str
    """Entry of its `ProjectIndex`; empty on the first page."""
    run: str
    """Entry of its `RunHead`; empty on other pages."""
    artifact: str
    """Entry of its `ArtifactHead`; empty on other pages."""


ENTRIES = (
    SiteIndex,
    ProjectIndex,
    RunHead,
    ArtifactHead,
    ArtifactFile,
    Version,
    Page,
    HistogramValue,
    MediaValue,
    ImageItem,
    AudioItem,
    VideoItem,
    HtmlItem,
    FigureItem,
    TableItem,
    ChartItem,
    ChartData,
    MoleculeItem,
    Object3DItem,
)
