"""Signals that come just before a wait: Python would handle them when the wait is over, which may be never.

A handler written in Python runs between two instructions of the main thread. A signal that comes right before a lock is
waited for is noted, and the wait begins all the same; the parent that asked for the end by SIGTERM waits for ever, as
`multiprocessing.Pool` does for its workers. Here a thread learns of the signal by the wakeup descriptor of `signal`, and
interrupts the main thread by a second signal that means nothing else.
"""

from __future__ import annotations

import os
import signal
import threading
import time

_NUDGE = signal.SIGURG
_TRIES, _PAUSE = 250, 0.02
"""How often the main thread is interrupted, and seconds between: it ends at the first, unless it is in the middle of things."""


def watch_for(number: int) -> None:
    """Have the main thread notice a signal whatever it waits for; nothing is done where somebody else watches.

    Call it in the main thread.
    """
    if not hasattr(signal, "set_wakeup_fd") or signal.getsignal(_NUDGE) is not signal.SIG_DFL:
        return
    read, write = os.pipe()
    os.set_blocking(write, False)
    before = signal.set_wakeup_fd(write, warn_on_full_buffer=False)
    if before != -1:
        signal.set_wakeup_fd(before)
        os.close(read)
        os.close(write)
        return
    signal.signal(_NUDGE, _nothing)
    main = threading.get_ident()
    threading.Thread(target=_watch, args=(read, number, main), name="tracklog-signals", daemon=True).start()


def forget() -> None:
    """Leave it in a forked child, whose signals would be taken for the parent's."""
    if threading.current_thread() is threading.main_thread() and signal.getsignal(_NUDGE) is _nothing:
        signal.set_wakeup_fd(-1)
        signal.signal(_NUDGE, signal.SIG_DFL)


def _nothing(*_: object) -> None:
    """Interrupt what is waited for."""


def _watch(read: int, number: int, main: int) -> None:
    while seen := os.read(read, 64):
        if number in seen:
            for _ in range(_TRIES):
                time.sleep(_PAUSE)
                signal.pthread_kill(main, _NUDGE)
