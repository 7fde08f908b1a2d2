"""How runs end, in processes of their own: whatever happened, the folder reads back right and the state is right."""

from __future__ import annotations

import os
import random
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest

from tracklog.store import fold, layout, reader

PRELUDE = """
import os, signal, sys, time
import tracklog
run = tracklog.init(project="p", id="r", dir="root", settings={"disable_stats": True})
run.log({"x": 1})
"""


def script(body: str, *, prelude: str = PRELUDE, wait: bool = True, **options: Any) -> Any:
    """Run a script in the present folder; return the finished process, or the running one."""
    arguments = [sys.executable, "-c", prelude + body]
    if wait:
        return subprocess.run(arguments, capture_output=True, text=True, timeout=60, check=False, **options)
    return subprocess.Popen(arguments, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, **options)


def read(root: Path = Path("root"), run: str = "r") -> reader.RunLog:
    return reader.read_run(layout.run_folder(root, "p", run))


def state(log: reader.RunLog, now: float | None = None) -> str:
    return fold.state(fold.sessions(log), now or time.time())


def values(log: reader.RunLog, key: str = "x") -> list[Any]:
    tracks = fold.history(log, fold.sessions(log)).tracks
    return [row[key] for track in tracks for row in track.rows if key in row and not track.hidden]


def console(log: reader.RunLog) -> str:
    return "".join(line["text"] for writer in log.writers.values() for line in writer.console)


@pytest.mark.parametrize(
    ("body", "code", "expected"),
    [
        ("", 0, "finished"),
        ("run.finish()", 0, "finished"),
        ("run.finish(3)", 0, "failed"),
        ("raise ValueError('boom')", 1, "failed"),
        ("sys.excepthook = lambda *_: None; raise ValueError('boom')", 1, "failed"),
        ("sys.exit(2)", 2, "failed"),
        ("sys.exit('gone')", 1, "failed"),
        ("sys.exit(0)", 0, "finished"),
        ("os.kill(os.getpid(), signal.SIGINT); time.sleep(9)", -signal.SIGINT, "failed"),
        ("os.kill(os.getpid(), signal.SIGTERM); time.sleep(9)", -signal.SIGTERM, "failed"),
        ("os._exit(0)", 0, "crashed"),
        ("os.kill(os.getpid(), signal.SIGKILL)", -signal.SIGKILL, "crashed"),
    ],
)
def test_every_end_leaves_its_state(body: str, code: int, expected: str) -> None:
    done = script(body)
    assert done.returncode == code
    log = read()
    assert (state(log), values(log), log.damage) == (expected, [1], [])


def test_an_exception_stays_in_the_log_with_its_place() -> None:
    script("raise ValueError('boom')")
    log = read()
    assert "ValueError: boom" in console(log)
    (finish,) = (e for w in log.writers.values() for e in w.events if e["event"] == "finish")
    assert (finish["exit_code"], finish["error"]["type"], finish["error"]["message"]) == (1, "ValueError", "boom")


def test_an_exception_inside_with_fails_the_run_and_goes_on() -> None:
    done = script("with run:\n    run.log({'x': 2})\n    raise KeyError('k')\n")
    log = read()
    assert "KeyError: 'k'" in done.stderr
    assert done.returncode == 1
    assert (state(log), values(log)) == ("failed", [1, 2])


def test_hooks_of_the_script_are_still_called() -> None:
    prelude = "import sys\nsys.excepthook = lambda *a: print('mine', a[0].__name__)\n" + PRELUDE
    assert "mine ValueError" in script("raise ValueError", prelude=prelude).stdout


def test_a_handler_of_the_script_for_sigterm_is_left_alone() -> None:
    prelude = "import signal\nsignal.signal(signal.SIGTERM, lambda *a: print('mine'))\n" + PRELUDE
    done = script("os.kill(os.getpid(), signal.SIGTERM); print('goes on')", prelude=prelude)
    assert "mine\ngoes on" in done.stdout
    assert state(read()) == "finished"


def test_a_forked_child_neither_ends_the_run_nor_mixes_its_rows() -> None:
    done = script("""
if os.fork() == 0:
    run.log({"x": 9, "own": 2})
    run.log({"x": 9})
    sys.exit(0)
os.wait()
run.log({"x": 3})
""")
    log = read()
    assert (state(log), values(log), values(log, "own")) == ("finished", [1, 3], [2])
    assert done.stderr.count("forked child process") == 1


def test_workers_of_a_data_loader_leave_the_run_alone() -> None:
    pytest.importorskip("torch", reason="PyTorch is a test extra that not every machine can install")
    done = script("""
import torch
class Squares(torch.utils.data.Dataset):
    def __len__(self): return 8
    def __getitem__(self, n): return n * n
for batch in torch.utils.data.DataLoader(Squares(), batch_size=2, num_workers=2):
    run.log({"x": int(batch.sum())})
""")
    assert done.returncode == 0, done.stderr
    log = read()
    assert (state(log), values(log)) == ("finished", [1, 1, 13, 41, 85])


