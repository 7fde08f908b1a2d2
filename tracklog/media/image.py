"""Pictures: arrays, tensors, PIL images, figures and files."""

from __future__ import annotations

import io
from os import PathLike
from pathlib import Path
from types import ModuleType
from typing import TYPE_CHECKING, Any

from tracklog.media import boxes as boxes_
from tracklog.media import classes as classes_
from tracklog.media import losses, pixels, source
from tracklog.media import masks as masks_
from tracklog.media.array import is_torch, to_numpy
from tracklog.media.base import Media

if TYPE_CHECKING:
    from collections.abc import Sequence

    from PIL import Image as PILImage

    from tracklog.media.base import MediaDoor

MAX_DIMENSION = 65500

_WRITTEN = {"png": "PNG", "jpg": "JPEG", "jpeg": "JPEG", "bmp": "BMP"}
_SHOWN = {"PNG": ("png",), "JPEG": ("jpg", "jpeg"), "BMP": ("bmp",), "GIF": ("gif",), "WEBP": ("webp",)}
"""What browsers show: files in these formats are kept byte for byte; the first extension is the usual one."""
_PNG_MODES = frozenset(("1", "L", "LA", "P", "RGB", "RGBA", "I;16"))
_JPEG_MODES = frozenset(("L", "RGB", "CMYK"))


class Image(Media):
    """A picture, taken as it is now: later changes of the data do not show.

    ``data_or_path``: a NumPy array or nested list (H × W, H × W × C), a PyTorch tensor (C × H × W, or a batch of such,
    laid out as a grid), a PIL image, a matplotlib figure, axes or `pyplot`, another Image, an open file, or the path of
    a file, whose bytes are kept. With ``normalize``, values in 0…1 and -1…1 are stretched to 0…255; others are clipped.
    ``file_type`` is png, jpg, jpeg or bmp. ``masks`` and ``boxes`` are named sets (`ImageMask`, `BoundingBoxes2D`) drawn
    above the picture; ``classes`` names the ids of those that bring no ``class_labels``. ``grouping`` is how many images
    of a list stand in a row. Raises ValueError for shapes, types of file and sizes that make no picture, TypeError for
    values that are no numbers, and for masks, boxes and classes of another form.
    """

    LIST_TYPE = "images"
    MAX_ITEMS = 108
    """How many of a list wandb keeps, for scripts that cut theirs by it; here a list has any length."""
    MAX_DIMENSION = MAX_DIMENSION

    def __init__(
        self,
        data_or_path: Any,
        mode: str | None = None,
        caption: str | None = None,
        grouping: int | None = None,
        classes: Any = None,
        boxes: Any = None,
        masks: Any = None,
        file_type: str | None = None,
        normalize: bool = True,
    ) -> None:
        if file_type is not None and file_type not in _WRITTEN:
            raise ValueError(f"file_type must be one of {', '.join(_WRITTEN)}, not {file_type!r}")
        self.caption = None if caption is None else str(caption)
        self.grouping = grouping
        self.data, self.format, self.width, self.height = b"", "", 0, 0
        self.losses: list[losses.Loss] = []
        """What is said when it is logged."""
        if isinstance(data_or_path, Image):
            self._copy(data_or_path)
        elif isinstance(data_or_path, (str, PathLike)):
            self._take_path(data_or_path)
        elif hasattr(data_or_path, "read"):
            self._take_file(data_or_path.read(), "", "the open file")
        else:
            picture = _picture(data_or_path, normalize=normalize, losses=self.losses)
            self._encode(picture, mode, file_type or "png")
        self.classes = classes_.of(classes)
        self.boxes = boxes_.read(boxes)
        self.masks = masks_.read(masks, (self.width, self.height))

    @property
    def image(self) -> PILImage.Image:
        """Return the picture, for PIL."""
        from PIL import Image as PILImage

        return PILImage.open(io.BytesIO(self.data))

    def to_data_array(self) -> list[Any]:
        """Return the pixels row by row: numbers, or tuples where there are several channels."""
        rows: list[Any] = pixels.to_array(self.image).tolist()
        return [[tuple(pixel) if isinstance(pixel, list) else pixel for pixel in row] for row in rows]

    def to_record(self, door: MediaDoor) -> dict[str, object]:
        """Return ``image-file`` with path, sha256, size, width, height, format and, where given, caption, grouping."""
        losses.tell(self.losses)
        record: dict[str, object] = {"_type": "image-file", **door.put_bytes("images", self.data, self.format)}
        record.update(width=self.width, height=self.height, format=self.format)
        if self.caption is not None:
            record["caption"] = self.caption
        if self.grouping is not None:
            record["grouping"] = self.grouping
        if self.masks:
            record["masks"] = {name: mask.to_record(door, self.classes) for name, mask in self.masks.items()}
        if self.boxes:
            record["boxes"] = {name: boxes.to_record(door, self.classes) for name, boxes in self.boxes.items()}
        return record

    @classmethod
    def all_captions(cls, images: Sequence[Image]) -> list[str] | bool:
        """Return the captions, empty where one is missing; False when there are none at all."""
        if all(image.caption is None for image in images):
            return False
        return [image.caption or "" for image in images]

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Image) and self.data == other.data

    def __hash__(self) -> int:
        return hash(self.data)

    def _copy(self, other: Image) -> None:
        self.data, self.format, self.width, self.height = other.data, other.format, other.width, other.height
        self.losses = list(other.losses)
        self.grouping = other.grouping if self.grouping is None else self.grouping
        self.caption = other.caption if self.caption is None else self.caption

    def _take_path(self, path: str | PathLike[str]) -> None:
        source.refuse_url(path, "an image")
        where = Path(path)
        self._take_file(where.read_bytes(), where.suffix.lstrip(".").lower(), str(path))

    def _take_file(self, data: bytes, extension: str, name: str) -> None:
        """Keep the bytes of a file that browsers show; make a PNG of what they do not."""
        from PIL import Image as PILImage
        from PIL import UnidentifiedImageError

        try:
            picture = PILImage.open(io.BytesIO(data))
        except UnidentifiedImageError as error:  # whose text names the bytes in memory
            raise ValueError(f"{name} cannot be read as an image: its format is none that Pillow knows") from error
        except PILImage.DecompressionBombError as error:
            raise ValueError(f"{name} cannot be read as an image: {error}") from error
        known = _SHOWN.get(picture.format or "")
        if known is None:
            self._encode(picture, None, "png")
            return
        self.data, self.format = data, extension if extension in known else known[0]
        self.width, self.height = _checked(picture.size)

    def _encode(self, picture: PILImage.Image, mode: str | None, file_type: str) -> None:
        picture = picture if mode is None else _converted(picture, mode)
        self.width, self.height = _checked(picture.size)
        self.format = file_type
        if _WRITTEN[file_type] == "JPEG":
            if "A" in picture.mode or "transparency" in picture.info:
                said = "JPEG has no transparency: the alpha channel is dropped; file_type='png' keeps it"
                self.losses.append(("image-alpha", said))
            self.losses += _wide_losses(picture)
            picture = picture if picture.mode in _JPEG_MODES else picture.convert("RGB")
        elif picture.mode not in _PNG_MODES or (file_type == "bmp" and picture.mode in {"LA", "I;16"}):
            # The modes beyond have no place in the file or in browsers: CMYK, HSV, floats, 32-bit integers.
            self.losses += _wide_losses(picture)
            picture = picture.convert("RGBA" if "A" in picture.mode or "a" in picture.mode else "RGB")
        written = io.BytesIO()
        picture.save(written, format=_WRITTEN[file_type])
        self.data = written.getvalue()


