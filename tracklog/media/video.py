"""Videos: arrays of frames, and files."""

from __future__ import annotations

import importlib.util
import io
from numbers import Real
from typing import TYPE_CHECKING, Any

from tracklog.errors import warn
from tracklog.media import losses, source
from tracklog.media.array import to_numpy
from tracklog.media.base import Media

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from tracklog.media.base import MediaDoor

EXTENSIONS = ("gif", "mp4", "webm", "ogg")
SIDE = 16_000
"""Longest side of a video that is made of an array, in pixels."""
FPS = 4
_CODECS = {"mp4": "libx264", "webm": "libvpx-vp9"}
_FRAMES, _BATCH = 4, 5
"""Dimensions of one video and of several."""
_CHANNELS = (1, 3, 4)


class Video(Media):
    """A video.

    ``data_or_path``: frames T × C × H × W (time, channels 1, 3 or 4, height, width), or B × T × C × H × W, tiled to a
    grid; values are 0 to 255, others are cast. Or the path of a gif, mp4, webm or ogg, or bytes in memory (`BytesIO`)
    with ``format``, whose bytes are kept. Arrays become a gif, or what ``format`` says where PyAV is installed; ``fps``
    is 4 unless given. Raises ValueError for other shapes, sizes, rates and types of file.
    """

    LIST_TYPE = "videos"

    def __init__(
        self,
        data_or_path: Any,
        caption: str | None = None,
        fps: float | None = None,
        format: str | None = None,  # noqa: A002 - scripts pass it by this name
    ) -> None:
        if format is not None and format not in EXTENSIONS:
            raise ValueError(f"format must be one of {', '.join(EXTENSIONS)}, not {format!r}")
        self.caption = None if caption is None else str(caption)
        self.fps, self.frames = fps, 0
        self.losses: list[losses.Loss] = []
        """What is said when it is logged."""
        self.width, self.height = 0, 0
        """In pixels; 0 where the file does not say."""
        if source.is_file(data_or_path):
            self.file = source.take(data_or_path, "a video", EXTENSIONS, format or _default(data_or_path))
            self._measure()
        else:
            self._encode(_tiled(to_numpy(data_or_path), self.losses), format or "gif")

    def to_record(self, door: MediaDoor) -> dict[str, object]:
        """Return ``video-file`` with path, sha256, size, format and, where known, width, height, fps, frames, caption."""
        losses.tell(self.losses)
        record: dict[str, object] = {
            "_type": "video-file",
            **self.file.put(door, "videos"),
            "format": self.file.extension,
        }
        facts = {"width": self.width, "height": self.height, "fps": self.fps, "frames": self.frames}
        record |= {name: value for name, value in facts.items() if value}
        return record if self.caption is None else record | {"caption": self.caption}

    def _encode(self, frames: NDArray[Any], form: str) -> None:
        self.fps = FPS if self.fps is None else self.fps
        if not isinstance(self.fps, Real) or not 0.02 <= self.fps <= 1000:  # noqa: PLR2004 - what containers hold
            raise ValueError(f"fps={self.fps!r} is no rate; a video has 0.02 to 1000 frames a second")
        self.fps = float(self.fps)
        self.frames, self.height, self.width = frames.shape[:3]
        if max(self.height, self.width) > SIDE:
            raise ValueError(f"a video has up to {SIDE:,} pixels a side, this one is {self.width:,} × {self.height:,}")
        if form != "gif" and importlib.util.find_spec("av") is None:
            warn("video-av", f"PyAV writes {form} and is not installed (pip install tracklog[video]); a gif is kept")
            form = "gif"
        if form == "ogg":
            warn("video-ogg", "browsers no longer play the codec of ogg; a webm is kept")
            form = "webm"
        data = _gif(frames, self.fps) if form == "gif" else _encoded(frames, self.fps, form)
        self.file = source.File(data, form)

    def _measure(self) -> None:
        """Read size, rate and length of a file: a gif by Pillow, others by PyAV where it is installed."""
        if self.file.extension == "gif":
            self._measure_gif()
        elif importlib.util.find_spec("av") is not None:
            self._measure_by_av()

    def _measure_gif(self) -> None:
        from PIL import Image as PILImage

        try:
            with PILImage.open(io.BytesIO(self.file.read()), formats=["GIF"]) as picture:
                self.width, self.height = picture.size
                self.frames = int(getattr(picture, "n_frames", 1))
                pause = picture.info.get("duration")
        except (OSError, ValueError, SyntaxError):
            return
        self.fps = self.fps or (1000 / pause if pause else None)

    def _measure_by_av(self) -> None:
        import av

        content = self.file.content
        try:
            with av.open(io.BytesIO(content) if isinstance(content, bytes) else str(content)) as container:
                stream = container.streams.video[0]
                self.width, self.height, self.frames = stream.width, stream.height, stream.frames
                self.fps = self.fps or (float(stream.average_rate) if stream.average_rate else None)
        except (av.FFmpegError, IndexError, OSError, ValueError):
            return


