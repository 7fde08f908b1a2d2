"""Records of media back to the objects that they were made from: what artifacts give back, cells of tables included.

A record and the files it names may be a stranger's: only plain files are read, arrays without pickles.
"""

from __future__ import annotations

import datetime as dt
import io
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import orjson

from tracklog.media import (
    audio,
    boxes,
    classes,
    figure,
    histogram,
    html,
    image,
    masks,
    molecule,
    object3d,
    table,
    video,
)
from tracklog.media.table_types import is_named
from tracklog.store import encoding
from tracklog.store.files import content

if TYPE_CHECKING:
    from pathlib import Path

Find = Callable[[str], "Path"]
"""Where the file of a path in a record is; raises KeyError or OSError."""


def restored(record: Any, find: Find) -> Any:
    """Return the object of a record; records of a kind that has none, and plain values, as they are.

    Raises ValueError, TypeError, KeyError and OSError for what is damaged.
    """
    if isinstance(record, list):
        return [restored(item, find) for item in record]
    if not isinstance(record, dict):
        return encoding.decoded(record)
    kind = record.get("_type")
    if not isinstance(kind, str):
        return {key: restored(item, find) for key, item in record.items()}
    if isinstance(record.get("items"), list):
        return [restored(item, find) for item in record["items"]]
    return _KINDS[kind](record, find) if kind in _KINDS else encoding.decoded(record)


def restored_table(data: bytes, find: Find) -> table.Table:
    """Return the table of a table's file. Raises as `restored`, and ValueError for what is no table."""
    found = orjson.loads(data)
    if not isinstance(found, dict) or not all(isinstance(found.get(key), list) for key in ("columns", "data")):
        msg = "it holds no table: columns and data are missing"
        raise ValueError(msg)
    columns = found["columns"]
    told = found.get("types")
    known = [kind if is_named(kind) else None for kind in told] if isinstance(told, list) else []
    types = [*known, *[None] * len(columns)][: len(columns)]
    rows = [[_cell(cell, kind, find) for cell, kind in zip(row, types, strict=True)] for row in found["data"]]
    return table.Table(columns=columns, data=rows, dtype=types)


def _cell(value: Any, kind: str | None, find: Find) -> Any:
    if kind == "timestamp" and isinstance(value, str):
        moment = dt.datetime.fromisoformat(value)
        return moment if len(value) > len("2020-01-01") else moment.date()
    if kind == "ndarray" and isinstance(value, list):
        import numpy as np

        return np.array(encoding.decoded(value))
    if kind == "ndarray" and isinstance(value, int | float | str):
        import numpy as np

        return np.array([encoding.decoded(value)])
    return restored(value, find)


class _Named(io.BytesIO):
    """A file in memory that knows its name, whose ending says what it is."""

    def __init__(self, data: bytes, name: str) -> None:
        super().__init__(data)
        self.name = name


def _file(record: dict[str, Any], find: Find) -> _Named:
    return _Named(content(find(record["path"])), record["path"])


def _image(record: dict[str, Any], find: Find) -> image.Image:
    made = image.Image(_file(record, find), caption=record.get("caption"), grouping=record.get("grouping"))
    made.format = str(record.get("format") or made.format)
    made.masks = {name: _mask(one, find, name) for name, one in (record.get("masks") or {}).items()}
    made.boxes = {name: _boxes(one, find, name) for name, one in (record.get("boxes") or {}).items()}
    return made


def _mask(record: dict[str, Any], find: Find, name: str = "mask") -> masks.ImageMask:
    made = masks.ImageMask({"mask_data": find(record["path"])}, name)
    made.classes = _classes_of(record, find)
    return made


def _boxes(record: dict[str, Any], find: Find, name: str = "boxes") -> boxes.BoundingBoxes2D:
    made = boxes.BoundingBoxes2D(orjson.loads(content(find(record["path"]))), name)
    made.classes = _classes_of(record, find)
    return made


def _classes_of(record: dict[str, Any], find: Find) -> classes.Classes | None:
    path = record.get("classes")
    return _classes(orjson.loads(content(find(path))), find) if isinstance(path, str) else None


def _classes(record: dict[str, Any], _: Find) -> classes.Classes:
    return classes.Classes(record["class_set"])


def _audio(record: dict[str, Any], find: Find) -> audio.Audio:
    return audio.Audio(_file(record, find), record.get("sample_rate"), record.get("caption"))


def _video(record: dict[str, Any], find: Find) -> video.Video:
    return video.Video(_file(record, find), record.get("caption"), record.get("fps"))


def _html(record: dict[str, Any], find: Find) -> html.Html:
    text = content(find(record["path"])).decode("utf-8", "replace")
    return html.Html(text, inject=False, data_is_not_path=True)


def _molecule(record: dict[str, Any], find: Find) -> molecule.Molecule:
    return molecule.Molecule(_file(record, find), record.get("caption"))


def _object3d(record: dict[str, Any], find: Find) -> object3d.Object3D:
    caption = record.get("caption")
    if isinstance(record.get("points"), dict):
        scene = orjson.loads(content(find(record["path"])))
        return object3d.Object3D({**scene, "points": _array(record["points"], find)}, caption)
    if record["path"].endswith(".npy"):
        return object3d.Object3D(_array(record, find), caption)
    return object3d.Object3D(_file(record, find), caption)


def _array(record: dict[str, Any], find: Find) -> Any:
    import numpy as np

    return np.load(io.BytesIO(content(find(record["path"]))), allow_pickle=False)


def _histogram(record: dict[str, Any], _: Find) -> histogram.Histogram:
    counts = record["counts"]
    edges = record.get("bins") or [record["min"] + n * record["width"] for n in range(len(counts) + 1)]
    return histogram.Histogram(np_histogram=(counts, edges))


def _plotly(record: dict[str, Any], find: Find) -> figure.Plotly:
    return figure.Plotly(orjson.loads(content(find(record["path"]))))


def _altair(record: dict[str, Any], find: Find) -> figure.Altair:
    return figure.Altair(orjson.loads(content(find(record["path"]))))


def _bokeh(record: dict[str, Any], find: Find) -> figure.Bokeh:
    texts = [content(find(each["path"])).decode("utf-8", "replace") for each in (record, *record.get("scripts", ()))]
    return figure.Bokeh.of_html(texts[0], texts[1:])


def _table(record: dict[str, Any], find: Find) -> table.Table:
    return restored_table(content(find(record["path"])), find)


_KINDS: dict[str, Callable[[dict[str, Any], Find], Any]] = {
    "audio-file": _audio,
    "bokeh-file": _bokeh,
    "boxes2D": _boxes,
    "classes": _classes,
    "histogram": _histogram,
    "html-file": _html,
    "image-file": _image,
    "mask": _mask,
    "molecule-file": _molecule,
    "ndarray-file": _array,
    "object3D-file": _object3d,
    "plotly-file": _plotly,
    "table-file": _table,
    "vega-file": _altair,
    "video-file": _video,
}
