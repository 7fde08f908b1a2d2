"""Names on disk."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tracklog.store import layout

NAMES = st.text(max_size=40)


@given(NAMES, NAMES)
def test_different_names_get_different_file_names_even_without_case(one: str, other: str) -> None:
    same = unicodedata.normalize("NFC", one) == unicodedata.normalize("NFC", other)
    assert (layout.file_name(one).lower() == layout.file_name(other).lower()) == same


@given(NAMES)
def test_a_file_name_gives_the_name_back(name: str) -> None:
    file = layout.file_name(name)
    if "~~" not in file:
        assert layout.original_name(file) == unicodedata.normalize("NFC", name)


@given(st.text(max_size=400))
def test_a_file_name_is_one_harmless_path_part(name: str) -> None:
    file = layout.file_name(name)
    assert 1 <= len(file.encode()) <= 120
    assert set(file) <= set("abcdefghijklmnopqrstuvwxyz0123456789._-~")
    assert not file.startswith(".")
    assert not file.endswith(".")


@pytest.mark.parametrize(
    ("name", "file"), [("", "~"), ("con", "~63on"), ("com1.txt", "~63om1.txt"), ("a/../b", "a~2f..~2fb")]
)
def test_names_that_systems_reserve_are_escaped(name: str, file: str) -> None:
    assert layout.file_name(name) == file


def test_names_that_a_level_reserves_are_escaped() -> None:
    assert layout.file_name("artifacts", layout.RESERVED_RUNS) == "~61rtifacts"


def test_long_names_stay_different() -> None:
    assert layout.file_name("a" * 500) != layout.file_name("a" * 501)


@given(st.lists(st.text(max_size=8), min_size=1, max_size=5))
def test_a_path_splits_into_the_parts_it_was_joined_from(parts: list[str]) -> None:
    assert layout.split_path(layout.join_path(tuple(parts))) == tuple(parts)
