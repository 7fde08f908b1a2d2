"""The run that integrations log to when they are given none."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from tracklog import ongoing
from tracklog.artifacts.artifact import Artifact
from tracklog.errors import Error
from tracklog.names import make_artifact_name_safe

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from typing import Any

    from tracklog.run import Run


def running(caller: str) -> Run:
    """Return the run that is going on; raises Error, naming the caller, when there is none."""
    if ongoing.current is None:
        raise Error(f"You must call wandb.init() before {caller}()")
    return ongoing.current


def place(run: Run, name: str) -> Path | None:
    """Return where a library is to write a file of a run, its folder made; None when the run keeps nothing."""
    if run.disabled:
        return None
    path = Path(run.dir) / name
    path.parent.mkdir(parents=True, exist_ok=True)
    return path


def keep_model(
    run: Run, path: Path, name: str, aliases: Sequence[str] = (), metadata: Mapping[str, Any] | None = None
) -> None:
    """Log a model's file or folder as an artifact of the type ``model``; nothing is kept where the run keeps nothing."""
    if run.disabled:
        return
    artifact = Artifact(make_artifact_name_safe(name), "model", metadata=metadata)
    if path.is_dir():
        artifact.add_dir(path)
    else:
        artifact.add_file(path)
    run.log_artifact(artifact, aliases=aliases)
