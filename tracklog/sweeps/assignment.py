"""What a sweep's agent wants of the run that this process begins."""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tracklog.errors import FormatError, warn
from tracklog.store import sweeps

SWEEP, PARAMS = "WANDB_SWEEP_ID", "WANDB_SWEEP_PARAM_PATH"
"""Environment variables of the processes that agents start, and of agents while they call a function."""


@dataclass(frozen=True, slots=True)
class Assignment:
    """A trial of a sweep."""

    sweep_id: str
    params: dict[str, Any]
    """For the config, nested; a script may not change them."""
    project: str
    entity: str
    root: Path
    """The log folder."""
    run: str
    """The id of its run."""

    def keywords(self) -> dict[str, Any]:
        """Return the arguments of `init` that the sweep decides, beside its folder.

        A trial has one run: who finishes it and begins again, as Transformers does, goes on with it, and so do processes
        that the trial starts.
        """
        found = {"project": self.project, "id": self.run, "resume": "allow"}
        return found | ({"entity": self.entity} if self.entity else {})


def assigned() -> Assignment | None:
    """Return the trial that this process was given; None outside of a sweep."""
    sweep_id, place = os.environ.get(SWEEP), os.environ.get(PARAMS)
    if not sweep_id or not place:
        return None
    file = Path(place)
    try:
        trial, sweep = sweeps.trial(file), sweeps.read(file.parent)
    except (OSError, FormatError) as error:
        warn("sweep-trial", f"the trial of sweep {sweep_id} cannot be read ({error}); the run begins without it")
        return None
    # <root>/<project>/sweeps/<id>/trial-<n>.json
    root = file.absolute().parents[3]
    return Assignment(sweep_id, trial["params"], sweep["project"], sweep.get("entity", ""), root, trial["run"])
