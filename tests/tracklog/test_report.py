"""What a run says on stderr when it begins and ends."""

from __future__ import annotations

import os
import shlex
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

import tracklog
from site_builder import Options, build
from tests.tracklog.test_log import QUIET

SCRIPT = """
import math
import tracklog
run = tracklog.init(project="p", id="r", name="first try", settings={"disable_stats": True, "disable_git": True,
                    "disable_meta": True})
for n in range(30):
    run.log({"train/loss": 1 / (n + 1) if n < 29 else math.nan, "acc": n / 29, "epoch": n, "kind": "text"})
"""


def script(body: str = "", **environment: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-c", SCRIPT + body],
        capture_output=True,
        text=True,
        check=False,
        env={**os.environ, **environment},
    )


def test_one_line_at_the_beginning_and_a_few_at_the_end() -> None:
    begin, *end = script().stderr.splitlines()
    assert begin == "tracklog: run first try logs in tracklogs/p/r"
    assert end[0] == "tracklog: run first try finished, kept in tracklogs/p/r"
    # Last values as they are, a diverged one too; texts have no place here.
    assert [line.split()[::2] for line in end[1:4]] == [["train/loss", "nan"], ["acc", "1"], ["epoch", "29"]]
    assert len(end) == 5


def test_last_values_are_what_they_are_whatever_their_size_and_place() -> None:
    said = script("""
run.log({"deep": {"acc": 0.99996}, "large": 19999.0, "clock": 1.7e9 + 2, "tiny": 6.12344e-5, "flag": True, "odd\\nkey": 1})
run.name = "two\\nlines"
""").stderr
    last = dict(line.split()[::2] if len(line.split()) == 3 else line.split() for line in said.splitlines()[2:-1])
    expected = {"deep.acc": "0.99996", "large": "19999", "clock": "1700000002", "tiny": "6.1234e-05", "flag": "True"}
    assert expected.items() <= last.items()
    assert "odd\\nkey" in last
    assert "run two\\nlines finished" in said


def test_what_the_script_hides_is_not_listed() -> None:
    said = script("""
run.define_metric("epoch", hidden=True)
run.define_metric("deep.*", hidden=True)
run.log({"deep": {"inner": 1.0}, "epoch": 30})
""").stderr
    assert [line.split()[0] for line in said.splitlines()[2:-1]] == ["train/loss", "acc"]


def test_the_last_line_is_a_command_that_shows_the_run() -> None:
    command = script().stderr.splitlines()[-1].partition("look: ")[2]
    done = subprocess.run(
        shlex.split(command), capture_output=True, text=True, check=True, env={**os.environ, "BROWSER": "true"}
    )
    assert done.stdout == "site/index.html\n"
    assert Path("site/p/runs/r.html").is_file()


def test_a_run_that_fails_says_how() -> None:
    assert "tracklog: run first try failed with exit code 3" in script("import sys; sys.exit(3)").stderr


@pytest.mark.parametrize(
    "environment",
    [{"TRACKLOG_QUIET": "1"}, {"WANDB_SILENT": "true"}, {"RANK": "1"}, {"SLURM_PROCID": "3"}],
    ids="".join,
)
def test_nothing_is_said_where_nobody_wants_it(environment: dict[str, str]) -> None:
    assert script(**environment).stderr == ""


def test_finish_can_be_quiet_by_itself() -> None:
    assert script("run.finish(quiet=True)").stderr.splitlines() == ["tracklog: run first try logs in tracklogs/p/r"]


def test_a_stderr_that_is_closed_or_knows_ascii_only_stops_nothing() -> None:
    assert script("import os; os.close(2); print('trained')").stdout == "trained\n"
    assert script("print('trained')", PYTHONIOENCODING="ascii").stdout == "trained\n"


def test_the_own_words_are_no_output_of_the_script() -> None:
    script("print('mine')")
    console = "".join(path.read_text() for path in Path("tracklogs/p/r").glob("console-*"))
    assert "mine" in console
    assert "tracklog: run" not in console


def test_the_url_is_there_as_soon_as_a_site_is() -> None:
    run: Any = tracklog.init(project="p", id="first", settings=QUIET)
    assert run.url is None
    run.finish()
    build(Options((Path("tracklogs"),), Path("site"), jobs=1))
    later: Any = tracklog.init(project="p", id="later", settings=QUIET)
    # Its page comes with the next build, which a watch does by itself.
    assert later.url == Path("site/p/runs/later.html").resolve().as_uri()
    later.finish()
    assert run.url == Path("site/p/runs/first.html").resolve().as_uri()
