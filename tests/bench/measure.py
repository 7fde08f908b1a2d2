"""Figures against their bounds, and how they are taken: interleaved, repeated, the median counts."""

from __future__ import annotations

import os
import statistics
import subprocess
import sys
import time
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

import psutil

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

CHECKOUT = Path(__file__).resolve().parent.parent.parent


@dataclass(frozen=True, slots=True)
class Figure:
    """A measured figure; without a bound it is only reported."""

    name: str
    value: float
    bound: float | None
    unit: str
    samples: Sequence[float] = ()
    note: str = ""

    @property
    def ratio(self) -> float | None:
        """Return the figure over its bound."""
        return None if self.bound is None else self.value / self.bound

    @property
    def verdict(self) -> str:
        """Return how the figure stands to its bound."""
        if self.ratio is None:
            return "reported"
        return "within" if self.ratio <= 1 else "above" if self.ratio <= 2 else "over twice"


@dataclass(slots=True)
class World:
    """What rows share: a folder to work in, how often to repeat, and what was made already."""

    home: Path
    repeats: int
    made: dict[str, Path] = field(default_factory=dict)

    def folder(self, name: str, make: Callable[[Path], None]) -> Path:
        """Return a folder that `make` fills the first time it is asked for."""
        if name not in self.made:
            path = self.home / name
            path.mkdir()
            say(f"  making {name}")
            make(path)
            self.made[name] = path
        return self.made[name]


def interleaved(repeats: int, *work: Callable[[], float]) -> list[list[float]]:
    """Call each of `work` in turn, `repeats` times over; return the figures of each."""
    results: list[list[float]] = [[] for _ in work]
    for _ in range(repeats):
        for one, result in zip(work, results, strict=True):
            result.append(one())
    return results


def median(samples: Sequence[float]) -> float:
    """Return the median."""
    return statistics.median(samples)


def world_of() -> dict[str, str]:
    """Return the environment of measured processes: this checkout, and compiled files kept, as an installation has them."""
    return {**os.environ, "PYTHONPATH": str(CHECKOUT), "PYTHONDONTWRITEBYTECODE": ""}


def python(*arguments: str, cwd: Path | None = None) -> float:
    """Run Python with this checkout; return wall-clock seconds. Raises CalledProcessError."""
    began = time.perf_counter()
    subprocess.run([sys.executable, *arguments], check=True, cwd=cwd, env=world_of(), capture_output=True)
    return time.perf_counter() - began


def peak(*arguments: str, cwd: Path) -> float:
    """Run Python with this checkout; return the most megabytes that it and its children held at once.

    Pages that processes share count once (PSS), where the system tells.
    """
    most = 0
    with subprocess.Popen(
        [sys.executable, *arguments], cwd=cwd, env=world_of(), stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    ) as process:
        while process.poll() is None:
            most = max(most, _held(process.pid))
            time.sleep(0.05)
    return most / 1e6


def _held(pid: int) -> int:
    total = 0
    try:
        top = psutil.Process(pid)
        for process in (top, *top.children(recursive=True)):
            info = process.memory_full_info()
            total += getattr(info, "pss", info.rss)
    except psutil.Error:
        return 0
    return total


def say(line: str) -> None:
    """Tell how far the work is; results go to stdout."""
    print(line, file=sys.stderr, flush=True)
