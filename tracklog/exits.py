"""How runs end: normally, by an exception, by `sys.exit`, by a signal, and in forked children.

Hooks are put in place with the first run and chained to what was there. A process that is killed outright writes
nothing: readers see it by its missing `finish`.
"""

from __future__ import annotations

import atexit
import contextlib
import os
import signal
import sys
import threading
from typing import TYPE_CHECKING, Any

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


def attend(run: Run, recording: Recording, settings: Settings) -> None:
    """Start what is recorded beside the training, and close the run when the process ends."""
    from tracklog.capture.background import Background

    _attended[id(run)] = run
    recording.watchers.append(lambda _: _forget(run))
    _install()
    if settings.console != "off":
        recording.capture = _capture(recording, settings)
        recording.recorders.append(recording.capture.uninstall)
    recording.recorders.append(Background(recording, settings).stop)


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


def _at_exit() -> None:
    for run in list(_attended.values()):
        run._close(_code or 0, error=_error)  # noqa: SLF001 - the run's own end
    if _error is not None and _error["type"] == "KeyboardInterrupt":
        # Modules loaded while closing (a namedtuple evaluates a string) make Python forget that it ends by Ctrl-C, and
        # exit with 1; the same evaluation, interrupted, reminds it, so that the shell sees 130.
        with contextlib.suppress(KeyboardInterrupt):
            exec("raise KeyboardInterrupt")  # noqa: S102 - see above


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


def _on_sigterm(number: int, _: FrameType | None) -> None:
    signal.signal(number, signal.SIG_IGN)
    for run in list(_attended.values()):
        run._close(128 + number)  # noqa: SLF001 - the run's own end
    signal.signal(number, signal.SIG_DFL)
    os.kill(os.getpid(), number)


def _in_child() -> None:
    """Make a forked child's accidental lines land in its own files, and its end leave the run alone."""
    for run in list(_attended.values()):
        run._forked()  # noqa: SLF001 - the run's own part in it
    _attended.clear()
