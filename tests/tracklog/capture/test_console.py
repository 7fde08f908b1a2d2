"""What is printed reaches the terminal as before, and the record as printed."""

from __future__ import annotations

import codecs
import contextlib
import io
import logging
import os
import signal
import subprocess
import sys
import threading
import time
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tqdm import tqdm

from tracklog.capture import repaints
from tracklog.capture.console import ConsoleCapture
from tracklog.store.screen import Screen

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path


class Record:
    """What was emitted."""

    def __init__(self) -> None:
        self.lines: list[tuple[str, str]] = []
        self.left_out: list[int] = []

    def __call__(self, stream: str, text: str, timestamp: float, left_out: int = 0) -> None:
        assert timestamp > 1e9
        self.left_out.append(left_out)
        self.lines.append((stream, text))

    def text(self, stream: str = "stdout") -> str:
        return "".join(text for name, text in self.lines if name == stream)


@contextlib.contextmanager
def listening(clock: Callable[[], float] = time.time) -> Iterator[Record]:
    """Capture streams of our own; a fixture cannot, since pytest sets its streams anew as the test begins."""
    found = Record()
    capture = ConsoleCapture(found, clock)
    with contextlib.redirect_stdout(io.StringIO()), contextlib.redirect_stderr(io.StringIO()):
        capture.install()
        yield found
        capture.uninstall()


class Clock:
    now = 2e9

    def __call__(self) -> float:
        return self.now


def out() -> str:
    assert isinstance(sys.stdout, io.StringIO)
    return sys.stdout.getvalue()


def test_lines_are_emitted_as_they_complete() -> None:
    with listening() as record:
        print("a", end="")
        assert record.lines == []
        print("b")
        print("\033[31mred\033[0m", file=sys.stderr)
        sys.stdout.writelines(["x\n", "y\n"])
        assert record.lines[:2] == [("stdout", "ab\n"), ("stderr", "\033[31mred\033[0m\n")]
        assert record.text() == out() == "ab\nx\ny\n"


def test_repaints_within_a_second_become_one() -> None:
    clock = Clock()
    with listening(clock) as record:
        print("start\nbar", end="")
        for percent in range(0, 100, 10):
            print(f"\r{percent:3}%", end="")
            clock.now += 0.25
        print("\r100%\ndone")
        assert record.text() == "start\n 40%\r 80%\r100%\ndone\n"


def test_a_shorter_repaint_does_not_cover() -> None:
    with listening() as record:
        print("long line\rab", end="")
        print("\rcd")
        print("long line\r\033[Kab")
        print("windows\r")
        assert record.text() == "cdng line\nab\nwindows\n"


def test_dots_are_kept_while_they_come() -> None:
    clock = Clock()
    with listening(clock) as record:
        for _ in range(4):
            print(".", end="")
            clock.now += 0.6
        assert record.text() == "..."
        print()
        assert record.text() == "....\n"


def test_an_endless_line_is_not_held_back() -> None:
    with listening() as record:
        print("x" * (repaints.LONGEST + 1), end="")
        assert len(record.text()) == repaints.LONGEST + 1


def test_flush_and_uninstall_emit_the_rest() -> None:
    found = Record()
    stream = io.StringIO()
    with contextlib.redirect_stdout(stream):
        capture = ConsoleCapture(found)
        capture.install()
        print("a", end="")
        capture.flush()
        print("b", end="")
        capture.uninstall()
        print("c")
    assert found.text() == "ab"
    assert stream.getvalue() == "abc\n"
    assert "write" not in vars(stream)


def test_tqdm() -> None:
    with listening() as record:
        for _ in tqdm(range(1000), file=sys.stderr, mininterval=0):
            pass
        assert isinstance(sys.stderr, io.StringIO)
        shown = sys.stderr.getvalue()
        assert shown.count("\r") > 100
        assert record.text("stderr").count("\r") < 20
        assert record.text("stderr").endswith(shown.rpartition("\r")[2])


def test_rich() -> None:
    with listening() as record:
        from rich.console import Console

        Console(file=sys.stdout, force_terminal=True).print("[bold]hello[/bold]")
        assert record.text() == out()
        assert "\033[1mhello" in record.text()


def test_handlers_made_before_are_heard() -> None:
    found, stream = Record(), io.StringIO()
    handler = logging.StreamHandler(stream)
    with contextlib.redirect_stderr(stream):
        capture = ConsoleCapture(found)
        capture.install()
        handler.emit(logging.makeLogRecord({"msg": "heard"}))
        capture.uninstall()
    assert found.text("stderr") == "heard\n"


def test_one_object_for_both_streams_is_heard_once() -> None:
    found, stream = Record(), io.StringIO()
    with contextlib.redirect_stdout(stream), contextlib.redirect_stderr(stream):
        capture = ConsoleCapture(found)
        capture.install()
        print("once")
        capture.uninstall()
    assert found.lines == [("stdout", "once\n")]


