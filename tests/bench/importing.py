"""Rows beside the readers of other trackers: event files of TensorBoard, offline runs of wandb."""

from __future__ import annotations

import shutil
import struct
import subprocess
import sys
from functools import partial
from typing import TYPE_CHECKING

import numpy as np
import orjson
from tensorboard.compat.proto.event_pb2 import Event

from tests.bench import corpus
from tests.bench.measure import Figure, World, interleaved, median, python, world_of
from tests.tracklog.importers import peers
from tracklog.importers import tfrecords
from tracklog.store.layout import CLOCKS

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from numpy.typing import NDArray

STEPS, TAGS = 100_000, 10
RUNS = 100
"""Of 1000 rows × 10 metrics: a tenth of the runs that `cold` builds, since EventAccumulator takes minutes for all of them."""
ROWS = 20_000
ACCUMULATE = """
import sys
from tensorboard.backend.event_processing.event_accumulator import EventAccumulator
count = 0
for folder in sys.argv[2:]:
    found = EventAccumulator(folder, size_guidance={"scalars": 0})
    found.Reload()
    count += sum(len(found.Scalars(tag)) for tag in found.Tags()["scalars"])
assert count == int(sys.argv[1]), count
"""
LOG = """
import sys
import wandb
settings = wandb.Settings(console="off", x_disable_stats=True)
run = wandb.init(dir=sys.argv[1], project="bench", settings=settings)
for step in range(int(sys.argv[2])):
    run.log({f"train/metric_{n}": step * 0.1 + n for n in range(5)})
run.finish()
"""
SCAN = """
import json, sys, time
from wandb.proto import wandb_internal_pb2 as messages
from wandb.sdk.internal.datastore import DataStore
began = time.perf_counter()
store, found = DataStore(), []
store.open_for_scan(sys.argv[1])
while (record := store.scan_data()) is not None:
    found.append(record)
scanned = time.perf_counter()
for record in found:
    message = messages.Record()
    message.ParseFromString(record)
    if message.WhichOneof("record_type") == "history":
        {"".join(item.nested_key): json.loads(item.value_json) for item in message.history.item}
    elif message.WhichOneof("record_type") == "summary":
        {"".join(item.nested_key): json.loads(item.value_json) for item in message.summary.update}
print(scanned - began, time.perf_counter() - began)
"""
TAKE = """
import pathlib, sys, time
import tracklog.values
from tracklog import importing
from tracklog.importers import wandb
began = time.perf_counter()
importing.bring(pathlib.Path(sys.argv[1]), pathlib.Path(sys.argv[2]), format_name="wandb")
print(time.perf_counter() - began)
"""


def tensorboard(world: World) -> Iterator[Figure]:
    """A million scalar values of event files: the whole process of an import over that of EventAccumulator."""
    for name, steps, tags in (("10 tags", STEPS, TAGS), ("one tag", STEPS * TAGS, 1)):
        source = world.folder(f"events-{tags}", partial(_events, steps=steps, tags=tags))
        work = (
            partial(python, "-c", ACCUMULATE, str(STEPS * TAGS), str(source)),
            partial(_import, source, world.home / f"logs-{tags}"),
        )
        theirs, ours = interleaved(min(2, world.repeats), *work)
        ratios = [b / a for a, b in zip(theirs, ours, strict=True)]
        note = f"{median(ours):.2f} s against {median(theirs):.1f} s"
        yield Figure(f"import of 1 M scalars ({name}) over EventAccumulator", median(ratios), 1 / 8, "×", ratios, note)


def wandb(world: World) -> Iterator[Figure]:
    """An offline run of wandb: an import over its last reader in Python, which cuts records, and over that with values read."""
    source = world.folder("wandb-run", _offline_run)
    (file,) = source.glob("wandb/offline-run-*/*.wandb")
    work = partial(_scanned, file, 0), partial(_scanned, file, 1), partial(_taken, source, world.home / "logs-wandb")
    scan, read, ours = interleaved(max(3, world.repeats), *work)
    for what, theirs, bound in (("scan of its records", scan, 0.5), ("reading its values", read, 0.5)):
        ratios = [b / a for a, b in zip(theirs, ours, strict=True)]
        note = f"{median(ours) * 1000:.0f} ms against {median(theirs) * 1000:.0f} ms, {ROWS:,} rows"
        yield Figure(f"import of a .wandb file over wandb's {what}", median(ratios), bound, "×", ratios, note)


