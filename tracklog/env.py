"""Names of wandb's environment variables, and functions that read and set them, as ``wandb.env`` has them."""

from __future__ import annotations

import os
from collections.abc import MutableMapping

_NAMES = (
    "ANONYMOUS", "API_KEY", "ARGS", "ARTIFACT_DIR", "BASE_URL", "CACHE_DIR", "CONFIG_DIR", "CONFIG_PATHS", "CONSOLE", "DATA_DIR",
    "DIR", "DISABLE_CODE", "DISABLE_GIT", "ENTITY", "HOST", "IGNORE", "JOB_TYPE", "MODE", "NAME", "NOTEBOOK_NAME", "NOTES",
    "PROGRAM", "PROJECT", "QUIET", "RESUME", "RUN_GROUP", "RUN_ID", "SAVE_CODE", "SILENT", "SWEEP_ID", "TAGS", "USERNAME",
)  # fmt: skip

Env = MutableMapping[str, str] | None


def __getattr__(name: str) -> str:
    if name in _NAMES:
        return f"WANDB_{name}"
    msg = f"module 'wandb.env' has no attribute {name!r}; it names the variables {', '.join(_NAMES)}"
    raise AttributeError(msg)


def _get(name: str, default: str | None, env: Env) -> str | None:
    known = os.environ if env is None else env
    return known.get(f"TRACKLOG_{name}") or known.get(f"WANDB_{name}") or default


def _set(name: str, value: str, env: Env) -> None:
    (os.environ if env is None else env)[f"WANDB_{name}"] = value


def get_project(default: str | None = None, env: Env = None) -> str | None:
    """Return the project that the environment names."""
    return _get("PROJECT", default, env)


def get_entity(default: str | None = None, env: Env = None) -> str | None:
    """Return the entity that the environment names."""
    return _get("ENTITY", default, env)


def get_dir(default: str | None = None, env: Env = None) -> str | None:
    """Return the log folder that the environment names."""
    return _get("DIR", default, env)


def get_run(default: str | None = None, env: Env = None) -> str | None:
    """Return the run id that the environment names."""
    return _get("RUN_ID", default, env)


def set_project(value: str, env: Env = None) -> None:
    """Set the project for runs that begin later."""
    _set("PROJECT", value, env)


def set_entity(value: str, env: Env = None) -> None:
    """Set the entity for runs that begin later."""
    _set("ENTITY", value, env)
