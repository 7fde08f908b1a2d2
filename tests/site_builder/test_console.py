"""Console lines as a terminal shows them."""

from __future__ import annotations

import contextlib
import io

import pytest
from tqdm import tqdm

from site_builder import console


def shown(*chunks: str) -> list[str]:
    return [
        line.text for line in console.lines({"_timestamp": 1.0, "stream": "stdout", "text": text} for text in chunks)
    ]


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
    (line,) = console.lines([{"_timestamp": 1.0, "stream": "stderr", "text": out.getvalue()}])
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
    (line,) = console.lines([{"_timestamp": 1.0, "stream": "stdout", "text": text}])
    assert line.level() == level
