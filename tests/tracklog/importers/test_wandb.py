"""Offline runs that wandb itself writes, value by value."""

from __future__ import annotations

import json
import math
import shutil
import signal
import time
from pathlib import Path
from typing import Any

import numpy as np
import orjson
import pytest
from PIL import Image

from tests.tracklog.importers import peers
from tests.tracklog.importers.support import about, config, everything, lines, rows, series, state, summary, take

ROOT = Path("tracklogs")
BEGIN = """
import glob, json, os, sys, time
import numpy as np
import wandb
def begin(**options):
    return wandb.init(dir=".", project="demo", settings=wandb.Settings(console="wrap", x_stats_sampling_interval=0.2), **options)
"""
WHOLE = """
run = begin(id="whole", name="my run", notes="some *notes*", tags=["a", "b"], group="g", job_type="train",
            config={"lr": 0.1, "net": {"layers": 2}, "list": [1, 2], "none": None, "inf": float("inf"), "nan": float("nan"),
                    "text": "NaN"})
run.define_metric("val/*", step_metric="epoch")
run.define_metric("best", summary="max")
for step in range(10):
    run.log({"loss": 1 / (step + 1), "nested": {"a": {"b": step}, "c": "x"}, "best": 9 - abs(step - 5), "epoch": step // 2,
             "val/acc": step * 0.1})
    print("step", step)
print("a warning", file=sys.stderr)
run.log({"nan": float("nan"), "inf": -float("inf"), "none": None, "list": [1, float("nan")], "empty": [], "big": 2**53 + 1,
         "yes": True, "text": "Infinity", "quo\\"te": 'a "b" \\n é', "long " * 40: 1, "words": "x" * 300})
run.summary["final"] = 1.5
run.summary["made"] = {"a": 1, "b": [1, 2]}
run.config.update({"late": 7})
run.tags = run.tags + ("c",)
run.alert("hot", "90 degrees", level=wandb.AlertLevel.WARN)
os.makedirs("src"); open("src/train.py", "w").write("print(1)\\n")
run.log_code("src")
open("outside.txt", "w").write("x"); run.save("outside.txt")
run.log({"x": 1}, step=50)
run.log({"y": 2})
run.finish()
"""
# wandb measures beside the script, and writes what it has every few seconds: a script that is short may be over before.
MEASURED = """
run = begin(id="measured")
run.log({"x": 1})
until = time.monotonic() + 60
while not any(b"rssMB" in open(path, "rb").read() for path in glob.glob("wandb/*/*.wandb")) and time.monotonic() < until:
    time.sleep(0.05)
run.finish()
"""
MEDIA = """
rng = np.random.default_rng(0)
pixels = rng.integers(0, 255, (6, 5, 3), dtype=np.uint8)
np.save("pixels.npy", pixels)
run = begin(id="media")
boxes = {"p": {"box_data": [{"position": {"minX": 0.1, "maxX": 0.5, "minY": 0.1, "maxY": 0.6}, "class_id": 1,
         "box_caption": "x", "scores": {"s": 0.4}}], "class_labels": {1: "cat"}}}
masks = {"m": {"mask_data": np.arange(30).reshape(6, 5) % 2, "class_labels": {0: "no", 1: "yes"}}}
run.log({"img": wandb.Image(pixels, caption="c", boxes=boxes, masks=masks),
         "imgs": [wandb.Image(pixels, caption=str(n)) for n in range(3)],
         "hist": wandb.Histogram(np_histogram=([1, 2, 3], [0.0, 1.0, 2.0, 4.0])), "array": np.arange(100.0),
         "table": wandb.Table(columns=["a", "b"], data=[[1, "x"], [2.5, "y"]]), "html": wandb.Html("<b>hi</b>"),
         "cloud": wandb.Object3D(np.arange(12.0).reshape(4, 3)),
         "chart": wandb.plot.line(wandb.Table(columns=["x", "y"], data=[[0, 1], [1, 2]]), "x", "y", title="t")})
run.finish()
"""


def write(code: str, *arguments: str, expected: int = 0) -> str:
    return peers.run("wandb", BEGIN + code, Path.cwd(), *arguments, expected=expected)


def taken(run: str) -> Path:
    outcome = take(Path("wandb"), ROOT)
    assert outcome.damage == []
    assert [one.id for one in outcome.changed] == [run]
    return ROOT / "p" / run


