"""`tracklog run`: starts a script with config files, or with tracklog in the place of wandb."""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from tracklog import standin
from tracklog.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

CONFIG_PATHS = "TRACKLOG_CONFIG_PATHS"


def command(words: Sequence[str]) -> list[str]:
    """Return how to start a script: this Python with it, or a program that is none. Raises UsageError for none."""
    first = words[0]
    if first in ("-m", "-c") or first.endswith(".py"):
        if first.endswith(".py") and not Path(first).is_file():
            raise UsageError(f"there is no script {first!r}")
        return [sys.executable, *words]
    return list(words)


def environment(known: Mapping[str, str], configs: str, *, as_wandb: bool) -> dict[str, str]:
    """Return the variables that the script is started with."""
    found = dict(known)
    if configs:
        found[CONFIG_PATHS] = ",".join(_absolute(name) for name in configs.split(",") if name)
    if as_wandb or known.get(standin.SWITCH, "") not in ("", "0", "false"):
        found |= standin.environment(found)
    return found


def _absolute(name: str) -> str:
    path, separator, key = name.partition("::")
    if not Path(path).is_file():
        raise UsageError(f"--configs names {path!r}, and there is no such file")
    return f"{Path(path).resolve()}{separator}{key}"


def launch(words: Sequence[str], configs: str, *, as_wandb: bool) -> None:
    """Become the script: nothing of this process is left. Raises UsageError when there is nothing to start."""
    line, variables = command(words), environment(os.environ, configs, as_wandb=as_wandb)
    sys.stdout.flush()
    sys.stderr.flush()
    try:
        os.execvpe(line[0], line, variables)  # noqa: S606 - what the user asks to be started
    except FileNotFoundError as error:
        raise UsageError(f"there is no program {line[0]!r}") from error