def accumulator(world: World) -> Iterator[Figure]:
    """A cold build of 100 runs × 1000 rows × 10 metrics over EventAccumulator, which reads the same values."""
    logs = world.folder("runs-100", partial(corpus.write, runs=RUNS, rows=1000))
    events = world.folder("events-100", partial(_same, logs=logs))
    folders = [str(folder) for folder in sorted(events.iterdir())]
    target = world.home / "site-100"

    def ours(*jobs: str) -> float:
        shutil.rmtree(target, ignore_errors=True)
        return python("-m", "tracklog", "build", str(logs), "-o", str(target), *jobs)

    work = partial(python, "-c", ACCUMULATE, str(RUNS * 10_000), *folders), partial(ours, "--jobs", "1"), ours
    theirs, one, several = interleaved(min(3, world.repeats), *work)
    for kind, samples in (("one process", one), ("default jobs", several)):
        ratios = [b / a for a, b in zip(theirs, samples, strict=True)]
        note = f"{median(samples):.2f} s against {median(theirs):.1f} s for 1 M values"
        yield Figure(f"cold build, {kind}, over EventAccumulator", median(ratios), 1 / 15, "×", ratios, note)


def _same(folder: Path, logs: Path) -> None:
    """Write the values of runs into event files."""
    for history in sorted(logs.glob("*/*/history-*.jsonl")):
        rows = [orjson.loads(line) for line in history.read_bytes().splitlines()]
        tags = [key for key in rows[0] if key not in CLOCKS]
        values = np.array([[row[tag] for tag in tags] for row in rows], np.float32)
        home = folder / history.parent.name
        home.mkdir(parents=True)
        _write(home, values, tags)


def _events(folder: Path, steps: int, tags: int) -> None:
    values = np.random.default_rng(0).normal(size=(steps, tags)).astype(np.float32)
    _write(folder, values, [f"train/metric_{tag}" for tag in range(tags)])


def _write(folder: Path, values: NDArray[np.float32], tags: list[str]) -> None:
    """Write an event file of plain numbers, the time of each its own."""
    records = [Event(wall_time=1.7e9, file_version="brain.Event:2").SerializeToString()]
    for step, row in enumerate(values.tolist()):
        for n, (tag, value) in enumerate(zip(tags, row, strict=True)):
            event = Event(wall_time=1.7e9 + step / 100 + n / 1e5, step=step)
            event.summary.value.add(tag=tag, simple_value=value)
            records.append(event.SerializeToString())
    sizes = np.array([len(record) for record in records])
    data = b"".join(records)
    batch = tfrecords.Batch(data, 0, np.concatenate([[0], sizes[:-1].cumsum()]), sizes)
    heads = {size: struct.pack("<Q", size) for size in set(sizes.tolist())}
    firsts = {size: head + struct.pack("<I", tfrecords.masked(head)) for size, head in heads.items()}
    with (folder / "events.out.tfevents.1700000000.host.1.0").open("wb") as file:
        for record, checksum in zip(records, tfrecords.checksums(batch).tolist(), strict=True):
            file.write(firsts[len(record)] + record + struct.pack("<I", checksum))


def _import(source: Path, root: Path) -> float:
    shutil.rmtree(root, ignore_errors=True)
    return python("-m", "tracklog", "import", "tensorboard", str(source), "--root", str(root))


def _offline_run(folder: Path) -> None:
    peers.run("wandb", LOG, folder, str(folder), str(ROWS))


def _scanned(file: Path, which: int) -> float:
    return float(peers.run("wandb-reader", SCAN, file.parent, str(file)).split()[which])


def _taken(source: Path, root: Path) -> float:
    shutil.rmtree(root, ignore_errors=True)
    command = [sys.executable, "-c", TAKE, str(source), str(root)]
    done = subprocess.run(command, check=True, env=world_of(), capture_output=True, text=True)
    return float(done.stdout)
