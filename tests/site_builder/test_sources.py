"""Folders that people renamed: what the site calls them, and that no name costs more than itself."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from site_builder import Options, Wanted, build, sources
from tests.site_builder.logs import write_run
from tracklog.store import layout

if TYPE_CHECKING:
    from pathlib import Path

NAMES = (
    "a#b",
    "a?b=1",
    "a%41b",
    "back\\slash",
    "with space",
    "größe 界",
    "'quoted'\"",
    "A",
    "x" * 255,
    "~",
    "&amp;<b>",
)


@given(st.sets(st.text(min_size=1, max_size=40), max_size=8))
def test_every_folder_has_a_place_of_its_own(names: set[str]) -> None:
    found = sources.places(names, layout.RESERVED_RUNS)
    assert found.keys() == names
    assert len(set(found.values())) == len(names)
    assert all(place.isascii() and not set(place) & set("/#?%\\ '\"<>&") for place in found.values())


def test_names_that_the_recorder_gave_stay_whatever_is_beside_them() -> None:
    recorded = layout.file_name("a#b")
    found = sources.places({"a#b", recorded}, layout.RESERVED_RUNS)
    assert found[recorded] == recorded
    assert found["a#b"] != recorded


@pytest.mark.parametrize("name", NAMES)
def test_a_renamed_run_and_project_are_built(tmp_path: Path, name: str) -> None:
    write_run(tmp_path / "logs", "r", [{"x": 1.0}]).rename(tmp_path / "logs/p" / name)
    (tmp_path / "logs/p").rename(tmp_path / "logs" / name)
    write_run(tmp_path / "logs", "other", [{"x": 1.0}])
    options = Options((tmp_path / "logs",), tmp_path / "site")
    report = build(options)
    assert (report.runs, report.damage) == (2, [])
    assert len(list((tmp_path / "site").glob("*/runs/*.html"))) == 2
    assert build(options).written == []
    one = build(Options((tmp_path / "logs",), tmp_path / "one", Wanted(name, (name,))))
    assert (one.runs, one.warnings) == (1, [])


def test_a_name_that_is_no_text_is_built(tmp_path: Path) -> None:
    folder = write_run(tmp_path / "logs", "r", [{"x": 1.0}])
    os.rename(folder, os.fsencode(folder.parent) + b"/\xff\xfe")  # noqa: PTH104 - a path cannot hold these bytes
    report = build(Options((tmp_path / "logs",), tmp_path / "site"))
    assert (report.runs, report.damage) == (1, [])


def test_equal_names_in_long_roots_stay_short(tmp_path: Path) -> None:
    roots = tuple(tmp_path / end / ("long" * 30) for end in "ab")
    for n, root in enumerate(roots):
        write_run(root, "r" * 120, [{"x": float(n)}], notes=str(n))
    assert build(Options(roots, tmp_path / "site")).runs == 2
