"""The state of the git repository that a script runs in; nothing here raises, prompts or changes anything."""

from __future__ import annotations

import os
import subprocess
from typing import TYPE_CHECKING, Any

from tracklog.capture.redact import redact_url

if TYPE_CHECKING:
    from pathlib import Path

TIMEOUT = 5.0
"""Seconds for one question; a repository on a slow disk goes without the answer."""
DIFF_TIMEOUT = 30.0
DIFF_LIMIT = 32 * 1024 * 1024
"""Bytes; a longer diff is left out, since half of one applies to nothing."""

# A repository can name programs in its own configuration: none of them is run.
_OPTIONS = ("-c", "core.fsmonitor=false", "-c", "core.hooksPath=/dev/null", "-c", "core.quotePath=false")


def describe(cwd: Path) -> dict[str, Any] | None:
    """Return root, commit, branch, dirty and remote (secrets hidden), each where known; None outside a repository."""
    root = _line(cwd, "rev-parse", "--show-toplevel")
    if root is None:
        return None
    found: dict[str, Any] = {"root": root}
    remote = _line(cwd, "config", "--get", "remote.origin.url") or _first_remote(cwd)
    if remote:
        found["remote"] = redact_url(remote)
    for key, words in (
        ("commit", ("rev-parse", "--verify", "--quiet", "HEAD")),
        ("branch", ("symbolic-ref", "--quiet", "--short", "HEAD")),  # none while HEAD is detached
    ):
        line = _line(cwd, *words)
        if line:
            found[key] = line
    status = _git(cwd, "status", "--porcelain", "--untracked-files=no", "--ignore-submodules=untracked")
    if status is not None:
        found["dirty"] = bool(status)
    return found


def diff(root: Path) -> bytes | None:
    """Return the changes of tracked files against HEAD, staged ones too, as a patch; None when there are none."""
    words = ("diff", "HEAD", "--no-color", "--no-ext-diff", "--no-textconv", "--submodule=short", "--full-index")
    patch = _git(root, *words, timeout=DIFF_TIMEOUT)
    return patch if patch and len(patch) <= DIFF_LIMIT else None


def _first_remote(cwd: Path) -> str | None:
    names = (_line(cwd, "remote") or "").splitlines()
    return _line(cwd, "config", "--get", f"remote.{names[0]}.url") if names else None


def _line(cwd: Path, *words: str) -> str | None:
    """Return what git says as text, without the line's end; None when it fails."""
    said = _git(cwd, *words)
    return None if said is None else said.decode("utf-8", "replace").rstrip("\r\n")


def _git(cwd: Path, *words: str, timeout: float = TIMEOUT) -> bytes | None:
    quiet = {"GIT_TERMINAL_PROMPT": "0", "GIT_OPTIONAL_LOCKS": "0", "GIT_PAGER": "cat", "LC_ALL": "C"}
    try:
        answer = subprocess.run(
            ["git", *_OPTIONS, *words],
            cwd=cwd,
            env={**os.environ, **quiet},
            stdin=subprocess.DEVNULL,
            capture_output=True,
            timeout=timeout,
            check=False,
        )
    except (OSError, ValueError, subprocess.SubprocessError):  # no git, no such folder, too slow
        return None
    return answer.stdout if answer.returncode == 0 else None
