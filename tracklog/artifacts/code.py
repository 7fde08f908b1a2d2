"""The code below a folder as an artifact: what `Run.log_code` chooses."""

from __future__ import annotations

import fnmatch
import inspect
import os
from pathlib import Path
from typing import TYPE_CHECKING

from tracklog.artifacts.artifact import Artifact
from tracklog.errors import warn
from tracklog.names import make_artifact_name_safe
from tracklog.store import layout

if TYPE_CHECKING:
    from collections.abc import Callable

TYPE = "code"
_CODE = ("*.py", "Dockerfile*", "requirements.txt")
_LEFT_OUT = ("wandb", ".wandb", "node_modules", "__pycache__", "site-packages", "dist-packages")


def name(project: str, program: str, root: Path) -> str:
    """Return the name of a project's code as wandb makes it: ``source-<project>-<program>``, the program relative to `root`."""
    path = Path(program)
    if program and path.is_absolute() and path.is_relative_to(root):
        program = path.relative_to(root).as_posix()
    return make_artifact_name_safe("-".join(part for part in ("source", project, program) if part))


def gathered(
    own: str,
    root: Path,
    include: Callable[..., bool] | None,
    exclude: Callable[..., bool] | None,
    leave_out: Path,
) -> Artifact | None:
    """Return an artifact of the files below a folder that `include` names and `exclude` does not; None, and why, of none.

    `leave_out` is the log folder.
    """
    wanted, unwanted = _asked(include, root), _asked(exclude, root)
    found = []
    for parent, folders, names in os.walk(root):
        if exclude is None:
            folders[:] = [each for each in folders if not _is_foreign(Path(parent, each), leave_out)]
        for each in sorted(names):
            path = Path(parent, each)
            is_code = wanted(path) if wanted is not None else any(fnmatch.fnmatch(each, pattern) for pattern in _CODE)
            if is_code and path.is_file() and not (unwanted is not None and unwanted(path)):
                found.append(path)
    if not found:
        warn("log-code", f"log_code({str(root)!r}) found no code there; pass include_fn to say what is code")
        return None
    artifact = Artifact(own, TYPE)
    for path in sorted(found):
        artifact.add_file(path, path.relative_to(root).as_posix())
    return artifact


def _is_foreign(folder: Path, logs: Path) -> bool:
    """Return whether a folder holds what nobody here wrote: logs, a site, an environment, what is hidden."""
    if folder.name in _LEFT_OUT or folder.name.startswith(".") or folder == logs.resolve():
        return True
    return (folder / "pyvenv.cfg").is_file() or layout.is_site(folder)


def _asked(choose: Callable[..., bool] | None, root: Path) -> Callable[[Path], bool] | None:
    """Return a choice as one of the path alone; scripts may take the root, too."""
    if choose is None:
        return None
    try:
        takes_root = len(inspect.signature(choose).parameters) > 1
    except (TypeError, ValueError):  # a builtin
        takes_root = False
    return lambda path: bool(choose(str(path), str(root)) if takes_root else choose(str(path)))
