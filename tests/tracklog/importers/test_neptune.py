"""Runs that neptune-scale itself writes, value by value, and what neptune-exporter's files say; and what Aim's folders are told."""

from __future__ import annotations

import datetime as dt
import math
import shutil
import signal
import sqlite3
import subprocess
import sys
from decimal import Decimal
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from PIL import Image

from tests.tracklog.importers import peers
from tests.tracklog.importers.support import about, config, everything, lines, rows, series, state, take
from tracklog.store import layout

ROOT, SOURCE = Path("tracklogs"), Path(".neptune")
BEGIN = """
import glob, io, os, sqlite3, sys, time
from datetime import datetime, timezone
import numpy as np
from neptune_scale import Run
from neptune_scale.types import File, Histogram
def settled(end):
    (path,) = glob.glob(".neptune/*/run_operations.sqlite3")
    while True:
        with sqlite3.connect(f"file:{path}?mode=ro", uri=True) as asked:
            if asked.execute("SELECT count(*) FROM run_operations").fetchone()[0] >= end: return
        time.sleep(0.02)
"""
WHOLE = """
run = Run(project="w/my proj", run_id="run a", experiment_name="exp", mode="offline", enable_console_log_capture=True)
run.log_configs({"lr": 0.1, "net/a": 1, "on": True, "s": "1e-3", "when": datetime(2020, 1, 1, tzinfo=timezone.utc),
    "nan": float("nan"), "zero": 0})
run.add_tags(["t1", "t2"])
run.remove_tags(["t2"])
run.add_tags(["g"], group_tags=True)
print("hello")
print("bad", file=sys.stderr)
for n in range(5):
    run.log_metrics({"loss": 1 / (n + 1), "train/acc": n}, step=n * 10)
for value, step in ((float("nan"), 50), (float("inf"), 50.5), (-float("inf"), 51), (3, 45), (2.0, 52.5), (2.5, 52.5)):
    run.log_metrics({"odd": value}, step=step)
run.log_string_series({"text": "a text"}, step=1)
run.log_histograms({"hist": Histogram(bin_edges=[0, 1, 3], counts=[3, 4])}, step=1)
run.log_histograms({"dense": Histogram(bin_edges=[0, 1, 3], densities=[0.5, 0.25])}, step=1)
open("f.txt", "w").write("content")
run.assign_files({"file": "f.txt", "kept": File(b"bytes", mime_type="text/plain")})
from PIL import Image
picture = io.BytesIO()
Image.fromarray(np.arange(192, dtype=np.uint8).reshape(8, 8, 3)).save(picture, "PNG")
run.log_files({"pics": File(picture.getvalue(), mime_type="image/png")}, step=3)
run.close()
"""
GROWING = """
run = Run(project="w/p", run_id="run", mode="offline")
for first in (0, 20):
    for n in range(first, first + 20):
        run.log_metrics({"loss": n}, step=n)
    run.add_tags([f"t{first}"])
    settled(first + 22 if first == 0 else 43)
    print("ready", file=sys.__stdout__, flush=True)
    sys.stdin.readline()
os.kill(os.getpid(), 9)
"""


