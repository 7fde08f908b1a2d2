"""Rows of the recorder: import, `log`, a whole small process."""

from __future__ import annotations

import os
import time
from typing import TYPE_CHECKING

import orjson

from tests.bench.measure import Figure, World, interleaved, median, python

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

CALLS = 20_000
TABLE_ROWS = 10_000
PROCESS = """
import tracklog
run = tracklog.init(project="bench", dir="logs")
for step in range(5):
    run.log({"train/loss": 1 / (step + 1), "train/accuracy": step / 5})
run.finish()
"""


def imports(world: World) -> Iterator[Figure]:
    """Importing over bare Python."""
    bare, full = interleaved(5 * world.repeats, lambda: python("-c", "pass"), lambda: python("-c", "import tracklog"))
    extra = [(b - a) * 1000 for a, b in zip(bare, full, strict=True)]
    yield Figure("import tracklog over bare Python", median(extra), 10, "ms", extra)


def log(world: World) -> Iterator[Figure]:
    """CPU of `log` with five floats against the bare loop."""
    import tracklog

    run = tracklog.init(
        project="bench",
        dir=world.home / "log",
        settings={"silent": True, "console": "off", "disable_stats": True, "disable_git": True, "disable_meta": True},
    )
    handle = os.open(world.home / "bare.jsonl", os.O_WRONLY | os.O_APPEND | os.O_CREAT)

    def logged() -> float:
        began = time.process_time()
        for n in range(CALLS):
            run.log({"loss": n * 0.1, "acc": n * 0.2, "lr": n * 0.3, "norm": n * 0.4, "time": n * 0.5})
        return time.process_time() - began

    def bare() -> float:
        began = time.process_time()
        for n in range(CALLS):
            row = {"loss": n * 0.1, "acc": n * 0.2, "lr": n * 0.3, "norm": n * 0.4, "time": n * 0.5}
            os.write(handle, orjson.dumps(row) + b"\n")
        return time.process_time() - began

    interleaved(1, bare, logged)
    plain, ours = interleaved(5 * world.repeats, bare, logged)
    run.finish()
    os.close(handle)
    ratios = [b / a for a, b in zip(plain, ours, strict=True)]
    cost = f"{median(ours) / CALLS * 1e6:.2f} µs against {median(plain) / CALLS * 1e6:.2f} µs"
    yield Figure("log() of 5 floats over os.write(orjson)", median(ratios), 2, "×", ratios, cost)


def process(world: World) -> Iterator[Figure]:
    """A process that imports, inits, logs five rows and finishes."""
    home: Path = world.home / "process"
    home.mkdir(exist_ok=True)
    bare, full = interleaved(
        3 * world.repeats, lambda: python("-c", "pass", cwd=home), lambda: python("-c", PROCESS, cwd=home)
    )
    extra = [(b - a) * 1000 for a, b in zip(bare, full, strict=True)]
    yield Figure("import, init, 5 rows, finish over python -c pass", median(extra), 200, "ms", extra)


def table(world: World) -> Iterator[Figure]:
    """A table of 10,000 rows and 5 columns, made and logged, against writing its rows with orjson."""
    import tracklog

    silent = {"silent": True, "console": "off", "disable_stats": True, "disable_git": True, "disable_meta": True}
    run = tracklog.init(project="bench", dir=world.home / "table", settings=silent)
    columns = ["id", "value", "word", "flag", "name"]
    turn = 0

    def rows() -> list[list[object]]:
        nonlocal turn
        turn += 1  # another content each time, or nothing would be written
        return [[n, (n + turn) / 7, "abc"[n % 3], n % 2 == 0, f"item {n}"] for n in range(TABLE_ROWS)]

    def timed(work: Callable[[list[list[object]]], object]) -> float:
        made = rows()
        began = time.perf_counter()
        work(made)
        return time.perf_counter() - began

    def bare(made: list[list[object]]) -> object:
        return (world.home / "bare.json").write_bytes(orjson.dumps({"columns": columns, "data": made}))

    plain, ours = interleaved(
        5 * world.repeats,
        lambda: timed(bare),
        lambda: timed(lambda made: run.log({"table": tracklog.Table(columns=columns, data=made)})),
    )
    run.finish()
    cost = f"against {median(plain) * 1000:.1f} ms for its JSON"
    milliseconds = [seconds * 1000 for seconds in ours]
    yield Figure("log a table of 10,000 rows x 5 columns", median(milliseconds), None, "ms", milliseconds, cost)
