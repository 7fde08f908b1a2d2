"""Runs that Trackio itself writes, value by value."""

from __future__ import annotations

import json
import math
import os
import signal
import sqlite3
from pathlib import Path

import numpy as np
import orjson
from PIL import Image

from tests.tracklog.importers import peers
from tests.tracklog.importers.support import about, config, everything, lines, rows, series, state, take
from tracklog.store import layout

ROOT, STORE = Path("tracklogs"), Path("store")
BEGIN = """
import os, sys, time, warnings
warnings.simplefilter("ignore")
import numpy as np
import trackio
"""
WHOLE = """
pixels = np.arange(192, dtype=np.uint8).reshape(8, 8, 3)
trackio.init(project="my proj", name="run a", group="g", config={"lr": 0.1, "net": {"a": 1}}, embed=False, auto_log_gpu=False)
for n in range(5):
    trackio.log({"loss": 1 / (n + 1), "train": {"acc": n}, "step": n * 2, "odd": float("nan") if n == 2 else -float("inf")})
trackio.log({"x": 1.5}, step=20)
trackio.log({"x": 2}, step=7)
trackio.log({"x": 3}, step=7)
trackio.log({"pic": trackio.Image(pixels, caption="c"), "table": trackio.Table(columns=["a", "b"], data=[[1, 2], [3, 4]])})
trackio.log({"hist": trackio.Histogram(list(range(100)))})
trackio.log_system({"gpu/0/load": 0.5})
trackio.alert("bad", text="it is bad", level=trackio.AlertLevel.WARN)
trackio.finish()
"""


def write(code: str, *, expected: int = 0, **environment: str) -> str:
    return peers.run(
        "trackers", BEGIN + code, Path.cwd(), expected=expected, TRACKIO_DIR=str(STORE.resolve()), **environment
    )


def the_run() -> Path:
    (folder,) = (ROOT / "p").glob("*/run.json")
    return folder.parent


def test_a_run_that_ended_is_all_there() -> None:
    write(WHOLE)
    outcome = take(STORE, ROOT)
    assert outcome.damage == []
    folder = the_run()
    assert [row["loss"] for row in rows(folder) if "loss" in row] == [1 / (n + 1) for n in range(5)]
    assert [row["train"] for row in rows(folder) if "train" in row] == [{"acc": n} for n in range(5)]
    assert [row["step"] for row in rows(folder) if "loss" in row] == [n * 2 for n in range(5)], "a key of the script"
    odd = [row["odd"] for row in rows(folder) if "odd" in row]
    assert math.isnan(odd[2])
    assert odd[0] == -math.inf
    assert [(row["source_step"], row["x"]) for row in rows(folder) if "x" in row] == [(20, 1.5), (7, 2), (7, 3)]
    assert config(folder) == {"lr": 0.1, "net": {"a": 1}}
    said = about(folder)
    assert (said["name"], said["group"]) == ("run a", "g")
    assert "_Username" not in (folder / "run.json").read_text(encoding="utf-8")
    (picture,) = [line["pic"] for line in lines(folder) if "pic" in line]
    assert picture["caption"] == "c"
    pixels = np.arange(192, dtype=np.uint8).reshape(8, 8, 3)
    assert (np.array(Image.open(folder / "files" / picture["path"]).convert("RGB")) == pixels).all()
    (table,) = [line["table"] for line in lines(folder) if "table" in line]
    assert orjson.loads((folder / "files" / table["path"]).read_bytes())["data"] == [[1, 2], [3, 4]]
    (histogram,) = [line["hist"] for line in lines(folder) if "hist" in line]
    assert sum(histogram["counts"]) == 100
    assert any(line.get("gpu/0/load") == 0.5 for line in lines(folder, layout.SYSTEM))
    (alert,) = [line for line in lines(folder, layout.EVENTS) if line["event"] == "alert"]
    assert (alert["title"], alert["text"], alert["level"]) == ("bad", "it is bad", "WARN")
    assert any("about half a second alike" in note for note in outcome.notes)


