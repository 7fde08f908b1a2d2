"""A run in other processes: pickled, forked, spawned, killed; and runs that children begin for themselves."""

from __future__ import annotations

import json
import multiprocessing
import signal
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from tests.tracklog.test_log import QUIET
from tracklog.store import fold, layout, reader

BEGIN = f"""
import json, multiprocessing, os, sys, threading
import tracklog as wandb
def begin(**more):
    return wandb.init(project="p", dir=os.path.abspath("logs"), settings={QUIET!r}, **more)
"""


def script(code: str, *arguments: str, wait: bool = True) -> subprocess.CompletedProcess[str]:
    """Run a script from a file, as spawned children need it."""
    Path("s.py").write_text(BEGIN + code)
    done = subprocess.run([sys.executable, "s.py", *arguments], capture_output=True, text=True, check=False)
    assert not wait or "Traceback" not in done.stderr, done.stderr
    return done


class Read:
    """A run folder as it is read."""

    def __init__(self, run_id: str) -> None:
        log = reader.read_run(layout.run_folder(Path("logs"), "p", run_id))
        found = fold.sessions(log)
        history = fold.history(log, found)
        self.state = fold.state(found, 0.0)
        self.summary = fold.summary(log, found, history)
        self.config = fold.config(log, found)
        self.hidden = {track.label for track in history.tracks if track.hidden}
        self.tracks: dict[str, list[dict[str, Any]]] = {}
        for track in history.tracks:
            self.tracks.setdefault(track.label, []).extend(track.rows)

    def values(self, key: str, label: str = "") -> list[Any]:
        return [row[key] for row in self.tracks.get(label, []) if key in row]


METHODS = [method for method in ("fork", "spawn", "forkserver") if method in multiprocessing.get_all_start_methods()]

PASSED_ON = """
def work(run, n):
    run.log({"worker": n, "loss": 10 + n})
    run.summary[f"of/{n}"] = n
    run.config.update({f"seed{n}": n})
    wandb.run.log({"also": n})
if __name__ == "__main__":
    run = begin(id="r")
    run.log({"loss": 1})
    context = multiprocessing.get_context(sys.argv[1])
    with context.Pool(2) as pool:
        pool.starmap(work, [(run, n) for n in range(6)])
    run.log({"loss": 2})
    run.finish()
"""


@pytest.mark.parametrize("method", METHODS)
def test_a_pickled_run_logs_from_a_pool(method: str) -> None:
    done = script(PASSED_ON, method)
    assert "child processes" not in done.stderr
    read = Read("r")
    assert read.state == "finished"
    assert read.values("loss") == [1, 2]
    assert sorted(read.values("worker")) == sorted(read.values("also")) == list(range(6))
    assert {f"of/{n}": n for n in range(6)}.items() <= read.summary.items()
    assert read.summary["loss"] == 2
    assert read.summary["worker"] == read.values("worker")[-1]  # the last in time
    assert read.config == {f"seed{n}": n for n in range(6)}
    # What the parent logs as well is one series for each child, and shown.
    beside = [value for label, rows in read.tracks.items() if label for row in rows for value in [row["loss"]]]
    assert sorted(beside) == [10, 11, 12, 13, 14, 15]
    assert not read.hidden


def test_joblib_takes_a_run_along() -> None:
    script("""
from joblib import Parallel, delayed
def work(run, n):
    run.log({"worker": n})
    return os.getpid()
if __name__ == "__main__":
    with begin(id="r") as run:
        pids = Parallel(n_jobs=2)(delayed(work)(run, n) for n in range(4))
        assert os.getpid() not in pids
""")
    assert sorted(Read("r").values("worker")) == [0, 1, 2, 3]


def test_a_run_is_itself_in_its_own_process() -> None:
    script("""
import copy, pickle
run = begin(id="r")
assert pickle.loads(pickle.dumps(run)) is run and copy.deepcopy(run) is run and bool(run)
assert wandb._attach(run._attach_id) is run
""")


def test_a_child_that_is_given_the_id_attaches() -> None:
    script("""
if __name__ == "__main__":
    if len(sys.argv) > 1:
        wandb._attach(sys.argv[1]).log({"child": 1})
    else:
        import subprocess
        with begin(id="r", config={"lr": 1}) as run:
            run.log({"loss": 1})
            subprocess.run([sys.executable, "s.py", run._attach_id], check=True)
""")
    read = Read("r")
    assert (read.values("loss"), read.values("child"), read.state) == ([1], [1], "finished")


OWN = """
import time
def work(kind):
    run = begin(id=kind, group="g")
    run.log({"x": 1}, commit=False)
    if kind == "raises":
        raise ValueError("in the child")
    if kind == "exits":
        sys.exit(3)
if __name__ == "__main__":
    context = multiprocessing.get_context(sys.argv[1])
    parent = begin(id="parent")
    for kind in ("ends", "raises", "exits"):
        child = context.Process(target=work, args=(kind,))
        child.start()
        child.join()
    parent.log({"loss": 1})
    parent.finish()
"""


