"""Sounds: the file itself for the player, its peaks and its spectrogram for the eye."""

from __future__ import annotations

import io
from typing import TYPE_CHECKING, Any

import numpy as np

from site_builder.items import AudioItem, MediaValue
from site_builder.kinds import listed
from tracklog.store import layout

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from site_builder.kinds.loader import Door
    from site_builder.model import Kind

KIND: Kind = "audio"
TYPES = ("audio-file", "audio")
ASSETS = ("audio",)
DECODED = 50_000_000
"""Larger files are played, and not drawn, bytes."""
_PARTS = 320
"""Pairs of peaks, about as many as a card has pixels for."""
_COLUMNS, _BANDS, _WINDOW = 480, 128, 1024
_FLOOR = -90.0
"""Decibels below the loudest that are drawn as silence."""
_SAMPLES = 40_000_000


def load(value: Any, door: Door) -> MediaValue:
    """Return the sounds of a record."""
    return listed.load(value, lambda record: _item(record, door), AudioItem)


def broken() -> MediaValue:
    """Return what stands for a record that cannot be read."""
    return listed.broken(AudioItem)


def _item(record: Any, door: Door) -> AudioItem:
    path = record["path"]
    src, size = door.file(path, layout.SOUNDS)
    extension = listed.extension(path)
    common: dict[str, Any] = {"src": src, "bytes": size, "caption": listed.caption(record), "format": extension}
    samples, rate = _decoded(door, path, size)
    if samples is None:
        if extension == "wav" and size <= DECODED:
            raise ValueError(f"{path} is damaged: it cannot be decoded")
        return AudioItem(**common, duration=_positive(record.get("duration")))
    facts: dict[str, Any] = {
        "duration": len(samples) / rate,
        "sample_rate": rate,
        "channels": samples.shape[1],
    }
    payload = door.payload(_spectrogram(samples).tobytes()) if len(samples) >= _WINDOW else -1
    return AudioItem(**common, **facts, peaks=_peaks(samples), payload=payload, bands=_BANDS if payload >= 0 else 0)


def _decoded(door: Door, path: str, size: int) -> tuple[NDArray[np.float32] | None, int]:
    """Return samples (N × channels, -1 to 1) and rate; None for what libsndfile does not read."""
    if size > DECODED:
        return None, 0
    try:
        import soundfile
    except OSError:  # no libsndfile on this machine: sounds are played, and not drawn
        return None, 0
    data = io.BytesIO(door.read(path, DECODED))
    try:
        info = soundfile.info(data)
        if info.frames * info.channels > _SAMPLES:
            return None, 0
        data.seek(0)
        samples, rate = soundfile.read(data, dtype="float32", always_2d=True)
    except (soundfile.SoundFileError, RuntimeError, ValueError, MemoryError):
        return None, 0
    return np.nan_to_num(samples), int(rate)


def _peaks(samples: NDArray[np.float32]) -> tuple[int, ...]:
    """Return least and greatest sample of each part, over all channels, -127 to 127."""
    if not len(samples):
        return ()
    starts = np.unique(np.linspace(0, len(samples), min(_PARTS, len(samples)), endpoint=False).astype(np.int64))
    scaled = np.clip(samples, -1, 1) * 127
    low, high = scaled.min(axis=1), scaled.max(axis=1)
    pairs = np.stack([np.minimum.reduceat(low, starts), np.maximum.reduceat(high, starts)], axis=1)
    return tuple(int(value) for value in np.rint(pairs).ravel())


def _spectrogram(samples: NDArray[np.float32]) -> NDArray[np.uint8]:
    """Return loudness, columns × bands, 0 (silence) to 255: short-time Fourier transform under a Hann window.

    Of several channels the louder one counts: their mean could cancel.
    """
    starts = np.linspace(0, len(samples) - _WINDOW, min(_COLUMNS, max(1, len(samples) // (_WINDOW // 4))))
    places = starts.astype(np.int64)[:, None] + np.arange(_WINDOW)
    window = np.hanning(_WINDOW).astype(np.float32)
    power = np.zeros((len(starts), _WINDOW // 2), np.float32)
    for channel in samples.T[:2]:
        power = np.maximum(power, np.abs(np.fft.rfft(channel[places] * window, axis=1))[:, : _WINDOW // 2])
    bands = power.reshape(len(starts), _BANDS, -1).max(axis=2)
    loud = 20 * np.log10(np.maximum(bands / max(float(bands.max()), 1e-12), 1e-9))
    found: NDArray[np.uint8] = np.rint(np.clip(1 - loud / _FLOOR, 0, 1) * 255).astype(np.uint8)
    return found


def _positive(value: Any) -> float:
    return float(value) if isinstance(value, int | float) and value > 0 else 0.0
