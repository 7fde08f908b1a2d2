"""What names, types, aliases, tags and addresses of artifacts may be."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from tracklog.store import manifests

if TYPE_CHECKING:
    from collections.abc import Sequence

LONGEST = 128
_NAME = re.compile(r"[a-zA-Z0-9_\-.]+")
_TAG = re.compile(r"[-\w]+( +[-\w]+)*")
_RESERVED = re.compile(r"job|wandb-.*")


@dataclass(frozen=True, slots=True)
class Address:
    """The parts of ``[[entity/]project/]name[:alias]``; the entity, which is a label, is left out."""

    name: str
    alias: str = "latest"
    project: str = ""


def check_name(name: object) -> str:
    """Return an artifact's name. Raises ValueError for what cannot be one."""
    if not isinstance(name, str) or not _NAME.fullmatch(name) or len(name) > LONGEST:
        msg = f"name={name!r:.200} cannot be an artifact's: 1 to {LONGEST} letters, digits, _, - and ."
        raise ValueError(msg)
    return name


def check_type(kind: object) -> str:
    """Return an artifact's type. Raises ValueError for what cannot be one."""
    if not isinstance(kind, str) or not kind:
        msg = f"an artifact has a type, as 'model' or 'dataset', not {kind!r:.80}"
        raise ValueError(msg)
    if _RESERVED.fullmatch(kind):
        msg = f"the type {kind!r} means something of its own to W&B; choose another one"
        raise ValueError(msg)
    return kind


def aliases(given: Sequence[str] | str | None) -> list[str]:
    """Return aliases, each once, empty ones left out. Raises ValueError for those with ``/`` or ``:``, TypeError."""
    found: list[Any] = [given] if isinstance(given, str) else list(given or ())
    for alias in found:
        if not isinstance(alias, str):
            msg = f"an alias is a text, not {type(alias).__name__}: {alias!r:.80}"
            raise TypeError(msg)
        if "/" in alias or ":" in alias:
            msg = f"the alias {alias!r:.80} cannot be one: aliases may not contain / or :"
            raise ValueError(msg)
    return list(dict.fromkeys(alias for alias in found if alias))


def tags(given: Sequence[str] | str | None) -> list[str]:
    """Return tags, each once. Raises ValueError for what cannot be one."""
    found: list[Any] = [given] if isinstance(given, str) else list(given or ())
    for tag in found:
        if not isinstance(tag, str) or not _TAG.fullmatch(tag):
            msg = f"the tag {tag!r:.80} cannot be one: letters and digits, with hyphens, underscores and blanks between"
            raise ValueError(msg)
    return list(dict.fromkeys(found))


def inside(name: object) -> str:
    """Return the name of an entry, with ``/``. Raises ValueError for one that leads outside, or is none."""
    text = str(name)
    path = "/".join(part for part in text.split("/") if part not in ("", "."))
    if text.startswith("/") or not manifests.is_inside(path):
        msg = f"{name!r:.200} leads outside of the artifact, or names nothing; give a relative name"
        raise ValueError(msg)
    # Names of files that are no UTF-8 must stay different ones.
    return path.encode("utf-8", "surrogateescape").decode("utf-8", "backslashreplace")


def address(text: str) -> Address:
    """Return the address of a version. Raises ValueError for what is none."""
    path, _, alias = text.partition(":")
    parts = [part for part in path.split("/") if part]
    if not 1 <= len(parts) <= 3 or "/" in alias or ":" in alias:  # noqa: PLR2004 - entity, project and name
        msg = f"{text!r:.200} names no version of an artifact; write 'name:alias', 'name:v3' or 'project/name:alias'"
        raise ValueError(msg)
    return Address(parts[-1], alias or "latest", parts[-2] if len(parts) > 1 else "")
