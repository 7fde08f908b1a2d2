"""PyTorch: histograms of a model's gradients and parameters, and what it is made of.

Counting happens on the tensors' own device. What the tensors of one pass give is fetched in one transfer when the pass
ends, and merged into the open row. Nothing here holds a model, a graph of gradients, or a run alive.
"""

from __future__ import annotations

import contextlib
import weakref
from typing import TYPE_CHECKING, Any, Protocol

from tracklog.errors import UsageError, warn
from tracklog.integrations.torch_counts import Count, counted, fetched
from tracklog.integrations.torch_graph import ModelGraph

if TYPE_CHECKING:
    from collections.abc import Iterable

    from torch import Tensor
    from torch.nn import Module

_LOGS = ("gradients", "parameters", "all", None)


class Logs(Protocol):
    """A run, as far as watching goes."""

    @property
    def disabled(self) -> bool:
        """Whether it keeps nothing."""

    def log(self, data: dict[str, Any], *, commit: bool) -> None:
        """Merge values into the open row."""


_watched: weakref.WeakKeyDictionary[Any, Watching] = weakref.WeakKeyDictionary()
"""What each run watches."""


def watch(
    run: Logs,
    models: Any,
    criterion: object = None,
    log: str | None = "gradients",
    log_freq: Any = 1000,
    idx: int | None = None,
    log_graph: bool = False,
) -> list[ModelGraph]:
    """Log histograms of a model as it is trained; return the graphs, which fill with the first forward pass.

    ``models``: a Module, or a list of them. ``log``: ``gradients``, ``parameters``, ``all``, or None. Every ``log_freq``-th
    backward pass gives ``gradients/<name>``, every ``log_freq``-th forward pass ``parameters/<name>``: 64 bins over the finite
    values, or one where they are all equal. They join the row that the next `log` completes. Names of a second and further
    model are prefixed by ``graph_<n>``, where ``idx`` sets n. ``log_graph`` gives a table ``graph_<n>`` of the modules.

    A model that is watched again is watched as it is asked for now: callbacks ask each time that they begin.

    Raises TypeError for what is no Module, ValueError for another ``log`` or ``log_freq``, and for a parameter that the run
    watches already in another model, or with ``log_graph``.
    """
    from torch.nn import Module

    if log not in _LOGS:
        raise ValueError(f"log={log!r} does not exist; choose 'gradients', 'parameters', 'all' or None")
    if isinstance(log_freq, bool) or not isinstance(log_freq, int) or log_freq < 1:
        raise ValueError(f"log_freq={log_freq!r} is no number of passes; pass an integer of at least 1")
    several: list[Any] = list(models) if isinstance(models, (list, tuple)) else [models]
    wrong = [type(model).__name__ for model in several if not isinstance(model, Module)]
    if wrong:
        raise TypeError(f"watch() takes a torch.nn.Module or a list of them, not {wrong[0]}")
    if criterion is not None:
        warn("watch-criterion", "watch(criterion=...) has no effect: a loss is logged by run.log({'loss': loss})")
    if run.disabled:
        return []
    watching = _watched.get(run)
    if watching is None:
        watching = _watched[run] = Watching(run)
    return [
        graph
        for n, model in enumerate(several)
        if (graph := watching.add(model, log, log_freq, None if idx is None else idx + n, log_graph)) is not None
    ]


def unwatch(run: Logs, models: Any = None) -> None:
    """Take the hooks off one or several models; off all that the run watches without `models`."""
    watching = _watched.get(run)
    if watching is None:
        return
    several = None if models is None else list(models) if isinstance(models, (list, tuple)) else [models]
    watching.remove(several)


class Watching:
    """The models that a run watches."""

    def __init__(self, run: Logs) -> None:
        """Watch nothing yet."""
        self._run = weakref.ref(run)
        self._models: weakref.WeakKeyDictionary[Module, _Watched] = weakref.WeakKeyDictionary()
        self._next = 0

    def add(self, model: Module, log: str | None, log_freq: int, idx: int | None, log_graph: bool) -> ModelGraph | None:
        """Hook a model; return its graph if one is wanted. Raises ValueError for a parameter that is watched already."""
        if model in self._models and not log_graph:
            self.remove([model])
        held = {id(one) for watched in self._models.values() for one in watched.tensors()}
        twice = [name for name, one in model.named_parameters() if id(one) in held]
        if model in self._models or twice:
            what = f"the parameter {twice[0]!r} of {type(model).__name__}" if twice else f"this {type(model).__name__}"
            raise ValueError(f"{what} is watched already; call unwatch() first")
        number = self._next if idx is None else idx
        self._next = max(self._next, number) + 1
        watched = self._models[model] = _Watched(self.log, f"graph_{number}" if number else "", self.end)
        if log in ("gradients", "all"):
            watched.hook_gradients(model, log_freq)
        if log in ("parameters", "all"):
            watched.hook_parameters(model, log_freq)
        if not log_graph:
            return None
        graph = ModelGraph(f"graph_{number}", model, self.log)
        watched.handles += graph.hook(model)
        return graph

    def remove(self, models: Iterable[Module] | None) -> None:
        """Take the hooks off these models, or off all."""
        for model in list(self._models) if models is None else models:
            watched = self._models.pop(model, None)
            if watched is not None:
                watched.remove()

    def end(self) -> None:
        """Take all hooks off."""
        self.remove(None)

    def log(self, values: dict[str, Any]) -> None:
        """Merge values into the run's open row; after the end of the run watch no more."""
        run = self._run()
        try:
            if run is None:
                self.end()
            elif values:
                run.log(values, commit=False)
        except UsageError:  # it has finished
            self.end()


