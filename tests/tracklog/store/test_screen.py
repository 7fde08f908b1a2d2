"""The screen shows what a terminal shows; `pyte`, a terminal emulator, is the judge."""

from __future__ import annotations

import time

import pyte
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tracklog.store import screen

WORDS = st.text(alphabet="abc é█", min_size=1, max_size=6)
MOVES = st.sampled_from(
    ["\n", "\r", "\b", "\r\n", "\t"]
    + [f"\x1b[{n}{final}" for n in ("", "1", "2", "3") for final in "ABCDEFG@PX"]
    + ["\x1b[K", "\x1b[1K", "\x1b[2K", "\x1b[J", "\x1b[1J", "\x1b[2;3H", "\x1b[3d", "\x1b7", "\x1b8", "\x1bE"]
    + ["\x1b[L", "\x1b[?25l", "\x1b]0;title\x07", "\x1b[31m", "\x1b[0m", "\x00"]
)
PIECES = st.lists(WORDS | MOVES, max_size=30)


def shown(*pieces: str) -> list[str]:
    """Return the lines as plain text, the blanks at their ends and the empty lines below left out."""
    found = screen.Screen()
    for piece in pieces:
        found.write(piece, 1.0)
    return trimmed([blank_tabs(row.grid()) for row in found.rows])


def blank_tabs(cells: list[str]) -> str:
    text = ""
    for cell in cells:
        text += " " if cell == "\t" or (cell == "" and text.endswith(" ")) else cell
    return text


def terminal(text: str) -> list[str]:
    judge = pyte.Screen(120, 80)
    judge.set_mode(pyte.modes.LNM)
    pyte.Stream(judge).feed(text)
    return trimmed(judge.display)


def trimmed(lines: list[str]) -> list[str]:
    lines = [line.rstrip() for line in lines]
    while lines and not lines[-1]:
        lines.pop()
    return lines


@settings(max_examples=400)
@given(PIECES)
def test_it_shows_what_a_terminal_shows(pieces: list[str]) -> None:
    assert shown(*pieces) == shown("".join(pieces)) == terminal("".join(pieces))


@given(PIECES)
def test_text_may_be_cut_anywhere(pieces: list[str]) -> None:
    text = "".join(pieces)
    assert shown(*text) == shown(text)


def painted(text: str) -> list[str]:
    found = screen.Screen()
    found.write(text, 1.0)
    return [row.painted() for row in found.rows]


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("\x1b[31mred\x1b[0m plain", "\x1b[31mred\x1b[0m plain"),
        ("\x1b[1m\x1b[31mbold red\x1b[22m red", "\x1b[1;31mbold red\x1b[0m\x1b[31m red\x1b[0m"),
        ("\x1b[38;5;208morange\x1b[39m", "\x1b[38;5;208morange\x1b[0m"),
        ("\x1b[38:2::1:2:3mtrue\x1b[m", "\x1b[38;2;1;2;3mtrue\x1b[0m"),
        ("\x1b[7;31;44mswapped\x1b[27m", "\x1b[31;44;7mswapped\x1b[0m"),
        ("\x1b[32mgreen\r\x1b[31mr", "\x1b[31mr\x1b[0m\x1b[32mreen\x1b[0m"),
        ("\x1b[91mbright\x1b[49m\x1b[39m.", "\x1b[91mbright\x1b[0m."),
    ],
)
def test_colours_stay_where_they_were_painted(text: str, line: str) -> None:
    assert painted(text) == [line]


def test_endless_colours_stay_short() -> None:
    assert painted("\x1b[31m\x1b[1m" * 1000 + "x") == ["\x1b[1;31mx\x1b[0m"]


@pytest.mark.parametrize("text", ["\x1b[999999999Cx", "\x1b[999999999@", "\x1b[9999;9999Hx", "x" * 50_000 + "\ry"])
def test_what_is_asked_for_is_bounded(text: str) -> None:
    found = screen.Screen()
    found.write(text, 1.0)
    assert len(found.rows) <= screen.SCREEN
    assert max(len(row.grid()) for row in found.rows) <= screen.WIDEST + 1


def test_lines_that_nothing_can_reach_are_given_away() -> None:
    found, given = screen.Screen(), []
    for number in range(1000):
        found.write(f"{number}\n", float(number))
        given += found.finished()
    assert [row.painted() for row in given] == [str(number) for number in range(1001 - screen.SCREEN)]
    assert [row.began for row in given] == list(range(1001 - screen.SCREEN))
    found.write("\x1b[500Atop", time.time())
    assert found.rows[0].painted() == "top"


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("界界\rab", "ab界"),
        ("界界\ra", "a 界"),  # half of a wide character is none
        ("a界界\r界", "界 界"),
        ("界x\x1b[2D\x1b[K", ""),
        ("e\u0301x\ra", "ax"),
        ("a\tb", "a\tb"),
        ("a\tb\rab", "ab      b"),
    ],
)
def test_wide_characters_take_two_columns(text: str, line: str) -> None:
    assert painted(text) == [line]


def test_lines_are_inserted_and_deleted() -> None:
    assert shown("a\nb\nc\nd", "\x1b[2A\x1b[3M", "x") == ["a", "x"]
    assert shown("a\nb", "\x1b[Lx") == ["a", "x", "b"]


def test_a_cleared_screen_leaves_what_stood_there_behind() -> None:
    assert shown("log\n", "\x1b[H\x1b[2J", "one\n", "\x1b[H\x1b[2J", "two\n") == ["log", "two"]


def test_the_other_screen_leaves_nothing() -> None:
    assert shown("before\n", "\x1b[?1049h", "\x1b[Hfull screen\n\n", "\x1b[?1049l", "after\n") == ["before", "after"]


def updates(text: str) -> list[int]:
    found = screen.Screen()
    found.write(text, 1.0)
    return [row.updates for row in found.rows if row.width]


@pytest.mark.parametrize(
    ("text", "counts"),
    [
        ("10%\r50%\r100%\n", [2]),
        ("a\r\nb\r\n", [0, 0]),
        ("bar 1\nbar 2" + "\r\x1b[Abar 1\nbar 2" * 3, [3, 3]),
        ("bar 1\nbar 2" + "\r\x1b[2K\x1b[A\x1b[2Kbar 1\nbar 2" * 3, [3, 3]),
        ("bar" + "\r   \rprinted\nbar", [0, 0]),
    ],
)
def test_repaints_are_counted_for_the_line_that_they_paint(text: str, counts: list[int]) -> None:
    assert updates(text) == counts
