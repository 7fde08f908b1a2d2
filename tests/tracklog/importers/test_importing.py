"""`tracklog import`: what it says, where runs go, and what it leaves alone."""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
import threading
from pathlib import Path

import orjson
import pytest
from click.testing import CliRunner
from tensorboard.compat.proto.event_pb2 import Event
from tensorboard.plugins.scalar.summary_v2 import scalar_pb
from tensorboard.summary.writer.event_file_writer import EventFileWriter

from tests.site_builder.logs import write_run
from tests.tracklog.importers.support import about, everything, lines, rows, series, take
from tracklog import importers, importing
from tracklog.cli import main

ROOT = Path("tracklogs")


def log(folder: str, values: list[float], start: int = 0) -> EventFileWriter:
    writer = EventFileWriter(folder)
    for step, value in enumerate(values, start):
        writer.add_event(Event(step=step, wall_time=1.7e9 + step, summary=scalar_pb("loss", value)))
    writer.flush()
    return writer


def invoke(*words: str, code: int = 0) -> tuple[str, str]:
    done = CliRunner().invoke(main, ["import", *words])
    assert done.exit_code == code, done.output
    return done.stdout, done.stderr


def test_it_says_what_it_found_and_takes_it() -> None:
    log("runs/a", [1, 2]).close()
    log("runs/b/deep", [3]).close()
    out, err = invoke("runs")
    assert out.splitlines() == [
        "runs/a (tensorboard, new): 2 rows",
        "runs/b-deep (tensorboard, new): 1 row",
    ]
    assert "2 runs imported, 0 unchanged" in err
    assert err.count("float32") == 1
    assert invoke("tensorboard", "runs")[1].splitlines() == ["0 runs imported, 2 unchanged"]
    assert about(ROOT / "runs" / "b-deep")["imported"]["source"] == "runs"
    assert about(ROOT / "runs" / "b-deep")["imported"]["run"] == "b/deep"


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["nowhere"], "there is nothing at nowhere"),
        (["empty"], "no runs of a tracker"),
        (["tensorboard", "empty"], "no runs of TensorBoard"),
        (["tensorflow", "empty"], "no format is called 'tensorflow'"),
    ],
)
def test_a_source_without_runs_is_refused(words: list[str], said: str) -> None:
    Path("empty").mkdir()
    assert said in invoke(*words, code=2)[1]
    assert not ROOT.exists()


def test_damage_is_exit_code_3() -> None:
    log("runs", [1, 2]).close()
    (file,) = Path("runs").iterdir()
    data = bytearray(file.read_bytes())
    data[-1] ^= 1
    file.write_bytes(data)
    _, err = invoke("runs", "--project", "p", code=3)
    assert "damaged: runs: " in err
    assert series(ROOT / "p" / "runs", "loss") == [(0, 1.0)]


def test_runs_of_one_name_from_two_sources_stand_beside_each_other() -> None:
    log("one/runs/a", [1]).close()
    log("two/runs/a", [2]).close()
    shutil.copytree("one", "moved")
    assert [run.id for run in take(Path("one/runs"), ROOT).changed] == ["a"]
    assert [run.id for run in take(Path("two/runs"), ROOT).changed] == ["a-2"]
    assert take(Path("moved/runs"), ROOT).changed == []
    assert series(ROOT / "p" / "a", "loss") == [(0, 1.0)]
    assert series(ROOT / "p" / "a-2", "loss") == [(0, 2.0)]


def test_a_run_that_was_recorded_is_left_alone() -> None:
    folder = write_run(ROOT, "a", [{"x": 1}])
    before = everything(folder)
    log("runs/a", [1]).close()
    assert [run.id for run in take(Path("runs"), ROOT).changed] == ["a-2"]
    assert everything(folder) == before


def test_an_import_that_was_killed_costs_nothing_but_time() -> None:
    writer = log("runs/a", [1, 2])
    take(Path("runs"), ROOT)
    writer.add_event(Event(step=2, wall_time=1.7e9 + 2, summary=scalar_pb("loss", 3)))
    writer.close()
    folder = ROOT / "p" / "a"
    # Lines of an import that did not come to note how far it was.
    with (folder / "history-imported.jsonl").open("ab") as file:
        file.write(b'{"_step":2,"_runtime":2.0,"_timestamp":1700000002.0,"loss":3.0}\n{"_st')
    with (folder / "events-imported.jsonl").open("ab") as file:
        file.write(b'{"event":"config","_timestamp":1.7e9,"row":3,"set":{"a":1}}\n')
    take(Path("runs"), ROOT)
    assert [line["loss"] for line in lines(folder)] == [1.0, 2.0, 3.0]
    take(Path("runs"), Path("afresh"))
    assert everything(folder).keys() == everything(Path("afresh/p/a")).keys()


def test_an_edit_stays_when_a_run_is_written_afresh() -> None:
    writer = log("runs/a", [1, 2])
    take(Path("runs"), ROOT)
    assert CliRunner().invoke(main, ["edit", "a", "--name", "mine"]).exit_code == 0
    writer.add_event(Event(step=1, wall_time=1.7e9 + 5, summary=scalar_pb("loss", 3)))
    writer.close()
    assert [run.is_afresh for run in take(Path("runs"), ROOT).changed] == [True]
    assert about(ROOT / "p" / "a")["name"] == "mine"
    assert [row["loss"] for row in rows(ROOT / "p" / "a")] == [1.0, 2.0, 3.0]


def test_links_are_not_followed() -> None:
    log("outside/a", [1]).close()
    log("runs/b", [1]).close()
    Path("runs/linked").symlink_to(Path("outside/a").resolve())
    assert [run.id for run in take(Path("runs"), ROOT).changed] == ["b"]


def test_two_imports_at_once_write_each_line_once() -> None:
    log("runs/a", [float(n) for n in range(3000)]).close()
    threads = [threading.Thread(target=take, args=(Path("runs"), ROOT)) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(lines(ROOT / "p" / "a")) == 3000


def test_a_watch_follows_a_source(checkout: Path) -> None:
    writer = log("runs/a", [1, 2])
    command = [sys.executable, "-m", "tracklog", "watch", "--import", "runs"]
    env = {"PYTHONPATH": str(checkout), "PATH": "/usr/bin:/bin", "PYTHONUNBUFFERED": "1"}
    watching = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, env=env)
    try:
        assert watching.stderr is not None
        for line in watching.stderr:
            if line.startswith("watching"):
                break
        writer.add_event(Event(step=2, wall_time=1.7e9 + 2, summary=scalar_pb("loss", 30)))
        writer.close()
        for line in watching.stderr:
            if line.endswith("files written\n") and len(lines(ROOT / "runs" / "a")) == 3:
                break
    finally:
        watching.terminate()
        watching.communicate()
    assert "Imported from" in Path("site/runs/runs/a.html").read_text()
    version = orjson.loads(Path("site/.tracklog/manifest.json").read_bytes())
    assert version


def test_the_help_and_the_page_tell_of_all_formats(checkout: Path) -> None:
    told = importing.command.help or ""
    page = (checkout / "docs/importers.md").read_text(encoding="utf-8")
    for name in importers.TAKEN:
        assert re.search(rf"\b{name}\b", told), name
        assert f"| `{name}` |" in page, name
