"""Masks and boxes above pictures: what is stored is what was given, and what is no mask or box is refused."""

from __future__ import annotations

import io
import json
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp
from PIL import Image as PILImage

import tracklog
from tests.tracklog.media.conftest import Door
from tracklog import data_types
from tracklog.media.boxes import BoundingBoxes2D
from tracklog.media.image import Image
from tracklog.media.masks import ImageMask

if TYPE_CHECKING:
    from pathlib import Path

    from tracklog.media.base import MediaDoor

GREY = np.full((4, 6), 9, np.uint8)
IDS = np.arange(24).reshape(4, 6) % 3


def ids(data: bytes) -> np.ndarray:
    return np.asarray(PILImage.open(io.BytesIO(data))).astype(int)


@given(
    hnp.arrays(
        st.sampled_from([np.uint8, np.int8, np.int64, np.uint16, np.float32, np.bool_]),
        hnp.array_shapes(min_dims=2, max_dims=2, max_side=9),
        elements=st.integers(0, 1),
    ),
    st.sampled_from([0, 200, 60_000]),
)
def test_ids_come_back(array: np.ndarray, more: int) -> None:
    array = array.astype(np.int64) + more if more else array
    mask = ImageMask({"mask_data": array}, "m")
    assert np.array_equal(ids(mask.data), array.astype(int))
    assert PILImage.open(io.BytesIO(mask.data)).mode == ("L" if array.max() < 256 else "I;16")
    assert (mask.width, mask.height) == array.shape[::-1]


@pytest.mark.parametrize(
    "given_", [torch.tensor(IDS), torch.tensor(IDS)[None], IDS.tolist(), IDS[None], IDS.astype(float)]
)
def test_ids_of_any_library(given_: Any) -> None:
    assert np.array_equal(ids(ImageMask({"mask_data": given_}, "m").data), IDS)


@pytest.mark.parametrize(
    ("mask", "says"),
    [
        ({}, 'Missing key "mask_data"'),
        ([1], 'Missing key "mask_data"'),
        ({"mask_data": np.zeros(4)}, r"must be a 2D array, not one of shape \[4\]"),
        ({"mask_data": np.zeros((2, 4, 6))}, "must be a 2D array"),
        ({"mask_data": np.zeros((0, 6))}, "must be a 2D array"),
        ({"mask_data": np.full((2, 2), -1)}, "from 0 to 255"),
        ({"mask_data": np.full((2, 2), 70_000)}, "to 65,535 at most"),
        ({"mask_data": np.full((2, 2), 0.5)}, "must be integers"),
        ({"mask_data": np.full((2, 2), np.nan)}, "must be integers"),
        ({"mask_data": [["a"]]}, "must be a 2D array"),
        ({"mask_data": IDS, "class_labels": ["road"]}, "class_labels must be a dict"),
        ({"mask_data": IDS, "class_labels": {0: 5}}, "dictionary of numbers to strings"),
        ({"mask_data": IDS, "class_labels": {"road": "road"}}, "must be an integer"),
    ],
)
def test_what_is_no_mask_is_refused(mask: Any, says: str) -> None:
    with pytest.raises(TypeError, match=says):
        Image(GREY, masks={"m": mask})


@pytest.mark.parametrize("masks", [[IDS], IDS, "road", {3: {"mask_data": IDS}}])
def test_sets_of_masks_are_named(masks: Any) -> None:
    with pytest.raises(TypeError):
        Image(GREY, masks=masks)


def test_a_path_is_kept_byte_for_byte(tmp_path: Path) -> None:
    palette = PILImage.fromarray(IDS.astype(np.uint8), "P")
    palette.putpalette([0, 0, 0, 255, 0, 0, 0, 255, 0])
    palette.save(tmp_path / "voc.png")
    for key in ("mask_data", "path"):
        mask = ImageMask({key: str(tmp_path / "voc.png")}, "m")
        assert mask.data == (tmp_path / "voc.png").read_bytes()
        assert np.array_equal(ids(mask.data), IDS)


def test_other_files_become_ids(tmp_path: Path) -> None:
    grey = PILImage.fromarray(IDS.astype(np.uint8))
    grey.save(tmp_path / "a.bmp")
    grey.convert("RGB").save(tmp_path / "b.png")
    for name in ("a.bmp", "b.png"):
        assert np.array_equal(ids(ImageMask({"path": tmp_path / name}, "m").data), IDS)
    colour = PILImage.new("RGB", (6, 4), (1, 2, 3))
    colour.save(tmp_path / "c.png")
    with pytest.raises(TypeError, match="2D array"):
        ImageMask({"path": tmp_path / "c.png"}, "m")
    (tmp_path / "d.png").write_text("no")
    with pytest.raises(TypeError, match="cannot be read from"):
        ImageMask({"path": tmp_path / "d.png"}, "m")
    with pytest.raises(FileNotFoundError):
        ImageMask({"path": tmp_path / "gone.png"}, "m")


def test_another_size_than_the_image_is_said(capfd: pytest.CaptureFixture[str]) -> None:
    Image(GREY, masks={"small": {"mask_data": IDS[:2, :3]}})
    said = capfd.readouterr().err
    assert "'small' has 3 × 2 pixels and its image 6 × 4" in said


