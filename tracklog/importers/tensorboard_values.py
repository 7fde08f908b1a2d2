"""TensorBoard's values that are more than a number, as the media that a run would log.

`image{4 encoded bytes}`, `audio{4 bytes, 5 content_type}`, `histo{1 min, 2 max, 3 num, 6 bucket_limit, 7 bucket}`; tensors of
the plugins `text`, `images`, `audio`, `histograms`, `pr_curves`, `mesh` (tensorboard/plugins/*/metadata.py).
"""

from __future__ import annotations

import io
import math
from typing import TYPE_CHECKING, Any

from tracklog.importers import tensorboard_meshes as meshes
from tracklog.importers import tensors
from tracklog.importers.files_as_media import Named
from tracklog.importers.protobuf import Message, WireError

if TYPE_CHECKING:
    from collections.abc import Iterable

    from numpy.typing import NDArray

    from tracklog.media.base import Media

_IMAGE, _HISTO, _AUDIO, _TENSOR = 4, 5, 6, 8
_MOST_BINS = 512
_CURVES = ("TP", "FP", "TN", "FN", "precision", "recall")
_SOUNDS = {"audio/wav": "wav", "audio/x-wav": "wav", "audio/mpeg": "mp3", "audio/ogg": "ogg", "audio/flac": "flac"}


def value(summary: Message, number: int, plugin: str) -> Any:
    """Return one value of a summary. Raises ValueError for what cannot be shown as what it says that it is."""
    one = summary.messages(1)[number]
    if _IMAGE in one:
        return picture(one.message(_IMAGE).raw(4))
    if _HISTO in one:
        return histogram(one.message(_HISTO))
    if _AUDIO in one:
        audio = one.message(_AUDIO)
        return sound(audio.raw(4), audio.text(5))
    tensor = one.message(_TENSOR)
    if plugin == "mesh":
        return meshes.mesh(summary, meshes.mesh_of(one)[0])
    found = tensors.numbers(tensor)
    return _of_texts(tensor, plugin) if found is None else _of_numbers(found, plugin)


def _of_texts(tensor: Message, plugin: str) -> Any:
    files = tensors.texts(tensor)
    if plugin == "images":  # width, height, then a file for each picture
        return _one_or_all([picture(data) for data in files[2:]])
    if plugin == "audio":  # pairs of a file and its label
        shape = tensors.shape_of(tensor)
        return _one_or_all([sound(data) for data in files[:: shape[-1] if len(shape) > 1 else 1]])
    return _one_or_all([data.decode("utf-8", "replace") for data in files])


def _of_numbers(found: NDArray[Any], plugin: str) -> Any:
    if plugin == "histograms":
        return _rows_of_bins(found)
    if plugin == "pr_curves":
        return _curve(found)
    from tracklog.media.tensor import Tensor

    return found.tolist() if found.size <= 1 else Tensor(found, "numpy.ndarray", str(found.dtype))


def _one_or_all(items: list[Any]) -> Any:
    return items[0] if len(items) == 1 else items


def picture(data: bytes) -> Media:
    """Return an image, or a video where it is a gif that moves. Raises ValueError for what cannot be read."""
    from tracklog.media.image import Image
    from tracklog.media.video import Video

    if data.startswith(b"GIF8") and _moves(data):
        return Video(io.BytesIO(data), format="gif")
    return Image(io.BytesIO(data))


def _moves(data: bytes) -> bool:
    from PIL import Image as Picture

    try:
        with Picture.open(io.BytesIO(data)) as opened:
            return bool(getattr(opened, "is_animated", False))
    except (OSError, ValueError, Picture.DecompressionBombError):
        return False


def sound(data: bytes, kind: str = "") -> Media:
    """Return a sound, by its content type; TensorBoard's are WAV files."""
    from tracklog.media.audio import Audio

    return Audio(Named(data, f"sound.{_SOUNDS.get(kind, 'wav')}"))


# -- histograms


