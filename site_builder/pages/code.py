"""The tab of a run's page that shows its code: what was kept, its program, where it came from."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from site_builder import surroundings
from tracklog.store import layout

if TYPE_CHECKING:
    from collections.abc import Iterable

    from site_builder.artifact_model import RunFile
    from site_builder.code_files import Script
    from site_builder.runs import Built

VIEWER = "code"
"""Script of the tab."""
MOST_FILES = 500
"""Files that the page lists before it comes to life."""
_BESIDE = ("Python", "System", "Platform", "Program")
"""Labels of what stands beside the code; the overview tells the rest."""
_REMOTE = re.compile(
    r"(?:https://(?:[^@/\s]*@)?|ssh://git@|git@)(github\.com|gitlab\.[a-z0-9.-]+)[:/]([\w.-]+(?:/[\w.-]+)+)/?", re.ASCII
)
_COMMIT = re.compile(r"[0-9a-f]{7,64}")


@dataclass(frozen=True, slots=True)
class Code:
    """What the tab prints."""

    files: tuple[RunFile, ...]
    """Those below ``code/``, and the patch; at most `MOST_FILES`."""
    more: int
    """How many there are beyond."""
    script: Script | None
    has_packages: bool
    commit_url: str
    """Where GitHub or GitLab shows the commit; empty elsewhere. Nothing asks there but a person who clicks."""
    environment: tuple[tuple[str, str], ...]


def is_there(files: Iterable[RunFile]) -> bool:
    """Return whether a run with these files has the tab."""
    return any(file.path in (layout.PATCH, layout.REQUIREMENTS) or _is_code(file) for file in files)


def kept(files: Iterable[RunFile]) -> tuple[RunFile, ...]:
    """Return the files below ``code/``, and the patch as the last one."""
    found = [file for file in files if _is_code(file) or file.path == layout.PATCH]
    return tuple(sorted(found, key=lambda file: file.path == layout.PATCH))


def code(built: Built) -> Code:
    """Gather what the tab prints."""
    environment = built.environment
    files = built.head.files
    shown = kept(files)
    return Code(
        files=shown[:MOST_FILES],
        more=len(shown[MOST_FILES:]),
        script=built.script,
        has_packages=any(file.path == layout.REQUIREMENTS for file in files),
        commit_url=commit_url(environment.get("git")),
        environment=tuple(pair for pair in surroundings.listed(environment) if pair[0] in _BESIDE),
    )


def commit_url(git: Any) -> str:
    """Return the address of a commit's page at GitHub or GitLab; empty where it has none, or names are odd."""
    if not isinstance(git, dict):
        return ""
    remote, commit = _REMOTE.fullmatch(str(git.get("remote") or "")), str(git.get("commit") or "")
    if remote is None or not _COMMIT.fullmatch(commit) or ".." in remote[2].split("/"):
        return ""
    host, path = remote[1], remote[2].removesuffix(".git")
    return f"https://{host}/{path}/{'commit' if host == 'github.com' else '-/commit'}/{commit}"


def _is_code(file: RunFile) -> bool:
    return file.path.startswith(f"{layout.CODE}/")
