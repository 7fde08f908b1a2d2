"""Histograms of tensors, counted on their own device without waiting for it, fetched together."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

from tracklog.media.histogram import Histogram

if TYPE_CHECKING:
    from collections.abc import Sequence

    from torch import Tensor

_BINS = 64
_CHUNK = 1 << 24
"""Values counted in one go: float32, in which `torch.histc` counts, knows no larger odd numbers."""


class Count(NamedTuple):
    """What was counted of a tensor: its key, and [least, greatest, counts…] on the tensor's device."""

    key: str
    numbers: Tensor


def counted(key: str, tensor: Tensor) -> Count | None:
    """Return 64 counts over the finite values of a tensor of any shape, dtype and layout; None when it is empty.

    A sparse tensor's zeros count. Raises TypeError for complex numbers.
    """
    import torch

    with torch.no_grad():
        flat, zeros = _values(tensor.detach())
        if not flat.numel():
            return None
        if flat.is_complex():
            raise TypeError("complex numbers have no order")
        if flat.is_cuda and torch.are_deterministic_algorithms_enabled():
            flat = flat.cpu()  # there `torch.histc` adds in any order, which PyTorch then refuses
        if flat.dtype not in (torch.float32, torch.float64):
            flat = flat.float()
        finite = torch.isfinite(flat)
        least = torch.where(finite, flat, torch.inf).amin()
        greatest = torch.where(finite, flat, -torch.inf).amax()
        counts = _counts(flat, finite, least, greatest)
        if zeros > 1:  # one of them is among the values
            counts = counts + (zeros - 1) * _counts(flat[-1:], finite[-1:], least, greatest)
        wide = counts.dtype
        return Count(key, torch.cat([least.to(wide).reshape(1), greatest.to(wide).reshape(1), counts]))


def _values(tensor: Tensor) -> tuple[Tensor, int]:
    """Return the stored values, flat, and how many zeros are not stored, of which one is the last value."""
    import torch

    if tensor.layout is torch.strided:
        return tensor.reshape(-1), 0
    stored = (tensor if tensor.layout is torch.sparse_coo else tensor.to_sparse()).coalesce().values().reshape(-1)
    zeros = tensor.numel() - stored.numel()
    return (torch.cat([stored, stored.new_zeros(1)]) if zeros else stored), zeros


def _counts(flat: Tensor, finite: Tensor, least: Tensor, greatest: Tensor) -> Tensor:
    """Return how many values are in each bin, float64 where the device has it; everything in the first where all are equal."""
    import torch

    # Bounds as tensors, so that the device need not be waited for; halves, since the width of a range may overflow.
    width = greatest / 2 - least / 2
    shares: Any = torch.where(finite, (flat / 2 - least / 2) / torch.where(width > 0, width, 1), -1.0)
    wide = torch.float32 if flat.device.type == "mps" else torch.float64
    parts = [torch.histc(part, _BINS, 0.0, 1.0).to(wide) for part in shares.split(_CHUNK)]
    return torch.stack(parts).sum(0)


def fetched(counts: Sequence[Count]) -> dict[str, Histogram]:
    """Return the histograms by key, in one transfer from each device; tensors without finite values are left out."""
    import torch

    found: dict[str, Histogram] = {}
    for device in {count.numbers.device for count in counts}:
        here = [count for count in counts if count.numbers.device == device]
        numbers = torch.stack([count.numbers for count in here]).cpu().double().numpy()
        found |= {
            count.key: histogram
            for count, row in zip(here, numbers, strict=True)
            if (histogram := _histogram(row)) is not None
        }
    return {count.key: found[count.key] for count in counts if count.key in found}


def _histogram(row: Any) -> Histogram | None:
    import numpy as np

    least, greatest, counts = float(row[0]), float(row[1]), row[2:]
    if not counts.sum():
        return None
    if least == greatest:
        return Histogram(np_histogram=([int(counts.sum())], [least, greatest]))
    edges = np.linspace(least / 2, greatest / 2, _BINS + 1) * 2  # halves again
    return Histogram(np_histogram=(counts.astype(np.int64), edges))
