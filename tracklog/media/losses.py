"""What a conversion clips, flattens or drops: found when a value is made, said once for each key when it is logged."""

from __future__ import annotations

from contextlib import contextmanager
from contextvars import ContextVar
from typing import TYPE_CHECKING, Any

from tracklog.errors import warn

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

_key: ContextVar[str] = ContextVar("tracklog-key", default="")

Loss = tuple[str, str]
"""A slug, and a sentence."""


@contextmanager
def under(key: str) -> Iterator[None]:
    """Say losses of what is encoded meanwhile with its key, after those of the mappings around it."""
    outer = _key.get()
    token = _key.set(f"{outer}.{key}" if outer else key)
    try:
        yield
    finally:
        _key.reset(token)


def tell(losses: Iterable[Loss]) -> None:
    """Say each, once for each key."""
    key = _key.get()
    for slug, sentence in losses:
        warn(f"{slug}:{key}" if key else slug, f"{key!r}: {sentence}" if key else sentence)


def share(of: Any) -> str:
    """Return what part of an array of booleans is true, as a percentage."""
    part = float(of.mean()) * 100
    return "less than 0.01 %" if 0 < part < 0.01 else f"{part:.2f} %" if part < 1 else f"{part:.1f} %"  # noqa: PLR2004
