"""What a model is made of: its modules with the shapes that they gave in the first forward pass."""

from __future__ import annotations

import contextlib
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from tracklog.media.table import Table

if TYPE_CHECKING:
    from collections.abc import Callable

    from torch.nn import Module

_COLUMNS = ["module", "class", "output shape", "parameters", "trainable"]


@dataclass(slots=True)
class Node:
    """A module: its name in the model, its class, and the sizes of its own parameters, children's not counted."""

    name: str
    kind: str
    parameters: int
    trainable: int
    shape: list[Any] | None
    """Of what it returned: a list of sizes, or of such lists for several tensors; None before it was called."""


class ModelGraph:
    """The modules of a model in their order; logged as a table once the first forward pass has ended."""

    def __init__(self, key: str, model: Module, log: Callable[[dict[str, Any]], None]) -> None:
        """`log` merges values into the run's row."""
        self.key, self._log = key, log
        self.nodes = [_node(name, module) for name, module in model.named_modules()]

    def hook(self, model: Module) -> list[Any]:
        """Look at what each module returns when it is first called; return the handles of the hooks."""
        handles = []
        for node, (_, module) in zip(self.nodes, model.named_modules(), strict=True):
            hook = _ShapeHook(self, node, last=module is model)
            hook.handle = module.register_forward_hook(hook)
            handles.append(hook.handle)
        return handles

    def table(self) -> Table:
        """Return a row for each module."""
        rows = [[n.name, n.kind, _text(n.shape), n.parameters, n.trainable] for n in self.nodes]
        return Table(columns=_COLUMNS, data=rows)

    def log(self) -> None:
        """Log the table."""
        self._log({self.key: self.table()})


class _ShapeHook:
    """Notes a module's output once; copies of the model carry one that does nothing and needs no tracklog."""

    def __init__(self, graph: ModelGraph, node: Node, *, last: bool) -> None:
        self.graph, self.node, self.last = graph, node, last
        self.handle: Any = None

    def __call__(self, module: Module, given: object, returned: object) -> None:
        del module, given
        self.handle.remove()
        self.node.shape = shape_of(returned)
        if self.last:
            self.graph.log()

    def __reduce__(self) -> tuple[Any, ...]:
        return getattr, (contextlib.nullcontext(), "__exit__")


def _node(name: str, module: Module) -> Node:
    own = list(module.parameters(recurse=False))
    return Node(
        name or "(model)",
        type(module).__name__,
        sum(_size(one) for one in own),
        sum(_size(one) for one in own if one.requires_grad),
        None,
    )


def _size(parameter: Any) -> int:
    try:
        return int(parameter.numel())
    except (RuntimeError, ValueError):  # of a lazy module, before its first pass
        return 0


def shape_of(returned: Any) -> list[Any] | None:
    """Return the sizes of a tensor, or those of the tensors in a list, tuple or mapping; None without any."""
    shape = getattr(returned, "shape", None)
    if shape is not None:
        return [int(size) for size in shape]
    if isinstance(returned, Mapping):
        returned = list(returned.values())
    if not isinstance(returned, (list, tuple)):
        return None
    return [shape for part in returned if (shape := shape_of(part)) is not None] or None


def _text(shape: list[Any] | None) -> str:
    if shape is None:
        return ""
    if all(isinstance(size, int) for size in shape):
        return " × ".join(str(size) for size in shape) or "scalar"
    return ", ".join(f"({_text(part)})" for part in shape)
