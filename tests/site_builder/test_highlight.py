"""Colours of code: they cover a file exactly, whatever it holds."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from site_builder import highlight


@given(st.text(), st.sampled_from(["a.py", "b.yaml", "c.js", "d.json", "diff.patch", "e.sh", "f.toml", "g.R"]))
def test_the_marks_of_a_file_are_as_long_as_its_text(text: str, path: str) -> None:
    marks = json.loads(highlight.marks(path, text) or "[0, 0]")
    if text:
        assert sum(marks[::2]) == len(text.encode("utf-16-le", "surrogatepass")) // 2
    assert set(marks[1::2]) <= set(range(9))


def test_a_keyword_is_one() -> None:
    assert json.loads(highlight.marks("code/a.py", "import os\n"))[:2] == [6, 1]


@pytest.mark.parametrize(
    ("path", "text"), [("a.unknown", "x"), ("a.py", "x\n" * 600_000), ("a.ipynb", "{}"), ("a.brainfuck", "+")]
)
def test_what_stays_plain(path: str, text: str) -> None:
    assert highlight.marks(path, text) == b""