def test_somebody_elses_patch_survives() -> None:
    stream = io.StringIO()
    heard: list[str] = []
    with contextlib.redirect_stdout(stream):
        first, second = ConsoleCapture(Record()), ConsoleCapture(found := Record())
        first.install()
        second.install()
        first.uninstall()
        print("a")
        theirs = stream.write

        def write(text: str) -> int:
            heard.append(text)
            return theirs(text)

        stream.write = write  # type: ignore[method-assign]
        second.uninstall()
        print("b")
    assert found.text() == "a\n"
    assert heard == ["b", "\n"]
    assert stream.getvalue() == "a\nb\n"


def test_an_error_in_emit_ends_the_capture_only() -> None:
    calls = []

    def emit(*arguments: object) -> None:
        calls.append(arguments)
        raise RuntimeError

    stream = io.StringIO()
    with contextlib.redirect_stdout(stream):
        capture = ConsoleCapture(emit)
        capture.install()
        print("a")
        print("b")
        capture.uninstall()
    assert stream.getvalue() == "a\nb\n"
    assert len(calls) == 1


def test_what_emit_prints_is_not_emitted() -> None:
    stream, calls = io.StringIO(), []

    def emit(_stream: str, text: str, _time: float, _left_out: int) -> None:
        calls.append(text)
        print("from emit")

    with contextlib.redirect_stdout(stream):
        capture = ConsoleCapture(emit)
        capture.install()
        print("a")
        capture.uninstall()
    assert calls == ["a\n"]
    assert stream.getvalue() == "a\nfrom emit\n"


@pytest.mark.parametrize("stream", [None, object()])
def test_streams_that_are_none_or_odd(stream: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "stdout", stream)
    capture = ConsoleCapture(Record())
    capture.install()
    capture.uninstall()
    assert sys.stdout is stream


def test_a_closed_stream_fails_as_it_would_without_us(monkeypatch: pytest.MonkeyPatch) -> None:
    stream = io.StringIO()
    stream.close()
    monkeypatch.setattr(sys, "stdout", stream)
    capture = ConsoleCapture(Record())
    capture.install()
    with pytest.raises(ValueError, match="closed"):
        print("a")
    capture.uninstall()


def test_threads_lose_nothing() -> None:
    with listening() as record:

        def speak(name: str) -> None:
            for number in range(500):
                sys.stdout.write(f"{name}{number}\n")

        threads = [threading.Thread(target=speak, args=(name,)) for name in "abcd"]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert sorted(record.text().split()) == sorted(f"{name}{number}" for name in "abcd" for number in range(500))


def test_emit_may_take_a_lock_that_a_printing_thread_holds() -> None:
    lock, printed, found = threading.Lock(), threading.Event(), Record()

    def emit(stream: str, text: str, timestamp: float, _left_out: int) -> None:
        if text == "from thread\n":
            printed.set()
            with lock:
                found(stream, text, timestamp)
        else:
            found(stream, text, timestamp)

    with contextlib.redirect_stdout(io.StringIO()):
        capture = ConsoleCapture(emit)
        capture.install()
        with lock:
            thread = threading.Thread(target=print, args=("from thread",))
            thread.start()
            assert printed.wait(10)
            print("from main")  # would never come back if our lock were held while emitting
        thread.join(10)
        capture.uninstall()
    assert sorted(found.text().splitlines()) == ["from main", "from thread"]


def test_signal_handlers_may_print() -> None:
    with listening() as record:
        before = signal.signal(signal.SIGUSR1, lambda *_: print("signal"))
        try:
            for number in range(200):
                os.kill(os.getpid(), signal.SIGUSR1)
                print(f"line {number}")
        finally:
            signal.signal(signal.SIGUSR1, before)
        assert record.text().count("line") == 200
        assert out().count("signal") == 200


FORK = """
import os, sys, threading
from tracklog.capture.console import ConsoleCapture
lines = []
capture = ConsoleCapture(lambda stream, text, time, left_out: lines.append(text))
capture.install()
print("parent", end="")
held = capture._lock
entered, leave = threading.Event(), threading.Event()
def hold():
    with held:
        entered.set()
        leave.wait()
thread = threading.Thread(target=hold)
thread.start()
entered.wait()
child = os.fork()
if child == 0:
    print("child")
    os._exit(0 if lines == ["child\\n"] else 1)
leave.set()
thread.join()
code = os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
print(" goes on")
sys.exit(code or lines != ["parent goes on\\n"])
"""


