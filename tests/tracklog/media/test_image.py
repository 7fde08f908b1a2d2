"""Pictures of every kind come out as the pixels that went in."""

from __future__ import annotations

import io
from typing import TYPE_CHECKING, Any

import matplotlib as mpl
import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp
from PIL import Image as PILImage

from tracklog.media.image import Image

if TYPE_CHECKING:
    from pathlib import Path

    from tracklog.media.base import MediaDoor

mpl.use("Agg")

SIDES = st.integers(1, 12)
COLOURS = np.random.default_rng(0).integers(0, 256, (5, 7, 3), np.uint8)


def pixels(image: Image) -> np.ndarray:
    return np.asarray(image.image)


@given(st.data(), SIDES, SIDES, st.sampled_from([None, 1, 3, 4]))
def test_bytes_stay_as_they_are(data: st.DataObject, height: int, width: int, channels: int | None) -> None:
    shape = (height, width) if channels is None else (height, width, channels)
    array = data.draw(hnp.arrays(np.uint8, shape))
    array.flat[0] = 2  # else all may be 0 and 1, which are stretched
    found = Image(array)
    assert (found.width, found.height) == (width, height)
    assert found.image.mode == {None: "L", 1: "L", 3: "RGB", 4: "RGBA"}[channels]
    assert np.array_equal(pixels(found).reshape(shape), array)


@given(hnp.arrays(st.sampled_from([np.float64, np.float32, np.float16, np.int64, np.int8, np.bool_]), (3, 4)))
def test_any_numbers_make_a_picture(array: np.ndarray) -> None:
    assert pixels(Image(array)).dtype == np.uint8
    assert pixels(Image(array, normalize=False)).shape == (3, 4)


@pytest.mark.parametrize(
    ("values", "expected"),
    [
        ([[0.0, 0.5], [0.999, 1.0]], [[0, 127], [254, 255]]),
        ([[-1.0, 0.0], [0.5, 1.0]], [[0, 127], [191, 255]]),
        ([[-5, 0], [99.9, 300]], [[0, 0], [99, 255]]),
        ([[False, True]], [[0, 255]]),
        ([[float("nan"), 1.0]], [[0, 255]]),
        ([[0.0, float("inf")]], [[0, 255]]),
    ],
)
def test_ranges(values: list[list[float]], expected: list[list[int]]) -> None:
    assert pixels(Image(np.array(values))).tolist() == expected


def test_without_normalizing_values_are_clipped_only() -> None:
    assert pixels(Image(np.array([[0.5, 1, 300]]), normalize=False)).tolist() == [[0, 1, 255]]


@pytest.mark.parametrize(
    ("shape", "size"),
    [
        ((1, 28, 28), (28, 28)),
        ((28, 20, 1), (20, 28)),
        ((1, 28, 20, 3), (20, 28)),
        ((1, 20, 3), (20, 1)),
        ((1, 1, 28, 20), (20, 28)),
    ],
)
def test_dimensions_of_one_are_dropped(shape: tuple[int, ...], size: tuple[int, int]) -> None:
    found = Image(np.full(shape, 9, np.uint8))
    assert (found.width, found.height) == size


@pytest.mark.parametrize("shape", [(), (3,), (5, 6, 2), (5, 6, 7), (2, 5, 6, 3), (0, 4), (4, 0, 3)])
def test_other_shapes_are_refused(shape: tuple[int, ...]) -> None:
    with pytest.raises(ValueError, match="shape"):
        Image(np.zeros(shape))


def test_torch_has_channels_first() -> None:
    tensor = torch.tensor(COLOURS).permute(2, 0, 1)
    assert np.array_equal(pixels(Image(tensor)), COLOURS)
    assert np.array_equal(pixels(Image(tensor.unsqueeze(0).cpu())), COLOURS)
    assert pixels(Image(torch.ones(1, 4, 4, requires_grad=True))).tolist() == [[255] * 4] * 4
    assert pixels(Image(torch.zeros(6, 4))).shape == (6, 4)
    assert pixels(Image(torch.ones(3, 4, 5, dtype=torch.bfloat16))).shape == (4, 5, 3)


def test_a_batch_becomes_a_grid() -> None:
    found = pixels(Image(torch.ones(10, 1, 4, 5)))
    assert found.shape == (2 * 4 + 2, 8 * 5 + 7 * 2)
    assert found[:4, :5].tolist() == [[255] * 5] * 4
    assert found[6:, 14:].max() == 0


@pytest.mark.parametrize("mode", ["1", "L", "LA", "P", "RGB", "RGBA", "CMYK", "YCbCr", "HSV", "I", "F", "I;16"])
@pytest.mark.parametrize("file_type", ["png", "jpg", "jpeg", "bmp"])
def test_every_mode_of_pil_is_written(mode: str, file_type: str) -> None:
    found = Image(PILImage.new(mode, (3, 2)), file_type=file_type)
    assert (found.image.size, found.format) == ((3, 2), file_type)
    found.image.load()


