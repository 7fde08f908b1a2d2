"""What a build is told, and what it tells."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from site_builder.sources import Wanted

if TYPE_CHECKING:
    from pathlib import Path

    from site_builder.gate import Gate
    from site_builder.mirror import Mirror

MAX_FILE = 10_000_000

Progress = Callable[[str, int, int], None]
"""Told of a phase, how much of it is done, and of how much."""


def silent(_phase: str, _done: int, _total: int) -> None:
    """Report progress to nobody."""


@dataclass(frozen=True, slots=True)
class Options:
    """What to build, from what, to where."""

    roots: tuple[Path, ...]
    site: Path
    wanted: Wanted = field(default_factory=Wanted)
    """Which runs to read; what the site has of others stays."""
    jobs: int = 0
    """Processes; 0 for as many as there are CPUs."""
    max_file: int = MAX_FILE
    """Bytes of the largest file that travels with the site."""
    roots_changed: bool = False
    """Whether the site may lose runs because its roots are others now."""
    live: bool = False
    """Whether a watch keeps the site fresh."""
    scheduler: str = ""
    """Address of the Dask cluster that reads the runs; empty for processes of this machine."""
    mirrors: tuple[Mirror, ...] = ()
    """Roots on other machines: their copies here are among the roots, and brought up to date before each build."""
    gate: Gate | None = None
    """What keeps the site from being written where something would leave that must not."""


@dataclass(slots=True)
class Report:
    """What a build did."""

    runs: int = 0
    read: int = 0
    """Runs that were read."""
    written: list[str] = field(default_factory=list)
    removed: list[str] = field(default_factory=list)
    damage: list[str] = field(default_factory=list)
    """Sentences about input that could not be read."""
    warnings: list[str] = field(default_factory=list)
    seconds: float = 0.0
