"""Module-level `log`, `config`, `summary`, `run`: those of the run that is going on."""

from __future__ import annotations

from typing import Any, NoReturn

from tracklog import session
from tracklog.errors import Error


def attribute(name: str) -> Any:
    """Return what `tracklog.<name>` is now; before `init` an object that refuses with a sentence."""
    if name == "run":
        return session.current
    if session.current is not None:
        return getattr(session.current, name)
    if name == "config":
        return session.early_config
    return Before(name)


class Before:
    """Stands for a name of the run while there is none."""

    def __init__(self, name: str) -> None:
        """`name` is what the script calls it."""
        object.__setattr__(self, "_name", name)

    def _refuse(self, what: str) -> NoReturn:
        msg = f"You must call wandb.init() before wandb.{self._name}{what}"
        raise Error(msg)

    def __call__(self, *_: object, **__: object) -> NoReturn:
        """Refuse to log."""
        self._refuse("()")

    def __getitem__(self, key: object) -> NoReturn:
        """Refuse to read."""
        self._refuse(f"[{key!r}]")

    def __setitem__(self, key: object, _: object) -> NoReturn:
        """Refuse to write."""
        self._refuse(f"[{key!r}]")

    def __getattr__(self, key: str) -> NoReturn:
        """Refuse to read."""
        if key.startswith("__"):
            raise AttributeError(key)
        self._refuse(f".{key}")

    def __setattr__(self, key: str, _: object) -> None:
        """Refuse to write."""
        self._refuse(f".{key}")
