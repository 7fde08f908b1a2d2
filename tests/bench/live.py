"""Measure a watch of one run that goes on: ``python live.py LOGS REPEATS`` prints the milliseconds of each rebuild.

Run on its own, with whichever tracklog stands on the path: the one of this checkout, or an older one beside it.
"""

import json
import sys
import tempfile
import time
from pathlib import Path

import orjson

from site_builder import Builder, Options
from tracklog.store import fold

ROWS = 10


def main(root: Path, repeats: int) -> None:
    """Build, then grow the run and rebuild, again and again."""
    (folder,) = root.glob("*/*")
    adopt(folder)
    histories = sorted(folder.glob("history-*.jsonl"))
    with tempfile.TemporaryDirectory(dir=root.parent) as site:
        builder = Builder(Options((root,), Path(site), live=True))
        builder.build()
        samples = []
        for _ in range(repeats + 2):
            for history in histories:
                grow(history)
            began = time.perf_counter()
            builder.build()
            samples.append((time.perf_counter() - began) * 1000)
    print(json.dumps(samples[2:]))


def adopt(folder: Path) -> None:
    """Make this process the one that logs, as each rank, so that the run is going on."""
    for events in folder.glob("events-*.jsonl"):
        first, *others = events.read_bytes().splitlines(keepends=True)
        session = {**orjson.loads(first), **fold.this_place()}
        events.write_bytes(b"".join([orjson.dumps(session) + b"\n", *others]))


def grow(history: Path) -> None:
    """Append rows like the last one to a process's file."""
    with history.open("r+b") as file:
        file.seek(-2000, 2)
        last = orjson.loads(file.read().splitlines()[-1])
        for n in range(1, ROWS + 1):
            more = {key: value + 0.125 * n for key, value in last.items() if key != "_step"}
            file.write(orjson.dumps({"_step": last["_step"] + n, **more}) + b"\n")


if __name__ == "__main__":
    main(Path(sys.argv[1]), int(sys.argv[2]))
