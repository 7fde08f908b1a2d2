"""Offline sessions that ClearML itself writes, value by value."""

from __future__ import annotations

import json
import math
import shutil
import signal
import zipfile
from pathlib import Path

import numpy as np
import orjson
import pytest
from PIL import Image

from tests.tracklog.importers import peers
from tests.tracklog.importers.support import about, config, everything, lines, rows, series, state, summary, take
from tracklog.store import layout

ROOT, SOURCE = Path("tracklogs"), Path("offline")
# Without its subprocess, which would write on after the run's own process was killed, and hold up every run for ten seconds.
QUICK = "sdk { development { report_use_subprocess: false, worker { report_period_sec: 0.2 } } }"
BEGIN = """
import glob, os, sys, time
import numpy as np
from clearml import Task
Task.set_offline(offline_mode=True)
task = Task.init(project_name="my proj", task_name="run a", tags=["t1", "t2"], auto_connect_frameworks=False,
    auto_resource_monitoring=False, auto_connect_arg_parser=False)
log = task.get_logger()
def settled(end):
    path = os.path.join(task.get_offline_mode_folder(), "metrics.jsonl")
    while not os.path.exists(path) or open(path).read().count('"variant": "train"') < end: time.sleep(0.02)
"""
WHOLE = """
task.set_comment("a comment")
task.connect({"lr": 0.1, "net": {"a": 1, "b": [1, 2]}, "none": None, "on": True, "s": "1e-3", "n": 7, "nan": float("nan"),
    "t": (1, 2), "empty": {}, "text": "None"})
task.connect({"x": 1}, name="Other")
task.connect_configuration({"deep": {"a": 1}}, name="conf")
print("hello")
print("bad", file=sys.stderr)
for n in range(5):
    log.report_scalar("loss", "train", 1 / (n + 1), n * 10)
for value, step in ((float("nan"), 50), (float("inf"), 45), (0.0, 45), (7, 45)):
    log.report_scalar("odd", "x", value, step)
log.report_scalar(":monitor:machine", "cpu_usage", 12.5, 3)
log.report_single_value("best", 0.75)
pixels = np.full((8, 8, 3), 200, dtype=np.uint8)
log.report_image("pics", "p", iteration=3, image=pixels)
log.report_table("tab", "t", iteration=3, table_plot=[["a", "b"], [1, 2]])
open("f.txt", "w").write("content")
task.upload_artifact("file", artifact_object="f.txt", wait_on_upload=True)
task.close()
"""
GROWING = """
for first in (0, 20):
    for n in range(first, first + 20):
        log.report_scalar("loss", "train", n, n)
    task.flush()
    settled(first + 20)
    print("ready", file=sys.__stdout__, flush=True)
    sys.stdin.readline()
os.kill(os.getpid(), 9)
"""