def test_a_forked_child_starts_with_nothing_of_its_parents(tmp_path: Path, checkout: Path) -> None:
    (tmp_path / "program.py").write_text(FORK)
    done = subprocess.run(
        [sys.executable, "-W", "ignore::DeprecationWarning", "program.py"],
        env={**os.environ, "PYTHONPATH": str(checkout)},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert (done.returncode, done.stderr) == (0, "")


@given(st.lists(st.text(alphabet="ab\n", max_size=8), max_size=20))
def test_without_repaints_the_texts_joined_are_what_was_printed(pieces: list[str]) -> None:
    found, stream = Record(), io.StringIO()
    with contextlib.redirect_stdout(stream):
        capture = ConsoleCapture(found)
        capture.install()
        for piece in pieces:
            sys.stdout.write(piece)
        capture.uninstall()
    assert found.text() == stream.getvalue() == "".join(pieces)


PIECES = st.lists(
    st.text(alphabet="abc\r\n", max_size=8)
    | st.sampled_from(
        ["\033[A", "\033[2A", "\033[B", "\033[K", "\033[2K", "\r        \r", "\033[31m", "\033[0m", "\033[J"]
    )
    | st.sampled_from(["\033[3", "1m", "\033[2J", "\0337", "\0338", "\b", "\t", "\033[4C", "界", "\033[2;2H"]),
    max_size=30,
)


@given(PIECES, st.sampled_from([0.0, 0.4]))
def test_with_repaints_the_screen_looks_the_same(pieces: list[str], pace: float) -> None:
    found, clock = Record(), Clock()
    with contextlib.redirect_stdout(io.StringIO()):
        capture = ConsoleCapture(found, clock)
        capture.install()
        for piece in pieces:
            clock.now += pace
            sys.stdout.write(piece)
        capture.uninstall()
    assert drawn([text for _, text in found.lines]) == drawn(pieces)


def drawn(pieces: list[str]) -> list[str]:
    shown = Screen()
    for piece in pieces:
        shown.write(piece, 1.0)
    lines = [row.painted().rstrip() for row in shown.rows]
    while lines and not lines[-1]:
        lines.pop()
    return lines


@pytest.mark.parametrize("erase", ["\r", "\r\033[2K"])
def test_ten_hours_of_bars_are_as_short_as_their_seconds(erase: str) -> None:
    clock = Clock()
    with listening(clock) as record:
        print("train\nval", end="")
        for number in range(36_000):
            print(f"{erase}\033[A{erase}train {number}\nval {number}", end="")
            clock.now += 0.1
        print()
        assert drawn([text for _, text in record.lines]) == ["train 35999", "val 35999"]
        assert len(record.text()) < 3600 * 40
        assert sum(record.left_out) + record.text().count("train") >= 35_900


def test_lines_printed_between_bars_go_out_at_once() -> None:
    with listening() as record:
        with tqdm(total=3, file=sys.stdout, leave=False) as bar:
            for number in range(3):
                bar.update()
                tqdm.write(f"at {number}", file=sys.stdout)
                assert f"at {number}\n" in record.text()
        print("end")
    assert drawn([text for _, text in record.lines]) == ["at 0", "at 1", "at 2", "end"]


@contextlib.contextmanager
def terminal(encoding: str = "utf-8") -> Iterator[tuple[Record, io.BytesIO]]:
    """Capture a stdout that has bytes below it, as a process has."""
    found, below = Record(), io.BytesIO()
    stream = io.TextIOWrapper(io.BufferedWriter(below), encoding=encoding)
    with contextlib.redirect_stdout(stream):
        capture = ConsoleCapture(found)
        capture.install()
        yield found, below
        capture.uninstall()
        assert not stream.write_through
        stream.flush()
    stream.detach().detach()


def test_bytes_are_heard_and_text_only_once() -> None:
    with terminal() as (record, below):
        print("as text")
        sys.stdout.buffer.write("als Bytes: grün\n".encode())
        sys.stdout.buffer.write(memoryview(b"a view\n"))
        sys.stdout.buffer.writelines([b"1\n", b"2\n"])
        half = "ü\n".encode()
        sys.stdout.buffer.write(half[:1])
        sys.stdout.buffer.write(half[1:])
        sys.stdout.buffer.write(b"\xff\n")
        sys.stdout.flush()
    assert record.text() == "as text\nals Bytes: grün\na view\n1\n2\nü\n\ufffd\n"
    assert below.getvalue() == "as text\nals Bytes: grün\na view\n1\n2\nü\n".encode() + b"\xff\n"


def test_wrappers_around_the_bytes_are_heard() -> None:
    with terminal() as (record, below):
        wrapper = io.TextIOWrapper(sys.stdout.buffer, encoding="utf-8")
        print("by a wrapper", file=wrapper, flush=True)
        wrapper.detach()
        codecs.getwriter("utf-8")(sys.stdout.buffer).write("by a codec\n")
        lasting = io.TextIOWrapper(sys.stdout.buffer, write_through=True)
        logging.StreamHandler(lasting).emit(logging.makeLogRecord({"msg": "by a handler"}))
        lasting.detach()
    assert record.text() == "by a wrapper\nby a codec\nby a handler\n"
    assert below.getvalue() == b"by a wrapper\nby a codec\nby a handler\n"


def test_text_that_somebody_lets_wait_is_heard_once() -> None:
    with terminal() as (record, below):
        assert isinstance(sys.stdout, io.TextIOWrapper)
        sys.stdout.reconfigure(write_through=False)
        print("waits")
        sys.stdout.flush()
    assert record.text() == "waits\n"
    assert below.getvalue() == b"waits\n"
