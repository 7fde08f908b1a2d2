"""Strings over steps."""

from __future__ import annotations

from typing import Any


def load(value: Any, _: object) -> str:
    """Return the string; one that looks like a number JSON lacks is logged wrapped."""
    return str(value["value"]) if isinstance(value, dict) else str(value)
