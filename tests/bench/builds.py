"""Rows of the builder: cold, one run grew, nothing to do."""

from __future__ import annotations

import shutil
import time
from typing import TYPE_CHECKING

from site_builder import Builder, Options
from tests.bench import corpus
from tests.bench.measure import CHECKOUT, Figure, World, interleaved, median, peak, python

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

RUNS, ROWS = 1000, 1000
MILLIONS = RUNS * ROWS * len(corpus.METRICS) / 1e6


def logs(world: World) -> Path:
    """Return the log folder of 1,000 runs, one of them going on."""
    return world.folder("logs1000", lambda path: corpus.write(path, RUNS, ROWS, live=1))


def site(world: World) -> Path:
    """Return the site of `logs`."""
    source = logs(world)
    return world.folder("site1000", lambda path: _build(source, path / "site")) / "site"


def _build(source: Path, target: Path) -> None:
    Builder(Options((source,), target)).build()


def cold(world: World) -> Iterator[Figure]:
    """Build everything, beside a script that does next to nothing."""
    source = logs(world)
    target = world.home / "cold"

    def naive(*how: str) -> float:
        return python(str(CHECKOUT / "tests/bench/naive.py"), str(source), str(world.home / "naive.html"), *how)

    def ours(*jobs: str) -> float:
        shutil.rmtree(target, ignore_errors=True)
        return python("-m", "tracklog", "build", str(source), "-o", str(target), *jobs)

    taken = interleaved(world.repeats, naive, lambda: naive("orjson"), lambda: ours("--jobs", "1"), ours)
    (world.home / "naive.html").unlink()
    plain, fast, one, several = taken
    for kind, samples, bound in (("one process", one, 3), ("default jobs", several, 2)):
        for how, bare in (("json", plain), ("orjson", fast)):
            ratios = [b / a for a, b in zip(bare, samples, strict=True)]
            note = f"{median(samples):.1f} s against {median(bare):.1f} s"
            yield Figure(f"cold build, {kind}, over naive ({how})", median(ratios), bound, "×", ratios, note)
    each = median(one) / MILLIONS
    yield Figure(
        "cold build, one process, per million values", each, 1, "s", (), "EventAccumulator beside: the row accumulator"
    )
    shutil.rmtree(target)
    held = peak("-m", "tracklog", "build", str(source), "-o", str(target), cwd=world.home)
    yield Figure("cold build, memory of all processes", held, 600, "MB")
    shutil.rmtree(target)


def rebuild(world: World) -> Iterator[Figure]:
    """Build in a watch after one run grew by ten rows."""
    source, target = logs(world), site(world)
    builder = Builder(Options((source,), target, live=True))
    builder.build()
    corpus.grow(source / "bench/run0000", 10)
    builder.build()
    samples, written = [], 0
    for _ in range(3 * world.repeats):
        corpus.grow(source / "bench/run0000", 10)
        began = time.perf_counter()
        report = builder.build()
        samples.append((time.perf_counter() - began) * 1000)
        written = len(report.written)
    yield Figure(
        "rebuild in watch, 1 of 1000 runs grew", median(samples), 150, "ms", samples, f"{written} files written"
    )


def nothing(world: World) -> Iterator[Figure]:
    """Build when nothing changed, with a builder that knows nothing yet."""
    source, target = logs(world), site(world)
    Builder(Options((source,), target)).build()
    samples, written = [], 0
    for _ in range(3 * world.repeats):
        began = time.perf_counter()
        report = Builder(Options((source,), target)).build()
        samples.append((time.perf_counter() - began) * 1000)
        written += len(report.written)
    yield Figure("no-op build of 1000 runs", median(samples), 100, "ms", samples, f"{written} files written")
