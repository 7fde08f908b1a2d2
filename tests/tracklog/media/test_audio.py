"""Sounds keep their samples, and files their bytes."""

from __future__ import annotations

import io
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
import soundfile
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays

from tracklog import Audio

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tracklog.media.base import MediaDoor

TONE = np.sin(np.arange(44_100) / 20)


def forms(path: Path) -> Iterator[Any]:
    yield path
    yield str(path)
    with path.open("rb") as file:
        yield file


def samples(sound: Audio) -> Any:
    return soundfile.read(io.BytesIO(sound.file.read()), dtype="int16")[0]


@given(
    arrays.arrays(np.int16, st.one_of(st.tuples(st.integers(0, 50), st.integers(2, 4)), st.tuples(st.integers(0, 200))))
)
def test_integers_of_16_bits_come_back(data: Any) -> None:
    np.testing.assert_array_equal(samples(Audio(data, sample_rate=8000)), data)


@given(arrays.arrays(np.float64, st.integers(1, 100), elements=st.floats(-1, 1)))
def test_floats_come_back_within_16_bits(data: Any) -> None:
    np.testing.assert_allclose(samples(Audio(data, sample_rate=8000)) / 32768, data, atol=1 / 32767)


def test_one_second_of_mono_takes_what_w_and_b_takes(door: MediaDoor) -> None:
    record = Audio(TONE, sample_rate=44_100, caption="a").to_record(door)
    assert record["size"] == 88_244
    assert (record["_type"], record["sample_rate"], record["duration"]) == ("audio-file", 44_100, 1.0)
    assert record["caption"] == "a"
    assert str(record["path"]).startswith("media/audio/")


@pytest.mark.parametrize(
    ("given", "wanted"),
    [(np.array([0, 128, 255], np.uint8), [-32768, 0, 32512]), (np.array([1 << 30], np.int32), [1 << 14])],
)
def test_full_scale_stays_full_scale(given: Any, wanted: list[int]) -> None:
    assert samples(Audio(given, sample_rate=8000)).tolist() == wanted


def test_channels_first_are_turned_around() -> None:
    assert samples(Audio(np.zeros((2, 500)), sample_rate=8000)).shape == (500, 2)


def test_nan_is_silence_and_infinities_are_full_scale() -> None:
    assert samples(Audio(np.array([np.nan, np.inf, -np.inf]), sample_rate=8000)).tolist() == [0, 32767, -32768]


def test_no_samples_are_a_sound_of_no_length() -> None:
    assert Audio(np.zeros(0), sample_rate=8000).duration == 0


def test_files_keep_their_bytes(tmp_path: Path, door: MediaDoor) -> None:
    path = tmp_path / "a.flac"
    soundfile.write(path, TONE, 44_100)
    for source in forms(path):
        sound = Audio(source)
        record = sound.to_record(door)
        assert record["size"] == path.stat().st_size
        assert (sound.sample_rate, sound.duration) == (44_100, 1.0)
        assert str(record["path"]).endswith(".flac")
    broken = tmp_path / "b.mp3"
    broken.write_bytes(b"no sound")
    assert "duration" not in Audio(broken).to_record(door)


@pytest.mark.parametrize(
    ("arguments", "error", "said"),
    [
        ((TONE,), ValueError, "sample_rate"),
        ((TONE, 0), ValueError, "is no rate"),
        ((TONE, 10**10), ValueError, "is no rate"),
        ((np.zeros((3, 3, 3)), 8000), ValueError, "shape"),
        ((np.zeros((50, 20)), 8000), ValueError, "shape"),
        ((["a"], 8000), TypeError, "numbers"),
        (("missing.wav",), FileNotFoundError, "missing.wav"),
        (("https://example.org/a.wav",), ValueError, "download it first"),
        ((Path(__file__),), ValueError, "not 'py'"),
    ],
)
def test_refusals(arguments: tuple[Any, ...], error: type[Exception], said: str) -> None:
    with pytest.raises(error, match=said):
        Audio(*arguments)


def test_facts_of_lists(door: MediaDoor) -> None:
    two = [Audio(TONE, 44_100, caption="x"), Audio(TONE[:22_050], 44_100)]
    assert (Audio.durations(two), Audio.sample_rates(two)) == ([1.0, 0.5], [44_100, 44_100])
    assert Audio.captions(two) == ["x", ""]
    assert Audio.captions(two[1:]) is False
    record = Audio.batch_record(two, door)
    assert (record["_type"], record["count"]) == ("audio", 2)
