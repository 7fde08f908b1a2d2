"""Bad weather: training goes on, is told once, and what was lost is counted."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest

from site_builder import Options, build
from tracklog.store import fold, layout, reader

PRELUDE = """
import os, resource, shutil, signal, sys
import tracklog
run = tracklog.init(project="p", id="r", dir=os.environ.get("ROOT", "root"), settings={"disable_stats": True})
"""


def script(body: str, **options: Any) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-c", PRELUDE + body + "\nprint('trained')"],
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
        **options,
    )


def read(root: Path = Path("root")) -> reader.RunLog:
    return reader.read_run(layout.run_folder(root, "p", "r"))


def values(log: reader.RunLog) -> list[Any]:
    return [row["x"] for track in fold.history(log, fold.sessions(log)).tracks for row in track.rows]


def test_a_full_disk_stops_no_training_and_what_fits_later_is_kept() -> None:
    done = script("""
signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
resource.setrlimit(resource.RLIMIT_FSIZE, (4096, resource.RLIM_INFINITY))
for n in range(200):
    run.log({"x": n})
resource.setrlimit(resource.RLIMIT_FSIZE, (resource.RLIM_INFINITY, resource.RLIM_INFINITY))
run.log({"x": 200})
""")
    assert done.stdout.endswith("trained\n")
    assert done.stderr.count("cannot write") == 1
    log = read()
    assert values(log) == list(range(201))
    # The line that the full disk cut is there twice: its torn begin, named as damage, and whole.
    assert len(log.damage) <= 1
    assert fold.state(fold.sessions(log), time.time()) == "finished"


def test_what_a_full_disk_costs_is_counted() -> None:
    done = script("""
from tracklog.store import writer
writer.KEPT_BYTES = 1000
signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
run.log({"x": 0})
resource.setrlimit(resource.RLIMIT_FSIZE, (1024, resource.RLIM_INFINITY))
for n in range(1, 100):
    run.log({"x": n})
resource.setrlimit(resource.RLIMIT_FSIZE, (resource.RLIM_INFINITY, resource.RLIM_INFINITY))
""")
    assert done.stdout.endswith("trained\n")
    log = read()
    (session,) = fold.sessions(log)
    assert session.lost > 0
    assert len(values(log)) + session.lost == 100
    assert values(log)[-1] == 99
    assert done.stderr.count(f"{session.lost} lines of") == 1


def test_a_disk_that_is_full_to_the_end_leaves_the_number_of_lost_lines_in_the_finish_event_and_on_the_page() -> None:
    done = script("""
signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
resource.setrlimit(resource.RLIMIT_FSIZE, (4096, resource.RLIM_INFINITY))
for n in range(200):
    run.log({"x": n})
""")
    assert done.stdout.endswith("trained\n")
    log = read()
    (finish,) = (event for writer in log.writers.values() for event in writer.events if event["event"] == "finish")
    lost = 200 - len(values(log))
    assert lost > 0
    assert finish["lost"] == lost
    assert done.stderr.count(f"{lost} lines of") == 1
    build(Options((Path("root"),), Path("site"), jobs=1))
    assert f"{lost} lines could not be written" in Path("site/p/runs/r.html").read_text()


def test_a_folder_that_is_deleted_is_not_made_again() -> None:
    done = script("""
run.log({"x": 1})
shutil.rmtree("root/p/r")
run._recording.heartbeat(15)
run.log({"x": 2, "picture": tracklog.Image(__import__("numpy").zeros((4, 4, 3), "uint8"))})
run.finish()
""")
    assert done.stdout.endswith("trained\n"), done.stderr
    assert done.stderr.count("was deleted while the run goes on") == 1
    assert not Path("root/p/r").exists()


@pytest.mark.skipif(sys.platform != "linux", reason="/sys and /proc refuse even root")
@pytest.mark.parametrize("root", ["/sys/tracklogs", "/proc/tracklogs"])
def test_a_folder_that_cannot_be_written_is_replaced_by_one_that_is_named(root: str) -> None:
    done = script("run.log({'x': 1}); run.finish(); print(run.sync_dir)", env={**os.environ, "ROOT": root})
    assert done.stderr.count("WARNING cannot log into") == 1, done.stderr
    folder = Path(done.stdout.splitlines()[0])
    assert values(reader.read_run(folder)) == [1]
    shutil.rmtree(folder.parent.parent)


def test_neither_git_nor_home_nor_user_is_needed() -> None:
    done = script(
        "run.log({'x': 1})", env={"PATH": "/nonexistent", "PYTHONPATH": os.pathsep.join(p for p in sys.path if p)}
    )
    assert done.stdout.endswith("trained\n"), done.stderr
    assert values(read()) == [1]


def test_a_project_name_that_is_a_file_already_is_no_reason_to_stop() -> None:
    Path("root").mkdir()
    Path("root/p").touch()
    done = script("run.log({'x': 1})")
    assert done.stdout.endswith("trained\n"), done.stderr
    assert done.stderr.count("cannot make") == 1


def test_disabled_leaves_nothing_behind() -> None:
    prelude = PRELUDE.replace('project="p"', 'mode="disabled", project="p"')
    body = """
import threading
run.log({"x": {"y": 1}})
assert run.summary["x"].y == 1
assert threading.active_count() == 1
run.finish()
"""
    done = subprocess.run([sys.executable, "-c", prelude + body], capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")
    assert list(Path().iterdir()) == []