def test_two_processes_that_run_at_once_share_a_run() -> None:
    body = "run.log({'x%s' % os.environ['RANK']: 5}); print('ready', flush=True); sys.stdin.read()"
    processes = []
    for rank in "01":
        process = script(body, wait=False, stdin=subprocess.PIPE, env={**os.environ, "RANK": rank})
        processes.append(process)
        assert process.stdout.readline() == "ready\n"
    assert state(read()) == "running"
    for process in processes:
        process.communicate("")
    log = read()
    assert (state(log), len(fold.sessions(log)), values(log, "x0"), values(log, "x1")) == ("finished", 2, [5], [5])


def test_a_stopped_process_counts_as_running_for_as_long_as_it_exists() -> None:
    process = script("print('ready', flush=True); time.sleep(60)", wait=False)
    assert process.stdout.readline() == "ready\n"
    process.send_signal(signal.SIGSTOP)
    try:
        assert state(read(), now=time.time() + 180) == "running"
    finally:
        process.send_signal(signal.SIGCONT)
        process.kill()
        process.communicate()
    assert state(read()) == "crashed"


def test_a_clock_that_goes_back_keeps_rows_in_their_order() -> None:
    script("""
real = time.time_ns
for n in range(2, 6):
    time.time_ns = lambda n=n: real() - n * 3_600_000_000_000
    run.log({"x": n})
""")
    log = read()
    (writer,) = (w for w in log.writers.values() if w.history)
    runtimes = [row["_runtime"] for row in writer.history]
    assert values(log) == [1, 2, 3, 4, 5]
    assert runtimes == sorted(runtimes)


RESUME = PRELUDE.replace('id="r"', 'id="r", resume="allow"')


def test_a_resumed_run_goes_on_where_it_ended() -> None:
    script("run.config.update({'lr': 1}); run.summary['best'] = 4; run.log({'x': 2}); os._exit(1)", prelude=RESUME)
    script(
        "print(run.resumed, run.starting_step, dict(run.config), run.summary['best'], file=open('seen', 'w'))",
        prelude=RESUME,
    )
    log = read()
    assert Path("seen").read_text() == "True 2 {'lr': 1} 4\n"
    assert (state(log), values(log)) == ("finished", [1, 2, 1])
    assert [row["_step"] for track in fold.history(log, fold.sessions(log)).tracks for row in track.rows] == [0, 1, 2]


def test_a_resumed_run_may_go_back_and_overlap() -> None:
    script("[run.log({'x': n}) for n in range(5)]", prelude=RESUME)
    done = script("", prelude=RESUME.replace('run.log({"x": 1})', 'run.log({"x": 70}, step=3)'))
    log = read()
    history = fold.history(log, fold.sessions(log))
    assert [(row["_step"], row["x"]) for row in history.tracks[0].rows] == [(0, 1), (1, 0), (2, 1), (3, 70)]
    assert [joint.superseded for joint in history.joints] == [3]
    assert done.stderr.count("goes on at step 3") == 1


def test_an_ended_run_of_the_same_id_is_set_aside_not_lost() -> None:
    script("run.log({'x': 2})")
    script("")
    assert (values(read()), values(read(run="r.old1"))) == ([1], [1, 2])
    assert fold.environment(old := read(run="r.old1"), fold.sessions(old))["id"] == "r.old1"


def test_a_resumed_run_goes_back_with_its_first_row_only() -> None:
    script("[run.log({'x': n}) for n in (2, 3, 4)]", prelude=RESUME)
    done = script("run.log({'x': 70}, step=2)", prelude=RESUME)
    assert values(read()) == [1, 2, 70, 4, 1]
    assert "log(step=2) lies behind the current step 5" in done.stderr


@pytest.mark.parametrize(
    ("resume", "before", "sentence"), [("must", False, "there is no run 'r'"), ("never", True, "run 'r' exists")]
)
def test_resume_refuses_with_a_sentence(resume: str, before: bool, sentence: str) -> None:
    if before:
        script("")
    done = script("", prelude=PRELUDE.replace('id="r"', f'id="r", resume="{resume}"'))
    assert done.returncode == 1
    assert f"UsageError: resume='{resume}', but {sentence}" in done.stderr


# Logs as fast as it can, and tells its parent of each row that log() has returned from.
FAST = """
import os, sys
import tracklog
run = tracklog.init(project="p", id="r", dir=sys.argv[1], settings={"disable_stats": True, "disable_git": True,
                    "disable_meta": True, "console": "off"})
n = 0
while True:
    run.log({"x": n})
    os.write(1, b"%d\\n" % n)
    n += 1
"""


def test_kill_9_at_any_moment_loses_nothing_that_log_returned_from(pytestconfig: pytest.Config) -> None:
    trials = pytestconfig.getoption("--kills")
    moments = random.Random(0)
    for trial in range(trials):
        wanted = moments.randrange(1, 400)
        with subprocess.Popen([sys.executable, "-c", FAST, f"root{trial}"], stdout=subprocess.PIPE) as process:
            assert process.stdout is not None
            told = sum(bool(process.stdout.readline()) for _ in range(wanted))
            process.kill()
            told += process.stdout.read().count(b"\n")
        log = read(Path(f"root{trial}"))
        found = values(log)
        assert found == list(range(len(found)))
        assert told <= len(found) <= told + 1
        assert log.damage == []
        assert state(log) == "crashed"
