"""How scripts name runs and projects: ``entity/project/id``, with parts left out, or an address of wandb's pages."""

from __future__ import annotations

import re
from dataclasses import dataclass

_PAGE = re.compile(r"https?://[^/]+/")


@dataclass(frozen=True, slots=True)
class Address:
    """The parts of an address; empty where it leaves one out. The entity is a label: nobody has an account."""

    entity: str = ""
    project: str = ""
    run: str = ""


def of_run(path: str) -> Address:
    """Return the address of a run: ``entity/project/id``, ``project/id``, ``id``, ``entity/project/runs/id``.

    Raises ValueError for what is none.
    """
    parts = _parts(path)
    if len(parts) in (3, 4) and parts[-2] in ("runs", "sweeps"):
        del parts[-2]
    if not 1 <= len(parts) <= 3:  # noqa: PLR2004 - entity, project and id
        msg = f"{path!r} names no run; write 'project/id', 'entity/project/id' or the id alone"
        raise ValueError(msg)
    entity, project, run = ["", "", *parts][-3:]
    return Address(entity, project, run)


def of_project(path: str | None) -> Address:
    """Return the address of a project: ``entity/project`` or ``project``; None and "" leave it to the caller.

    Raises ValueError for what is none.
    """
    parts = _parts(path or "")
    if len(parts) > 2:  # noqa: PLR2004 - entity and project
        msg = f"{path!r} names no project; write 'project' or 'entity/project'"
        raise ValueError(msg)
    entity, project = ["", "", *parts][-2:]
    return Address(entity, project)


def _parts(path: str) -> list[str]:
    plain = _PAGE.sub("", path).partition("?")[0] if _PAGE.match(path) else path
    return [part for part in plain.split("/") if part]
