"""What a conversion clips, flattens or drops is said once for each key, with its share."""

from __future__ import annotations

import io
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
import soundfile
from PIL import Image as PILImage

import tracklog
from tracklog import Audio, Image, Video

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from tracklog.media.base import Media

QUIET = {"disable_stats": True, "disable_git": True, "disable_meta": True, "quiet": True, "console": "off"}
TONE = np.sin(np.arange(1000) / 20)
RAMP = np.linspace(0, 1, 64).reshape(8, 8)


def said(tmp_path: Path, capfd: pytest.CaptureFixture[str], *rows: dict[str, Any]) -> list[str]:
    """Log rows; return what was said, one sentence each."""
    with tracklog.init(project="p", dir=tmp_path / "logs", settings=QUIET) as run:
        for row in rows:
            run.log(row)
    return [line for line in capfd.readouterr().err.splitlines() if "WARNING" in line]


LOSSES: list[tuple[Callable[[], Media], str]] = [
    (lambda: Audio(np.r_[TONE[:990], [2.5] * 10], 8000), "1.0 % of its samples are beyond -1 to 1 (up to 2.5)"),
    (lambda: Audio(np.r_[np.zeros(995), [np.nan] * 5], 8000), "0.50 % of its samples are NaN"),
    (lambda: Audio(TONE * 1e-6, 8000), "become silence"),
    (lambda: Image(np.r_[RAMP.ravel(), [1.01, -0.01]].reshape(11, 6)), "beyond 0 to 1 and clipped"),
    (lambda: Image(RAMP * 300), "are beyond 0 to 255 and clipped"),
    (lambda: Image(RAMP * 1e-4), "become 1 of 256 levels"),
    (lambda: Image(RAMP * 2), "become 3 of 256 levels"),
    (lambda: Image(RAMP, normalize=False), "become 2 of 256 levels"),
    (lambda: Image(np.where(RAMP > 0.5, np.nan, RAMP)), "50.0 % of its values are NaN"),
    (lambda: Image((RAMP * 4000).astype(np.uint16)), "clipped"),
    (lambda: Image(PILImage.fromarray((RAMP * 1000).astype(np.float32))), "clipped to 0 to 255"),
    (lambda: Image(np.zeros((4, 4, 4), np.uint8), file_type="jpg"), "the alpha channel is dropped"),
    (lambda: Video(np.random.default_rng(0).random((2, 3, 8, 8))), "of 256 levels"),
    (lambda: Video(np.full((2, 3, 8, 8), 300.0)), "100.0 % of its values are beyond 0 to 255"),
    (lambda: Video(np.zeros((2, 4, 8, 8), np.uint8)), "its fourth channel is dropped"),
]


@pytest.mark.parametrize(("make", "sentence"), LOSSES)
def test_losses_are_said_once_for_each_key(
    make: Callable[[], Media], sentence: str, tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    table = tracklog.Table(columns=["cell"], data=[[make()]])
    lines = said(tmp_path, capfd, *[{"one": make(), "nest": {"two": [make(), make()]}, "table": table}] * 2)
    found = [line for line in lines if sentence in line]
    assert sorted(line.split("'")[1] for line in found) == ["nest.two", "one", "table"]


@pytest.mark.parametrize(
    "whole",
    [
        lambda: Audio(TONE, 8000),
        lambda: Audio((TONE * 32767).astype(np.int16), 8000),
        lambda: Image(RAMP),
        lambda: Image(RAMP * 2 - 1),
        lambda: Image((RAMP * 255).astype(np.uint8)),
        lambda: Image(np.zeros((4, 4))),
        lambda: Image(np.full((4, 4), 7)),
        lambda: Video(np.zeros((2, 3, 8, 8), np.uint8)),
    ],
)
def test_what_loses_nothing_says_nothing(
    whole: Callable[[], Media], tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    assert said(tmp_path, capfd, {"one": whole()}) == []


@pytest.mark.parametrize("low", [-0.02, -1e-9, 0.0])
@pytest.mark.parametrize("high", [1.0, 1.0 + 1e-7, 1.03])
def test_pictures_a_hair_outside_their_range_look_as_those_inside(low: float, high: float) -> None:
    values = RAMP.copy()
    values[0, 0], values[-1, -1] = low, high
    wanted = (RAMP * 255).astype(np.uint8)
    np.testing.assert_array_equal(np.asarray(Image(values).image), wanted)


def peak(samples: Any) -> int:
    read = soundfile.read(io.BytesIO(Audio(samples, 8000).file.read()), dtype="int16")[0]
    return int(np.abs(read.astype(int)).max())


@pytest.mark.parametrize("kind", [np.int8, np.uint8, np.int16, np.uint16, np.int32, np.uint32, np.int64])
@pytest.mark.parametrize("volume", [1.0, 0.5])
def test_integer_sounds_keep_their_loudness(kind: Any, volume: float) -> None:
    info = np.iinfo(kind)
    middle = (int(info.max) + int(info.min) + 1) // 2
    wave = (TONE * volume * (int(info.max) - middle) * 0.999 + middle).astype(kind)
    assert peak(wave) == pytest.approx(volume * 32767, rel=0.02)


@pytest.mark.parametrize("kind", [np.int32, np.int64])
def test_sounds_of_16_bits_in_wider_integers_stay_what_they_are(kind: Any) -> None:
    wave = (TONE * 20_000).astype(np.int16)
    assert peak(wave.astype(kind)) == peak(wave)
