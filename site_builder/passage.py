"""The gate that a command asked for: its allow-list from ``tracklog.yaml``, its key from this machine."""

from __future__ import annotations

import os
import secrets
from pathlib import Path

from site_builder import config, detectors, manifest
from site_builder.gate import Gate
from tracklog.errors import Error, warn

_KEY_BYTES = 32


def gate(*, redact: bool, file: Path | None = None) -> Gate:
    """Return a gate. Raises UsageError where detect-secrets is missing or ``tracklog.yaml`` makes no sense."""
    detectors.rules()
    allow = config.load(file or Path(config.FILE)).allow
    return Gate(allow, _key() if redact else b"")


def check(site: Path, passed: Gate) -> None:
    """Raise Error unless all of a site passed a gate: a watch may have written it since."""
    found = manifest.load(site)
    others = [
        key for key, one in (*found.runs.items(), *found.artifacts.items()) if one.get("gate") != passed.signature
    ]
    if others:
        msg = (
            f"{site} was written by another build, which did not look through {', '.join(others[:3])}: end the watch of it, "
            "or publish from a folder of its own with -o"
        )
        raise Error(msg)


def _key() -> bytes:
    """Return the key of this machine, made once; whoever has it can tell guessed secrets by their words."""
    home = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "tracklog"
    path = home / "redact.key"
    try:
        home.mkdir(parents=True, exist_ok=True)
        try:
            handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        except FileExistsError:
            pass
        else:
            with os.fdopen(handle, "wb") as file:
                file.write(secrets.token_bytes(_KEY_BYTES))
        key = path.read_bytes()
    except OSError as error:
        warn(
            "redact-key",
            f"{path} cannot be kept ({error.strerror}): the words for secrets are others in the next build",
        )
        key = b""
    return key if len(key) == _KEY_BYTES else secrets.token_bytes(_KEY_BYTES)
