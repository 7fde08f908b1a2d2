"""Rows about what is long and what goes on, beside the commit before a growing run cost what is new."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import time
from functools import partial
from typing import TYPE_CHECKING

from tests.bench import corpus
from tests.bench.builds import MILLIONS, RUNS
from tests.bench.measure import CHECKOUT, Figure, World, interleaved, median, peak, world_of

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

BEFORE = "59e8f7e"
"""The commit that is measured beside this checkout."""
SHORT, MIDDLE, LONG = 10_000, 300_000, 1_000_000
OF_RANK = 100_000
"""Rows of each of two ranks that log at once."""
LIVE = CHECKOUT / "tests/bench/live.py"


def before(world: World) -> Path:
    """Return a checkout of the commit before, with its front end built; its packages are those of this environment."""

    def make(path: Path) -> None:
        archive = subprocess.run(["git", "archive", BEFORE], check=True, cwd=CHECKOUT, capture_output=True).stdout
        subprocess.run(["tar", "-x", "-C", str(path)], check=True, input=archive)
        (path / "templates/node_modules").symlink_to(CHECKOUT / "templates/node_modules")
        subprocess.run([sys.executable, "templates/build_hook.py"], check=True, cwd=path, capture_output=True)

    return world.folder(BEFORE, make)


def run_of(world: World, rows: int) -> Path:
    """Return the log folder of one run of so many rows, 10 metrics each, that is going on."""
    return world.folder(f"rows{rows}", lambda path: corpus.write(path, 1, rows, live=1))


def live(world: World) -> Iterator[Figure]:
    """Build in a watch after the one run grew by ten rows."""
    repeats = 3 * world.repeats
    old = before(world)
    long, short, now, then = interleaved(
        world.repeats,
        lambda: _rebuild(CHECKOUT, run_of(world, LONG), repeats),
        lambda: _rebuild(CHECKOUT, run_of(world, SHORT), repeats),
        lambda: _rebuild(CHECKOUT, run_of(world, MIDDLE), repeats),
        lambda: _rebuild(old, run_of(world, MIDDLE), 1),
    )
    yield Figure("rebuild in watch behind 1,000,000 rows", median(long), 150, "ms", long)
    ratios = [b / a for a, b in zip(short, long, strict=True)]
    yield Figure("the same over behind 10,000 rows", median(ratios), 1.5, "×", ratios, f"{median(short):.0f} ms")
    ratios = [b / a for a, b in zip(then, now, strict=True)]
    note = f"{median(now):.0f} ms against {median(then):.0f} ms"
    yield Figure(f"behind 300,000 rows, over {BEFORE}", median(ratios), 1 / 40, "×", ratios, note)


def ranks(world: World) -> Iterator[Figure]:
    """Build in a watch after each of two ranks grew by ten rows."""
    old = before(world)

    def logs(rows: int) -> Path:
        return world.folder(f"ranks{rows}", lambda path: corpus.ranks(path, rows))

    short, now, then = interleaved(
        world.repeats,
        lambda: _rebuild(CHECKOUT, logs(SHORT), 3 * world.repeats),
        lambda: _rebuild(CHECKOUT, logs(OF_RANK), 3 * world.repeats),
        lambda: _rebuild(old, logs(OF_RANK), 1),
    )
    yield Figure("rebuild in watch behind two ranks of 100,000 rows", median(now), 150, "ms", now)
    ratios = [b / a for a, b in zip(short, now, strict=True)]
    yield Figure("the same over behind 10,000 rows each", median(ratios), 1.5, "×", ratios, f"{median(short):.0f} ms")
    ratios = [b / a for a, b in zip(then, now, strict=True)]
    note = f"{median(now):.0f} ms against {median(then):.0f} ms"
    yield Figure(f"the same, over {BEFORE}", median(ratios), 1 / 40, "×", ratios, note)


def _rebuild(code: Path, logs: Path, repeats: int) -> float:
    done = subprocess.run(
        [sys.executable, str(LIVE), str(logs), str(repeats)],
        check=True,
        env=world_of() | {"PYTHONPATH": str(code)},
        cwd=code,
        capture_output=True,
        text=True,
    )
    return median(json.loads(done.stdout))


def long(world: World) -> Iterator[Figure]:
    """Build one run of a million rows from nothing: memory, beside that of 300,000 rows."""
    target = world.home / "long"
    held = {}
    for rows in (MIDDLE, LONG):
        shutil.rmtree(target, ignore_errors=True)
        command = ("-m", "tracklog", "build", str(run_of(world, rows)), "-o", str(target), "--jobs", "1")
        held[rows] = peak(*command, cwd=world.home)
    shutil.rmtree(target)
    yield Figure("cold build of 1,000,000 rows, memory", held[LONG], 300, "MB")
    yield Figure("the same over that of 300,000 rows", held[LONG] / held[MIDDLE], 1.2, "×")


def sweep(world: World) -> Iterator[Figure]:
    """Build 1,000 runs from nothing, with one process and with two, beside the commit before."""
    source = world.folder("logs1000", lambda path: corpus.write(path, RUNS, 1000, live=1))
    old = before(world)
    sites = world.home / "sweep"
    sites.mkdir()

    def build(code: Path, jobs: int) -> float:
        # A folder of its own: where files were deleted a moment ago, ext4 takes several times as long to make one.
        target = sites / str(len(list(sites.iterdir())))
        command = [sys.executable, "-m", "tracklog", "build", str(source), "-o", str(target), "--jobs", str(jobs)]
        began = time.perf_counter()
        subprocess.run(command, check=True, env=world_of() | {"PYTHONPATH": str(code)}, cwd=code, capture_output=True)
        return time.perf_counter() - began

    for jobs in (1, 2):
        then, now = interleaved(world.repeats, partial(build, old, jobs), partial(build, CHECKOUT, jobs))
        ratios = [b / a for a, b in zip(then, now, strict=True)]
        note = f"{median(now):.1f} s against {median(then):.1f} s, {median(now) / MILLIONS:.2f} s a million values"
        yield Figure(f"cold build of 1000 runs, --jobs {jobs}, over {BEFORE}", median(ratios), 0.4, "×", ratios, note)
    shutil.rmtree(sites)


def watched(world: World) -> Iterator[Figure]:
    """The memory of a watch with 20 runs that go on, a million rows of 10 metrics each."""
    (one,) = run_of(world, LONG).glob("*/*")
    root = world.home / "watched"
    for n in range(20):
        folder = root / "bench" / f"run{n:02}"
        folder.mkdir(parents=True)
        for file in one.iterdir():
            if file.name.startswith("history-"):
                os.link(file, folder / file.name)
            elif file.is_file():
                text = file.read_bytes().replace(b"run0000", folder.name.encode())
                (folder / file.name).write_bytes(text)
    held = peak(str(CHECKOUT / "tests/bench/held.py"), str(root), cwd=world.home)
    shutil.rmtree(root)
    yield Figure("watch of 20 live runs of 1,000,000 rows, memory", held, 400, "MB")