def _default(value: Any) -> str | None:
    """Return the type of bytes in memory, which have no name."""
    return "gif" if hasattr(value, "read") and not isinstance(getattr(value, "name", None), str) else None


def _tiled(array: NDArray[Any], lost: list[losses.Loss]) -> NDArray[Any]:
    """Return frames as T × H × W × 3 of 8 bits; several videos lie in a grid of powers of two, row by row."""
    import numpy as np

    if array.ndim not in (_FRAMES, _BATCH):
        raise ValueError(
            "Video must be at least 4 dimensions: time, channels, height, width, or 5 with a batch before them; "
            f"got {list(array.shape)}"
        )
    batch = array[None] if array.ndim == _FRAMES else array
    if batch.shape[2] not in _CHANNELS:
        raise ValueError(f"a video has 1, 3 or 4 channels, in the second dimension of a frame; got {list(array.shape)}")
    if batch.size == 0:
        raise ValueError(f"a video of shape {list(array.shape)} has no pixels")
    if batch.dtype != np.uint8:
        lost.append(("video-cast", f"its values are cast from {batch.dtype} to 8 bits; give 0 to 255"))
        batch = _cast(batch, lost)
    if batch.shape[2] == _CHANNELS[-1]:
        lost.append(("video-alpha", "a video has no transparency: its fourth channel is dropped"))
    count = 1 << (len(batch) - 1).bit_length()
    if count > len(batch):
        batch = np.concatenate([batch, np.zeros((count - len(batch), *batch.shape[1:]), np.uint8)])
    rows = 2 ** ((count.bit_length() - 1) // 2)
    _, time, channels, height, width = batch.shape
    grid = batch.reshape(rows, count // rows, time, channels, height, width).transpose(2, 0, 4, 1, 5, 3)
    frames = grid.reshape(time, rows * height, count // rows * width, channels)
    return np.repeat(frames, 3, axis=3) if channels == 1 else np.ascontiguousarray(frames[..., :3])


def _cast(values: NDArray[Any], lost: list[losses.Loss]) -> NDArray[Any]:
    import numpy as np

    missing = np.isnan(values) if values.dtype.kind == "f" else np.zeros(values.shape, bool)
    if missing.any():
        lost.append(("video-nan", f"{losses.share(missing)} of its values are NaN; these are black"))
    beyond = (values < 0) | (values > 255)  # noqa: PLR2004 - the range of a byte
    if beyond.any():
        lost.append(("video-range", f"{losses.share(beyond)} of its values are beyond 0 to 255 and clipped"))
    result: NDArray[Any] = np.nan_to_num(values).clip(0, 255).astype(np.uint8)
    if values.min() < values.max() and int(result.max()) - int(result.min()) <= 1:
        said = (
            f"its values, which are {values.min():g} to {values.max():g}, become {len(np.unique(result))} of 256 levels"
        )
        lost.append(("video-flat", said))
    return result


def _gif(frames: NDArray[Any], fps: float) -> bytes:
    from PIL import Image as PILImage

    first, *rest = [PILImage.fromarray(frame) for frame in frames]
    written = io.BytesIO()
    first.save(written, "GIF", save_all=True, append_images=rest, duration=max(20, round(1000 / fps)), loop=0)
    return written.getvalue()


def _encoded(frames: NDArray[Any], fps: float, form: str) -> bytes:
    """Return frames as mp4 or webm; a pixel is repeated at the right and the bottom where codecs want even sizes."""
    from fractions import Fraction

    import av
    import numpy as np

    height, width = frames.shape[1:3]
    even = np.pad(frames, ((0, 0), (0, height % 2), (0, width % 2), (0, 0)), mode="edge")
    written = io.BytesIO()
    with av.open(written, "w", format=form) as container:
        stream: Any = container.add_stream(_CODECS[form], rate=Fraction(fps).limit_denominator(1000))
        stream.height, stream.width = even.shape[1:3]
        stream.pix_fmt = "yuv420p"
        stream.options = {"crf": "18"}
        for frame in even:
            container.mux(stream.encode(av.VideoFrame.from_ndarray(frame, format="rgb24")))
        container.mux(stream.encode())
    return written.getvalue()