@pytest.fixture(scope="module")
def written(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the folder of a run that was closed."""
    home = tmp_path_factory.mktemp("neptune")
    peers.run("trackers", BEGIN + WHOLE, home)
    return home / ".neptune"


@pytest.fixture
def source(written: Path) -> Path:
    """Return a copy of that folder, which a test may change."""
    shutil.copytree(written, SOURCE)
    return SOURCE


def the_run() -> Path:
    (found,) = (ROOT / "p").glob("*/run.json")
    return found.parent


def database(source: Path) -> Path:
    (found,) = source.glob("*/run_operations.sqlite3")
    return found


def test_a_run_that_was_closed_is_all_there(source: Path) -> None:
    outcome = take(source, ROOT)
    assert outcome.damage == []
    folder = the_run()
    found = {
        key: [(row["step"], row[key]) for row in rows(folder) if key in row] for row in rows(folder) for key in row
    }
    assert found["loss"] == [(n * 10, 1 / (n + 1)) for n in range(5)]
    assert found["train/acc"] == [(n * 10, float(n)) for n in range(5)]
    odd = found["odd"]
    assert [step for step, _ in odd] == [50, 50.5, 51, 45, 52.5, 52.5]
    assert math.isnan(odd[0][1])
    assert [value for _, value in odd[1:]] == [math.inf, -math.inf, 3, 2.0, 2.5]
    assert found["text"] == [(1, "a text")]
    assert found["hist"][0][1]["counts"] == [3, 4]
    assert found["hist"][0][1]["bins"] == [0, 1, 3]
    assert found["dense"][0][1]["counts"] == [0.5, 0.5]
    settings = config(folder)
    assert math.isnan(settings.pop("nan"))
    assert settings == {"lr": 0.1, "net/a": 1, "on": True, "s": "1e-3", "when": "2020-01-01T00:00:00+00:00", "zero": 0}
    said = about(folder)
    assert [said[key] for key in ("id", "name", "tags", "entity")] == ["run a", "exp", ["t1", "g"], "w"]
    printed = {(line["stream"], line["text"]) for line in lines(folder, layout.CONSOLE)}
    assert {("stdout", "hello\n"), ("stderr", "bad\n")} <= printed
    assert (folder / "files/attributes/kept.txt").read_bytes() == b"bytes"
    picture = found["pics"][0][1]
    pixels = np.arange(192, dtype=np.uint8).reshape(8, 8, 3)
    assert (np.array(Image.open(folder / "files" / picture["path"]).convert("RGB")) == pixels).all()
    assert "files that were logged are not at hand: file (f.txt, 7 bytes)" in outcome.notes
    assert state(folder, 2e9) == "finished"
    before = everything(ROOT)
    assert take(source, ROOT).changed == []
    assert everything(ROOT) == before


def test_a_run_goes_on_is_killed_and_goes_on_in_another_folder() -> None:
    process = peers.start("trackers", BEGIN + GROWING, Path.cwd())
    assert process.stdin is not None
    assert process.stdout is not None
    assert "ready\n" in iter(process.stdout.readline, "")
    take(SOURCE, ROOT)
    assert series(the_run(), "loss") == [(n, float(n)) for n in range(20)]
    process.stdin.write("\n")
    process.stdin.flush()
    assert "ready\n" in iter(process.stdout.readline, "")
    (taken,) = take(SOURCE, ROOT).changed
    assert (taken.rows, taken.is_afresh) == (20, False)
    assert about(the_run())["tags"] == ["t0", "t20"]
    process.communicate("\n")
    assert process.returncode == -signal.SIGKILL
    before = everything(ROOT)
    assert take(SOURCE, ROOT).changed == []
    assert everything(ROOT) == before
    assert state(the_run(), 2e9) == "crashed"
    code = """
run = Run(project="w/p", run_id="run", mode="offline")
for n in range(40, 45):
    run.log_metrics({"loss": n}, step=n)
run.close()
"""
    peers.run("trackers", BEGIN + code, Path.cwd())
    (taken,) = take(SOURCE, ROOT).changed
    assert (taken.rows, taken.is_afresh) == (5, False)
    assert state(the_run(), 2e9) == "finished"
    assert series(the_run(), "loss") == [(n, float(n)) for n in range(45)]


def test_damaged_and_foreign_databases_are_named(source: Path) -> None:
    whole = database(source)
    cut = SOURCE / "w_cut_1"
    cut.mkdir()
    (cut / whole.name).write_bytes(whole.read_bytes()[:9000])
    newer = SOURCE / "w_newer_2"
    shutil.copytree(whole.parent, newer)
    with sqlite3.connect(newer / whole.name) as changed:
        changed.execute("UPDATE metadata SET version = 'v6'")
    hostile = SOURCE / "w_hostile_3"
    shutil.copytree(whole.parent, hostile)
    Path("secret.txt").write_text("outside", encoding="utf-8")
    with sqlite3.connect(hostile / whole.name) as changed:
        changed.execute("UPDATE metadata SET run_id = 'hostile'")
        changed.execute("UPDATE file_upload_requests SET source_path = '../../secret.txt', is_temporary = 1")
        changed.execute("UPDATE run_operations SET operation = X'FFFF' WHERE sequence_id = 4")
        changed.execute("UPDATE run_operations SET operation = 7 WHERE sequence_id = 5")
    outcome = take(source, ROOT)
    said = "\n".join(outcome.damage)
    assert "w_cut_1: run_operations.sqlite3 cannot be read" in said
    assert "w_newer_2: run_operations.sqlite3 says the version v6, where v5 is known" in said
    assert "operation 4 ends within" in said
    runs = {about(found.parent)["id"]: found.parent for found in (ROOT / "p").glob("*/run.json")}
    assert runs.keys() == {"run a", "hostile"}
    assert len([row for row in rows(runs["hostile"]) if "loss" in row]) == 5
    assert not list(ROOT.rglob("*secret*"))


# -- neptune-exporter, which needs Neptune's server: files of its schema

VALUES = pa.schema([
    ("project_id", pa.string()), ("run_id", pa.string()), ("attribute_path", pa.string()), ("attribute_type", pa.string()),
    ("step", pa.decimal128(18, 6)), ("timestamp", pa.timestamp("ms", tz="UTC")), ("int_value", pa.int64()),
    ("float_value", pa.float64()), ("string_value", pa.string()), ("bool_value", pa.bool_()),
    ("datetime_value", pa.timestamp("ms", tz="UTC")), ("string_set_value", pa.list_(pa.string())),
    ("file_value", pa.struct([("path", pa.string())])),
    ("histogram_value", pa.struct([
        ("type", pa.string()), ("edges", pa.list_(pa.float64())), ("values", pa.list_(pa.float64())),
    ])),
])  # fmt: skip
WHEN = dt.datetime(2026, 1, 1, tzinfo=dt.timezone.utc)


def row(path: str, kind: str, column: str, value: Any, step: str | None = None, seconds: int = 0) -> dict[str, Any]:
    time = None if step is None else WHEN + dt.timedelta(seconds=seconds)
    number = None if step is None else Decimal(step)
    return {"project_id": "w/proj", "run_id": "RUN-1", "attribute_path": path, "attribute_type": kind, "step": number,
            "timestamp": time, column: value}  # fmt: skip


def export(number: int, *values: dict[str, Any]) -> Path:
    path = Path(f"export/data/w_proj/RUN-1_part_{number}.parquet")
    path.parent.mkdir(parents=True, exist_ok=True)
    pq.write_table(pa.Table.from_pylist(list(values), schema=VALUES), path, compression="snappy")
    return path


def whole_export() -> None:
    pictures = Path("export/files/w_proj/RUN-1/pics")
    pictures.mkdir(parents=True)
    Image.new("RGB", (4, 3), (1, 2, 3)).save(pictures / "step_1.png")
    export(
        0,
        row("sys/name", "string", "string_value", "exp"),
        row("sys/creation_time", "datetime", "datetime_value", WHEN - dt.timedelta(seconds=5)),
        row("sys/tags", "string_set", "string_set_value", ["t1", "t2"]),
        row("lr", "float", "float_value", 0.1),
        row("net/a", "int", "int_value", 2**53 + 1),
        row("on", "bool", "bool_value", False),
        *(row("loss", "float_series", "float_value", 1 / (n + 1), str(n), n) for n in range(5)),
        *(row("acc", "float_series", "float_value", float(n), str(n), n) for n in range(5)),
        row("monitoring/cpu", "float_series", "float_value", 12.5, "0", 1),
        row("runtime/stdout", "string_series", "string_value", "hello", "0.000001", 1),
    )
    export(
        1,
        row("odd", "float_series", "float_value", math.nan, "50.5", 60),
        row("odd", "float_series", "float_value", -math.inf, "45", 61),
        row(
            "hist",
            "histogram_series",
            "histogram_value",
            {"type": "COUNTING", "edges": [0, 1, 3], "values": [3, 4]},
            "1",
            70,
        ),
        row("pics", "file_series", "file_value", {"path": "RUN-1/pics/step_1.png"}, "1", 71),
        row("gone", "file", "file_value", {"path": "../../../etc/passwd"}),
    )


def test_an_export_is_all_there() -> None:
    whole_export()
    outcome = take(Path("export"), ROOT)
    assert outcome.damage == []
    folder = the_run()
    found = {
        key: [(row["step"], row[key]) for row in rows(folder) if key in row] for row in rows(folder) for key in row
    }
    assert found["loss"] == [(n, 1 / (n + 1)) for n in range(5)]
    assert found["acc"] == [(n, float(n)) for n in range(5)]
    assert [step for step, _ in found["odd"]] == [50.5, 45]
    assert math.isnan(found["odd"][0][1])
    assert found["odd"][1][1] == -math.inf
    assert found["hist"][0][1]["counts"] == [3, 4]
    assert np.array(Image.open(folder / "files" / found["pics"][0][1]["path"])).shape == (3, 4, 3)
    assert config(folder) == {"lr": 0.1, "net/a": 2**53 + 1, "on": False}
    said = about(folder)
    assert (said["name"], said["tags"]) == ("exp", ["t1", "t2"])
    assert [line["text"] for line in lines(folder, layout.CONSOLE)] == ["hello\n"]
    assert [line["cpu"] for line in lines(folder, layout.SYSTEM)] == [12.5]
    assert any("gone (passwd" in note for note in outcome.notes)
    assert state(folder, 2e9) == "finished"
    before = everything(ROOT)
    assert take(Path("export"), ROOT).changed == []
    assert everything(ROOT) == before


def test_an_export_that_broke_off_and_damaged_parts_are_said() -> None:
    whole_export()
    part = Path("export/data/w_proj/RUN-1_part_0.parquet")
    part.rename(part.with_name(f"{part.name}.tmp"))
    foreign = Path("export/data/w_proj/RUN-2_part_0.parquet")
    pq.write_table(pa.table({"a": [1]}), foreign)
    Path("export/data/w_proj/RUN-3_part_0.parquet").write_bytes(b"PAR1 cut")
    outcome = take(Path("export"), ROOT)
    said = "\n".join(outcome.damage)
    assert "RUN-2_part_0.parquet is none of neptune-exporter's: it has no attribute_path" in said
    assert "RUN-3: " in said
    assert any("the export broke off" in note for note in outcome.notes)
    assert len(rows(the_run())) == 3


def test_without_pyarrow_one_sentence_says_what_to_install(checkout: Path) -> None:
    whole_export()
    code = "import sys; sys.modules['pyarrow'] = None; from tracklog.cli import main; main(['import', 'export'])"
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=False, env={"PYTHONPATH": str(checkout)}
    )
    assert done.returncode == 3
    assert "`pip install pyarrow`, and import again" in done.stderr
    assert "Traceback" not in done.stderr


def test_a_repository_of_aim_is_told_how_to_come_along() -> None:
    Path("work/.aim/meta/chunks").mkdir(parents=True)
    Path("work/.aim/run_metadata.sqlite").touch()
    (sentence,) = take(Path("work"), ROOT).damage
    assert sentence.startswith(".aim is a repository of Aim, which Aim alone can read")
    assert "`tracklog import csv FILE`" in sentence
    assert take(Path("work/.aim"), ROOT).damage == [sentence]