@pytest.mark.parametrize("method", METHODS)
def test_a_child_that_calls_init_has_a_run_and_an_end_of_its_own(method: str) -> None:
    script(OWN, method, wait=False)
    assert {run: Read(run).state for run in ("parent", "ends", "raises", "exits")} == {
        "parent": "finished",
        "ends": "finished",
        "raises": "failed",
        "exits": "failed",
    }
    assert Read("parent").summary == {"loss": 1}
    assert Read("raises").values("x") == [1]


@pytest.mark.parametrize("method", METHODS)
def test_a_pool_that_ends_its_idle_workers_ends_no_run_badly(method: str) -> None:
    script(
        """
def work(n):
    begin(id=f"w{n}").log({"x": n})
if __name__ == "__main__":
    with multiprocessing.get_context(sys.argv[1]).Pool(2, maxtasksperchild=None) as pool:
        pool.map(work, range(2), chunksize=1)
""",
        method,
    )
    states = {Read(run.name).state for run in Path("logs/p").iterdir()}
    assert states == {"finished"}


def test_a_worker_that_is_killed_leaves_the_run_whole() -> None:
    script("""
import signal
def work(run):
    run.log({"child": 1})
    os.kill(os.getpid(), signal.SIGKILL)
if __name__ == "__main__":
    with begin(id="r") as run:
        child = multiprocessing.get_context("spawn").Process(target=work, args=(run,))
        child.start()
        child.join()
        run.log({"loss": 1})
""")
    read = Read("r")
    assert (read.state, read.values("child"), read.values("loss")) == ("finished", [1], [1])


def test_accidental_children_are_kept_apart_and_their_own_keys_are_the_runs() -> None:
    done = script("""
if __name__ == "__main__":
    with begin(id="r") as run:
        run.log({"loss": 1})
        for n in range(2):
            if (pid := os.fork()) == 0:
                run.log({"loss": 100 + n, "loaded": n})
                os._exit(0)
            os.waitpid(pid, 0)
""")
    read = Read("r")
    assert (read.values("loss"), read.values("loaded"), read.summary) == ([1], [0, 1], {"loss": 1, "loaded": 1})
    assert read.values("loss", "child processes") == [100, 101]
    assert read.hidden == {"child processes"}
    assert "a forked child process" in done.stderr


def test_runs_in_several_threads_are_apart() -> None:
    script("""
def work(n):
    run = begin(id=f"t{n}", reinit="create_new")
    for i in range(50):
        run.log({"x": i * n})
    run.finish()
threads = [threading.Thread(target=work, args=(n,)) for n in range(6)]
for thread in threads: thread.start()
for thread in threads: thread.join()
assert wandb.run is None
""")
    for n in range(6):
        assert Read(f"t{n}").values("x") == [i * n for i in range(50)]


GROWS = """
run = begin(id="r", resume="allow", config={"lr": 0.1, "clip": float("inf"), "shape": (1, 2)})
run.define_metric("loss", summary="min")
start = run.step
for n in range(1000000):
    run.log({"loss": 1000 - start - n, "n": start + n})
    if n == 50:
        print("logged", run.step, flush=True)
"""


def test_resumed_again_and_again_with_kill_9_in_between() -> None:
    Path("s.py").write_text(BEGIN + GROWS)
    reached = 0
    read = None
    for _ in range(3):
        process = subprocess.Popen([sys.executable, "s.py"], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
        assert process.stdout is not None
        line = process.stdout.readline().split()
        assert line[:1] == ["logged"], process.stderr.read() if process.stderr else ""
        assert int(line[1]) >= reached + 50
        process.send_signal(signal.SIGKILL)
        process.communicate()
        read = Read("r")
        steps = [row["_step"] for row in read.tracks[""]]
        assert steps == list(range(len(steps)))  # nothing lost, nothing twice
        assert read.values("n") == steps
        assert read.summary["loss"] == {"min": 1000 - steps[-1]}
        assert read.state == "crashed"
        reached = steps[-1]
    assert read is not None
    assert read.config == {"lr": 0.1, "clip": "Infinity", "shape": [1, 2]}


def test_disabled_runs_make_no_file_whatever_is_called() -> None:
    script("""
import pickle
run = begin(id="r", mode="disabled", config={"lr": 1})
assert isinstance(run, wandb.Run) and run and run.disabled and not run.offline
run.log({"x": {"y": 2}}); run.log({"z": 1}, step=5)
assert run.summary["x"].y == 2 and run.config.lr == 1 and run.step == 5
assert run.define_metric("x", summary="min").summary == ("min",)
for call in (run.save, run.alert, run.watch, run.unwatch, run.mark_preempting): assert call("x") is None
assert run.use_artifact("x") is None and run.log_code() is None
assert pickle.loads(pickle.dumps(run)).summary["z"] == 1
assert (run.project, run.entity, run.name) == ("p", "dummy", f"dummy-{run.id}") and run.url is None
with run: pass
assert wandb.run is None
json.dump(sorted(os.listdir()), open("seen.json", "w"))
""")
    assert json.loads(Path("seen.json").read_text()) == ["s.py"]
