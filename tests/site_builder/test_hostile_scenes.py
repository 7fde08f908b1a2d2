"""Points, boxes and arrows where no graphics card draws: left out and counted, without a word on the terminal."""

from __future__ import annotations

import warnings
from typing import Any

import numpy as np
import orjson
import pytest

from site_builder.pictures import clouds
from tests.site_builder.test_media_kinds import Files, files

__all__ = ["files"]

NEAR = [[0.0, 0.0, 0.0], [1.0, 1.0, 1.0]]


def scene(files: Files, content: Any) -> Any:
    return files.item("object3d", {"_type": "object3D-file", "path": files.put("a.pts.json", orjson.dumps(content))})


@pytest.mark.parametrize("far", [1e300, -1e300, 1.7e308, 1e19])
def test_points_beyond_the_numbers_of_a_graphics_card(far: float) -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        cloud = clouds.of_list([*NEAR, [far, 0, 0], [0, 0, far]])
    assert (cloud.drawn, cloud.total) == (2, 4)
    assert cloud.note == "2 points farther than 1e+18 from the origin left out"
    assert np.isfinite(np.frombuffer(cloud.data, "<f4")).all()


def test_points_without_a_place_are_told_from_far_ones() -> None:
    cloud = clouds.of_list([*NEAR, [float("nan"), 0, 0], [1e300, 0, 0]])
    assert cloud.note == "1 points without a place left out; 1 points farther than 1e+18 from the origin left out"


@pytest.mark.parametrize("content", [{"a": 1}, {}, None, {"points": None, "boxes": []}])
def test_a_scene_of_nothing_is_damaged(files: Files, content: Any) -> None:
    assert "holds neither points nor boxes nor vectors" in scene(files, content).error


def test_a_scene_may_hold_no_points(files: Files) -> None:
    item = scene(files, {"points": []})
    assert (item.error, item.points, item.note) == ("", 0, "")


def test_boxes_and_arrows_without_a_place(files: Files) -> None:
    boxes = [{"corners": [[0, 0, n] for n in range(8)]}, {"corners": [["nan", 0, 0]] * 8}]
    vectors = [{"start": [0, 0, 0], "end": [1, 1, 1]}, {"start": [0, 0, 0], "end": [1e300, 0, 0]}]
    item = scene(files, {"points": NEAR, "boxes": boxes, "vectors": vectors})
    assert (len(item.boxes), len(item.arrows)) == (1, 1)
    assert item.note == "2 of the boxes and arrows without a place left out"
