"""TensorBoard: what scripts give its writers is logged, too, and their event files are kept with the run.

The writers of `torch.utils.tensorboard`, of `tensorboardX` and of TensorBoard itself hand each event to an
`EventFileWriter`; there it is looked at, in the thread that logs. Values of one TensorBoard step are one row, which holds
the step as ``global_step`` and the time of the event; the run counts its own steps. Tags stay as they are where one folder is
written to. Where there are several, those of further ones are prefixed by the way from the first: ``train/loss``.
"""

from __future__ import annotations

import contextlib
import functools
import os
import re
import socket
import weakref
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, Any

from tracklog import ongoing
from tracklog.errors import UsageError, warn
from tracklog.integrations import tensorboard_values as values
from tracklog.integrations.late import WhenImported
from tracklog.integrations.running import running

if TYPE_CHECKING:
    from types import ModuleType

    from tracklog.run import Run

_WRITERS = {
    "tensorboard": "tensorboard.summary.writer.event_file_writer",
    "tensorboardX": "tensorboardX.event_file_writer",
}
_ALWAYS = ("train", "validation")
"""Folders that give their name even to the tags of the only writer, as W&B has it."""
_BY_TIME = re.compile(r"\d{10}\.\d+")
"""What `add_hparams` calls the folder of a trial."""

_following: _Following | None = None


def patch(
    save: bool = True,
    tensorboard_x: bool | None = None,
    pytorch: bool | None = None,
    root_logdir: str | os.PathLike[str] | None = None,
    tensorboardX: bool | None = None,  # noqa: N803 - as scripts of 2020 call it
) -> None:
    """Log what TensorBoard's writers are given to whichever run is going on, from now on, and by writers of any age.

    ``save``: event files are kept in the run's files. ``root_logdir``: the folder from which tags are prefixed. All writers are
    followed unless ``tensorboard_x`` is False. Raises UsageError when they are followed already, or neither `tensorboard` nor
    `tensorboardX` is installed.
    """
    if pytorch is False:
        warn("tensorboard-pytorch", "patch(pytorch=False) has no effect: PyTorch's writers are TensorBoard's own")
    x = tensorboardX if tensorboard_x is None else tensorboard_x
    _follow(None, save=save, root=root_logdir, x=x is not False)


def patch_for(run: Run) -> None:
    """Log what TensorBoard's writers are given to one run until it ends, as ``init(sync_tensorboard=True)`` asks.

    Where `patch` follows them already it goes on.
    """
    if _following is None or _following.over():
        unpatch()
        _follow(run, save=True, root=None, x=True)


def unpatch() -> None:
    """Leave TensorBoard's writers alone again."""
    global _following  # noqa: PLW0603 - the writers are the process's
    if _following is not None:
        _following.end()
    _following = None


def log(summary: Any, step: int = 0, history: object = None, namespace: str = "") -> None:
    """Log a `Summary` of TensorBoard, or its bytes, as a part of the row of a step, tags prefixed by ``namespace``.

    Raises Error without a run.
    """
    del history
    run = running("tensorboard.log")
    parsed = values.summary_of(summary)
    found = values.of_summary(parsed)
    _hyperparameters(run, parsed)
    following = _following or _Following(None, save=False, root=None, x=False, hook=False)
    following.row(run, {f"{namespace}/{tag}" if namespace else tag: value for tag, value in found.items()}, step, None)


def _follow(run: Run | None, *, save: bool, root: str | os.PathLike[str] | None, x: bool) -> None:
    global _following  # noqa: PLW0603 - the writers are the process's
    if _following is not None:
        raise UsageError("TensorBoard is followed already; call tensorboard.unpatch() first")
    if not any(find_spec(package) for package in _WRITERS):
        raise UsageError("there is nothing to follow: neither tensorboard nor tensorboardX is installed")
    _following = _Following(run, save=save, root=root, x=x)


