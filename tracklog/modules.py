"""Modules that scripts load by name, as ``wandb.util.get_module`` does."""

from __future__ import annotations

import importlib
from typing import Any

from tracklog.errors import Error


def get_module(name: str, required: str | bool | None = None, lazy: bool = True) -> Any:
    """Import a module and return it; None when there is none, or Error with the text `required`."""
    del lazy  # modules are loaded when they are first used, or here
    try:
        return importlib.import_module(name)
    except ImportError as error:
        if required:
            raise Error(required if isinstance(required, str) else f"{name} is not installed") from error
        return None
