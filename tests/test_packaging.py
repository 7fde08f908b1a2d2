"""What a stranger gets: an sdist that needs no Node, a wheel that carries its templates, both able to work."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tarfile
import zipfile
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from pathlib import Path

SCRIPT = """
import tracklog
with tracklog.init(project="p", id="r") as run:
    run.log({"loss": 1})
"""


@pytest.fixture(scope="module")
def archives(checkout: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Build the sdist from the checkout and the wheel from the sdist."""
    out = tmp_path_factory.mktemp("archives")
    build = [sys.executable, "-m", "build", "--no-isolation", "--outdir", str(out), str(checkout)]
    done = subprocess.run(build, check=False, capture_output=True, text=True)
    assert done.returncode == 0, done.stdout + done.stderr
    return out


def test_the_sdist_carries_sources_and_the_built_front_end(archives: Path) -> None:
    with tarfile.open(next(archives.glob("*.tar.gz"))) as archive:
        names = {name.partition("/")[2] for name in archive.getnames()}
    assert {"LICENSE", "tests/run.py", "templates/src/main.tsx", "templates/dist/assets.json"} <= names
    assert "templates/dist/.inputs" in names
    assert not [name for name in names if "node_modules" in name or name.startswith(".cache")]


def test_the_wheel_has_its_templates_inside_the_package(archives: Path) -> None:
    with zipfile.ZipFile(next(archives.glob("*.whl"))) as archive:
        names = set(archive.namelist())
    tops = {name.partition("/")[0] for name in names}
    assert tops == {"tracklog", "site_builder", "tracklog-0.1.0.dist-info"}
    assert {"tracklog/py.typed", "site_builder/py.typed", "tracklog/demo/__init__.py"} <= names
    assert {"site_builder/_templates/base.html.j2", "site_builder/_templates/dist/assets.json"} <= names
    assert not [name for name in names if "/src/" in name or name.endswith((".ts", ".tsx"))]


def test_the_installed_wheel_records_and_builds(archives: Path, tmp_path: Path) -> None:
    target = tmp_path / "installed"
    install = [sys.executable, "-m", "pip", "install", "--quiet", "--no-deps", "--no-index", "--target", str(target)]
    subprocess.run([*install, str(next(archives.glob("*.whl")))], check=True)
    world = {**os.environ, "PYTHONPATH": str(target)}
    subprocess.run([sys.executable, "-c", SCRIPT], check=True, env=world)
    command = [sys.executable, str(target / "bin" / "tracklog"), "build", "tracklogs", "-o", "site"]
    done = subprocess.run(command, check=False, env=world, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    assert (tmp_path / "site" / "index.html").is_file()
    shutil.rmtree(target)
