"""Scripts as people wrote them for wandb, then and now: they import `wandb` and know nothing of tracklog."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path
from textwrap import dedent
from typing import Any

from tracklog.store import fold, reader


class Ran:
    """A script that was run with tracklog in the place of wandb, and the runs that it left."""

    def __init__(self, done: subprocess.CompletedProcess[str]) -> None:
        self.code, self.output, self.errors = done.returncode, done.stdout, done.stderr
        self.folders = sorted(path.parent for path in Path("tracklogs").glob("*/*/run.json"))

    def run(self, name: str = "*") -> Recorded:
        """Return the only run of this id."""
        (folder,) = Path("tracklogs").glob(f"*/{name}/run.json")
        return Recorded(folder.parent)


class Recorded:
    """A run as its folder says it is."""

    def __init__(self, folder: Path) -> None:
        log = reader.read_run(folder)
        found = fold.sessions(log)
        history = fold.history(log, found)
        clocks = ("_runtime", "_timestamp")
        self.folder = folder
        self.rows = [
            {k: v for k, v in row.items() if k not in clocks} for track in history.tracks for row in track.rows
        ]
        self.summary = fold.summary(log, found, history)
        self.config = fold.config(log, found)
        self.known: dict[str, Any] = fold.environment(log, found)


def script(body: str, *arguments: str, code: int = 0, **environment: str) -> Ran:
    """Run a script; it ends with `code`, and only one that fails prints a traceback."""
    Path("script.py").write_text(dedent(body))
    command = [sys.executable, "-m", "tracklog", "run", "--as-wandb", "script.py", *arguments]
    world = {**os.environ, **environment}
    done = subprocess.run(command, capture_output=True, text=True, check=False, env=world)
    assert done.returncode == code, done.stderr
    assert code or "Traceback" not in done.stderr, done.stderr
    return Ran(done)


def test_a_sweep_learns_from_its_trials_and_keeps_them_in_one_folder() -> None:
    ran = script("""
        import wandb

        def train():
            run = wandb.init(project="elsewhere", config={"lr": 5, "epochs": 2})
            for epoch in range(run.config.epochs):
                wandb.log({"loss": wandb.config.lr * wandb.config.batch / (epoch + 1), "epoch": epoch})

        grid = {"method": "grid", "metric": {"name": "loss", "goal": "minimize"},
                "parameters": {"lr": {"values": [0.1, 0.2]}, "batch": {"values": [1, 2]}}}
        sweep_id = wandb.sweep(grid, project="s")
        wandb.agent(sweep_id, function=train)
        best = wandb.Api().sweep(f"s/{sweep_id}").best_run()
        print(best.config["lr"], best.config["batch"], best.summary["loss"])
    """)
    assert ran.output == "0.1 1 0.05\n"
    assert [folder.parts[:2] for folder in ran.folders] == [("tracklogs", "s")] * 4
    assert ran.errors.count("init(project='elsewhere') has no effect in a sweep") == 4
    assert "has nothing for the sweep's metric" not in ran.errors
