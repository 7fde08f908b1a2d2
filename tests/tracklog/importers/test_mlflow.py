"""Runs that MLflow itself writes, into its database and into its text files, value by value."""

from __future__ import annotations

import math
import shutil
import sqlite3
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from tests.tracklog.importers import peers
from tests.tracklog.importers.support import about, config, everything, lines, rows, series, state, take
from tracklog.store import layout, reader

ROOT = Path("tracklogs")
DATABASE, FILES = "sqlite:///mlflow.db", "file:./mlruns"
STORES = pytest.mark.parametrize("store", [DATABASE, FILES], ids=["database", "files"])
Stores = dict[str, tuple[Path, str, str]]
BEGIN = """
import os, signal, sys
os.environ["MLFLOW_ALLOW_FILE_STORE"] = "true"
import mlflow, numpy as np
mlflow.set_tracking_uri(sys.argv[1])
mlflow.set_experiment("digits & co")
"""
WHOLE = """
with mlflow.start_run(run_name="first", tags={"team": "a"}, description="some *notes*") as run:
    mlflow.log_params({"lr": 0.1, "net": {"a": 1}, "none": None, "flag": True, "n": 3, "text": "a b"})
    for step in range(5):
        mlflow.log_metrics({"train/loss": 1 / (step + 1), "acc": step / 4}, step=step * 10)
    mlflow.log_metric("odd", float("nan"), step=50)
    mlflow.log_metric("odd", float("inf"), step=60)
    mlflow.log_metric("odd", -float("inf"), step=5)
    mlflow.log_metric("system/cpu_utilization_percentage", 12.5, step=0)
    mlflow.log_dict({"a": 1}, "conf/x.json")
    mlflow.log_text("hello", "notes.txt")
    mlflow.log_image(np.full((8, 8, 3), 7, dtype=np.uint8), key="pic/a", step=3)
    mlflow.log_table({"x": [1, 2], "y": ["a", "b"]}, "table.json")
    print(run.info.run_id)
try:
    with mlflow.start_run(run_name="failed") as run:
        print(run.info.run_id)
        for value in (1, 2, 1):
            mlflow.log_metric("x", value)
        raise ValueError
except ValueError:
    pass
"""


def write(store: str, code: str, folder: Path | None = None) -> list[str]:
    return peers.run("trackers", BEGIN + code, folder or Path.cwd(), store).split()


@pytest.fixture(scope="module")
def stores(tmp_path_factory: pytest.TempPathFactory) -> Stores:
    """Write both stores once: MLflow takes seconds to make a database. Each comes with the ids of its two runs."""
    found = {}
    for store in (DATABASE, FILES):
        folder = tmp_path_factory.mktemp("store")
        first, failed = write(store, WHOLE, folder)
        found[store] = folder, first, failed
    return found


def copied(stores: Stores, store: str, to: str = ".") -> tuple[str, str]:
    """Put a store into a folder; return the ids of its runs."""
    folder, first, failed = stores[store]
    shutil.copytree(folder, to, dirs_exist_ok=True)
    return first, failed


def folder_of(run: str) -> Path:
    return ROOT / "p" / run


@STORES
def test_runs_that_ended_are_all_there(stores: Stores, store: str) -> None:
    first, failed = copied(stores, store)
    outcome = take(Path(), ROOT)
    assert outcome.damage == []
    assert {one.id for one in outcome.changed} == {first, failed}
    folder = folder_of(first)
    assert series(folder, "train/loss") == [(step * 10, 1 / (step + 1)) for step in range(5)]
    assert series(folder, "acc") == [(step * 10, step / 4) for step in range(5)]
    odd = series(folder, "odd")
    assert [step for step, _ in odd] == [50, 60, 5]
    assert math.isnan(odd[0][1])
    assert [value for _, value in odd[1:]] == [math.inf, -math.inf]
    assert config(folder) == {"lr": 0.1, "net": "{'a': 1}", "none": None, "flag": True, "n": 3, "text": "a b"}
    said = about(folder)
    assert (said["name"], said["notes"], said["tags"]) == ("first", "some *notes*", ["team: a"])
    assert said["imported"]["format"] == "MLflow"
    assert [line["cpu_utilization_percentage"] for line in lines(folder, layout.SYSTEM)] == [12.5]
    assert (folder / "files/artifacts/conf/x.json").is_file()
    assert (folder / "files/artifacts/notes.txt").read_text(encoding="utf-8") == "hello"
    (picture,) = [line["images/pic/a"] for line in lines(folder) if "images/pic/a" in line]
    assert np.array(Image.open(folder / "files" / picture["path"])).tolist() == np.full((8, 8, 3), 7).tolist()
    (table,) = [line["table"] for line in lines(folder) if "table" in line]
    assert (table["ncols"], table["nrows"]) == (2, 2)
    assert state(folder, 2e9) == "finished"
    assert [(row["step"], row["x"]) for row in rows(folder_of(failed))] == [(0, 1.0), (0, 2.0), (0, 1.0)]
    assert state(folder_of(failed), 2e9) == "failed"


