"""Scripts that log in a process of their own, and what their run folder holds."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

from tests.tracklog.test_log import QUIET
from tracklog.public_api import Api
from tracklog.store import fold, reader

BEGIN = f"""
import tracklog as wandb
run = wandb.init(project="p", id="r", dir="logs", settings={QUIET!r})
"""
CLOCKS = ("_runtime", "_timestamp")


class Folder:
    """A run folder as it is read."""

    def __init__(self, errors: str, folder: Path = Path("logs/p/r")) -> None:
        self.errors = errors
        log = reader.read_run(folder)
        found = fold.sessions(log)
        self.run = fold.environment(log, found)
        history = fold.history(log, found)
        self.whole = [row for track in history.tracks for row in track.rows]
        self.rows = [{key: value for key, value in row.items() if key not in CLOCKS} for row in self.whole]
        self.summary = fold.summary(log, found, history)
        self.config = fold.config(log, found)
        self.home = folder / "files"
        self.files = {path.relative_to(self.home).as_posix() for path in self.home.rglob("*") if path.is_file()}

    def logged(self) -> dict[str, list[str]]:
        """Return the aliases of each version that the run logged."""
        project = self.home.parents[1]
        found = Api({"dir": project.parent}).run(f"{project.name}/{self.home.parent.name}").logged_artifacts()
        return {version.name: version.aliases for version in found}

    def record(self, key: str) -> Any:
        """Return the only value of a key."""
        (found,) = [row[key] for row in self.rows if key in row]
        return found

    def values(self, key: str) -> list[Any]:
        """Return all values of a key."""
        return [row[key] for row in self.rows if key in row]

    def table(self, key: str) -> list[list[Any]]:
        """Return the rows of a table."""
        return json.loads((self.home / self.record(key)["path"]).read_text())["data"]  # type: ignore[no-any-return]


def logged(code: str, *, quiet: bool = True, **environment: str) -> Folder:
    """Run a script that has a `run`; it warns of nothing where `quiet`."""
    world = {**os.environ, **environment}
    done = subprocess.run([sys.executable, "-c", BEGIN + code], capture_output=True, text=True, check=False, env=world)
    assert done.returncode == 0, done.stderr
    assert not quiet or "tracklog: WARNING" not in done.stderr, done.stderr
    return Folder(done.stderr)


def left(name: str) -> Any:
    """Return what a script left behind as JSON."""
    return json.loads(Path(name).read_text())