class _Following:
    """What is known of the writers that are followed."""

    def __init__(
        self, run: Run | None, *, save: bool, root: str | os.PathLike[str] | None, x: bool, hook: bool = True
    ) -> None:
        self._run = None if run is None else weakref.ref(run)
        self._save = save
        self._root = Path(root).absolute() if root else None
        self._prefixes: dict[Path, str] = {}
        self._saved: set[str] = set()
        self._writers: weakref.WeakSet[Any] = weakref.WeakSet()
        self._flushed: weakref.WeakSet[Any] = weakref.WeakSet()
        """Runs that have writers flushed before they end."""
        self._open: tuple[int, int] | None = None
        """TensorBoard's step, and the run's, of the row that is open."""
        self._undo: list[Any] = []
        names = [module for package, module in _WRITERS.items() if x or package != "tensorboardX"]
        self._late = WhenImported(names if hook else [], self._change)

    def over(self) -> bool:
        """Tell whether the run that is followed for has ended."""
        return self._run is not None and self._run() is not ongoing.current

    def end(self) -> None:
        """Put everything back."""
        self._late.remove()
        for writer, original in self._undo:
            writer.add_event = original
        self._undo.clear()

    def _change(self, module: ModuleType) -> None:
        """Have a writer's class tell of its events."""
        writer = module.EventFileWriter
        original = writer.add_event

        @functools.wraps(original)
        def add_event(own: Any, event: Any, *arguments: Any, **keywords: Any) -> Any:
            returned = original(own, event, *arguments, **keywords)
            self._told(own, event)
            return returned

        writer.add_event = add_event
        self._undo.append((writer, original))

    def _told(self, writer: Any, event: Any) -> None:
        """Log an event; whatever is wrong with it costs no training."""
        run = ongoing.current if self._run is None else self._run()
        if run is None or run is not ongoing.current or run.disabled:
            return
        try:
            self._keep(run, writer)
            if event.HasField("summary"):
                _hyperparameters(run, event.summary)
                prefix = self._prefix(Path(os.fspath(writer.get_logdir())))
                found = values.of_summary(event.summary)
                self.row(run, {prefix + tag: value for tag, value in found.items()}, event.step, event.wall_time)
            elif event.HasField("graph_def"):
                warn(
                    "tensorboard-graph",
                    "graphs of TensorBoard are not drawn; run.watch(model, log_graph=True) logs one",
                )
        except Exception as error:  # a foreign event, or a run that ends in another thread
            warn("tensorboard-event", f"an event of TensorBoard was not logged: {type(error).__name__}: {error!s:.200}")

    def row(self, run: Run, found: dict[str, Any], step: int, when: float | None) -> None:
        """Add values to the row of a step of TensorBoard's; a row of another step is committed before."""
        if not found:
            return
        if self._open is not None and self._open[0] != step and self._open[1] == run.step:
            run.log({}, commit=True)
        clock = {} if when is None else {"_timestamp": when}
        run.log({**found, "global_step": int(step), **clock}, commit=False)
        self._open = int(step), run.step

    def _prefix(self, folder: Path) -> str:
        """Return what tags of a writer's folder begin with."""
        folder = folder.absolute()
        if folder not in self._prefixes:
            self._prefixes[folder] = self._way(folder)
        return self._prefixes[folder]

    def _way(self, folder: Path) -> str:
        by_itself = re.search(rf"\d\d-\d\d-\d\d_{re.escape(socket.gethostname())}", str(folder))
        if by_itself:  # nobody chose it: what counts is what lies below
            parts = str(folder)[by_itself.end() :].strip("/").split("/")
        elif self._root is not None:
            if not folder.is_relative_to(self._root):
                warn("tensorboard-root", f"{folder} lies outside of root_logdir={self._root}: its tags have no prefix")
                return ""
            parts = list(folder.relative_to(self._root).parts)
        elif not self._prefixes:
            parts = [folder.name] if folder.name in _ALWAYS else []
        else:
            first = next(iter(self._prefixes))
            first = first.parent if first.name in _ALWAYS else first
            above = first if folder.is_relative_to(first) else Path(os.path.commonpath([folder, first]))
            parts = list(folder.relative_to(above).parts)
        return "".join(f"{part}/" for part in parts if part and not _BY_TIME.fullmatch(part))

    def _keep(self, run: Run, writer: Any) -> None:
        """Keep a writer's event file with the run, whole when the run ends."""
        inner = getattr(writer, "_ev_writer", writer)
        name = getattr(inner, "_file_name", None)
        self._writers.add(writer)
        if not self._save or name is None or name in self._saved or not Path(name).is_file():
            return
        self._saved.add(name)
        path = Path(name).absolute()
        base = Path.cwd() if path.is_relative_to(Path.cwd()) else path.parent.parent
        if not path.is_relative_to(Path(run.dir).absolute()):
            run.save(str(path), base_path=str(base), glob=False)
        if run not in self._flushed:
            self._flushed.add(run)
            run._recording.recorders.append(self._flush)  # noqa: SLF001 - called before saved files are copied once more

    def _flush(self) -> None:
        for writer in list(self._writers):
            with contextlib.suppress(Exception):  # it was closed, or its disk is full
                writer.flush()


def _hyperparameters(run: Run, summary: Any) -> None:
    found = values.hyperparameters(summary)
    if found:
        run.config.update(found, allow_val_change=True)
