"""Runs that DVCLive itself writes, value by value."""

from __future__ import annotations

import math
import os
import signal
from pathlib import Path

import numpy as np
import orjson
from PIL import Image

from tests.tracklog.importers import peers
from tests.tracklog.importers.support import config, everything, lines, rows, series, state, summary, take

ROOT = Path("tracklogs")
BEGIN = """
import os, signal, sys
import numpy as np
from dvclive import Live
def begin(**options):
    return Live("live", save_dvc_exp=False, dvcyaml=None, report=None, **options)
"""
WHOLE = """
live = begin()
live.log_params({"lr": 1e-3, "eps": 1e-8, "on": "on", "time": "12:30", "octal": "017", "net": {"layers": [1, 2]}, "none": None})
for step in range(5):
    live.log_metric("train/loss", 1 / (step + 1))
    live.log_metric("acc", np.float32(0.1) * step, timestamp=step > 2)
    live.log_metric("clocked", step, timestamp=step < 2)
    if step == 2:
        live.log_metric("odd", float("nan"))
    if step == 3:
        live.log_metric("odd", -float("inf"))
    live.log_metric("aside/last", step * 2, plot=False)
    live.next_step()
live.log_image("pic.png", np.full((8, 8, 3), 7, dtype=np.uint8))
live.log_plot("curve", [{"x": 1, "y": 2.5}, {"x": 2, "y": 3.5}], x="x", y="y")
live.end()
"""


def write(code: str, *, expected: int = 0, **environment: str) -> str:
    return peers.run("trackers", BEGIN + code, Path.cwd(), expected=expected, DVC_NO_ANALYTICS="1", **environment)


FOLDER = ROOT / "p/live"


def test_a_run_that_ended_is_all_there() -> None:
    write(WHOLE)
    outcome = take(Path(), ROOT)
    assert outcome.damage == []
    assert [one.id for one in outcome.changed] == ["live"]
    assert series(FOLDER, "train/loss") == [(step, 1 / (step + 1)) for step in range(5)]
    assert series(FOLDER, "acc") == [(step, float(str(np.float32(0.1) * step))) for step in range(5)]
    assert series(FOLDER, "clocked") == [(step, step) for step in range(5)]
    (nan, inf) = series(FOLDER, "odd")
    assert (nan[0], math.isnan(nan[1])) == (2, True)
    assert inf == (3, -math.inf)
    assert len([row for row in rows(FOLDER) if "acc" in row]) == 5, "values of one step are one row"
    assert all("_timestamp" in line for line in lines(FOLDER) if line["_step"] in (0, 1, 3, 4) and "acc" in line)
    assert config(FOLDER) == {
        "lr": 1e-3, "eps": 1e-8, "on": "on", "time": "12:30", "octal": "017", "net": {"layers": [1, 2]}, "none": None,
    }  # fmt: skip
    assert summary(FOLDER)["aside/last"] == 8
    (picture,) = [line["pic"] for line in lines(FOLDER) if "pic" in line]
    assert (np.array(Image.open(FOLDER / "files" / picture["path"])) == 7).all()
    (curve,) = [line["custom/curve"] for line in lines(FOLDER) if "custom/curve" in line]
    assert orjson.loads((FOLDER / "files" / curve["path"]).read_bytes())["data"] == [[1, 2.5], [2, 3.5]]


def test_a_killed_run_is_whole_and_is_followed_when_it_is_resumed() -> None:
    code = """
live = begin(resume=True)
for _ in range(10):
    live.log_metric("loss", live.step / 8)
    live.log_metric("every second", live.step) if live.step % 2 else None
    live.next_step()
os.kill(os.getpid(), signal.SIGKILL)
"""
    write(code, expected=-signal.SIGKILL)
    take(Path("live"), ROOT)
    assert series(FOLDER, "loss") == [(step, step / 8) for step in range(10)]
    before = everything(ROOT)
    assert take(Path("live"), ROOT).changed == []
    assert everything(ROOT) == before
    write(code, expected=-signal.SIGKILL)
    (taken,) = take(Path("live"), ROOT).changed
    assert (taken.is_afresh, taken.rows > 0) == (False, True)
    found = series(FOLDER, "loss")
    assert [value * 8 for _, value in found] == [step for step, _ in found]
    assert len(found) == len(set(found)) >= 19


def test_a_run_that_was_not_resumed_is_read_afresh() -> None:
    write(WHOLE)
    take(Path(), ROOT)
    write("live = begin()\nlive.log_metric('other', 1)\nlive.end()")
    (taken,) = take(Path(), ROOT).changed
    assert taken.is_afresh
    assert [{key: row[key] for key in row if key != "pic"} for row in rows(FOLDER) if "other" in row] == [
        {"_step": 0, "other": 1}
    ]
    assert not any("train/loss" in row for row in rows(FOLDER))


def test_steps_that_fall_stay_in_the_order_of_their_metric() -> None:
    write("""
live = begin()
for step in (5, 3, 3, 8):
    live.step = step
    live.log_metric('loss', step / 2)
    live.log_metric('n', step)
live.end()
""")
    take(Path(), ROOT)
    assert [(row["step"], row["loss"]) for row in rows(FOLDER) if "loss" in row] == [
        (5, 2.5),
        (3, 1.5),
        (3, 1.5),
        (8, 4),
    ]


def test_silence_counts_as_the_end() -> None:
    write(WHOLE)
    for path in Path("live").rglob("*"):
        os.utime(path, (1_700_000_000, 1_700_000_000))
    take(Path(), ROOT)
    assert state(FOLDER, 2e9) == "finished"
