"""``wandb.profiler``: what PyTorch's profiler traces is kept with the run."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

from tracklog.integrations.running import running

if TYPE_CHECKING:
    from collections.abc import Callable


def torch_trace_handler() -> Callable[[Any], None]:
    """Return what `torch.profiler.profile` takes as `on_trace_ready`: traces go below run.dir, as ``pytorch_traces``.

    Any viewer of Chrome traces or TensorBoard opens them. Raises Error without a run.
    """
    run = running("profiler.torch_trace_handler")
    if run.disabled:
        return lambda _: None
    from torch.profiler import tensorboard_trace_handler

    handler: Callable[[Any], None] = tensorboard_trace_handler(str(Path(run.dir) / "pytorch_traces"))
    return handler
