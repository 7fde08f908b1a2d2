"""What the documents say of the files on disk is what is written, and their lines for other tools read it."""

from __future__ import annotations

import json
import math
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import tracklog
from tests.conftest import CHECKOUT
from tracklog.store import fold, layout, reader

FORMAT = (CHECKOUT / "docs/format.md").read_text(encoding="utf-8")
RECORDS = [
    json.loads(line) for block in re.findall(r"```json\n(.*?)```", FORMAT, re.DOTALL) for line in block.splitlines()
]
READERS = re.findall(r"```python\n(.*?)```", FORMAT, re.DOTALL)
QUIET = {"disable_stats": True, "quiet": True}

SCRIPT = """
import json, sys
import numpy as np
import tracklog

run = tracklog.init(project="p", id="r", config={"lr": 0.1, "gone": 1}, settings={"stats_interval": 1, "quiet": True})
run.config.update({"lr": 0.2}, allow_val_change=True)
run.log({"loss": 0.3, "text": "NaN", "hist": np.arange(100.0), "sample": tracklog.Image(np.zeros((4, 4, 3), "uint8"))})
run.log({"sound": tracklog.Audio(np.zeros(99), sample_rate=8000), "table": tracklog.Table(columns=["a"], data=[[1]])})
run.summary["best"] = {"loss": 0.1}
del run.summary["best"]
run.alert("hot", "90 degrees", level="WARN")
run.name = "a better name"
open("notes.txt", "w").write("x")
run.save("notes.txt")
print("epoch 1")
raise ValueError("no")
"""


def shape(record: dict[str, Any]) -> tuple[str, ...]:
    return (str(record.get("event") or record.get("_type") or ""), *sorted(record.keys() - {"event", "_type"}))


def test_every_record_that_is_written_is_in_the_document() -> None:
    subprocess.run([sys.executable, "-c", SCRIPT], check=False, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    log = reader.read_run(Path("tracklogs/p/r"))
    (writer,) = (one for one in log.writers.values() if one.events)
    printed = [line for one in log.writers.values() for line in one.console]
    told = {shape(record) for record in RECORDS}
    optional = {"git", "name", "notes", "tags", "caption"}

    def is_told(record: dict[str, Any]) -> bool:
        name, *keys = shape(record)
        return any(name == other and set(keys) ^ set(known) <= optional for other, *known in told)

    values = [value for row in writer.history for value in row.values() if layout.is_record(value)]
    assert len(writer.events) >= 9
    assert len(values) == 5
    assert not [event for event in writer.events if not is_told(event)]
    assert not [value for value in values if not is_told(value)]
    assert any(record.keys() == printed[0].keys() for record in RECORDS)
    assert any(record.keys() == log.run.keys() for record in RECORDS)


def test_no_event_that_is_read_is_missing_from_the_document() -> None:
    source = "".join(path.read_text(encoding="utf-8") for path in (CHECKOUT / "tracklog").rglob("*.py"))
    written = set(re.findall(r"""\.event\(\s*"(\w+)\"""", source)) | {"edit", "artifact"}
    assert {"session", "heartbeat", "finish"} <= written
    assert written == {record["event"] for record in RECORDS if "event" in record}


@pytest.fixture
def logged() -> list[float]:
    """Log a run whose loss begins with whole numbers and ends in NaN, and another with many keys, of which one is empty."""
    losses = [float(n) if n < 21_000 else math.nan if n % 2 else 0.5 for n in range(21_100)]
    with tracklog.init(project="digits", id="first", settings=QUIET) as run:
        for n, loss in enumerate(losses):
            run.log({"train/loss": int(loss) if n < 21_000 else loss})
    with tracklog.init(project="digits", id="second", settings=QUIET) as run:
        run.log({"train/loss": 0.25, "late": 1, "": 2.0, **{f"layer{n}": n / 2 for n in range(300)}}, step=30_000)
    (file,) = Path("tracklogs/digits/first").glob("history-*.jsonl")
    file.rename(file.with_name("history-a.jsonl"))
    return losses


def ran(word: str) -> dict[str, Any]:
    (lines,) = (text for text in READERS if word in text)
    world: dict[str, Any] = {}
    exec(lines, world)  # noqa: S102 - the document's own lines
    return world


def test_pandas_reads_floats(logged: list[float]) -> None:
    frame = ran("pandas")["frame"]
    assert frame["train/loss"].dtype == np.float64
    np.testing.assert_array_equal(frame["train/loss"], logged)


def test_duckdb_reads_floats(logged: list[float]) -> None:
    rows = ran("duckdb")["rows"]
    assert [str(kind) for kind in rows.types] == ["BIGINT", "DOUBLE"]
    np.testing.assert_array_equal([loss for _, loss in rows.fetchall()], [*logged, 0.25])


def test_polars_reads_floats_and_keys_that_come_late(logged: list[float]) -> None:
    frame = ran("polars")["frame"].sort("_step")
    assert str(frame["train/loss"].dtype) == "Float64"
    np.testing.assert_array_equal(frame["train/loss"].to_numpy(), [*logged, 0.25])
    assert frame["late"].to_list()[-1] == 1


def test_the_document_folds_as_the_code_does() -> None:
    with tracklog.init(project="p", id="r", settings=QUIET) as run:
        run.log({"val": {"acc": 0.5}, "a.b": 1, "diverged": math.nan})
    (row,) = fold.history(log := reader.read_run(Path("tracklogs/p/r")), fold.sessions(log)).tracks[0].rows
    assert {key: value for key, value in fold.flatten(row).items() if key not in layout.CLOCKS} == {
        "val.acc": 0.5,
        "a\\.b": 1,
        "diverged": "NaN",
    }
