"""Several processes in one run: joined by `resume` or by a launcher, side by side and one after the other."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

import tracklog
from tests.tracklog.test_log import QUIET
from tracklog.store import fold, reader

PROCESSES, ROWS, AT_ONCE = 50, 200, 8

LOGS = f"""
import sys
import tracklog
run = tracklog.init(project="p", id="r", resume=sys.argv[1] or None, dir="logs", settings={QUIET!r})
for n in range(int(sys.argv[2])):
    run.log({{"loss": n, "own/" + sys.argv[3]: n}})
if len(sys.argv) > 4:  # lives on until its parent has seen enough
    print("logged", flush=True)
    sys.stdin.read()
"""


def process(resume: str, rows: int, name: str, *more: str, **environment: str) -> subprocess.Popen[bytes]:
    command = [sys.executable, "-c", LOGS, resume, str(rows), name, *more]
    return subprocess.Popen(
        command,
        env={**os.environ, **environment},
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    )


def tracks() -> dict[str, list[dict[str, Any]]]:
    log = reader.read_run(Path("logs/p/r"))
    return {track.label: track.rows for track in fold.history(log, fold.sessions(log)).tracks}


def count(key: str) -> int:
    return sum(key in fold.flatten(row) for rows in tracks().values() for row in rows)


def test_who_joins_a_live_run_hides_no_rows_of_sessions_before_it() -> None:
    process("allow", 100, "a").communicate()
    lives = process("allow", 10, "b", "stay")
    assert lives.stdout is not None
    assert lives.stdout.readline() == b"logged\n"
    process("allow", 10, "c").communicate()
    lives.communicate()
    assert count("loss") == 120
    assert (count("own/a"), count("own/b"), count("own/c")) == (100, 10, 10)
    # Who joins starts where the run is.
    assert min(row["_step"] for rows in tracks().values() for row in rows if "own/c" in row) == 110


@pytest.mark.parametrize("launched", [False, True], ids=["by resume", "by a launcher"])
def test_fifty_processes_of_one_run_lose_no_row(launched: bool) -> None:
    waiting = list(range(PROCESSES))
    live: list[subprocess.Popen[bytes]] = []
    while waiting or live:
        if waiting and len(live) < AT_ONCE:
            rank = str(waiting.pop(0))
            job = {"SLURM_JOB_ID": "7", "SLURM_STEP_ID": "0", "SLURM_PROCID": rank} if launched else {}
            live.append(process("" if launched else "allow", ROWS, rank, **job))
            continue
        _, errors = live.pop(0).communicate()
        assert b"Traceback" not in errors, errors.decode()
    assert [path.name for path in Path("logs/p").iterdir()] == ["r"]
    assert count("loss") == PROCESSES * ROWS
    assert all(count(f"own/{name}") == ROWS for name in range(PROCESSES))
    if launched:
        assert {f"rank {n}" for n in range(PROCESSES)} <= tracks().keys()
        assert {rows[0]["_step"] for label, rows in tracks().items() if label} == {0}


def test_a_rank_that_ended_early_and_one_that_began_late_are_side_by_side() -> None:
    for rank in ("0", "1"):
        process("", 5, rank, TORCHELASTIC_RUN_ID="j", MASTER_ADDR="h", RANK=rank).communicate()
    assert {label: [row["loss"] for row in rows if "loss" in row] for label, rows in tracks().items() if label} == {
        "rank 0": [0, 1, 2, 3, 4],
        "rank 1": [0, 1, 2, 3, 4],
    }


def test_a_launch_that_goes_on_with_a_run_has_all_its_ranks_start_where_the_run_ended() -> None:
    process("allow", 5, "old").communicate()
    for rank in ("0", "1"):
        process("allow", 2, rank, TORCHELASTIC_RUN_ID="j", MASTER_ADDR="h", RANK=rank).communicate()
    steps = {
        name: [row["_step"] for rows in tracks().values() for row in rows if f"own/{name}" in row] for name in "01"
    }
    assert steps == {"0": [5, 6], "1": [5, 6]}
    assert count("loss") == 9


def session(**logged: Any) -> None:
    """Log ``key=[(step, value), …]`` in a session of its own."""
    run = tracklog.init(project="p", id="r", resume="allow", dir="logs", settings=QUIET)
    for step in sorted({step for points in logged.values() for step, _ in points}):
        run.log({key: dict(points)[step] for key, points in logged.items() if step in dict(points)}, step=step)
    run.finish()


def points(key: str) -> list[tuple[int, Any]]:
    rows = (row for rows in tracks().values() for row in rows)
    flat = ((row["_step"], fold.flatten(row)) for row in rows)
    return [(step, row[key]) for step, row in flat if key in row]


def test_an_evaluation_at_an_earlier_step_hides_nothing_of_other_keys() -> None:
    session(loss=[(n, n) for n in range(10)], acc=[(9, 0.5)])
    session(test=[(4, 0.9)])
    assert points("loss") == [(n, n) for n in range(10)]
    assert (points("acc"), points("test")) == ([(9, 0.5)], [(4, 0.9)])


def test_an_evaluation_before_the_training_goes_on_hides_nothing_either() -> None:
    session(loss=[(n, n) for n in range(10)])
    session(test=[(4, 0.9), (12, 0.8)], loss=[(n, n) for n in range(10, 13)])
    assert points("loss") == [(n, n) for n in range(13)]
    assert points("test") == [(4, 0.9), (12, 0.8)]


def test_a_training_that_is_repeated_supersedes_key_by_key() -> None:
    session(loss=[(n, n) for n in range(10)], lr=[(n, 0.1) for n in range(10)])
    session(loss=[(n, 10 * n) for n in range(4, 7)])
    assert points("loss") == [(n, n) for n in range(4)] + [(n, 10 * n) for n in range(4, 7)]
    assert len(points("lr")) == 10
    log = reader.read_run(Path("logs/p/r"))
    assert [joint.superseded for joint in fold.history(log, fold.sessions(log)).joints] == [6]


def test_nested_keys_are_superseded_one_by_one() -> None:
    session(val=[(n, {"acc": n, "f1": n}) for n in range(4)])
    session(val=[(2, {"acc": 9})])
    assert points("val.acc") == [(0, 0), (1, 1), (2, 9)]
    assert points("val.f1") == [(n, n) for n in range(4)]


def test_what_a_resumed_run_knows_is_what_its_rows_say() -> None:
    session(loss=[(n, n) for n in range(10)], acc=[(9, 0.5)])
    session(loss=[(4, 7)])
    run: Any = tracklog.init(project="p", id="r", resume="must", dir="logs", settings=QUIET)
    assert (run.summary["loss"], run.summary["acc"], run.step) == (7, 0.5, 10)
    run.finish()
