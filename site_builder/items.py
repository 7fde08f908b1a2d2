"""What values of each kind look like to the page: the part of the contract (`site_builder.model`) that grows by kinds."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Literal

JSON = Any
"""Any JSON value."""


class LimitError(ValueError):
    """Something whole is not shown: it is too large, or of a format that nothing here draws."""


@dataclass(frozen=True, slots=True, kw_only=True)
class MediaItem:
    """One of the things logged at once under a key; each kind of media adds what it needs."""

    caption: str = ""
    error: str = ""
    """Why it cannot be shown; empty when it can."""
    whole: bool = False
    """Of what cannot be shown: nothing is wrong with it, but that it is too large, or of a format that nothing draws."""
    bytes: int = 0
    """Size of what was logged."""
    src: str = ""
    """Its file, relative to the site's root; empty when it is missing, damaged, or travels as a payload."""
    payload: int = -1
    """Index into `RunHead.payloads`; -1 when it has none."""


@dataclass(frozen=True, slots=True)
class ClassCount:
    """A class that a mask or boxes have."""

    id: int
    """-1 for boxes without one."""
    label: str
    colour: str
    """As logged, ``#rrggbb``; empty where the page chooses."""
    count: int
    """Pixels or boxes."""


@dataclass(frozen=True, slots=True)
class Score:
    """A score that boxes have, and its range."""

    name: str
    min: float
    max: float


@dataclass(frozen=True, slots=True, kw_only=True)
class MaskSet:
    """A class for each pixel of an image.

    The payload holds runs of equal pixels, row by row over the whole mask, each as two unsigned LEB128 numbers: class id,
    pixels.
    """

    name: str
    payload: int = -1
    width: int = 0
    height: int = 0
    """In pixels; where these are not the image's, the mask is stretched over it."""
    classes: tuple[ClassCount, ...] = ()
    error: str = ""
    note: str = ""
    """What is to be said of it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class BoxSet:
    """Boxes around things in an image.

    The payload is JSON: a list of ``[class id, caption, {score name: score}, left, top, right, bottom, clipped]``, the
    four in shares of the image.
    """

    name: str
    payload: int = -1
    classes: tuple[ClassCount, ...] = ()
    scores: tuple[Score, ...] = ()
    error: str = ""
    note: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class ImageItem(MediaItem):
    """An image."""

    thumb: str = ""
    """A smaller copy for tiles; the same as ``src`` when the original is small."""
    width: int = 0
    height: int = 0
    note: str = ""
    """What is to be said of how it is shown."""
    grouping: int = 0
    """Images of a list that stand in a row; 0 for as many as there is room for."""
    masks: tuple[MaskSet, ...] = ()
    boxes: tuple[BoxSet, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class AudioItem(MediaItem):
    """A sound."""

    format: str = ""
    duration: float = 0.0
    """Seconds; 0 where unknown."""
    sample_rate: int = 0
    """Hz; 0 where unknown."""
    channels: int = 0
    peaks: tuple[int, ...] = ()
    """Least and greatest sample of equal parts of the sound, alternating, -127 to 127; empty where it was not decoded."""
    bands: int = 0
    """Rows of the spectrogram in the payload: bytes (loudness), column after column, low frequencies first."""


@dataclass(frozen=True, slots=True, kw_only=True)
class VideoItem(MediaItem):
    """A video."""

    format: str = ""
    width: int = 0
    height: int = 0
    """Pixels; 0 where unknown, as are the others."""
    fps: float = 0.0
    frames: int = 0
    sheet: str = ""
    """For gifs, which browsers cannot stop: a picture of all frames, row by row, relative to the site's root."""
    columns: int = 0
    """Frames in a row of the sheet."""


@dataclass(frozen=True, slots=True, kw_only=True)
class HtmlItem(MediaItem):
    """A document; its text is the payload."""

    scripts: tuple[int, ...] = ()
    """Payloads with scripts that run before it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class FigureItem(MediaItem):
    """A figure of Plotly, or a Vega-Lite chart; its JSON is the payload."""


@dataclass(frozen=True, slots=True, kw_only=True)
class MoleculeItem(MediaItem):
    """A molecule; its file is the payload."""

    format: str = ""
    """Extension of the file."""


@dataclass(frozen=True, slots=True)
class Box3D:
    """A box of a scene."""

    corners: tuple[tuple[float, float, float], ...]
    """Eight, the last coordinate changing first."""
    label: str
    color: tuple[int, int, int] | None
    score: float | None


@dataclass(frozen=True, slots=True)
class Arrow:
    """A vector of a scene."""

    start: tuple[float, float, float]
    end: tuple[float, float, float]
    color: tuple[int, int, int] | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Object3DItem(MediaItem):
    """A mesh, whose file is the payload, or a cloud of points (`site_builder.clouds`)."""

    format: Literal["", "obj", "glb", "stl", "cloud"] = ""
    points: int = 0
    """That are drawn."""
    total: int = 0
    """That were logged."""
    colours: Literal["", "category", "rgb"] = ""
    center: tuple[float, float, float] = (0.0, 0.0, 0.0)
    """Of the cloud: what its coordinates are relative to; those of boxes and arrows are not."""
    boxes: tuple[Box3D, ...] = ()
    arrows: tuple[Arrow, ...] = ()
    note: str = ""
    """What is not drawn; empty when all is."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ChartItem(MediaItem):
    """A table that a preset draws; the payload is `ChartData`."""

    preset: str = ""
    """Name of the preset."""


@dataclass(frozen=True, slots=True)
class ChartData:
    """What a custom chart is drawn from."""

    columns: tuple[str, ...]
    rows: tuple[tuple[JSON, ...], ...]
    fields: tuple[tuple[str, str], ...]
    """Pairs (placeholder, column)."""
    strings: tuple[tuple[str, str], ...]
    spec: JSON
    """The user's own preset; null for a shipped one."""
    refused: str
    """Why the user's own preset cannot be used; empty when it can, or there is none."""
    note: str
    """Why something of it is missing; empty when nothing is."""


@dataclass(frozen=True, slots=True)
class TableColumn:
    """A column of a table."""

    name: str
    type: str
    """``number``, ``bool``, ``date``, ``string``, ``mixed``, or ``media:`` and the kind of its items."""
    zone: bool = False
    """Of dates: they were logged with a time zone, and are UTC here."""


@dataclass(frozen=True, slots=True, kw_only=True)
class TableItem(MediaItem):
    """A table: its cells travel in blocks of `BLOCK_ROWS` rows (`site_builder.kinds.table_blocks`)."""

    rows: int = 0
    columns: tuple[TableColumn, ...] = ()
    blocks: tuple[int, ...] = ()
    """Payload of each block."""
    note: str = ""
    """What of the table is not there or not shown; empty when everything is."""
    cut: bool = False
    """Something of it is damaged, as the note says."""
    increment: int = -1
    """Of tables logged in parts, the number of this one: its rows follow those of the parts before. -1 for others."""


@dataclass(frozen=True, slots=True)
class MediaValue:
    """Media logged at once under a key: one, or a list."""

    items: tuple[MediaItem, ...]
