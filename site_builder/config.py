"""What ``tracklog.yaml`` says; keys that nobody knows are named."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from site_builder.rules import PERSONAL
from tracklog.errors import UsageError, warn

if TYPE_CHECKING:
    from pathlib import Path

FILE = "tracklog.yaml"
"""In the folder where a command is given."""
_FINGERPRINT = re.compile(r"[0-9a-f]{8}")


@dataclass(frozen=True, slots=True)
class Config:
    """What it says."""

    allow: frozenset[str] = frozenset()
    """``publish: {allow: [...]}``: kinds of personal data and fingerprints that the gate lets pass."""


def load(path: Path) -> Config:
    """Read a file; one that is not there says nothing. Raises UsageError for one that cannot be read or makes no sense."""
    import yaml

    try:
        # Every scalar a text: a fingerprint such as 12345678 or 1e234567 is no number.
        content = yaml.load(path.read_text(encoding="utf-8"), yaml.BaseLoader)  # noqa: S506 - it makes texts and nothing else
    except FileNotFoundError:
        return Config()
    except (OSError, UnicodeDecodeError, yaml.YAMLError) as error:
        msg = f"{path} cannot be read: {error}"
        raise UsageError(msg) from error
    publish = _mapping(_mapping(content, ("publish",), path, "").get("publish"), ("allow",), path, "publish.")
    allow = publish.get("allow") or []
    if not isinstance(allow, list):
        msg = f"{path}: publish.allow is {allow!r}; it is a list of fingerprints and kinds: [email, 1a2b3c4d]"
        raise UsageError(msg)
    for item in allow:
        if not isinstance(item, str) or not (item in PERSONAL or _FINGERPRINT.fullmatch(item)):
            msg = (
                f"{path}: publish.allow has {item!r}, which is neither a fingerprint of 8 hex digits, as the gate prints "
                f"them, nor one of {', '.join(PERSONAL)}; secrets pass one by one"
            )
            raise UsageError(msg)
    return Config(frozenset(allow))


def _mapping(value: Any, known: tuple[str, ...], path: Path, place: str) -> dict[str, Any]:
    if not value:
        return {}
    if not isinstance(value, dict):
        msg = f"{path}: {place.rstrip('.') or 'it'} holds {type(value).__name__}, not keys with values"
        raise UsageError(msg)
    for key in value.keys() - set(known):
        warn(f"config-{place}{key}", f"{path} has {place}{key}, which is not known and has no effect")
    return value
