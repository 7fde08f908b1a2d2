"""How runs end: normally, by an exception, by `sys.exit`, by a signal, and in forked children.

Hooks are put in place with the first run and chained to what was there. A process that is killed outright writes
nothing: readers see it by its missing `finish`.
"""

from __future__ import annotations

import atexit
import contextlib
import functools
import os
import signal
import sys
import threading
from typing import TYPE_CHECKING, Any

from tracklog import launcher, wakeup
from tracklog.errors import warn
from tracklog.run import describe_error, exit_code_of

if TYPE_CHECKING:
    from types import FrameType, TracebackType

    from tracklog.capture.console import ConsoleCapture
    from tracklog.capture.descriptors import Redirect
    from tracklog.recording import Recording
    from tracklog.run import Run
    from tracklog.settings import Settings

_attended: dict[int, Run] = {}
_installed = False
_code: int | None = None
_error: dict[str, Any] | None = None
_asked = 0
"""The signal that asked for the end while a run was being closed."""
_child = 0
"""The process whose end as a child is hooked."""


def attend(run: Run, recording: Recording, settings: Settings) -> None:
    """Start what is recorded beside the training, and close the run when the process ends."""
    from tracklog.capture.background import Background

    keep(run, recording)
    if settings.keeps_code and (launcher.in_kernel() or "marimo" in sys.modules):
        _attend_notebook(recording, settings)
    if settings.console != "off":
        recording.capture = _capture(recording, settings)
        recording.recorders.append(recording.capture.uninstall)
    recording.recorders.append(Background(recording, settings).stop)


def _attend_notebook(recording: Recording, settings: Settings) -> None:
    """Keep the cells that run, and the notebook as it was saved last."""
    from tracklog.capture import kernel, notebook

    running = kernel.here()
    if running is not None:
        recording.recorders.append(running.record(recording.files.folder))
    recording.recorders.append(functools.partial(notebook.keep, recording, settings.notebook_name, at_end=True))


def keep(run: Run, recording: Recording) -> None:
    """Close the run when the process ends."""
    _attended[id(run)] = run
    recording.watchers.append(lambda _: _forget(run))
    _install()


def attended() -> list[Run]:
    """Return the runs that go on in this process."""
    return list(_attended.values())


def _capture(recording: Recording, settings: Settings) -> ConsoleCapture | Redirect:
    """Begin to listen to the console: at its descriptors where that changes nothing for the script, else at its streams."""
    from tracklog.capture.descriptors import Redirect, can_redirect

    asked = settings.console == "redirect"
    if (asked or settings.console == "auto") and can_redirect(terminals=asked):
        redirect = Redirect(recording.writer.folder)
        try:
            redirect.install()
        except OSError as error:
            warn("redirect", f"the console is recorded without child processes: {error}")
        else:
            return redirect
    from tracklog.capture.console import ConsoleCapture

    console = ConsoleCapture(recording.console)
    console.install()
    return console


def _forget(run: Run) -> None:
    _attended.pop(id(run), None)
    if _asked and not any(run.has_finished for run in attended()):
        _die_of(_asked)


def _install() -> None:
    global _installed  # noqa: PLW0603 - hooks are put in place once
    if not _installed:
        _installed = True
        atexit.register(_at_exit)
        _chain_excepthook()
        _chain_sys_exit()
        if hasattr(os, "register_at_fork"):
            os.register_at_fork(after_in_child=_in_child)
    _hook_sigterm()
    _hook_multiprocessing()


def _hook_multiprocessing() -> None:
    """Close runs when a child of `multiprocessing` ends: forked ones leave without the hooks of `atexit`."""
    global _child  # noqa: PLW0603 - as _installed, of this process
    multiprocessing = sys.modules.get("multiprocessing")
    if _child == os.getpid() or multiprocessing is None or multiprocessing.parent_process() is None:
        return
    from multiprocessing import util

    _child = os.getpid()
    util.Finalize(None, _at_child_end, exitpriority=100)
    if signal.getsignal(signal.SIGTERM) is _on_sigterm and threading.current_thread() is threading.main_thread():
        wakeup.watch_for(signal.SIGTERM)


