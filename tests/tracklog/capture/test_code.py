"""The code a run was made by: which files are kept, and which are not."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

CHECKOUT = Path(__file__).resolve().parents[3]
SCRIPT = """
import os, sys
import tracklog
sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "lib"))
run = tracklog.init(project="p", {arguments})
import seg.losses
import seg.local_secrets
run.log({{"loss": 1}})
run.finish()
"""


def project(root: Path, arguments: str = "") -> Path:
    """Write a project of a script, a package in a folder of its own, an ignored module and an environment."""
    for name, text in {
        "scripts/train ü.py": SCRIPT.format(arguments=arguments),
        "scripts/lib/seg/__init__.py": "",
        "scripts/lib/seg/losses.py": "def loss():\n    return 1\n",
        "scripts/lib/seg/local_secrets.py": "TOKEN = 'x'\n",
        "scripts/lib/seg/unused.py": "",
        ".gitignore": "local_secrets.py\n",
    }.items():
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    return root / "scripts/train ü.py"


def kept(root: Path, script: Path, **environment: str) -> dict[str, bytes]:
    """Run the script below `root`; return the code that its run kept."""
    logs = root.parent / "logs"
    env = {**os.environ, "PYTHONPATH": str(CHECKOUT), "TRACKLOG_DIR": str(logs), **environment}
    subprocess.run([sys.executable, str(script)], cwd=root, env=env, check=True, capture_output=True)
    (run,) = (logs / "p").iterdir()
    code = run / "files/code"
    return {p.relative_to(code).as_posix(): p.read_bytes() for p in code.rglob("*") if p.is_file()}


@pytest.fixture
def root(tmp_path: Path) -> Path:
    place = tmp_path / "project"
    place.mkdir()
    return place


def test_the_script_and_the_modules_it_imported_from_its_repository(root: Path) -> None:
    script = project(root)
    subprocess.run(["git", "init", "--quiet"], cwd=root, check=True)
    found = kept(root, script)
    assert set(found) == {"scripts/train ü.py", "scripts/lib/seg/__init__.py", "scripts/lib/seg/losses.py"}
    assert found["scripts/train ü.py"] == script.read_bytes()


def test_without_a_repository_the_folder_of_the_script_is_the_project(root: Path) -> None:
    assert set(kept(root, project(root))) == {
        "train ü.py",
        "lib/seg/__init__.py",
        "lib/seg/losses.py",
        "lib/seg/local_secrets.py",
    }


@pytest.mark.parametrize(
    ("arguments", "environment"),
    [
        ("save_code=False", {}),
        ("", {"WANDB_DISABLE_CODE": "true"}),
        ("save_code=True", {"TRACKLOG_DISABLE_CODE": "1"}),
        ("", {"WANDB_SAVE_CODE": "false"}),
        ("settings=tracklog.Settings(save_code=False)", {}),
    ],
)
def test_switched_off(root: Path, arguments: str, environment: dict[str, str]) -> None:
    assert kept(root, project(root, arguments), **environment) == {}


def test_a_run_that_is_killed_has_its_script(root: Path) -> None:
    script = root / "train.py"
    script.write_text(
        "import os, time, tracklog\n"
        "run = tracklog.init(project='p')\n"
        "while not os.path.exists(os.path.join(run.dir, 'code/train.py')):\n"
        "    time.sleep(0.01)\n"
        "os.kill(os.getpid(), 9)\n"
    )
    env = {**os.environ, "PYTHONPATH": str(CHECKOUT), "TRACKLOG_DIR": str(root.parent / "logs")}
    assert subprocess.run([sys.executable, str(script)], env=env, check=False, capture_output=True).returncode == -9
    assert len(list((root.parent / "logs").rglob("files/code/train.py"))) == 1
