"""Console lines as a terminal shows them."""

from __future__ import annotations

import contextlib
import gzip
import io
from typing import Any

import orjson
import pytest
from rich.console import Console
from rich.progress import Progress
from tqdm import tqdm

from site_builder import console, output
from site_builder.series import Blocks, Shelf


def lines(*writers: list[dict[str, Any]], batch: int = 1) -> list[console.Line]:
    """Return the lines of several writers, whose records come `batch` by batch."""
    growing = console.Console(Shelf("r/p/x", output.Held()))
    for start in range(0, max(map(len, writers)), batch):
        for n, records in enumerate(writers):
            growing.add(f"w{n}", records[start : start + batch])
        growing.settle(())
    blocks = Blocks()
    told = growing.rest().laid(blocks)
    assert not growing.shelf.full
    data = [gzip.decompress(blocks.layout()[1][n]) for n in told.blocks]
    return [console.Line(*line) for block in data for line in orjson.loads(block)]


def shown(*chunks: str) -> list[str]:
    return [line.text for line in lines([{"_timestamp": 1.0, "stream": "stdout", "text": text} for text in chunks])]


@pytest.mark.parametrize(
    ("text", "lines"),
    [
        ("a\nb\n", ["a", "b"]),
        ("a\r\nb\r\n", ["a", "b"]),
        ("10%\r50%\r100%\n", ["100%"]),
        ("long line\rab\n", ["abng line"]),
        ("long line\rab\x1b[K\n", ["ab"]),
        ("\x1b[31mred\x1b[0m\n", ["\x1b[31mred\x1b[0m"]),
        ("\x1b[31mred\x1b[0m\r\x1b[32mgreen\x1b[0m\n", ["\x1b[32mgreen\x1b[0m"]),
        ("ab\bc\n", ["ac"]),
        ("\x1b]0;title\x07text\x1b[2A\n", ["text"]),
        ("no newline", ["no newline"]),
        ("\n\n", ["", ""]),
    ],
)
def test_control_characters_do_what_a_terminal_does(text: str, lines: list[str]) -> None:
    assert shown(text) == lines
    assert shown(*text) == lines


def test_a_progress_bar_is_one_line_that_says_how_often_it_was_painted() -> None:
    out = io.StringIO()
    with contextlib.redirect_stderr(out):
        for _ in tqdm(range(100), file=out, mininterval=0, ascii=False):
            pass
    (line,) = lines([{"_timestamp": 1.0, "stream": "stderr", "text": out.getvalue()}])
    assert line.text.startswith("100%|██")
    assert line.updates >= 100
    assert line.stream == 1


@pytest.mark.parametrize(
    ("text", "level"),
    [
        ("UserWarning: careful", "warn"),
        ("ValueError: no", "error"),
        ("\x1b[31mERROR\x1b[0m x", "error"),
        ("all is well", None),
    ],
)
def test_warnings_and_errors_are_told_from_their_words(text: str, level: str | None) -> None:
    (line,) = lines([{"_timestamp": 1.0, "stream": "stdout", "text": text}])
    assert line.level() == level


class Terminal(io.StringIO):
    """Where bars are drawn."""

    def lines(self) -> list[str]:
        return shown(self.getvalue())


def first_words(lines: list[str]) -> list[str]:
    return [line.split()[0] if line.split() else "" for line in lines]


def test_nested_bars_and_lines_between_them() -> None:
    out = Terminal()
    for i in tqdm(range(3), desc="outer", file=out, mininterval=0):
        for j in tqdm(range(4), desc="inner", file=out, mininterval=0, leave=False):
            tqdm.write(f"at {i},{j}", file=out)
    # Where the inner bar was last, tqdm leaves an empty line now and then, as on a terminal.
    written = [line for line in out.lines() if line]
    assert written[:-1] == [f"at {i},{j}" for i in range(3) for j in range(4)]
    assert first_words(written)[-1] == "outer:"


def test_bars_at_positions_keep_their_lines() -> None:
    out = Terminal()
    bars = [tqdm(total=10, position=k, desc=f"bar{k}", file=out, mininterval=0) for k in range(3)]
    for _ in range(10):
        for bar in bars:
            bar.update()
    for bar in bars:
        bar.close()
    assert first_words(out.lines()) == ["bar0:", "bar1:", "bar2:"]
    assert all("100%" in line for line in out.lines())


def test_a_bar_that_goes_leaves_no_line() -> None:
    out = Terminal()
    out.write("before\n")
    for _ in tqdm(range(3), file=out, mininterval=0, leave=False):
        pass
    out.write("after\n")
    assert out.lines() == ["before", "after"]


def test_bars_of_rich() -> None:
    out = Terminal()
    with Progress(console=Console(file=out, force_terminal=True, width=80), auto_refresh=False) as progress:
        tasks = [progress.add_task(name, total=12) for name in ("train", "val")]
        for step in range(12):
            for task in tasks:
                progress.update(task, advance=1, refresh=True)
            if step % 4 == 0:
                progress.console.print(f"epoch [bold red]{step}[/]")
    shown_ = lines([{"_timestamp": 1.0, "stream": "stdout", "text": out.getvalue()}])
    found = [(line.text.split()[0], line.updates > 0) for line in shown_]
    assert found == [*[("epoch", False)] * 3, ("train", True), ("val", True)]
    assert "\x1b[1;31m4\x1b[0m" in out.lines()[1]
    assert "\x1b[" in out.lines()[-1]


def test_each_stream_has_a_screen_of_its_own() -> None:
    records = [
        {"_timestamp": float(n), "stream": stream, "text": text}
        for n, (stream, text) in enumerate(
            [
                ("stderr", "\r 10%"),
                ("stdout", "one\n"),
                ("stderr", "\r 90%"),
                ("stdout", "two\n"),
                ("stderr", "\r100%\n"),
            ],
            1,
        )
    ]
    assert [(line.text, line.stream, line.timestamp) for line in lines(records)] == [
        ("one", 0, 2.0),
        ("two", 0, 4.0),
        ("100%", 1, 1.0),
    ]


def test_repaints_that_the_recorder_left_out_are_counted() -> None:
    records = [
        {"_timestamp": 1.0, "stream": "stdout", "text": "\r 10%"},
        {"_timestamp": 2.0, "stream": "stdout", "text": "\r 90%", "updates": 1202},
        {"_timestamp": 3.0, "stream": "stdout", "text": "\r100%\n"},
    ]
    (line,) = lines(records)
    assert (line.text, line.updates) == ("100%", 1204)


def test_the_lines_of_several_writers_are_merged_by_time() -> None:
    one = [{"_timestamp": t, "stream": "stdout", "text": f"{t}\n"} for t in (1.0, 3.0, 5.0)]
    two = [{"_timestamp": t, "stream": "stdout", "text": f"{t}\n"} for t in (2.0, 4.0)]
    assert [line.text for line in lines(one, two)] == ["1.0", "2.0", "3.0", "4.0", "5.0"]


def test_long_lines_say_how_long_they_were() -> None:
    (line,) = shown(*["x" * 6000] * 2, "\n")
    assert line == "x" * console.LONGEST + "… (12,000 characters)"
