"""Rows of artifacts: logging ten thousand files, once and again, over hashing and copying them, beside wandb's."""

from __future__ import annotations

import hashlib
import importlib.util
import itertools
import os
import shutil
import subprocess
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING

from tests.bench.measure import Figure, World, interleaved, median, peak, world_of

if TYPE_CHECKING:
    from collections.abc import Iterator

FILES, SIZE, EACH = 10_000, 100_000, 100
QUIET = "{'silent': True, 'console': 'off', 'disable_stats': True, 'disable_git': True, 'disable_meta': True}"
LOGGED = """
import sys, time, {library}
run = {library}.init(project='b', {more})
began = time.perf_counter()
artifact = {library}.Artifact('data', 'dataset')
artifact.add_dir(sys.argv[1])
run.log_artifact(artifact)
{end}
print('took', time.perf_counter() - began)
"""
OURS = LOGGED.format(library="tracklog", more=f"dir=sys.argv[2], settings={QUIET}", end="")
THEIRS = LOGGED.format(library="wandb", more="mode='offline', dir=sys.argv[2]", end="run.finish()")


def write(folder: Path) -> None:
    """Write a gigabyte that cannot be made smaller, in ten thousand files of a hundred folders."""
    for n in range(FILES):
        place = folder / f"{n // EACH:03d}"
        place.mkdir(exist_ok=True)
        (place / f"{n % EACH:03d}.bin").write_bytes(os.urandom(SIZE))


def artifact(world: World) -> Iterator[Figure]:
    """Log the files as an artifact, new and unchanged."""
    data = world.folder("artifact", write)
    homes = (world.home / f"artifact-{n}" for n in itertools.count())

    def fresh(code: str) -> float:
        home = next(homes)
        home.mkdir()
        taken = _taken(code, data, home)
        shutil.rmtree(home)
        return taken

    work = [lambda: _naive(data, next(homes)), lambda: fresh(OURS)]
    if importlib.util.find_spec("wandb"):
        work.append(lambda: fresh(THEIRS))
    plain, ours, *theirs = interleaved(world.repeats, *work)
    ratios = [b / a for a, b in zip(plain, ours, strict=True)]
    cost = f"{median(ours):.2f} s against {median(plain):.2f} s"
    yield Figure(f"log {FILES:,} new files (1 GB) over hashing and copying", median(ratios), 1.2, "×", ratios, cost)
    for samples in theirs:
        ratios = [b / a for a, b in zip(samples, ours, strict=True)]
        yield Figure(
            "the same over wandb offline", median(ratios), 1 / 3, "×", ratios, f"against {median(samples):.2f} s"
        )
    home = next(homes)
    home.mkdir()
    _taken(OURS, data, home)
    again, looks = interleaved(3 * world.repeats, lambda: _taken(OURS, data, home), lambda: _looked(data))
    note = f"{median(looks) * 1000:.0f} ms for a look at each file"
    yield Figure(f"log {FILES:,} unchanged files", median(again) * 1000, None, "ms", [s * 1000 for s in again], note)
    held = peak("-c", OURS, str(data), str(next(homes)), cwd=world.home)
    yield Figure(f"most memory of a process that logs {FILES:,} new files", held, 100, "MB")


def _taken(code: str, data: Path, home: Path) -> float:
    done = subprocess.run(
        [sys.executable, "-c", code, str(data), str(home)],
        check=True, cwd=home, env=world_of() | {f"WANDB_{name}_DIR": str(home) for name in ("DATA", "CACHE")},
        capture_output=True, text=True,
    )  # fmt: skip
    return float(next(line.split()[1] for line in done.stdout.splitlines() if line.startswith("took ")))


def _naive(data: Path, target: Path) -> float:
    """Copy the files and hash them meanwhile, one after the other: both hashes that an artifact has."""
    began = time.perf_counter()
    for parent, _, names in os.walk(data):
        into = target / os.path.relpath(parent, data)
        into.mkdir(parents=True, exist_ok=True)
        for name in names:
            sha256, md5 = hashlib.sha256(), hashlib.md5(usedforsecurity=False)
            with Path(parent, name).open("rb", buffering=0) as source, (into / name).open("wb", buffering=0) as copy:
                while piece := source.read(1 << 20):
                    sha256.update(piece)
                    md5.update(piece)
                    copy.write(piece)
    taken = time.perf_counter() - began
    shutil.rmtree(target)
    return taken


def _looked(data: Path) -> float:
    began = time.perf_counter()
    for parent, _, names in os.walk(data):
        for name in names:
            os.stat(f"{parent}/{name}")  # noqa: PTH116 - as quick as it gets
    return time.perf_counter() - began
