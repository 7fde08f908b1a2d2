"""What the README says works: its snippets run, its commands, options, settings and files exist."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from typing import TYPE_CHECKING, Any

import click
import pandas as pd
import pytest

import tracklog
from tests.conftest import CHECKOUT
from tracklog import cli
from tracklog.settings import Settings

if TYPE_CHECKING:
    from pathlib import Path

TEXT = (CHECKOUT / "README.md").read_text(encoding="utf-8")
SNIPPETS = {kind: re.findall(rf"```{kind}\n(.*?)```", TEXT, re.DOTALL) for kind in ("python", "sh")}


def snippet(word: str) -> str:
    (found,) = (text for text in SNIPPETS["python"] if word in text)
    return str(found)


@pytest.fixture
def quickstart(tmp_path: Path) -> Path:
    """Run the quickstart in an empty folder."""
    world = {**os.environ, "PYTHONPATH": str(CHECKOUT)}
    subprocess.run([sys.executable, "-W", "error", "-c", snippet("wandb.init")], check=True, cwd=tmp_path, env=world)
    return tmp_path


def test_the_quickstart_records_what_the_lines_for_other_tools_read(quickstart: Path) -> None:
    assert [path.name for path in quickstart.iterdir()] == ["tracklogs"]
    world: dict[str, Any] = {}
    exec(snippet("pandas"), world)  # noqa: S102 - the README's own lines
    frame = world["frame"]
    assert list(frame["_step"]) == list(range(100))
    assert list(frame["train/loss"]) == [1 / (step + 1) for step in range(100)]
    lines = snippet("duckdb").strip().splitlines()
    exec("\n".join(lines[:-1]), world)  # noqa: S102 - the README's own lines
    rows = eval(lines[-1], world).fetchall()  # noqa: S307 - the README's own lines
    assert rows == [(step, 1 / (step + 1)) for step in range(100)]


def test_a_chart_of_ones_own(tmp_path: Path) -> None:
    frame = pd.DataFrame({"power": [90, 130], "country": ["Japan", "France"]})
    with tracklog.init(dir=tmp_path / "logs") as run:
        exec(snippet("save_preset"), {"frame": frame, "run": run})  # noqa: S102 - the README's own lines
    preset = json.loads((tmp_path / "charts/power.vl.json").read_text())
    assert preset["encoding"]["x"]["field"] == "${field:x}"
    row = json.loads(next(tmp_path.glob("logs/*/*/history-*.jsonl")).read_text())
    assert row["chart"]["spec_name"] == "power"
    assert "preset" in row["chart"]


def test_what_can_be_logged_exists() -> None:
    section = TEXT.partition("## What can be logged")[2].partition("\n## ")[0]
    names = re.findall(r"`([A-Z]\w+|box3d)`", section)
    assert len(names) > 8
    assert all(hasattr(tracklog, name) for name in names)


def test_the_files_of_a_run_are_those_of_the_table(quickstart: Path) -> None:
    section = TEXT.partition("## The files")[2].partition("\n## ")[0]
    table = re.findall(r"^\| (`[^|]*`) \|", section, re.MULTILINE)
    named = [name.strip("`").replace("<writer>", "*") for cell in table for name in re.findall(r"`[^`]+`", cell)]
    (run,) = (quickstart / "tracklogs/digits").iterdir()
    for name in named:
        assert list(run.glob(name.rstrip("/"))) or name.startswith("console-"), name
    known = {path for name in named for path in run.glob(name.rstrip("/"))}
    assert {path for path in run.iterdir() if not path.name.startswith(".")} == known


def commands() -> list[list[str]]:
    """Return every ``tracklog …`` of the README as words."""
    text = re.sub(r"\\\n", " ", TEXT)
    found = re.findall(r"(?<![\w./`-])(?:`|\.venv/bin/)?tracklog((?: [^\s`;&|)]+)+)", text)
    return [
        words for words in (line.split() for line in found) if words[0] in cli.main.commands or words[0].startswith("-")
    ]


def test_every_command_and_option_exists() -> None:
    named = commands()
    assert {words[0] for words in named} >= {"build", "watch", "demo", "history", "runs", "check"}
    for command, *words in named:
        options = {option for given in cli.main.commands[command].params for option in given.opts}
        assert {word.partition("=")[0] for word in words if word.startswith("-")} <= options, command
    every = {option for command in cli.main.commands.values() for given in command.params for option in given.opts}
    assert set(re.findall(r"`(--[a-z-]+)`", TEXT)) <= every
    assert isinstance(cli.main, click.Group)


def test_every_setting_exists() -> None:
    given = re.search(r"settings=(\{.*?\})", TEXT, re.DOTALL)
    assert given
    for name in re.findall(r'"(\w+)":', given[1]):
        assert name in Settings.names()
    variables = set(re.findall(r"TRACKLOG_(\w+)", TEXT)) - {""}
    assert {name.lower() for name in variables} <= Settings.names()


def test_every_link_and_picture_is_there() -> None:
    for target in re.findall(r"\]\(([^)#]+)\)", TEXT):
        assert target.startswith("https://") or (CHECKOUT / target).is_file(), target


def test_both_commands_of_the_first_screen_name_what_exists() -> None:
    first = TEXT.partition("## ")[0]
    assert "python3 -m venv .venv && .venv/bin/pip install '.[demo]' && .venv/bin/tracklog demo --open" in first
    assert "python3 tests/run.py" in first
    assert (CHECKOUT / "tests/run.py").is_file()