BOX = {"position": {"minX": 0.1, "maxX": 0.5, "minY": 0, "maxY": 1}}
MIDDLE = {"position": {"middle": [10, np.float32(20)], "width": np.int64(4), "height": 6.5}, "domain": "pixel"}


def test_both_positions_come_back() -> None:
    full = {**BOX, "class_id": np.int64(2), "box_caption": "a cat", "scores": {"acc": torch.tensor(0.5), "n": 3}}
    boxes = BoundingBoxes2D({"box_data": [full, MIDDLE], "class_labels": {2: "cat"}}, "b")
    assert json.loads(json.dumps(boxes.boxes)) == [
        {**BOX, "class_id": 2, "box_caption": "a cat", "scores": {"acc": 0.5, "n": 3}},
        {"position": {"middle": [10.0, 20.0], "width": 4.0, "height": 6.5}, "domain": "pixel"},
    ]
    assert boxes.classes == tracklog.Classes([{"id": 2, "name": "cat"}])


@pytest.mark.parametrize(
    ("boxes", "says"),
    [
        ([BOX], "boxes must be a dict"),
        ({"b": {}}, 'Missing key "box_data"'),
        ({"b": {"box_data": BOX}}, "Boxes must be a list"),
        ({"b": {"box_data": [3]}}, "box 0 of 'b' must be a dict"),
        ({"b": {"box_data": [{}]}}, "the position of box 0 of 'b' must be a dict"),
        ({"b": {"box_data": [BOX, {"position": {"minX": 0, "maxX": 1}}]}}, "the position of box 1"),
        ({"b": {"box_data": [{"position": {**BOX["position"], "minX": "0"}}]}}, "of numbers"),
        ({"b": {"box_data": [{"position": {**BOX["position"], "minX": float("nan")}}]}}, "of numbers"),
        ({"b": {"box_data": [{"position": {"middle": [1], "width": 1, "height": 1}}]}}, "the position"),
        ({"b": {"box_data": [{**BOX, "class_id": "cat"}]}}, "class id must be an integer"),
        ({"b": {"box_data": [{**BOX, "scores": 0.5}]}}, "Box scores must be a dictionary"),
        ({"b": {"box_data": [{**BOX, "scores": {"acc": "high"}}]}}, "the score 'acc' of box 0 of 'b' must be a number"),
        ({"b": {"box_data": [{**BOX, "box_caption": 3}]}}, "box_caption of box 0 of 'b' must be a string"),
        ({"b": {"box_data": [{**BOX, "domain": 3}]}}, "the domain of box 0"),
    ],
)
def test_what_is_no_box_is_refused(boxes: Any, says: str) -> None:
    with pytest.raises(TypeError, match=says):
        Image(GREY, boxes=boxes)


@pytest.mark.parametrize(
    "classes", [3, ["road"], [{"id": 0}], [{"id": "a", "name": "b"}], [{"id": 0, "name": "b", "color": "red"}]]
)
def test_what_are_no_classes_is_refused(classes: Any) -> None:
    with pytest.raises(TypeError):
        Image(GREY, classes=classes)


def test_the_record_names_small_files(door: MediaDoor) -> None:
    classes = tracklog.Classes([{"id": 0, "name": "road", "color": (255, 0, 300)}, {"id": 1.0, "name": "sky"}])
    image = Image(
        GREY,
        classes=classes,
        masks={"prediction": {"mask_data": IDS}, "truth": {"mask_data": IDS, "class_labels": {0: "way"}}},
        boxes={"found": {"box_data": [BOX]}},
    )
    record: Any = image.to_record(door)
    assert isinstance(door, Door)
    assert list(record) == [
        "_type",
        "path",
        "sha256",
        "size",
        "width",
        "height",
        "format",
        "masks",
        "boxes",
    ]
    assert record["masks"]["prediction"]["path"] == record["masks"]["truth"]["path"]
    assert record["masks"]["prediction"]["path"].endswith(".mask.png")
    assert record["boxes"]["found"]["count"] == 1
    named = {name: json.loads(door.files[one["classes"]])["class_set"] for name, one in record["masks"].items()}
    assert named == {
        "prediction": [{"id": 0, "name": "road", "color": "#ff00ff"}, {"id": 1, "name": "sky"}],
        "truth": [{"id": 0, "name": "way"}],
    }
    assert record["boxes"]["found"]["classes"] == record["masks"]["prediction"]["classes"]
    assert json.loads(door.files[record["boxes"]["found"]["path"]]) == {"box_data": [BOX]}
    assert len(json.dumps(record)) < 1200


def test_a_copy_of_an_image_has_neither_masks_nor_boxes() -> None:
    first = Image(GREY, masks={"m": {"mask_data": IDS}}, boxes={"b": {"box_data": [BOX]}}, caption="c")
    copy = Image(first)
    assert (copy.masks, copy.boxes, copy.caption) == ({}, {}, "c")
    assert copy == first


def test_masks_and_boxes_may_be_made_before() -> None:
    mask = data_types.ImageMask({"mask_data": IDS}, "m")
    boxes = data_types.BoundingBoxes2D({"box_data": [BOX]}, "b")
    image = Image(GREY, masks={"m": mask}, boxes={"b": boxes})
    assert (image.masks, image.boxes) == ({"m": mask}, {"b": boxes})
