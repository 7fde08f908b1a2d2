"""docs/wandb.md tells of every name what the package does."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

import pytest

import tracklog
from tests.conftest import CHECKOUT
from tests.tracklog.test_log import begin
from tracklog.config import Config
from tracklog.public_api import Api

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

PAGE = (CHECKOUT / "docs/wandb.md").read_text(encoding="utf-8")
ROWS = [
    (section.partition("\n")[0], *row)
    for section in PAGE.split("\n## ")[1:]
    for row in re.findall(r"^\| `(\w+)` \| (\w+) \|", section, re.MULTILINE)
]
OURS = {"Altair", "Bokeh", "as_wandb"}
"""Names that wandb does not have."""
INTERNAL = {"is_inherited", "has_finished", "when_ended"}
"""What modules of ours ask of a run."""


@pytest.fixture
def owners(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[dict[str, Any]]:
    monkeypatch.setenv("KERAS_BACKEND", "torch")  # Keras asks for TensorFlow otherwise
    with begin(tmp_path) as run:
        run.log({"x": 1})
        reading = Api({"dir": str(tmp_path)})
        yield {
            "Module": tracklog,
            "Run": run,
            "Config": run.config,
            "Api": reading,
            "Api's Run": reading.run(f"p/{run.id}"),
        }


def test_every_name_is_as_the_page_says(owners: dict[str, Any]) -> None:
    assert len(ROWS) > 200
    for section, name, state in ROWS:
        owner = owners[section]
        assert state in ("works", "differs", "absent")
        there = state != "absent"
        if hasattr(type(owner), name) or name in dir(owner):
            assert there, (section, name)
            continue
        if there:
            getattr(owner, name)
            continue
        with pytest.raises(AttributeError, match="instead: "):
            getattr(owner, name)


def test_every_name_of_the_package_is_on_the_page() -> None:
    told: dict[str, set[str]] = {}
    for section, name, _ in ROWS:
        told.setdefault(section, set()).add(name)
    assert set(tracklog.__all__) - OURS <= told["Module"]
    assert {name for name in dir(tracklog.Run) if not name.startswith("_")} - INTERNAL <= told["Run"]
    assert {name for name in dir(Config) if not name.startswith("_")} - {"values"} <= told["Config"]
    assert {name for name in dir(Api) if not name.startswith("_")} - {"settings"} <= told["Api"]