def _at_child_end() -> None:
    """Close runs with the code that the child is about to end with: it runs while its exception is on the way."""
    error = sys.exc_info()[1]
    for run in attended():
        if error is None:
            run._close(_code or 0, error=_error)  # noqa: SLF001 - the run's own end
        else:
            run._close(exit_code_of(error), error=describe_error(error))  # noqa: SLF001 - the run's own end


def _at_exit() -> None:
    _notice_uncaught()
    for run in list(_attended.values()):
        run._close(_code or 0, error=_error)  # noqa: SLF001 - the run's own end
    if _error is not None and _error["type"] == "KeyboardInterrupt":
        # Modules loaded while closing (a namedtuple evaluates a string) make Python forget that it ends by Ctrl-C, and
        # exit with 1; the same evaluation, interrupted, reminds it, so that the shell sees 130.
        with contextlib.suppress(KeyboardInterrupt):
            exec("raise KeyboardInterrupt")  # noqa: S102 - see above


def _notice_uncaught() -> None:
    """Take the exception that ended the script from where Python keeps it, if another hook has replaced ours since."""
    global _code, _error
    error = getattr(sys, "last_value", None)
    if _code is None and isinstance(error, BaseException) and not hasattr(sys, "ps1"):  # with it there is a prompt
        _code, _error = exit_code_of(error), describe_error(error)


def _chain_excepthook() -> None:
    before = sys.excepthook

    def hook(kind: type[BaseException], error: BaseException, trace: TracebackType | None) -> None:
        global _code, _error
        _code, _error = exit_code_of(error), describe_error(error)
        before(kind, error, trace)

    sys.excepthook = hook


def _chain_sys_exit() -> None:
    before = sys.exit

    def exit_(status: Any = None, /) -> Any:
        global _code  # noqa: PLW0603 - read at exit
        _code = exit_code_of(SystemExit(status))
        before(status)

    sys.exit = exit_


def _hook_sigterm() -> None:
    """Close runs at SIGTERM, only where nobody else handles it."""
    if threading.current_thread() is not threading.main_thread():
        return
    try:
        if signal.getsignal(signal.SIGTERM) is signal.SIG_DFL:
            signal.signal(signal.SIGTERM, _on_sigterm)
    except (ValueError, OSError) as error:
        warn("sigterm", f"SIGTERM is not handled: {error}")


def _on_sigterm(number: int, frame: FrameType | None) -> None:
    global _asked  # noqa: PLW0603 - signals come to the process
    if any(run.has_finished for run in attended()):
        # In the middle of closing one, as when a pool ends its workers: it is closed first.
        _asked = number
        return
    signal.signal(number, signal.SIG_IGN)
    code = 0 if _waits_for_work(frame) else 128 + number
    for run in attended():
        run._close(code)  # noqa: SLF001 - the run's own end
    _die_of(number)


def _die_of(number: int) -> None:
    signal.signal(number, signal.SIG_DFL)
    os.kill(os.getpid(), number)


def _waits_for_work(frame: FrameType | None) -> bool:
    """Tell whether the process is a child of `multiprocessing` with nothing to do: that is how a pool ends its workers."""
    inner = None
    while frame is not None:
        name, module = frame.f_code.co_name, frame.f_globals.get("__name__")
        if (name, module) == ("worker", "multiprocessing.pool"):
            # Between two tasks it takes one or hands over a result; a task is called by itself, or by its map.
            return inner is None or (_is_of_multiprocessing(inner) and not inner.f_code.co_name.endswith("mapstar"))
        if (name, module) == ("_bootstrap", "multiprocessing.process"):
            return inner is None or inner.f_code.co_name != "run"
        inner, frame = frame, frame.f_back
    return False


def _is_of_multiprocessing(frame: FrameType) -> bool:
    return str(frame.f_globals.get("__name__")).startswith("multiprocessing.")


def _in_child() -> None:
    """Make a forked child's accidental lines land in its own files, and its end leave the run alone."""
    for run in list(_attended.values()):
        run._forked()  # noqa: SLF001 - the run's own part in it
    wakeup.forget()
    _attended.clear()
    if signal.getsignal(signal.SIGTERM) is _on_sigterm and threading.current_thread() is threading.main_thread():
        # There is nothing to close, and a handler that is noted just before a wait runs when that is over: a pool would
        # wait for its worker for ever. A run that the child begins puts it back, and watches.
        signal.signal(signal.SIGTERM, signal.SIG_DFL)
