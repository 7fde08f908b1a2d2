"""Changing other people's modules: at once where they are imported, else as soon as they are."""

from __future__ import annotations

import importlib.util
import sys
from importlib.abc import Loader, MetaPathFinder
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from importlib.machinery import ModuleSpec
    from types import ModuleType


class WhenImported(MetaPathFinder):
    """Calls a function with each of some modules, once it is imported. `remove` ends the waiting."""

    def __init__(self, names: Sequence[str], change: Callable[[ModuleType], None]) -> None:
        """`names` are full names of modules; those that are imported already are changed now."""
        self._change = change
        self._waiting = set()
        for name in names:
            module = sys.modules.get(name)
            if module is None:
                self._waiting.add(name)
            else:
                change(module)
        if self._waiting:
            sys.meta_path.insert(0, self)

    def remove(self) -> None:
        """Wait no longer."""
        self._waiting.clear()
        if self in sys.meta_path:
            sys.meta_path.remove(self)

    def find_spec(self, name: str, path: object = None, target: object = None) -> ModuleSpec | None:
        """Return how to import a module that is waited for: as anybody would, and then changed."""
        del path, target
        if name not in self._waiting:
            return None
        self._waiting.discard(name)
        spec = importlib.util.find_spec(name)
        if spec is not None and spec.loader is not None:
            spec.loader = _Changed(spec.loader, self._change)
        return spec


class _Changed(Loader):
    """Loads a module by its own loader, then has it changed."""

    def __init__(self, loader: Any, change: Callable[[ModuleType], None]) -> None:
        self._loader, self._change = loader, change

    def __getattr__(self, name: str) -> Any:
        return getattr(self._loader, name)

    def create_module(self, spec: ModuleSpec) -> ModuleType | None:
        made: ModuleType | None = self._loader.create_module(spec)
        return made

    def exec_module(self, module: ModuleType) -> None:
        self._loader.exec_module(module)
        self._change(module)