def test_a_killed_run_goes_on_in_the_log_of_its_database() -> None:
    code = """
trackio.init(project="p", name="run", embed=False, auto_log_gpu=False, auto_log_cpu=False, resume="allow")
start = int(os.environ.get("START", "0"))
for n in range(start, start + 20):
    trackio.log({"loss": n})
while True:
    import sqlite3, glob
    found = glob.glob(os.environ["TRACKIO_DIR"] + "/*.db")
    with sqlite3.connect(found[0]) if found else sqlite3.connect(":memory:") as asked:
        try:
            if asked.execute("SELECT count(*) FROM metrics").fetchone()[0] == start + 20: break
        except sqlite3.Error: pass
    time.sleep(0.05)
os.kill(os.getpid(), 9)
"""
    write(code, expected=-signal.SIGKILL)
    take(STORE, ROOT)
    folder = the_run()
    assert series(folder, "loss") == [(n, n) for n in range(20)]
    before = everything(ROOT)
    assert take(STORE, ROOT).changed == []
    assert everything(ROOT) == before
    write(code, expected=-signal.SIGKILL, START="20")
    (taken,) = take(STORE, ROOT).changed
    assert taken.rows == 20
    assert [value for _, value in series(the_run(), "loss")] == list(range(40))
    assert state(the_run(), 2e9) == "crashed"


def test_rows_in_the_log_and_lines_of_the_inbox_are_taken_once() -> None:
    write(WHOLE)
    (database,) = STORE.glob("*.db")
    writer = sqlite3.connect(database)
    run_id, name = writer.execute("SELECT run_id, run_name FROM metrics").fetchone()
    query = "INSERT INTO metrics (run_id, timestamp, run_name, step, metrics, log_id) VALUES (?, ?, ?, ?, ?, ?)"
    writer.execute(query, (run_id, "2026-01-01T00:00:00+00:00", name, 30, b'{"late":1}', "one"))
    writer.commit()  # which stands in the log beside the database as long as the writer is there
    inbox = STORE / "inbox/0123456789abcdef"
    inbox.mkdir(parents=True)
    line = {"v": 1, "kind": "metric", "project": "my proj", "run": name, "run_id": run_id, "step": 31,
            "timestamp": "2026-01-01T00:00:01+00:00", "metrics": {"late": 2}, "log_id": "two"}  # fmt: skip
    (inbox / "00000001.jsonl").write_text(
        json.dumps(line) + "\n" + json.dumps({**line, "log_id": "one"}) + "\nhalf", encoding="utf-8"
    )
    take(STORE, ROOT)
    assert [row["late"] for row in rows(the_run()) if "late" in row] == [1, 2]
    writer.execute(query, (run_id, "2026-01-01T00:00:01+00:00", name, 31, b'{"late":2}', "two"))
    writer.execute(query, (run_id, "2026-01-01T00:00:02+00:00", name, 32, b'{"late":3}', "three"))
    writer.commit()
    writer.close()
    take(STORE, ROOT)
    assert [row["late"] for row in rows(the_run()) if "late" in row] == [1, 2, 3]


def test_two_runs_of_one_name_are_two_and_silent_ones_count_as_finished() -> None:
    code = """
trackio.init(project="p", name="run", embed=False, auto_log_gpu=False, auto_log_cpu=False)
trackio.log({"loss": 1})
trackio.finish()
"""
    write(code)
    write(code)
    for path in STORE.glob("*.db*"):
        os.utime(path, (1_700_000_000, 1_700_000_000))
    assert len(take(STORE, ROOT).changed) == 2
    assert {state(folder.parent, 2e9) for folder in (ROOT / "p").glob("*/run.json")} == {"finished"}


def test_a_cut_database_is_named() -> None:
    write('trackio.init(project="cut", embed=False, auto_log_gpu=False); trackio.log({"x": 1}); trackio.finish()')
    (database,) = STORE.glob("*.db")
    for beside in STORE.glob("*.db-*"):
        beside.unlink()
    database.write_bytes(database.read_bytes()[:5000])
    outcome = take(STORE, ROOT)
    assert outcome.changed == []
    assert [text.partition(":")[0] for text in outcome.damage] == [f"{database.name} cannot be read"]
