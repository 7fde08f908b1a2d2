"""Runs that Sacred itself writes, value by value."""

from __future__ import annotations

import json
import math
import signal
from pathlib import Path

from tests.tracklog.importers import peers
from tests.tracklog.importers.support import about, config, everything, lines, rows, series, state, summary, take
from tracklog.store import layout

ROOT = Path("tracklogs")
BEGIN = """
import os, signal, sys, time
import numpy as np
from sacred import SETTINGS, Experiment
SETTINGS.CAPTURE_MODE = "sys"  # by descriptors it loses a line now and then
from sacred.observers import FileStorageObserver
ex = Experiment("digits", save_git_info=False, interactive=True)
ex.observers.append(FileStorageObserver("runs"))
ex.add_config({"lr": 0.1, "net": {"layers": 2}, "array": np.arange(3), "nan": float("nan")})
"""
WHOLE = """
@ex.main
def main(_run, lr):
    print("hello", flush=True)
    for step in range(4):
        _run.log_scalar("loss", 1 / (step + 1), step * 10)
        _run.log_scalar("acc", np.float32(step), step * 10)
    _run.log_scalar("odd", float("inf"), 50)
    _run.log_scalar("odd", float("nan"), 45)
    _run.info["best"] = np.float64(0.5)
    open("a.txt", "w").write("content")
    _run.add_artifact("a.txt")
    if "fail" in sys.argv:
        raise RuntimeError("no luck")
    return {"score": np.float64(0.75)}
ex.run()
"""


def write(code: str, *arguments: str, expected: int = 0) -> str:
    return peers.run("trackers", BEGIN + code, Path.cwd(), *arguments, expected=expected)


FOLDER = ROOT / "p/1"


def test_a_run_that_ended_is_all_there() -> None:
    write(WHOLE)
    outcome = take(Path("runs"), ROOT)
    assert outcome.damage == []
    assert series(FOLDER, "loss") == [(step * 10, 1 / (step + 1)) for step in range(4)]
    assert series(FOLDER, "acc") == [(step * 10, float(step)) for step in range(4)]
    first, second = series(FOLDER, "odd")
    assert first == (50, math.inf)
    assert (second[0], math.isnan(second[1])) == (45, True)
    found = config(FOLDER)
    seed = found.pop("seed")
    assert isinstance(seed, int)
    assert math.isnan(found.pop("nan"))
    assert found == {"lr": 0.1, "net": {"layers": 2}, "array": [0, 1, 2]}
    kept = summary(FOLDER)
    assert (kept["info"], kept["result"]) == ({"best": 0.5}, {"score": 0.75})
    said = about(FOLDER)
    run = json.loads(Path("runs/1/run.json").read_text(encoding="utf-8"))
    assert (said["name"], said["host"], said["python"]) == (
        "digits 1",
        run["host"]["hostname"],
        run["host"]["python_version"],
    )
    assert said["created"].startswith(run["start_time"][:23]), "times are UTC and do not say so"
    assert "hello" in "".join(line["text"] for line in lines(FOLDER, layout.CONSOLE))
    assert (FOLDER / "files/artifacts/a.txt").read_text(encoding="utf-8") == "content"
    assert "sacred==0.8.7" in (FOLDER / "files/requirements.txt").read_text(encoding="utf-8")
    assert state(FOLDER, 2e9) == "finished"
    before = everything(ROOT)
    assert take(Path("runs"), ROOT).changed == []
    assert everything(ROOT) == before


def test_a_run_that_failed_says_why() -> None:
    write(WHOLE, "fail", expected=1)
    take(Path("runs"), ROOT)
    assert state(FOLDER, 2e9) == "failed"
    assert "RuntimeError: no luck" in "".join(line["text"] for line in lines(FOLDER, layout.CONSOLE))


def test_a_killed_run_is_a_crashed_one_and_one_that_goes_on_is_followed() -> None:
    code = """
@ex.main
def main(_run):
    for step in range(5):
        _run.log_scalar("loss", step)
    _run._emit_heartbeat()
    print("ready", flush=True, file=sys.__stdout__)
    sys.stdin.readline()
    for step in range(5, 9):
        _run.log_scalar("loss", step)
    _run._emit_heartbeat()
    print("ready", flush=True, file=sys.__stdout__)
    os.kill(os.getpid(), signal.SIGKILL)
ex.captured_out_filter = None
from sacred import SETTINGS
SETTINGS.CAPTURE_MODE = "no"
ex.run()
"""
    process = peers.start("trackers", BEGIN + code, Path.cwd())
    assert process.stdout is not None
    assert process.stdout.readline() == "ready\n"
    take(Path("runs"), ROOT)
    assert series(FOLDER, "loss") == [(step, step) for step in range(5)]
    out, err = process.communicate("\n")
    assert process.returncode == -signal.SIGKILL, (out, err)
    (taken,) = take(Path("runs"), ROOT).changed
    assert (taken.rows, taken.is_afresh) == (4, False)
    assert series(FOLDER, "loss") == [(step, step) for step in range(9)]
    assert state(FOLDER, 2e9) == "crashed"


def test_steps_that_are_no_whole_numbers_and_damage_cost_nothing_else() -> None:
    code = WHOLE.replace('_run.log_scalar("odd", float("nan"), 45)', '_run.log_scalar("odd", {"a": np.arange(2)}, 7.5)')
    write(code)
    (Path("runs/2")).mkdir()
    Path("runs/2/run.json").write_text(
        '{"experiment": {"name": "x"}, "status": "RUNNING", "heartbeat": null}', encoding="utf-8"
    )
    Path("runs/2/config.json").write_text("{", encoding="utf-8")
    Path("runs/2/metrics.json").write_text('{"loss": {"steps": [1], "values": 3}, "b": {"steps": [1', encoding="utf-8")
    outcome = take(Path("runs"), ROOT)
    assert [row["step"] for row in rows(FOLDER) if "odd" in row] == [50, 7.5]
    assert [row["odd"] for row in rows(FOLDER) if "odd" in row][1] == {"a": [0, 1]}
    assert any(text.startswith("2: metrics.json cannot be read") for text in outcome.damage)