def test_a_run_that_ended_is_all_there() -> None:
    write(WHOLE)
    folder = taken("whole")
    assert series(folder, "loss") == [(n, 1 / (n + 1)) for n in range(10)]
    assert [row["nested"] for row in rows(folder)[:10]] == [{"a": {"b": n}, "c": "x"} for n in range(10)]
    odd = rows(folder)[10]
    assert odd["_step"] == 10
    assert math.isnan(odd["nan"])
    assert odd["inf"] == -math.inf
    assert odd["none"] is None
    assert odd["list"][0] == 1
    assert math.isnan(odd["list"][1])
    assert (odd["empty"], odd["big"], odd["yes"], odd["text"]) == ([], 2**53 + 1, True, "Infinity")
    assert (odd['quo"te'], odd["long " * 40], odd["words"]) == ('a "b" \n é', 1, "x" * 300)
    assert rows(folder)[11] == {"_step": 50, "x": 1, "y": 2}
    assert config(folder) == {
        "lr": 0.1, "net": {"layers": 2}, "list": [1, 2], "none": None, "inf": math.inf, "nan": None, "text": "NaN", "late": 7,
    }  # fmt: skip
    kept = summary(folder)
    assert kept["final"] == 1.5
    assert kept["made"] == {"a": 1, "b": [1, 2]}
    assert kept["best"] == {"max": 9}
    assert kept["loss"] == 0.1
    said = about(folder)
    assert (said["id"], said["name"], said["notes"], said["group"], said["job_type"]) == (
        "whole", "my run", "some *notes*", "g", "train",
    )  # fmt: skip
    assert said["tags"] == ["a", "b", "c"]
    assert said["imported"]["format"] == "W&B"
    assert said["hardware"]["cpu_count"] > 0
    assert state(folder, time.time()) == "finished"


def test_what_was_measured_beside_a_run() -> None:
    write(MEASURED)
    assert "proc.memory.rssMB" in lines(taken("measured"), "system")[0]


def test_what_a_run_printed_and_saved() -> None:
    write(WHOLE)
    folder = taken("whole")
    printed = lines(folder, "console")
    assert "".join(line["text"] for line in printed if line["stream"] == "stdout") == "".join(
        f"step {n}\n" for n in range(10)
    )
    assert "".join(line["text"] for line in printed if line["stream"] == "stderr") == "a warning\n"
    (alert,) = [event for event in lines(folder, "events") if event["event"] == "alert"]
    assert (alert["title"], alert["text"], alert["level"]) == ("hot", "90 degrees", "WARN")
    assert "numpy" in (folder / "files" / "requirements.txt").read_text()
    assert any("outside.txt" in note for note in about(folder)["imported"]["notes"])
    assert {
        event["name"]: event.get("step_metric") for event in lines(folder, "events") if event["event"] == "metric"
    } == {
        "val/*": "epoch",
        "best": None,
    }


def test_media_and_tables() -> None:
    write(MEDIA)
    folder = taken("media")
    (row,) = rows(folder)
    files = folder / "files"
    pixels = np.load("pixels.npy", allow_pickle=False)
    assert np.array(Image.open(files / row["img"]["path"])).tolist() == pixels.tolist()
    assert row["img"]["caption"] == "c"
    mask = row["img"]["masks"]["m"]
    assert np.array(Image.open(files / mask["path"])).tolist() == (np.arange(30).reshape(6, 5) % 2).tolist()
    assert [one["name"] for one in orjson.loads((files / mask["classes"]).read_bytes())["class_set"]] == ["no", "yes"]
    boxes = orjson.loads((files / row["img"]["boxes"]["p"]["path"]).read_bytes())["box_data"]
    assert boxes == [
        {
            "position": {"minX": 0.1, "maxX": 0.5, "minY": 0.1, "maxY": 0.6},
            "class_id": 1,
            "box_caption": "x",
            "scores": {"s": 0.4},
        }
    ]
    assert [one["caption"] for one in row["imgs"]["items"]] == ["0", "1", "2"]
    assert row["hist"] == {"_type": "histogram", "counts": [1, 2, 3], "bins": [0.0, 1.0, 2.0, 4.0]}
    assert sum(row["array"]["counts"]) == 100
    table = orjson.loads((files / row["table"]["path"]).read_bytes())
    assert table == {"columns": ["a", "b"], "data": [[1, "x"], [2.5, "y"]]}
    document = (files / row["html"]["path"]).read_text()
    assert document.endswith("<b>hi</b>")
    assert "wandb.ai" not in document
    assert json.loads((files / row["cloud"]["path"]).read_text()) == np.arange(12.0).reshape(4, 3).tolist()
    assert (row["chart"]["spec_name"], row["chart"]["fields"]["x"]) == ("wandb/line/v0", "x")
    assert orjson.loads((files / row["chart"]["table"]["path"]).read_bytes())["data"] == [[0, 1], [1, 2]]