@pytest.fixture(scope="module")
def written(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the cache of a run that has ended: a folder, and its zip."""
    home = tmp_path_factory.mktemp("clearml")
    (home / "quick.conf").write_text(QUICK, encoding="utf-8")
    peers.run("trackers", BEGIN + WHOLE, home, CLEARML_CONFIG_FILE="quick.conf")
    return home / ".clearml/cache/offline"


@pytest.fixture
def source(written: Path) -> Path:
    """Return a copy of the cache that a test may change."""
    shutil.copytree(written, SOURCE)
    return SOURCE


def the_run() -> Path:
    (found,) = (ROOT / "p").glob("*/run.json")
    return found.parent


def session(source: Path) -> Path:
    (found,) = source.glob("offline-*/")
    return found


def archive(source: Path) -> Path:
    (found,) = source.glob("offline-*.zip")
    return found


@pytest.mark.parametrize("form", ["both", "folder", "zip"])
def test_a_run_that_ended_is_all_there(form: str, source: Path) -> None:
    if form == "zip":
        shutil.rmtree(session(source))
    elif form == "folder":
        archive(source).unlink()
    outcome = take(source, ROOT)
    assert outcome.damage == []
    folder = the_run()
    steps = [(row["step"], row["loss/train"]) for row in rows(folder) if "loss/train" in row]
    assert steps == [(n * 10, 1 / (n + 1)) for n in range(5)]
    odd = [(row["step"], row["odd/x"]) for row in rows(folder) if "odd/x" in row]
    assert odd == [(50, 0.0), (45, 0.0), (45, 0.0), (45, 7.0)], "NaN and inf are lost before they are stored"
    found = config(folder)
    assert math.isnan(found.pop("nan"))
    assert found == {
        "lr": 0.1, "net": {"a": 1, "b": [1, 2]}, "none": None, "on": True, "s": "1e-3", "n": 7, "t": [1, 2], "empty": {},
        "text": "None", "Other": {"x": 1},
    }  # fmt: skip
    assert summary(folder)["best"] == 0.75
    assert not any("Summary/best" in row for row in rows(folder))
    (machine,) = lines(folder, layout.SYSTEM)
    assert machine["machine/cpu_usage"] == 12.5
    said = about(folder)
    assert [said[key] for key in ("name", "notes", "tags", "job_type")] == [
        "run a",
        "a comment",
        ["t1", "t2"],
        "training",
    ]
    for stream, word in (("stdout", "hello\n"), ("stderr", "bad\n")):
        assert word in "".join(line["text"] for line in lines(folder, layout.CONSOLE) if line["stream"] == stream)
    notes = "\n".join(outcome.notes)
    assert "some of its zeros may have been such" in notes
    assert state(folder, 2e9) == ("crashed" if form == "folder" else "finished")
    before = everything(ROOT)
    assert take(source, ROOT).changed == []
    assert everything(ROOT) == before


def test_media_and_files_come_along(source: Path) -> None:
    take(source, ROOT)
    folder = the_run()
    found = {key: value for line in lines(folder) for key, value in line.items()}
    pixels = np.array(Image.open(folder / "files" / found["pics/p"]["path"]))
    assert pixels.shape == (8, 8, 3)
    assert abs(pixels.astype(int) - 200).max() <= 2, "ClearML makes a JPEG of it"
    table = orjson.loads((folder / "files" / found["tab/t"]["path"]).read_bytes())
    assert table["data"][0]["type"] == "table"
    assert (folder / "files/artifacts/file/f.txt").read_text(encoding="utf-8") == "content"
    assert "deep" in (folder / "files/configuration/conf.conf").read_text(encoding="utf-8")


def test_a_run_goes_on_and_is_killed() -> None:
    Path("quick.conf").write_text(QUICK, encoding="utf-8")
    process = peers.start("trackers", BEGIN + GROWING, Path.cwd(), CLEARML_CONFIG_FILE="quick.conf")
    assert process.stdin is not None
    assert process.stdout is not None
    cache = Path(".clearml/cache/offline")
    assert "ready\n" in iter(process.stdout.readline, "")
    take(cache, ROOT)
    assert series(the_run(), "loss/train") == [(n, float(n)) for n in range(20)]
    process.stdin.write("\n")
    process.stdin.flush()
    assert "ready\n" in iter(process.stdout.readline, "")
    (taken,) = take(cache, ROOT).changed
    assert (taken.rows, taken.is_afresh) == (20, False)
    process.communicate("\n")
    assert process.returncode == -signal.SIGKILL
    take(cache, ROOT)
    before = everything(ROOT)
    assert take(cache, ROOT).changed == []
    assert everything(ROOT) == before
    assert series(the_run(), "loss/train") == [(n, float(n)) for n in range(40)]
    assert state(the_run(), 2e9) == "crashed"


def test_a_zip_that_comes_later_ends_the_run(source: Path) -> None:
    shutil.move(archive(source), "later.zip")
    take(source, ROOT)
    shutil.move("later.zip", source / f"{session(source).name}.zip")
    (taken,) = take(source, ROOT).changed
    assert (taken.rows, taken.is_afresh) == (0, False)
    assert state(the_run(), 2e9) == "finished"


def test_damaged_and_hostile_zips_are_named(source: Path) -> None:
    whole = archive(source)
    with zipfile.ZipFile(whole) as packed:
        task, metrics = json.loads(packed.read("task.json")), packed.read("metrics.jsonl")
    shutil.rmtree(session(source))
    (source / f"offline-{'1' * 32}.zip").write_bytes(whole.read_bytes()[:2000])
    artifacts = [{"key": "../../x", "uri": "/data/../../../secret"}, {"key": "up", "uri": "/a/data/../task.json"}]
    hostile = {**task, "id": "offline-hostile", "tags": 3, "hyperparams": [1], "execution": {"artifacts": artifacts}}
    image = {
        "type": "training_debug_image",
        "metric": "m",
        "variant": "v",
        "iter": 1,
        "key": "../../task.json",
        "url": "/data/../x",
    }
    with zipfile.ZipFile(source / f"offline-{'2' * 32}.zip", "w") as packed:
        packed.writestr("task.json", json.dumps(hostile))
        packed.writestr("../secret.txt", "outside")
        packed.writestr("/secret.txt", "outside")
        packed.writestr("metrics.jsonl", json.dumps([image, 3, {"type": "x", "iter": 1}]) + "\n{\n" + metrics.decode())
    with zipfile.ZipFile(source / f"offline-{'3' * 32}.zip", "w") as packed:
        packed.writestr("task.json", json.dumps({**task, "id": "offline-bomb"}))
        packed.writestr("metrics.jsonl", "x")
        packed.filelist[-1].file_size = 1 << 50  # what its directory says
    with zipfile.ZipFile(source / f"offline-{'4' * 32}.zip", "w") as packed:
        packed.writestr("task.json", "[" * 100_000)
    outcome = take(source, ROOT)
    said = "\n".join(outcome.damage)
    assert f"offline-{'1' * 32}.zip has no task.json that can be read" in said
    assert "'../secret.txt' has a name that leads elsewhere" in said
    assert "'/secret.txt' has a name that leads elsewhere" in said
    assert "'m/v' at iteration 1: its file is not in the session" in said
    assert "the line at byte" in said
    assert "a line that holds no events" in said
    assert f"offline-{'3' * 32}.zip cannot be read: it would unpack to" in said
    assert f"offline-{'4' * 32}.zip has no task.json that can be read" in said
    assert "the artifact '../../x' is not in the session" in said
    runs = {about(found.parent)["id"]: found.parent for found in (ROOT / "p").glob("*/run.json")}
    assert runs.keys() == {task["id"], "offline-hostile"}
    assert len([1 for row in rows(runs["offline-hostile"]) if "loss/train" in row]) == 5
    assert not list(Path().rglob("*secret*"))
