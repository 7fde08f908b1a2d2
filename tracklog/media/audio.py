"""Sounds: samples with a rate, and files."""

from __future__ import annotations

import io
from typing import TYPE_CHECKING, Any

from tracklog.media import source
from tracklog.media.array import to_numpy
from tracklog.media.base import Media
from tracklog.store import layout

if TYPE_CHECKING:
    from collections.abc import Sequence

    from tracklog.media.base import MediaDoor

_MAX_CHANNELS = 16
_STEREO = 2
_FASTEST = 2**31


class Audio(Media):
    """A sound.

    ``data_or_path``: samples, N or N × channels (at most 16; channels × N is turned around), floats in -1…1 or integers;
    or the path of a file, or an open file, whose bytes are kept. ``sample_rate`` is in Hz and needed for samples, which
    are written as WAV with 16 bits. Raises ValueError without a rate, for shapes that make no sound and for types of file
    that no browser plays; TypeError for values that are no numbers.
    """

    LIST_TYPE = "audio"

    def __init__(self, data_or_path: Any, sample_rate: int | None = None, caption: str | None = None) -> None:
        self.caption = None if caption is None else str(caption)
        self.sample_rate = None if sample_rate is None else int(sample_rate)
        self.duration: float | None = None
        """Seconds; None where the file does not say."""
        if source.is_file(data_or_path):
            self.file = source.take(data_or_path, "a sound", layout.SOUNDS)
            self._measure()
        else:
            self._encode(data_or_path)

    def to_record(self, door: MediaDoor) -> dict[str, object]:
        """Return ``audio-file`` with path, sha256, size and, where known, sample_rate, duration and caption."""
        record: dict[str, object] = {"_type": "audio-file", **self.file.put(door, "audio")}
        facts = {"sample_rate": self.sample_rate, "duration": self.duration, "caption": self.caption}
        return record | {name: value for name, value in facts.items() if value is not None}

    @classmethod
    def durations(cls, sounds: Sequence[Audio]) -> list[float | None]:
        """Return the duration of each sound, seconds."""
        return [sound.duration for sound in sounds]

    @classmethod
    def sample_rates(cls, sounds: Sequence[Audio]) -> list[int | None]:
        """Return the sample rate of each sound, Hz."""
        return [sound.sample_rate for sound in sounds]

    @classmethod
    def captions(cls, sounds: Sequence[Audio]) -> list[str] | bool:
        """Return the captions, empty where one is missing; False when there are none at all."""
        if all(sound.caption is None for sound in sounds):
            return False
        return [sound.caption or "" for sound in sounds]

    def _measure(self) -> None:
        """Read rate and duration from a file; what libsndfile cannot read keeps its bytes and no facts."""
        import soundfile

        content = self.file.content
        try:
            found = soundfile.info(io.BytesIO(content) if isinstance(content, bytes) else str(content))
        except (soundfile.SoundFileError, OSError):
            return
        self.sample_rate, self.duration = int(found.samplerate), found.frames / found.samplerate

    def _encode(self, data: Any) -> None:
        import numpy as np
        import soundfile

        if self.sample_rate is None:
            raise ValueError('Argument "sample_rate" is required when instantiating tracklog.Audio with raw data.')
        if not 0 < self.sample_rate < _FASTEST:
            raise ValueError(f"sample_rate={self.sample_rate} Hz is no rate of a WAV file: 1 to {_FASTEST - 1:,}")
        samples = _shaped(to_numpy(data))
        if samples.dtype.kind == "f":
            samples = np.nan_to_num(samples.astype(np.float64), nan=0.0, posinf=1.0, neginf=-1.0)
        else:
            samples = _to_int16(samples)
        written = io.BytesIO()
        soundfile.write(written, samples, self.sample_rate, format="WAV", subtype="PCM_16")
        self.file = source.File(written.getvalue(), "wav")
        self.duration = len(samples) / self.sample_rate


def _shaped(samples: Any) -> Any:
    """Return samples as N or N × channels."""
    if samples.ndim == _STEREO and samples.shape[0] <= _MAX_CHANNELS < samples.shape[1]:
        samples = samples.T
    if samples.ndim == 1 or (samples.ndim == _STEREO and 1 <= samples.shape[1] <= _MAX_CHANNELS):
        return samples
    raise ValueError(f"samples have the shape (N,) or (N, channels), not {tuple(samples.shape)}")


def _to_int16(samples: Any) -> Any:
    """Return integers of any width as 16 bits: full scale stays full scale, and 8 bits without sign are centred."""
    import numpy as np

    if samples.dtype == np.uint8:
        return (samples.astype(np.int16) - 128) << 8
    if samples.dtype == np.int16:
        return samples
    if samples.dtype == np.int32:
        return (samples >> 16).astype(np.int16)
    return np.clip(samples, -32768, 32767).astype(np.int16)