KILLED = """
run = begin(id="killed")
for step in range(50):
    run.log({"loss": step * 0.5})
if sys.argv[1] == "late":
    time.sleep(9)
os.kill(os.getpid(), 9)
"""


def test_a_killed_run_is_a_crashed_one() -> None:
    write(KILLED, "soon", expected=-signal.SIGKILL)
    folder = taken("killed")
    found = series(folder, "loss")
    assert found == [(n, n * 0.5) for n in range(len(found))]
    assert state(folder, time.time() + 1801) == "crashed"


@pytest.mark.parametrize("size", [7, 3, 0])
def test_a_run_of_which_only_the_header_was_written_has_no_rows(size: int) -> None:
    path = Path("wandb/offline-run-20260101_000000-x1/run-x1.wandb")
    path.parent.mkdir(parents=True)
    path.write_bytes(b":W&B\xe1\xbe\x00"[:size])
    folder = taken("x1")
    assert rows(folder) == []
    assert take(Path("wandb"), ROOT).changed == []
    assert state(folder, time.time() + 1801) == "crashed"


TWICE = """
for n in range(2):
    run = begin(id="twice", resume="allow")
    for step in range(5):
        run.log({"loss": 10 * n + step})
    run.finish()
    time.sleep(1)
"""


def test_folders_of_one_id_are_one_run() -> None:
    write(TWICE)
    folder = taken("twice")
    assert series(folder, "loss") == [*((n, n) for n in range(5)), *((5 + n, 10 + n) for n in range(5))]
    assert state(folder, time.time()) == "finished"


FAILED = """
run = begin(id="failed")
run.log({"loss": 1})
run.finish(exit_code=3)
"""


def test_a_copy_of_a_folder_is_no_second_part_of_its_run() -> None:
    write("run = begin(id='once')\nfor n in range(5):\n    run.log({'a': n})\nrun.finish()")
    shutil.copytree("wandb", "wandb/backup", ignore=shutil.ignore_patterns("latest-run"))
    folder = taken("once")
    assert [value for _, value in series(folder, "a")] == list(range(5))


def test_a_run_that_failed_says_so() -> None:
    write(FAILED)
    assert state(taken("failed"), time.time()) == "failed"


def test_any_cut_of_a_file_is_followed_by_the_rest(tmp_path: Path) -> None:
    """What is written piece by piece comes to what one import of the whole file gives."""
    write(WHOLE)
    (whole,) = Path("wandb").glob("offline-run-*/*.wandb")
    data = whole.read_bytes()
    take(Path("wandb"), Path("once"))
    cuts = [7, 100, 2000, len(data) // 2, len(data) - 9, len(data)]
    for cut in cuts:
        whole.write_bytes(data[:cut])
        take(Path("wandb"), ROOT)
    unchanged = everything(ROOT)
    assert take(Path("wandb"), ROOT).changed == []
    assert everything(ROOT) == unchanged
    grown, once = tmp_path / ROOT / "p" / "whole", tmp_path / "once" / "p" / "whole"
    assert lines(grown) == lines(once)
    assert (config(grown), summary(grown)) == (config(once), summary(once))
    said: list[dict[str, Any]] = [about(folder) for folder in (grown, once)]
    assert [one["tags"] for one in said] == [["a", "b", "c"]] * 2
    assert "".join(line["text"] for line in lines(grown, "console")) == "".join(
        line["text"] for line in lines(once, "console")
    )


def test_foreign_and_damaged_files_are_named() -> None:
    write(FAILED)
    (file,) = Path("wandb").glob("offline-run-*/*.wandb")
    data = bytearray(file.read_bytes())
    data[len(data) // 2] ^= 1
    file.write_bytes(data)
    Path("wandb/run-other.wandb").write_bytes(b"something else")
    outcome = take(Path("wandb"), ROOT)
    assert any("run-other.wandb is no file of wandb's" in sentence for sentence in outcome.damage)
    assert any("a record is damaged" in sentence for sentence in outcome.damage)
    assert outcome.runs == 1
