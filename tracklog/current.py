"""Module-level `log`, `config`, `summary`, `run`: those of the run that is going on."""

from __future__ import annotations

import functools
from typing import TYPE_CHECKING, Any, NoReturn

from tracklog import ongoing, session
from tracklog.config import Config
from tracklog.errors import Error
from tracklog.run import Run
from tracklog.summary import Summary

if TYPE_CHECKING:
    from collections.abc import Callable


def attribute(name: str) -> Any:
    """Return what `tracklog.<name>` is now; before `init` an object that refuses with a sentence."""
    if name in ongoing.replaced:
        return ongoing.replaced[name]
    if name == "run":
        return ongoing.current
    if ongoing.current is not None:
        return getattr(ongoing.current, name)
    if name == "config":
        return session.early_config
    return Before(name) if name == "summary" else _before(getattr(Run, name))


def replace(name: str, value: object) -> None:
    """Take what a script assigns to `tracklog.<name>`: values of the config, or what stands in until a run begins or ends.

    Tests of scripts put their own functions in the place of `log`, and back. Raises TypeError for a config that is none.
    """
    if name == "config":
        config = session.early_config if ongoing.current is None else ongoing.current.config
        if not isinstance(value, Config):
            config.update(value, allow_val_change=True)
    elif _is_given_back(name, value):
        ongoing.replaced.pop(name, None)
    else:
        ongoing.replaced[name] = value


def _is_given_back(name: str, value: object) -> bool:
    """Tell whether a value is what `attribute` gave, now or before."""
    if isinstance(value, Run | Summary | Before) or isinstance(getattr(value, "__self__", None), Run):
        return True
    return name not in ("run", "summary") and value is _before(getattr(Run, name))


@functools.cache
def _before(method: Callable[..., Any]) -> Callable[..., NoReturn]:
    """Return what stands for a method of the run while there is none: it refuses, and `help` explains it."""
    import inspect

    def refuse(*_: object, **__: object) -> NoReturn:
        msg = f"You must call wandb.init() before wandb.{method.__name__}()"
        raise Error(msg)

    refuse.__name__ = refuse.__qualname__ = method.__name__
    refuse.__doc__ = method.__doc__
    whole = inspect.signature(method)
    refuse.__signature__ = whole.replace(parameters=list(whole.parameters.values())[1:])  # type: ignore[attr-defined]
    return refuse


class Before:
    """Stands for `tracklog.summary` while there is no run."""

    def __init__(self, name: str) -> None:
        """`name` is what the script calls it."""
        object.__setattr__(self, "_name", name)

    def _refuse(self, what: str) -> NoReturn:
        msg = f"You must call wandb.init() before wandb.{self._name}{what}"
        raise Error(msg)

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
