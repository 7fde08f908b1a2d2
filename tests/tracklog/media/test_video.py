"""Videos keep their frames and sizes, files their bytes."""

from __future__ import annotations

import io
from typing import TYPE_CHECKING, Any

import av
import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image as PILImage

from tracklog import Video

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from tracklog.media.base import MediaDoor

TIME, HEIGHT, WIDTH = 5, 21, 33


def forms(path: Path) -> Iterator[Any]:
    yield path
    yield str(path)
    with path.open("rb") as file:
        yield file


def squares(time: int = TIME, height: int = HEIGHT, width: int = WIDTH) -> Any:
    """Frames of few colours, which a gif keeps: a square that moves."""
    frames = np.zeros((time, 3, height, width), np.uint8)
    for t in range(time):
        frames[t, t % 3, t : t + 8, 2 * t : 2 * t + 8] = 255
    return frames


def frames_of(video: Video) -> Any:
    with av.open(io.BytesIO(video.file.read())) as container:
        return np.stack([frame.to_ndarray(format="rgb24") for frame in container.decode(video=0)])


def test_a_gif_keeps_every_frame() -> None:
    video = Video(squares(), fps=10)
    assert (video.file.extension, video.width, video.height, video.frames) == ("gif", WIDTH, HEIGHT, TIME)
    with PILImage.open(io.BytesIO(video.file.read())) as gif:
        assert gif.n_frames == TIME
        assert gif.info["duration"] == 100
        gif.seek(3)
        np.testing.assert_array_equal(np.asarray(gif.convert("RGB")), squares()[3].transpose(1, 2, 0))


@pytest.mark.parametrize("form", ["mp4", "webm"])
def test_odd_sizes_are_kept(form: str, door: MediaDoor) -> None:
    video = Video(squares(), fps=8, format=form)
    record = video.to_record(door)
    assert (record["width"], record["height"], record["frames"], record["fps"]) == (WIDTH, HEIGHT, TIME, 8)
    decoded = frames_of(video)[:, :HEIGHT, :WIDTH].astype(float)
    assert len(decoded) == TIME
    assert np.abs(decoded - squares().transpose(0, 2, 3, 1)).mean() < 12


@settings(max_examples=15)
@given(st.integers(1, 9))
def test_a_batch_is_tiled(count: int) -> None:
    video = Video(np.zeros((count, 2, 3, 4, 6), np.uint8))
    padded = 1 << (count - 1).bit_length()
    rows = 2 ** ((padded.bit_length() - 1) // 2)
    assert (video.height, video.width) == (4 * rows, 6 * padded // rows)


def test_grey_tensors_and_floats(capfd: pytest.CaptureFixture[str], door: MediaDoor) -> None:
    video = Video(torch.rand(3, 1, 4, 4) * 255)
    assert (video.frames, video.fps) == (3, 4)
    video.to_record(door)
    assert "cast from float32" in capfd.readouterr().err


def test_files_and_bytes(tmp_path: Path, door: MediaDoor) -> None:
    data = Video(squares(), fps=8, format="mp4").file.read()
    path = tmp_path / "a.mp4"
    path.write_bytes(data)
    for source in forms(path):
        video = Video(source)
        assert (video.width, video.height, video.frames) == (WIDTH + 1, HEIGHT + 1, TIME)
        assert video.to_record(door)["size"] == len(data)
    assert Video(io.BytesIO(data), format="mp4").file.extension == "mp4"
    assert Video(io.BytesIO(Video(squares()).file.read())).file.extension == "gif"


@pytest.mark.parametrize(
    ("data", "how", "said"),
    [
        (np.zeros((3, 4, 4)), {}, "at least 4 dimensions"),
        (np.zeros((2, 5, 4, 4)), {}, "1, 3 or 4 channels"),
        (np.zeros((0, 3, 4, 4)), {}, "no pixels"),
        (np.zeros((2, 3, 4, 4), np.uint8), {"fps": 0}, "no rate"),
        (np.zeros((2, 3, 4, 4), np.uint8), {"fps": float("inf"), "format": "mp4"}, "no rate"),
        (np.zeros((2, 3, 4, 4), np.uint8), {"fps": "4"}, "fps='4' is no rate"),
        (np.zeros((1, 1, 1, 70_000), np.uint8), {}, "70,000 × 1"),
        (np.zeros((2, 3, 4, 4), np.uint8), {"format": "avi"}, "must be one of"),
        (__file__, {}, "not 'py'"),
        ("missing.avi", {}, "not 'avi'"),
    ],
)
def test_refusals(data: Any, how: dict[str, Any], said: str) -> None:
    with pytest.raises(ValueError, match=said):
        Video(data, **how)
