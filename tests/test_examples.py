"""The examples and the demo, run as people run them, leave what they promise."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections import Counter
from pathlib import Path
from typing import Any

import nbformat
import pytest
from nbclient import NotebookClient

from tracklog import listing

KINDS = {"image-file", "images"}


def rows(root: Path) -> list[dict[str, Any]]:
    return [
        json.loads(line) for path in sorted(root.glob("*/*/history-*.jsonl")) for line in path.read_bytes().splitlines()
    ]


def logged_kinds(root: Path) -> Counter[str]:
    values = [value for row in rows(root) for value in row.values()]
    return Counter(value["_type"] for value in values if isinstance(value, dict) and "_type" in value)


@pytest.mark.parametrize(
    ("script", "runs"),
    [
        ("digits_sklearn.py", {"sklearn-linear", "sklearn-network"}),
        ("cars_numpy.py", None),
        ("digits_torch.py", {"torch-cnn"}),
        ("everything.py", {"first", "second"}),
    ],
)
def test_an_example_runs_and_records(script: str, runs: set[str] | None, checkout: Path, tmp_path: Path) -> None:
    root = tmp_path / "logs"
    world = {**os.environ, "TRACKLOG_DIR": str(root), "PYTHONPATH": str(checkout)}
    done = subprocess.run(
        [sys.executable, "-W", "error", str(checkout / "examples" / script)],
        env=world,
        check=False,
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stderr
    found = listing.runs(root)
    assert {run["state"] for run in found} == {"finished"}
    assert len(found) == 6 if runs is None else {run["name"] for run in found} == runs
    kinds = logged_kinds(root)
    assert kinds["histogram"]
    assert KINDS & set(kinds)
    assert [path.name for path in tmp_path.iterdir()] == ["logs"]


@pytest.mark.parametrize("settings", [{}, {"MODEL": "logistic", "FEATURES": "0"}])
def test_the_notebook_runs_and_records(
    settings: dict[str, str], checkout: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name, value in {**settings, "PYTHONPATH": str(checkout), "IPYTHONDIR": str(tmp_path / "ipython")}.items():
        monkeypatch.setenv(name, value)
    source = checkout / "examples" / "notebook.ipynb"
    book = nbformat.read(source, as_version=4)
    assert not [cell for cell in book.cells if cell.get("outputs") or cell.get("execution_count")]
    NotebookClient(book, timeout=300, kernel_name="python3").execute()
    (found,) = listing.runs(Path("tracklogs"))
    assert (found["state"], found["name"]) == ("finished", settings.get("MODEL", "bayes"))
    folder = Path("tracklogs/calibration") / found["id"]
    ran = nbformat.read(folder / "files/code/_session_history.ipynb", as_version=4)
    assert [cell.source for cell in ran.cells] == [cell.source for cell in book.cells if cell.cell_type == "code"]
    assert {output.output_type for cell in ran.cells for output in cell.outputs} == {
        "stream",
        "execute_result",
        "display_data",
    }
    assert logged_kinds(Path("tracklogs")) == {"image-file": 1, "table-file": 1}


def test_the_demo_trains_what_the_site_shows(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    from tracklog.demo import train

    reported: list[tuple[int, int, str]] = []
    train(tmp_path, quiet=True, report=lambda *started: reported.append(started))
    found = listing.runs(tmp_path)
    projects = Counter(run["project"] for run in found)
    assert projects == {"iris": 14, "seattle-temperature": 9}
    assert [run["state"] for run in found if "lr10" in run["name"]] == ["failed"]
    assert Counter(run["state"] for run in found) == {"finished": 22, "failed": 1}
    assert {name for *_, name in reported} == {run["name"] for run in found}
    assert min(run["steps"] for run in found) > 300
    kinds = logged_kinds(tmp_path)
    assert kinds["image-file"] > 300
    assert kinds["histogram"] > 1000
    assert capsys.readouterr() == ("", "")


def test_two_seeds_differ_and_one_seed_repeats(tmp_path: Path) -> None:
    from tracklog.demo import iris

    first, second, *_ = iris.runs()
    losses = []
    for training, where in ((first, "a"), (first, "b"), (second, "c")):
        training.start(tmp_path / where)
        losses.append([row["train/loss"] for row in rows(tmp_path / where)])
    assert losses[0] == losses[1] != losses[2]
