"""The packages whose files are imported, each in an environment of its own, so that they write what the tests read.

An environment is made once, of exact versions, below ``.cache/tests``, and shared by all processes of the tests. Scripts run in
it without a network. To add a package, add its requirements to `REQUIREMENTS`.
"""

from __future__ import annotations

import fcntl
import hashlib
import os
import shutil
import subprocess
import sys
from pathlib import Path

CACHE = Path(__file__).resolve().parents[3] / ".cache" / "tests"
REQUIREMENTS: dict[str, tuple[str, ...]] = {
    # Those that live well with each other; mlflow-skinny is mlflow without its server.
    "trackers": (
        "clearml==2.1.12",
        "comet-ml==3.58.8",
        "dvclive==3.49.1",
        "mlflow-skinny==3.17.2",
        "alembic>=1.13",
        "sqlalchemy>=2",
        "pandas>=2.1",
        "neptune-scale==0.30.0",
        "sacred==0.8.7",
        "setuptools<81",  # Sacred asks for pkg_resources
        "swanlab==0.10.3",
        "trackio==0.43.0",
        "numpy>=2",
        "pillow>=11",
    ),
    "wandb": ("wandb==0.31.0", "numpy>=2", "pillow>=11"),
    "wandb-reader": ("wandb==0.29.0",),  # the last that could read its files in Python: for the bench
}
OFFLINE = {"WANDB_MODE": "offline", "WANDB_SILENT": "true", "WANDB__DISABLE_STATS": "false", "NO_PROXY": "*"}


def python(name: str) -> Path:
    """Return the Python of a package's environment; the first to ask makes it."""
    requirements = REQUIREMENTS[name]
    said = "\n".join((name, f"{sys.version_info[0]}.{sys.version_info[1]}", *requirements))
    home = CACHE / f"peers-{name}-{hashlib.sha256(said.encode()).hexdigest()[:12]}"
    CACHE.mkdir(parents=True, exist_ok=True)
    with (CACHE / f"{home.name}.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)  # which a process that dies lets go
        if not (home / "complete").is_file():
            for old in CACHE.glob(f"peers-{name}-*/"):
                shutil.rmtree(old)
            subprocess.run([sys.executable, "-m", "venv", str(home)], check=True, capture_output=True)
            pip = [str(home / "bin" / "python"), "-m", "pip", "install", "--quiet", *requirements]
            done = subprocess.run(pip, check=False, capture_output=True, text=True)
            assert done.returncode == 0, done.stderr
            (home / "complete").touch()
    return home / "bin" / "python"


def start(name: str, code: str, folder: Path, *arguments: str, **environment: str) -> subprocess.Popen[str]:
    """Start a script of a package in a folder; it reads lines from its stdin and answers on its stdout."""
    kept = {key: value for key, value in os.environ.items() if not key.startswith(("PYTHON", "VIRTUAL_ENV", "WANDB_"))}
    return subprocess.Popen(
        [str(python(name)), "-u", "-c", code, *arguments],
        cwd=folder,
        env={**kept, **OFFLINE, "HOME": str(folder), **environment},
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def run(name: str, code: str, folder: Path, *arguments: str, expected: int = 0, **environment: str) -> str:
    """Run a script of a package in a folder; return what it prints."""
    process = start(name, code, folder, *arguments, **environment)
    out, err = process.communicate()
    assert process.returncode == expected, err
    return out