def _checked(size: tuple[int, int]) -> tuple[int, int]:
    if not all(1 <= side <= MAX_DIMENSION for side in size):
        raise ValueError(f"an image has 1 to {MAX_DIMENSION} pixels a side, this one is {size[0]} × {size[1]}")
    return size


def _wide_losses(picture: PILImage.Image) -> list[losses.Loss]:
    """Return what is lost of numbers beyond 8 bits: Pillow clips them."""
    if picture.mode not in {"F", "I", "I;16", "I;16B"}:
        return []
    values = pixels.to_array(picture)
    beyond = (values < 0) | (values > 255)  # noqa: PLR2004 - the range of a byte
    if not beyond.any():
        return []
    said = (
        f"{losses.share(beyond)} of its values, which are {values.min():g} to {values.max():g}, are clipped to 0 to 255"
    )
    return [("image-range", said)]


def _converted(picture: PILImage.Image, mode: str) -> PILImage.Image:
    try:
        return picture.convert(mode)
    except ValueError as error:
        raise ValueError(f"an image of mode {picture.mode} cannot be converted to mode {mode!r}: {error}") from error


def _picture(data: Any, *, normalize: bool, losses: list[losses.Loss]) -> PILImage.Image:
    """Return data of any kind but files as a PIL image."""
    module = type(data).__module__.partition(".")[0]
    if module == "PIL" or (hasattr(data, "convert") and hasattr(data, "getbands")):
        picture: PILImage.Image = data
        return picture
    figure = figure_of(data)
    if figure is not None:
        return _drawn(figure)
    return pixels.from_array(to_numpy(data), channels_first=is_torch(data), normalize=normalize, losses=losses)


def figure_of(data: Any) -> Any:
    """Return the matplotlib figure that data is, or is drawn in; None for anything else."""
    if isinstance(data, ModuleType) and data.__name__ in {"matplotlib.pyplot", "pylab", "matplotlib.pylab"}:
        return data.gcf()
    if not any(kind.__module__.partition(".")[0] == "matplotlib" for kind in type(data).__mro__):
        return None
    while not hasattr(data, "savefig"):
        data = getattr(data, "figure", None)
        if data is None:
            raise ValueError("this part of a matplotlib figure belongs to no figure yet")
    return data


def _drawn(figure: Any) -> PILImage.Image:
    from PIL import Image as PILImage

    drawn = io.BytesIO()
    figure.savefig(drawn, format="png")
    return PILImage.open(drawn)