def histogram(histo: Message) -> dict[str, Any]:
    """Return `HistogramProto` by its buckets; `num` also counts NaN, infinities and what lies beyond all of them.

    Limits are right edges. The first bucket is empty in what `add_histogram` writes, and begins at the least value else.
    """
    limits, counts = histo.doubles(6), histo.doubles(7)
    if not limits or len(limits) != len(counts):
        raise WireError(f"has {len(counts)} buckets for {len(limits)} limits")
    least, most, total = histo.double(1), histo.double(2), histo.double(3)
    first = limits[0] if not counts[0] else least if math.isfinite(least) and least <= limits[0] else limits[0]
    edges = [first, *limits]
    if math.isfinite(least) and len(edges) > 2 and counts[0] == 0 and edges[1] < least <= edges[2]:  # noqa: PLR2004
        edges[1] = least
    bins = _kept(zip(edges, edges[1:], counts, strict=False))
    if bins and math.isfinite(most) and bins[-1][0] < most < bins[-1][1]:
        bins[-1] = (bins[-1][0], most, bins[-1][2])
    return _record(bins, total)


def _rows_of_bins(found: NDArray[Any]) -> dict[str, Any]:
    if found.ndim != 2 or found.shape[1] != 3:  # noqa: PLR2004 - left, right, count of each
        raise WireError(f"has bins of the shape {found.shape}")
    return _record(_kept((left, right, count) for left, right, count in found.tolist()), 0.0)


def _kept(bins: Iterable[tuple[float, float, float]]) -> list[tuple[float, float, float]]:
    """Return bins that have a width and finite edges, empty ones at the ends left out."""
    kept = [one for one in bins if one[2] or (one[1] > one[0] and math.isfinite(one[0]) and math.isfinite(one[1]))]
    held = [n for n, one in enumerate(kept) if one[2]]
    return kept[held[0] : held[-1] + 1] if held else []


def _record(bins: list[tuple[float, float, float]], total: float) -> dict[str, Any]:
    if len(bins) > _MOST_BINS:
        bins = _joined(bins)
    if not bins:
        bins = [(0.0, 1.0, 0.0)]
    edges, counts = [bins[0][0], *(right for _, right, _ in bins)], [count for *_, count in bins]
    if not all(math.isfinite(edge) for edge in edges) or not all(math.isfinite(count) for count in counts):
        raise WireError("has edges or counts that are no numbers")
    whole: list[float] = [int(count) if count == int(count) else count for count in counts]
    width = (edges[-1] - edges[0]) / len(whole)
    record: dict[str, Any] = {"_type": "histogram", "counts": whole}
    if all(abs(edges[0] + n * width - edge) <= 1e-9 * width for n, edge in enumerate(edges)):
        record.update(min=edges[0], width=width)
    else:
        record["bins"] = edges
    beyond = round(total - sum(counts)) if math.isfinite(total) else 0
    return record | ({"dropped": beyond} if beyond > 0 else {})


def _joined(bins: list[tuple[float, float, float]]) -> list[tuple[float, float, float]]:
    """Return bins with empty neighbours as one, which loses nothing."""
    joined: list[tuple[float, float, float]] = []
    for left, right, count in bins:
        if joined and not count and not joined[-1][2]:
            joined[-1] = (joined[-1][0], right, 0.0)
        else:
            joined.append((left, right, count))
    return joined


# -- curves


def _curve(found: NDArray[Any]) -> Media:
    """Return a curve of precision over recall, its table with the counts at each threshold."""
    from tracklog.media.table import Table
    from tracklog.plot import charts

    if found.ndim != 2 or found.shape[0] != len(_CURVES):  # noqa: PLR2004 - what is counted, thresholds
        raise WireError(f"has a curve of the shape {found.shape}")
    count = found.shape[1]
    thresholds = [n / max(1, count - 1) for n in range(count)]
    columns = [tensors.shortest(row) for row in found]
    rows = [list(row) for row in zip(thresholds, *columns, strict=True)]
    table = Table(columns=["threshold", *_CURVES], data=rows)
    return charts.line(table, "recall", "precision")
