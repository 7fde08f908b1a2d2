"""The running kernel of a notebook: its cells as they ran, for the session history of each run that is going on.

IPython tells when a cell begins and ends. What a cell shows passes `display_pub.publish`, its result
`displayhook.write_format_data`, an exception `_showtraceback`: these are replaced on their instances while a run goes on,
and call what was there first. What it prints is heard as by the console's recorder.

A run gets the cells that ran before it, too, since it stands on them: with all of their outputs where they belonged to an
earlier run of this kernel, else with what IPython has kept.
"""

from __future__ import annotations

import functools
import os
import sys
import threading
from typing import TYPE_CHECKING, Any

from tracklog import launcher
from tracklog.capture import hearing
from tracklog.capture.cells import Cell, Ran
from tracklog.errors import warn
from tracklog.store.notebook import SessionHistory

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from pathlib import Path

LARGEST = 50_000_000
"""Bytes of a session history from which on cells are kept without their outputs."""
REMEMBERED = 20_000_000
"""Bytes of earlier runs' cells that are kept for later runs of a kernel."""


class Kernel:
    """The hooks on a shell; they are there while runs listen."""

    def __init__(self, shell: Any) -> None:
        self._shell = shell
        self._runs: dict[int, tuple[SessionHistory, bool]] = {}
        """The histories of the runs that go on, and whether each has the cells before it."""
        self._cell: Cell | None = None
        self._remembered: dict[int, Ran] = {}
        self._room = REMEMBERED
        self._undo: list[Callable[[], None]] = []
        self._lock = threading.RLock()
        self._pid = os.getpid()

    def record(self, files: Path) -> Callable[[], None]:
        """Write the cells that run from now on into a run's `files/`; return how to end that."""
        with self._lock:
            if not self._runs:
                self._hook()
            history = SessionHistory(files)
            self._runs[id(history)] = (history, False)
        return functools.partial(self._leave, history)

    def _leave(self, history: SessionHistory) -> None:
        """Write the running cell as far as it has come, and let the shell go after the last run."""
        if os.getpid() != self._pid:
            return
        with self._lock:
            if self._cell is not None:
                self._append(history, self._cell.ended())
            self._runs.pop(id(history), None)
            history.close()
            if not self._runs:
                self._unhook()

    # -- what the shell tells

    def _begun(self, info: Any) -> None:
        if info.store_history:  # others are run by magics within a cell, or by the front end for itself
            with self._lock:
                # IPython 9 counts a cell before it tells of it, IPython 8 when it has ended.
                self._cell = Cell(len(self._sources()), str(info.raw_cell))

    def _ended(self, result: Any) -> None:
        with self._lock:
            if not result.info.store_history or self._cell is None or os.getpid() != self._pid:
                return
            cell, self._cell = self._cell, None
            cell.count = result.execution_count or cell.count
            ran = cell.ended()
            for history, _ in list(self._runs.values()):
                self._append(history, ran)
            self._remember(ran)

    def _printed(self, name: str, text: str) -> None:
        cell = self._cell
        if cell is not None:
            cell.write(name, text)

    def _published(
        self, data: Any, metadata: Any = None, *_: Any, transient: Any = None, update: bool = False, **__: Any
    ) -> None:
        display = (transient or {}).get("display_id")
        if self._cell is not None:
            (self._cell.change if update else self._cell.show)(data, metadata, display)

    def _cleared(self, wait: bool = False) -> None:
        if self._cell is not None:
            self._cell.clear(wait=bool(wait))

    def _returned(self, data: Any, metadata: Any = None) -> None:
        if self._cell is not None:
            self._cell.result(data, metadata)

    def _raised(self, kind: Any, error: Any, traceback: Any) -> None:
        if self._cell is not None:
            self._cell.error(kind.__name__, str(error), traceback)

    # -- hooks

    def _hook(self) -> None:
        shell = self._shell
        self._cell = self._running()
        for name, tell in (("pre_run_cell", _guarded(self._begun)), ("post_run_cell", _guarded(self._ended))):
            shell.events.register(name, tell)
            self._undo.append(functools.partial(shell.events.unregister, name, tell))
        for name in ("stdout", "stderr"):
            forget = hearing.listen(getattr(sys, name), functools.partial(self._printed, name))
            if forget is not None:
                self._undo.append(forget)
        self._tap(shell.display_pub, "publish", self._published)
        self._tap(shell.display_pub, "clear_output", self._cleared)
        self._tap(shell.displayhook, "write_format_data", self._returned)
        self._tap(shell, "_showtraceback", self._raised)

    def _unhook(self) -> None:
        for undo in self._undo:
            undo()
        self._undo.clear()
        self._cell = None

    def _tap(self, target: Any, name: str, tell: Callable[..., None]) -> None:
        """Have `tell` called with what a method is called with, after it; it never gets in the method's way."""
        before = getattr(target, name, None)
        if before is None:
            return

        heard = _guarded(tell)

        def tapped(*given: Any, **named: Any) -> Any:
            result = before(*given, **named)
            heard(*given, **named)
            return result

        setattr(target, name, tapped)

        def undo() -> None:
            if vars(target).get(name) is tapped:  # else somebody has patched it since, and calls ours
                delattr(target, name)

        self._undo.append(undo)

    # -- the cells before

    def _running(self) -> Cell | None:
        """Return the cell that is running, with what IPython has heard of it until now."""
        sources = self._sources()
        return self._known_to_ipython(len(sources) - 1)

    def _sources(self) -> Sequence[str]:
        """Return the cells that have begun, by their numbers; nothing is at 0."""
        sources: Sequence[str] = self._shell.history_manager.input_hist_raw
        return sources

    def _known_to_ipython(self, count: int) -> Cell | None:
        sources = self._sources()
        if not 0 < count < len(sources):
            return None
        cell = Cell(count, str(sources[count]))
        self._heard_by_ipython(cell)
        return cell

    def _heard_by_ipython(self, cell: Cell) -> None:
        """Add the outputs that IPython 9 keeps, without displays in a kernel; IPython 8 has results alone, as text."""
        manager = self._shell.history_manager
        outputs = getattr(manager, "outputs", None)
        if outputs is None and cell.count in manager.output_hist_reprs:
            cell.result({"text/plain": manager.output_hist_reprs[cell.count]}, {})
        for output in list(outputs.get(cell.count, ())) if isinstance(outputs, dict) else []:
            if output.output_type in ("out_stream", "err_stream"):
                cell.write(
                    "stdout" if output.output_type == "out_stream" else "stderr", "".join(output.bundle["stream"])
                )
            elif output.output_type == "execute_result":
                cell.result(output.bundle, {})
            else:
                cell.show(output.bundle, {})
        error = getattr(manager, "exceptions", {}).get(cell.count)
        if isinstance(error, dict):
            cell.error(str(error.get("ename")), str(error.get("evalue")), error.get("traceback") or ())

    def _append(self, history: SessionHistory, ran: Ran) -> None:
        """Write a cell, and before the first one those that ran before the run; a failure ends the history."""
        known = self._runs.get(id(history))
        if known is None:
            return
        try:
            if not known[1]:
                self._runs[id(history)] = (history, True)
                for earlier in filter(None, map(self._earlier, range(1, ran.count))):
                    _write(history, earlier)
            _write(history, ran)
        except Exception as error:
            self._runs[id(history)] = (history, True)
            reason = error.strerror if isinstance(error, OSError) and error.strerror else error
            warn("session-history", f"cells of this notebook are not kept: {reason}")

    def _earlier(self, count: int) -> Ran | None:
        if count in self._remembered:
            return self._remembered[count]
        cell = self._known_to_ipython(count)
        return cell.ended() if cell is not None else None

    def _remember(self, ran: Ran) -> None:
        if ran.size > self._room:
            ran = ran.without_outputs()
        self._room -= ran.size
        self._remembered[ran.count] = ran


def _write(history: SessionHistory, ran: Ran) -> None:
    fits = history.size + ran.size <= LARGEST
    history.append((ran if fits else ran.without_outputs()).as_notebook_has_it())


def _guarded(tell: Callable[..., None]) -> Callable[..., None]:
    """Have what goes wrong in here cost an output and nothing more."""

    @functools.wraps(tell)
    def heard(*given: Any, **named: Any) -> None:
        try:
            tell(*given, **named)
        except Exception as error:
            warn("notebook-output", f"an output of this notebook is not kept: {type(error).__name__}: {error}")

    return heard


_kernels: dict[int, Kernel] = {}


def here() -> Kernel | None:
    """Return the kernel of this process; None where this is no notebook."""
    if not launcher.in_kernel():
        return None
    from IPython import get_ipython

    shell = get_ipython()
    if shell is None or not hasattr(shell, "kernel"):
        return None
    return _kernels.setdefault(id(shell), Kernel(shell))
