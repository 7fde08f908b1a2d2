"""The state of the git repository that a script runs in; nothing here raises, prompts or changes anything."""

from __future__ import annotations

import os
import stat
import subprocess
from pathlib import Path
from typing import TYPE_CHECKING, Any

from tracklog.capture.redact import redact_url

if TYPE_CHECKING:
    from collections.abc import Sequence

TIMEOUT = 5.0
"""Seconds for one question; a repository on a slow disk goes without the answer."""
DIFF_TIMEOUT = 30.0
DIFF_LIMIT = 32 * 1024 * 1024
"""Bytes; a longer diff is left out, since half of one applies to nothing."""

SOURCES = (
    ".c",
    ".cc",
    ".cfg",
    ".cpp",
    ".cu",
    ".h",
    ".hpp",
    ".ini",
    ".ipynb",
    ".jl",
    ".js",
    ".json",
    ".jsonnet",
    ".lua",
    ".m",
    ".pyx",
    ".py",
    ".r",
    ".rs",
    ".sh",
    ".sql",
    ".toml",
    ".ts",
    ".yaml",
    ".yml",
)
"""Ends of the names of untracked files that a patch adds: what people write, not what programs put beside it."""
UNTRACKED = 100
"""Untracked files in a patch, at most."""
UNTRACKED_SIZE = 256_000
"""Bytes of one of them."""

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
    """Return what is not committed as a patch, staged and untracked source files too; None when there is nothing.

    Before the first commit everything staged is new. Binary files are named, submodules by their commits.
    """
    base = _line(root, "rev-parse", "--verify", "--quiet", "HEAD") or _line(
        root, "hash-object", "-t", "tree", os.devnull
    )
    if base is None:
        return None
    words = ("diff", "--no-color", "--no-ext-diff", "--no-textconv", "--submodule=short", "--full-index")
    patch = _git(root, *words, base, timeout=DIFF_TIMEOUT) or b""
    for name in _untracked(root):
        patch += _git(root, *words, "--no-index", "--", os.devnull, name, differs=True) or b""
    return patch if patch and len(patch) <= DIFF_LIMIT else None


def ignored(root: Path, names: Sequence[str]) -> frozenset[str]:
    """Return those of some files, relative to the repository's root, that it is told to leave aside."""
    asked = "".join(f"{name}\0" for name in names).encode("utf-8", "surrogateescape")
    said = _git(root, "check-ignore", "-z", "--stdin", given=asked) or b""
    return frozenset(said.decode("utf-8", "surrogateescape").split("\0"))


def count(patch: bytes) -> int:
    """Return how many files a patch is about."""
    return patch.count(b"\ndiff --git ") + patch.startswith(b"diff --git ")


def _untracked(root: Path) -> list[str]:
    said = _git(root, "ls-files", "--others", "--exclude-standard", "-z") or b""
    found = [os.fsdecode(name) for name in said.split(b"\0")]
    small = (name for name in found if Path(name).suffix.lower() in SOURCES and _size(root / name) <= UNTRACKED_SIZE)
    return sorted(small)[:UNTRACKED]


def _size(path: Path) -> float:
    """Return the bytes of a plain file; infinity for anything else."""
    try:
        status = path.lstat()
    except OSError:
        return float("inf")
    return status.st_size if stat.S_ISREG(status.st_mode) else float("inf")


def _first_remote(cwd: Path) -> str | None:
    names = (_line(cwd, "remote") or "").splitlines()
    return _line(cwd, "config", "--get", f"remote.{names[0]}.url") if names else None


def _line(cwd: Path, *words: str) -> str | None:
    """Return what git says as text, without the line's end; None when it fails."""
    said = _git(cwd, *words)
    return None if said is None else said.decode("utf-8", "replace").rstrip("\r\n")


def _git(cwd: Path, *words: str, timeout: float = TIMEOUT, differs: bool = False, given: bytes = b"") -> bytes | None:
    """Return what git says; None when it fails. With `differs` exit code 1 is no failure, but says that files differ.

    `given` is what it reads.
    """
    quiet = {"GIT_TERMINAL_PROMPT": "0", "GIT_OPTIONAL_LOCKS": "0", "GIT_PAGER": "cat", "LC_ALL": "C"}
    try:
        answer = subprocess.run(
            ["git", *_OPTIONS, *words],
            cwd=cwd,
            env={**os.environ, **quiet},
            input=given,
            capture_output=True,
            timeout=timeout,
            check=False,
        )
    except (OSError, ValueError, subprocess.SubprocessError):  # no git, no such folder, too slow
        return None
    return answer.stdout if answer.returncode in ((0, 1) if differs else (0,)) else None
