"""What cannot be: refused with its class and a sentence, or kept as far as it goes; a run is never lost by it."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest

import tracklog
from tests.tracklog.test_log import QUIET, begin, folded
from tracklog.errors import Error, UsageError
from tracklog.store import fold, reader


@pytest.mark.parametrize(
    ("arguments", "error", "sentence"),
    [
        ({"id": "a/b"}, UsageError, "id='a/b' cannot be a run's id"),
        ({"id": " a"}, UsageError, "begin or end with a blank"),
        ({"project": "a/b"}, UsageError, "project='a/b' cannot be a project's name"),
        ({"project": "x" * 129}, UsageError, "1 to 128 characters"),
        ({"mode": "nope"}, UsageError, "mode='nope' does not exist"),
        ({"resume": "nope"}, UsageError, "resume='nope' does not exist"),
        ({"reinit": "nope"}, UsageError, "reinit='nope' does not exist"),
        ({"tags": ["x" * 65]}, ValueError, "65 characters"),
        ({"tags": [""]}, ValueError, "0 characters"),
        ({"resume_from": "x"}, UsageError, r"'<id>\?_step=100'"),
        ({"resume_from": "none?_step=3"}, UsageError, "there is no such run"),
        ({"fork_from": "none?_step=3"}, UsageError, "there is no such run"),
        ({"resume_from": "a?_step=1", "fork_from": "a?_step=1"}, UsageError, "exclude each other"),
        ({"resume_from": "a?_step=1", "resume": "allow"}, UsageError, "exclude each other"),
    ],
)
def test_what_init_refuses(arguments: dict[str, Any], error: type[Exception], sentence: str, tmp_path: Path) -> None:
    with pytest.raises(error, match=sentence):
        tracklog.init(**{"project": "p", "dir": tmp_path, "settings": QUIET, **arguments})
    assert tracklog.run is None


def test_unknown_keywords_are_said_and_kept(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    settings: Any = {"project": "p", "dir": tmp_path, "settings": {**QUIET, "strange": 1}, "foo": [1]}
    run = tracklog.init(**settings)
    run.finish()
    said = capfd.readouterr().err
    assert said.count("foo=[1] has no effect") == said.count("strange=1 has no effect") == 1
    assert reader.read_run(Path(run.sync_dir)).run["settings"] == {"foo": "[1]", "strange": "1"}


@pytest.mark.parametrize(
    ("method", "arguments"),
    [
        ("log", ({"a": 1},)), ("save", ("x",)), ("alert", ("a",)), ("define_metric", ("a",)), ("watch", (1,)),
        ("mark_preempting", ()), ("write_logs", ("a",)),
    ],
)  # fmt: skip
def test_after_the_end_nothing_is_taken_and_all_can_be_read(method: str, arguments: Any, tmp_path: Path) -> None:
    run = begin(tmp_path, config={"lr": 1})
    run.log({"x": 3})
    run.finish()
    run.finish()  # a second time is none
    with pytest.raises(UsageError, match="it has finished"):
        getattr(run, method)(*arguments)
    with pytest.raises(UsageError, match="it has finished"):
        run.config.update({"lr": 2, "b": 1}, allow_val_change=True)
    with pytest.raises(UsageError, match="it has finished"):
        run.summary.update({"x": 9})
    with pytest.raises(UsageError, match="it has finished"):
        run.name = "other"
    assert (run.config.as_dict(), dict(run.summary), run.step) == ({"lr": 1}, {"x": 3}, 1)
    assert run.name != "other"


def test_before_init_the_first_use_says_so() -> None:
    for use in (lambda: tracklog.log({}), lambda: tracklog.save("x"), lambda: tracklog.summary["x"]):
        with pytest.raises(Error, match=r"You must call wandb.init\(\) before wandb\."):
            use()


def test_a_metric_may_change_its_type(tmp_path: Path) -> None:
    values = [1, "a", True, [1, 2], {"inner": 1}, None, 2.5]
    with begin(tmp_path) as run:
        for value in values:
            run.log({"x": value})
    assert [row["x"] for row in folded(run)[0]] == values


class Loud:
    def __repr__(self) -> str:
        raise RuntimeError("no words")


def test_values_that_cannot_be_kept_are_named_and_cost_nothing_else(
    tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    ring: dict[str, Any] = {}
    ring["again"] = ring
    with begin(tmp_path) as run:
        run.log({"loud": Loud(), "ring": ring, "fine": 1})
        run.summary["loud"] = Loud()
        run.log({"fine": 2})
    assert [row["fine"] for row in folded(run)[0]] == [1, 2]
    said = capfd.readouterr().err
    assert "'loud': tests.tracklog.test_bad_input.Loud could not be kept: RuntimeError: no words" in said
    assert "nested deeper than" in said


def test_ten_thousand_keys_are_ten_thousand_keys(tmp_path: Path) -> None:
    with begin(tmp_path) as run:
        run.define_metric("*", step_metric="epoch")
        for start in range(0, 10_000, 500):
            run.log({"epoch": start, **{f"key/{n}": n for n in range(start, start + 500)}})
    assert len(folded(run)[1]) == 10_001


def test_a_deleted_folder_stops_nothing(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    run = begin(tmp_path)
    run.log({"x": 1})
    shutil.rmtree(run.sync_dir)
    run.log({"x": 2, "hist": list(range(100))})
    run.define_metric("x", summary="max")
    run.finish()
    assert "could not be written and are lost" in capfd.readouterr().err


def test_a_clock_that_jumps_back_changes_no_order(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    real = time.time
    with begin(tmp_path, id="r") as run:
        for step in range(4):
            if step == 2:
                monkeypatch.setattr(time, "time", lambda: real() - 86_400)
            run.log({"x": step})
            run.summary["set"] = step
    rows, summary = folded(run)
    assert [row["x"] for row in rows] == [0, 1, 2, 3]
    assert summary == {"x": 3, "set": 3}


FORKS = f"""
import os
import tracklog
parent = tracklog.init(project="p", id="parent", dir="logs", settings={QUIET!r})
parent.finish()
if (pid := os.fork()) == 0:
    child = tracklog.init(project="p", id="child", dir="logs", settings={QUIET!r})
    child.log({{"x": 1}})
    child.finish()
    os._exit(0)
assert os.waitpid(pid, 0)[1] == 0
"""


def test_a_child_may_begin_after_its_parent_has_finished() -> None:
    subprocess.run([sys.executable, "-c", FORKS], check=True, env={**os.environ})
    for name in ("parent", "child"):
        log = reader.read_run(Path("logs/p", name))
        assert fold.state(fold.sessions(log), 0.0) == "finished"