def test_mode_converts() -> None:
    assert Image(COLOURS, mode="L").image.mode == "L"


@pytest.mark.parametrize(
    ("name", "kind"), [("a.jpg", "JPEG"), ("a.jpeg", "JPEG"), ("a.png", "PNG"), ("a.webp", "WEBP")]
)
def test_a_file_keeps_its_bytes(name: str, kind: str, tmp_path: Path, door: MediaDoor) -> None:
    path = tmp_path / name
    PILImage.fromarray(COLOURS).save(path, kind)
    for given_as in (path, str(path)):
        record = Image(given_as, caption="c").to_record(door)
        assert record["path"] == f"media/images/{str(record['sha256'])[:20]}.{path.suffix[1:]}"
        assert door.files[record["path"]] == path.read_bytes()  # type: ignore[attr-defined]
        assert (record["width"], record["height"], record["caption"]) == (7, 5, "c")


def test_the_name_of_a_file_does_not_decide_what_it_is(tmp_path: Path) -> None:
    path = tmp_path / "photo.png"
    PILImage.fromarray(COLOURS).save(path, "JPEG")
    assert Image(path).format == "jpg"
    PILImage.fromarray(COLOURS).save(tmp_path / "scan.tiff")
    assert np.array_equal(pixels(Image(tmp_path / "scan.tiff")), COLOURS)


def test_an_open_file() -> None:
    written = io.BytesIO()
    PILImage.fromarray(COLOURS).save(written, "PNG")
    written.seek(0)
    assert Image(written).data == written.getvalue()


def test_files_that_are_no_images(tmp_path: Path) -> None:
    (tmp_path / "a.png").write_text("<svg/>")
    with pytest.raises(ValueError, match="cannot be read as an image: its format is none"):
        Image(tmp_path / "a.png")
    with pytest.raises(FileNotFoundError):
        Image("missing.png")
    with pytest.raises(ValueError, match="download it first"):
        Image("https://example.com/a.png")


def test_matplotlib() -> None:
    from matplotlib import pyplot as plt

    figure, axes = plt.subplots(figsize=(3, 2), dpi=50)
    drawn = axes.imshow(COLOURS)
    for given_as in (figure, axes, plt, drawn):
        assert (Image(given_as).width, Image(given_as).height) == (150, 100)
    plt.close(figure)


def test_another_image() -> None:
    first = Image(COLOURS, caption="a", grouping=3)
    second = Image(first)
    assert (second, second.caption, second.grouping) == (first, "a", 3)
    assert Image(first, caption="b").caption == "b"
    assert len({first, second, Image(COLOURS + 1)}) == 2


def test_an_image_is_a_snapshot() -> None:
    array = COLOURS.copy()
    found = Image(array)
    array[:] = 0
    assert np.array_equal(pixels(found), COLOURS)


def test_the_record(door: MediaDoor) -> None:
    record = Image(COLOURS, grouping=1).to_record(door)
    assert record.pop("sha256")
    assert record.pop("path")
    assert record.pop("size")
    assert record == {"_type": "image-file", "width": 7, "height": 5, "format": "png", "grouping": 1}


def test_lists(door: MediaDoor) -> None:
    images = [Image(COLOURS, caption="a"), Image(COLOURS)]
    assert Image.all_captions(images) == ["a", ""]
    assert Image.all_captions(images[1:]) is False
    record: Any = Image.batch_record(images * 200, door)
    assert (record["_type"], record["count"], len(record["items"])) == ("images", 400, 400)
    assert record["items"][0] == images[0].to_record(door)


def test_pixels_row_by_row() -> None:
    assert Image(COLOURS).to_data_array()[1][2] == tuple(COLOURS[1, 2].tolist())
    assert Image(COLOURS[:, :, 0]).to_data_array() == COLOURS[:, :, 0].tolist()


@pytest.mark.parametrize(
    ("arguments", "error", "says"),
    [
        ((COLOURS, "nonsense"), ValueError, "nonsense"),
        ((object(),), TypeError, "expected numbers"),
        ((np.array([["1"]]),), TypeError, "expected numbers"),
        ((np.array([[1j]]),), TypeError, "expected numbers"),
        ((np.zeros((1, 65501)),), ValueError, "65500"),
    ],
)
def test_mistakes(arguments: tuple[Any, ...], error: type[Exception], says: str) -> None:
    with pytest.raises(error, match=says):
        Image(*arguments)


def test_types_of_file() -> None:
    with pytest.raises(ValueError, match="'gif'"):
        Image(COLOURS, file_type="gif")
