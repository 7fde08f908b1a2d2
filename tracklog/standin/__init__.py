"""tracklog in the place of wandb, for scripts and libraries that import `wandb` themselves.

This folder holds a package `wandb` and its metadata. Put before all others on the path of a process and, by
``PYTHONPATH``, of its children, it is found like any installed package: before a library binds the name, in spawned
workers and actors too, by `importlib.util.find_spec` and by `importlib.metadata`. A real wandb is neither changed nor
imported.
"""

from __future__ import annotations

import os
import sys
import time
from pathlib import Path

from tracklog.errors import UsageError, warn
from tracklog.settings import STAND_IN

FOLDER = str(Path(__file__).resolve().parent)
SWITCH = STAND_IN


def as_wandb() -> None:
    """Make ``import wandb`` mean tracklog from now on, in this process and in those that it starts.

    Call it before a library that imports wandb is imported. Raises UsageError when the real wandb is imported already:
    whoever did so goes on with it.
    """
    already = sys.modules.get("wandb")
    if already is not None and not str(getattr(already, "__file__", "") or "").startswith(FOLDER):
        msg = (
            f"wandb was imported from {getattr(already, '__file__', None)} before tracklog.as_wandb(); call it first, or "
            "start the script by `tracklog run --as-wandb`"
        )
        raise UsageError(msg)
    if FOLDER not in sys.path:
        sys.path.insert(0, FOLDER)
    os.environ.update(environment(os.environ))


def leave_sign(folder: str, run_id: str, kept: str) -> None:
    """Leave the file by which libraries find the run that they go on with: ``wandb/run-<time>-<id>/run-<id>.wandb``.

    Ultralytics looks for it in the folder that it passes as `dir`. The working folder is left alone: nobody looks there.
    """
    place = Path(folder)
    if place.resolve() == Path.cwd().resolve():
        return
    sign = place / "wandb" / f"run-{time.strftime('%Y%m%d_%H%M%S')}-{run_id}" / f"run-{run_id}.wandb"
    try:
        sign.parent.mkdir(parents=True, exist_ok=True)
        sign.write_text(f"kept by tracklog in {kept}\n", encoding="utf-8")
    except OSError as error:
        warn("stand-in-sign", f"{sign} could not be written, so that a library may not find this run: {error}")


def environment(known: os._Environ[str] | dict[str, str]) -> dict[str, str]:
    """Return the variables by which a child process takes tracklog for wandb, `known` being those it has."""
    paths = [path for path in known.get("PYTHONPATH", "").split(os.pathsep) if path and path != FOLDER]
    return {"PYTHONPATH": os.pathsep.join([FOLDER, *paths]), SWITCH: "1"}
