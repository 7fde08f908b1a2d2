"""A run that says a great deal of itself costs the site what it shows of that."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from site_builder import Options, build, shortened, single
from tests.site_builder.logs import write_run

if TYPE_CHECKING:
    from pathlib import Path

HUGE = 50_000_000


@pytest.mark.parametrize(
    "more",
    [
        {"notes": "n" * HUGE},
        {"name": "n" * HUGE},
        {"program": "train.py", "args": ["--x=1"] * (HUGE // 8)},
        {"program": "train.py", "args": ["x" * HUGE]},
        {"unknown": {"deep": ["x" * 1000] * (HUGE // 1000)}},
        {"git": {"commit": "c" * HUGE, "remote": "r"}, "tags": ["t" * 1000] * (HUGE // 1000)},
        {"hardware": {str(n): "x" * 100 for n in range(HUGE // 110)}},
    ],
    ids="-".join,
)
def test_a_huge_run_file_makes_no_huge_site(tmp_path: Path, more: dict[str, Any]) -> None:
    write_run(tmp_path / "logs", "small", [{"x": 1.0}])
    options = Options((tmp_path / "logs",), tmp_path / "site")
    build(options)
    before = size(tmp_path / "site")
    write_run(tmp_path / "logs", "huge", [{"x": 1.0}], **more)
    assert build(options).damage == []
    assert size(tmp_path / "site") - before < 1_000_000
    single.write(options, tmp_path / "one.html", single.MAX_SIZE)
    assert (tmp_path / "one.html").stat().st_size < before + 2_000_000


def size(folder: Path) -> int:
    return sum(path.stat().st_size for path in folder.rglob("*") if path.is_file())


def test_what_is_cut_says_so() -> None:
    found = shortened.environment({"name": "n" * 20_000, "args": ["a" * 6_000] * 9, "tags": ["t"] * 300, "os": "Linux"})
    assert found["name"].endswith("… (20,000 characters)")
    assert found["args"][-1] == "… (7 more)"
    assert (len(found["tags"]), found["tags"][-1]) == (201, "… (100 more)")
    assert found["os"] == "Linux"
