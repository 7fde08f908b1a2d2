"""Sounds: samples with a rate, and files."""

from __future__ import annotations

import io
from typing import TYPE_CHECKING, Any

from tracklog.media import losses, source
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
        self.losses: list[losses.Loss] = []
        """What is said when it is logged."""
        self.duration: float | None = None
        """Seconds; None where the file does not say."""
        if source.is_file(data_or_path):
            self.file = source.take(data_or_path, "a sound", layout.SOUNDS)
            self._measure()
        else:
            self._encode(data_or_path)

    def to_record(self, door: MediaDoor) -> dict[str, object]:
        """Return ``audio-file`` with path, sha256, size and, where known, sample_rate, duration and caption."""
        losses.tell(self.losses)
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
            samples = samples.astype(np.float64)
            self.losses += _float_losses(samples)
            samples = np.nan_to_num(samples, nan=0.0, posinf=1.0, neginf=-1.0).clip(-1, 1)
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
    """Return integers of any width as 16 bits: full scale stays full scale, and those without sign are centred.

    Wide ones that all fit into fewer bits are sounds of that width: arrays of Python's integers have 64 bits.
    """
    import numpy as np

    if samples.dtype.kind == "b":
        samples = samples.astype(np.uint8) * 255
    bits = samples.dtype.itemsize * 8
    if samples.dtype.kind == "u":
        return (_at_16(samples, bits).astype(np.int64) - (1 << 15)).astype(np.int16)
    for narrower in (16, 32):
        if (
            bits > narrower
            and samples.size
            and -(1 << narrower - 1) <= samples.min() <= samples.max() < 1 << narrower - 1
        ):
            bits = narrower
            break
    return _at_16(samples, bits).astype(np.int16)


def _at_16(samples: Any, bits: int) -> Any:
    import numpy as np

    return samples >> (bits - 16) if bits >= 16 else samples.astype(np.int32) << (16 - bits)  # noqa: PLR2004


def _float_losses(samples: Any) -> list[losses.Loss]:
    import numpy as np

    found = []
    finite = np.isfinite(samples)
    beyond = (np.abs(samples) > 1) & ~np.isnan(samples)
    if beyond.any():
        loudest = np.abs(samples[beyond & finite]).max(initial=1.0)
        share = losses.share(beyond)
        found.append(("audio-clipped", f"{share} of its samples are beyond -1 to 1 (up to {loudest:g}) and clipped"))
    if np.isnan(samples).any():
        found.append(("audio-nan", f"{losses.share(np.isnan(samples))} of its samples are NaN and become silence"))
    loudest = np.abs(samples[finite]).max(initial=0.0)
    if 0 < loudest < 0.5 / 32767:
        found.append(("audio-flat", f"its samples are at most {loudest:g}, less than 16 bits tell, and become silence"))
    return found
