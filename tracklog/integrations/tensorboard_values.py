"""TensorBoard's summaries as values that a run logs.

Messages of any build of the protocol are read by their fields (`tensorboard/compat/proto/summary.proto`), so that none of the
libraries that bring one need be imported.
"""

from __future__ import annotations

import io
from typing import TYPE_CHECKING, Any

from tracklog.errors import warn
from tracklog.media.audio import Audio
from tracklog.media.histogram import MAX_BINS, Histogram
from tracklog.media.image import Image
from tracklog.media.video import Video

if TYPE_CHECKING:
    from collections.abc import Iterator

    from numpy.typing import NDArray

_DTYPES = {
    1: "f4",
    2: "f8",
    3: "i4",
    4: "u1",
    5: "i2",
    6: "i1",
    9: "i8",
    10: "?",
    17: "u2",
    19: "f2",
    22: "u4",
    23: "u8",
}
"""NumPy's types by the numbers of `types.proto`."""
_STRING, _BFLOAT16 = 7, 14
_FIELDS = ("float_val", "double_val", "int_val", "int64_val", "bool_val", "uint32_val", "uint64_val")
_MOST_VIDEO = 20_000_000
"""Bytes of a gif that is logged."""
_LEFT_OUT = ("pr_curves", "mesh", "custom_scalars", "hparams_metrics")


class _Wav(io.BytesIO):
    """A sound in memory; all of TensorBoard's are of this type."""

    name = "sound.wav"


def of_summary(summary: Any) -> dict[str, Any]:
    """Return the values of a `Summary` by tag; what cannot be shown is said once for its kind."""
    found = {}
    for value in summary.value:
        kind = value.WhichOneof("value")
        plugin = value.metadata.plugin_data.plugin_name
        if plugin == "hparams":
            continue
        if plugin in _LEFT_OUT:
            warn(
                f"tensorboard-{plugin}",
                f"{plugin} of TensorBoard are not drawn, {value.tag!r} among them; the event file has them",
            )
            continue
        if kind == "simple_value":
            found[value.tag] = value.simple_value
        elif kind == "image":
            found[value.tag] = _picture(value.image.encoded_image_string)
        elif kind == "audio":
            found[value.tag] = Audio(_Wav(value.audio.encoded_audio_string))
        elif kind == "histo":
            found[value.tag] = _histogram(value.histo)
        elif kind == "tensor":
            found[value.tag] = _of_plugin(plugin, value.tensor)
    return {tag: value for tag, value in found.items() if value is not None}


def hyperparameters(summary: Any) -> dict[str, Any]:
    """Return the hyperparameters that a session of TensorBoard's plugin `hparams` begins with."""
    found: dict[str, Any] = {}
    for value in summary.value:
        if value.metadata.plugin_data.plugin_name == "hparams":
            begun = _hparams_message().FromString(value.metadata.plugin_data.content).session_start_info
            found |= {name: getattr(one, one.WhichOneof("kind") or "", None) for name, one in begun.hparams.items()}
    return found


def _hparams_message() -> Any:
    try:
        from tensorboard.plugins.hparams.plugin_data_pb2 import HParamsPluginData
    except ImportError:
        from tensorboardX.proto.plugin_hparams_pb2 import HParamsPluginData
    return HParamsPluginData


def summary_of(summary: Any) -> Any:
    """Return a `Summary` for its bytes; a message as it is."""
    if not isinstance(summary, bytes):
        return summary
    try:
        from tensorboard.compat.proto.summary_pb2 import Summary
    except ImportError:
        from tensorboardX.proto.summary_pb2 import Summary
    return Summary.FromString(summary)


def _of_plugin(plugin: str, tensor: Any) -> Any:
    """Return a tensor as what its plugin makes of it."""
    array = _array(tensor)
    if plugin == "text" or array.dtype.kind == "O":
        if plugin == "images":  # width, height, then a file for each
            return [_picture(one) for one in array.reshape(-1)[2:]]
        if plugin == "audio":  # pairs of a file and its label
            return [Audio(_Wav(one)) for one in array.reshape(-1)[:: array.shape[-1] if array.ndim > 1 else 1]]
        texts = [one.decode("utf-8", "replace") for one in array.reshape(-1)]
        return texts[0] if len(texts) == 1 else texts
    if plugin == "histograms":
        return _binned(array[:, 2], [*array[:1, 0], *array[:, 1]]) if array.size else None
    return array.reshape(-1)[0].item() if array.size == 1 else array


def _array(tensor: Any) -> NDArray[Any]:
    """Return a `TensorProto` as an array; texts are objects."""
    import numpy as np

    shape = [dim.size for dim in tensor.tensor_shape.dim]
    if tensor.dtype == _STRING:
        return np.array(list(tensor.string_val), dtype=object).reshape(shape or -1)
    if tensor.tensor_content and tensor.dtype == _BFLOAT16:
        halves = np.frombuffer(tensor.tensor_content, "<u2").astype("<u4") << 16
        return halves.view("<f4").reshape(shape)
    if tensor.tensor_content:
        return np.frombuffer(tensor.tensor_content, np.dtype(_DTYPES[tensor.dtype]).newbyteorder("<")).reshape(shape)
    given = next((list(getattr(tensor, field)) for field in _FIELDS if len(getattr(tensor, field, ()))), [0])
    size = int(np.prod(shape))
    # The last value stands for all that follow.
    return np.array(given + given[-1:] * (size - len(given)), dtype=_DTYPES.get(tensor.dtype, "f8"))[:size].reshape(
        shape
    )


def _picture(data: bytes) -> Image | Video | None:
    """Return an image, or a video where it is a gif that moves; None where it cannot be read."""
    from PIL import Image as Picture

    if data.startswith(b"GIF8"):
        if len(data) > _MOST_VIDEO:
            warn("tensorboard-video", f"a video of {len(data):,} bytes is not logged, {_MOST_VIDEO:,} are the most")
            return None
        return Video(io.BytesIO(data), format="gif")
    try:
        with Picture.open(io.BytesIO(data)) as picture:
            return Image(picture.copy())
    except (OSError, ValueError, Picture.DecompressionBombError) as error:
        warn("tensorboard-image", f"an image of TensorBoard cannot be read: {error}")
        return None


def _histogram(message: Any) -> Histogram | None:
    """Return a `HistogramProto`: counts up to each limit, the first bin begins at the least value."""
    if not message.bucket:
        return None
    limits = [min(max(limit, message.min), message.max) for limit in message.bucket_limit]
    return _binned(message.bucket, [message.min, *limits])


def _binned(counts: Any, edges: Any) -> Histogram | None:
    """Return a histogram of bins side by side; those without a width are left out, many are joined to at most 512."""
    bins = list(_joined(counts, edges))
    if not bins:
        return None
    return Histogram(np_histogram=([count for count, _ in bins], [float(edges[0]), *(right for _, right in bins)]))


def _joined(counts: Any, edges: Any) -> Iterator[tuple[float, float]]:
    """Yield count and right edge of each bin."""
    each = -(-len(counts) // MAX_BINS)
    right = float(edges[0])
    for start in range(0, len(counts), each):
        count = float(sum(counts[start : start + each]))
        right, before = max(right, float(edges[min(start + each, len(counts))])), right
        if count or right > before:
            yield count, right