@STORES
def test_again_changes_nothing_and_a_run_that_goes_on_is_followed(store: str) -> None:
    code = """
with mlflow.start_run(run_id=os.environ.get("RUN") or None) as run:
    start = int(os.environ.get("START", "0"))
    for step in range(start, start + 50):
        mlflow.log_metric("loss", step / 8, step=step)
    print(run.info.run_id)
    os.kill(os.getpid(), signal.SIGKILL)
"""
    process = peers.start("trackers", BEGIN + code, Path.cwd(), store)
    (run,) = process.communicate()[0].split()
    take(Path(), ROOT)
    folder = folder_of(run)
    assert series(folder, "loss") == [(step, step / 8) for step in range(50)]
    assert state(folder, 2e9) == "crashed"
    before = everything(ROOT)
    assert take(Path(), ROOT).changed == []
    assert everything(ROOT) == before
    peers.start("trackers", BEGIN + code, Path.cwd(), store, RUN=run, START="50").communicate()
    (taken,) = take(Path(), ROOT).changed
    assert (taken.rows, taken.is_afresh) == (50, False)
    assert series(folder, "loss") == [(step, step / 8) for step in range(100)]


@STORES
def test_deleted_runs_are_left_out(stores: Stores, store: str) -> None:
    first, failed = copied(stores, store)
    write(store, f"mlflow.delete_run({first!r})")
    assert [one.id for one in take(Path(), ROOT).changed] == [failed]


def test_a_store_that_was_moved_finds_its_artifacts(stores: Stores) -> None:
    first, _ = copied(stores, DATABASE, "elsewhere")
    take(Path("elsewhere/mlflow.db"), ROOT)
    assert (folder_of(first) / "files/artifacts/notes.txt").is_file()


def test_a_database_that_its_writer_has_locked_is_read_and_does_not_wait(stores: Stores) -> None:
    first, _ = copied(stores, DATABASE)
    with sqlite3.connect("mlflow.db", isolation_level=None) as writer:
        writer.execute("BEGIN EXCLUSIVE")
        outcome = take(Path(), ROOT)
        writer.execute("ROLLBACK")
    writer.close()
    assert first in {one.id for one in outcome.changed}
    assert series(folder_of(first), "acc")[-1] == (40, 1.0)


@pytest.mark.parametrize("size", [0, 100, 5000])
def test_a_cut_database_is_named(stores: Stores, size: int) -> None:
    copied(stores, DATABASE)
    whole = Path("mlflow.db").read_bytes()
    Path("mlflow.db").write_bytes(whole[:size])
    Path("good.csv").write_text("epoch,loss\n0,1\n", encoding="utf-8")
    outcome = take(Path(), ROOT)
    assert [one.id for one in outcome.changed] == ["good"]
    assert size == 0 or any("mlflow.db cannot be read" in text for text in outcome.damage)


def test_text_files_with_odd_lines_cost_these_alone(stores: Stores) -> None:
    first, _ = copied(stores, FILES)
    (metric,) = Path("mlruns").glob(f"*/{first}/metrics/acc")
    with metric.open("ab") as file:
        file.write(b"no numbers here\n1700000000000 0.5 7 data 1234\n1700000000001 0.25\n1700000000002 0.")
    outcome = take(Path(), ROOT)
    found = [(row["step"], row["acc"]) for row in rows(folder_of(first)) if "acc" in row]
    assert found == [(step * 10, step / 4) for step in range(5)] + [(7, 0.5), (0, 0.25)]
    assert any("the metric acc has a line that is no value: b'no numbers here'" in text for text in outcome.damage)
    assert reader.read_run(folder_of(first)).damage == []
