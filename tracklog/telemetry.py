"""``wandb.sdk.lib.telemetry`` for integrations that report what they use: nothing is sent, so it goes nowhere."""

from __future__ import annotations

import contextlib
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterator


@contextlib.contextmanager
def context(run: object = None, obj: object = None) -> Iterator[Any]:
    """Give an object that takes any attribute: nothing is sent, so what is put there goes nowhere."""
    del run, obj
    yield _Nowhere()


class _Nowhere:
    def __getattr__(self, name: str) -> _Nowhere:
        return self

    def __setattr__(self, name: str, value: object) -> None:
        """Let it go."""