class _Watched:
    """The hooks of one model, and what they have counted in the pass that is going on."""

    def __init__(self, log: Any, prefix: str, end: Any) -> None:
        self._log, self._prefix, self._end = log, prefix, end
        self.handles: list[Any] = []
        self._tensors: list[weakref.ref[Tensor]] = []
        self._pending: list[Count] = []
        self._pass: int | None = None
        """The backward pass at whose end what was counted is logged."""

    def tensors(self) -> Iterable[Tensor]:
        """Yield the hooked parameters that still exist."""
        for reference in self._tensors:
            tensor = reference()
            if tensor is not None:
                yield tensor

    def hook_gradients(self, model: Module, every: int) -> None:
        """Count the gradient of each parameter in every so many of its backward passes."""
        parameter: Any
        for name, parameter in model.named_parameters():
            self._tensors.append(weakref.ref(parameter))
            if parameter.requires_grad:
                key = f"gradients/{self._prefix}{name}"
                self.handles.append(parameter.register_hook(_GradientHook(self, key, every)))

    def hook_parameters(self, model: Module, every: int) -> None:
        """Count all parameters in every so many forward passes."""
        self._tensors += [weakref.ref(parameter) for parameter in model.parameters()]
        self.handles.append(model.register_forward_hook(_ParameterHook(self, f"parameters/{self._prefix}", every)))

    def gradient(self, key: str, gradient: Tensor) -> None:
        """Count a gradient; what the pass has counted is logged at its end."""
        import torch

        self._count(key, gradient)
        try:
            # Told apart by their numbers: what was queued in a pass that raised is never called.
            this_pass = torch._C._current_graph_task_id()  # noqa: SLF001 - there is no other name for it
            if this_pass != self._pass:
                torch.autograd.Variable._execution_engine.queue_callback(self.flush)  # noqa: SLF001 - as DDP and FSDP do
                self._pass = this_pass
        except (RuntimeError, AttributeError):  # not in a backward pass of the usual engine
            self.flush()

    def parameters(self, prefix: str, model: Module) -> None:
        """Count and log all parameters of a model."""
        for name, parameter in model.named_parameters():
            self._count(prefix + name, parameter)
        self.flush()

    def _count(self, key: str, tensor: Tensor) -> None:
        try:
            found = counted(key, tensor)
        except (RuntimeError, TypeError, NotImplementedError) as error:  # kinds of tensors that cannot be counted
            warn(f"watch-{key}", f"{key} cannot be counted and is left out: {str(error)[:200]}")
            return
        if found is not None:
            self._pending.append(found)

    def flush(self) -> None:
        """Log what was counted."""
        pending, self._pending, self._pass = self._pending, [], None
        self._log(fetched(pending))

    def remove(self) -> None:
        """Take the hooks off."""
        for handle in self.handles:
            handle.remove()
        self.handles.clear()
        self._tensors.clear()


class _Hook:
    """A hook that counts its calls. Copies of a model, saved ones too, carry one that does nothing and needs no tracklog."""

    def __init__(self, watched: _Watched, key: str, every: int) -> None:
        self.watched, self.key, self.every, self.calls = watched, key, every, 0

    def due(self) -> bool:
        self.calls = (self.calls + 1) % self.every
        return not self.calls

    def __reduce__(self) -> tuple[Any, ...]:
        # Takes any arguments, returns None, and is found wherever there is a Python.
        return getattr, (contextlib.nullcontext(), "__exit__")


class _GradientHook(_Hook):
    """Counts one parameter's gradient."""

    def __call__(self, gradient: Tensor) -> None:
        if self.due():
            self.watched.gradient(self.key, gradient)


class _ParameterHook(_Hook):
    """Counts a model's parameters."""

    def __call__(self, module: Module, *_: object) -> None:
        if self.due():
            self.watched.parameters(self.key, module)
