"""Set up all that the checks need, then run every one of them: ``python3 tests/run.py [PYTEST ARGUMENT…]``.

Uses the standard library alone. The environment is a venv in ``.cache/tests``, keyed by the dependency lists and
reused while they stay; pytest comes last, so that its summary closes the output. Exit code 1: some step failed.
"""

from __future__ import annotations

import hashlib
import os
import re
import shutil
import subprocess
import sys
import time
from pathlib import Path

CHECKOUT = Path(__file__).resolve().parent.parent
CACHE = CHECKOUT / ".cache" / "tests"
TEMPLATES = CHECKOUT / "templates"
BROWSERS = CACHE / "browsers"
IN_TWO_PROCESSES = ("-n2",)  # one of them drives the browser, see tests/conftest.py
CHROMIUM_NAMES = ("chromium", "chromium-browser", "google-chrome")


def main(pytest_arguments: list[str]) -> int:
    """Prepare, run all steps even when an early one fails, and tell whether all went well."""
    if sys.version_info < (3, 10):  # noqa: UP036  # whoever starts this file may have any Python
        sys.exit("tracklog needs Python 3.10 or newer; start this file with one: python3.12 tests/run.py")
    os.chdir(CHECKOUT)
    python = environment()
    set_paths(python)
    browser(python)
    results = [run_step(title, command, folder) for title, command, folder in steps(python, pytest_arguments)]
    return 0 if all(results) else 1


def steps(python: Path, pytest_arguments: list[str]) -> list[tuple[str, list[str], Path]]:
    """List title, command and folder of every step, pytest last."""
    tool = str(python)
    return [
        ("front end: build", [tool, "templates/build_hook.py"], CHECKOUT),
        ("ruff check", [tool, "-m", "ruff", "check", "."], CHECKOUT),
        ("ruff format", [tool, "-m", "ruff", "format", "--check", "."], CHECKOUT),
        ("mypy --strict", [tool, "-m", "mypy", "--strict"], CHECKOUT),
        ("tsc --strict", ["npm", "run", "--silent", "check"], TEMPLATES),
        ("biome check", ["npm", "run", "--silent", "lint"], TEMPLATES),
        ("front end: unit tests", ["npm", "test", "--silent"], TEMPLATES),
        ("pytest", [tool, "-m", "pytest", *IN_TWO_PROCESSES, *pytest_arguments], CHECKOUT),
    ]


def run_step(title: str, command: list[str], folder: Path) -> bool:
    """Run one step; say its name before it, and how it went and how long it took after it."""
    last = title == "pytest"
    say(f"== {title}: {' '.join(command)}")
    began = time.monotonic()
    try:
        code = subprocess.run(command, cwd=folder, check=False).returncode
    except OSError as error:
        say(f"{command[0]} could not be started: {error}")
        code = 127
    if not last:  # pytest's own summary has the last word, and says its time itself
        say(f"== {title}: {'ok' if code == 0 else f'FAILED (exit code {code})'}, {time.monotonic() - began:.1f} s")
    return code == 0


def environment() -> Path:
    """Return the Python of a venv that holds tracklog (editable) and all that its tests import."""
    version = f"{sys.version_info[0]}.{sys.version_info[1]}"
    home = CACHE / f"venv-{version}-{dependency_key()}"
    python = home / "bin" / "python"
    if (home / "complete").is_file():
        return python
    say(f"== environment: {home.relative_to(CHECKOUT)}")
    began = time.monotonic()
    for old in CACHE.glob(f"venv-{version}-*"):
        shutil.rmtree(old)
    CACHE.mkdir(parents=True, exist_ok=True)
    if subprocess.run([sys.executable, "-m", "venv", str(home)], check=False).returncode:
        sys.exit(
            "This Python cannot make virtual environments, which the tests run in."
            " On Debian and Ubuntu: apt-get install python3-venv"
        )
    install = [str(python), "-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--editable", ".[test]"]
    if subprocess.run(install, check=False).returncode:
        sys.exit("The packages that the tests need could not be installed; pip's message stands above.")
    (home / "complete").touch()
    say(f"== environment: ok, {time.monotonic() - began:.1f} s")
    return python


def dependency_key() -> str:
    """Hash what decides the environment: this Python, the dependency lists, the packages of the front end."""
    lists = re.split(r"^\[tool\.", (CHECKOUT / "pyproject.toml").read_text(encoding="utf-8"), flags=re.MULTILINE)[0]
    found = hashlib.sha256(f"{sys.version_info[:2]} {sys.platform} {CHECKOUT}\n{lists}".encode())
    lock = TEMPLATES / "package-lock.json"
    found.update(lock.read_bytes() if lock.is_file() else b"")
    return found.hexdigest()[:12]


def set_paths(python: Path) -> None:
    """Put the venv's commands, node and npm among them, before those of the machine; leave a CPU to the browser."""
    os.environ["PATH"] = os.pathsep.join([str(python.parent), os.environ.get("PATH", os.defpath)])
    os.environ["VIRTUAL_ENV"] = str(python.parent.parent)
    os.environ["PLAYWRIGHT_BROWSERS_PATH"] = str(BROWSERS)
    for name in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"):
        os.environ.setdefault(name, "1")  # threads that wait by spinning starve whatever runs beside them
    os.environ.pop("PYTHONPATH", None)
    os.environ.pop("PYTHONHOME", None)


def browser(python: Path) -> None:
    """Make sure that there is a Chromium: that of PATH, else the system's packages, else Playwright's own."""
    if any(map(shutil.which, CHROMIUM_NAMES)) or any(BROWSERS.glob("chromium*")):
        return
    say("== browser: none on PATH")
    if os.geteuid() == 0 and shutil.which("apt-get"):
        # Two calls, since not every release has firefox-esr, and only one smoke test asks for it.
        quiet = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
        for words in (["update"], ["install", "-y", "chromium"], ["install", "-y", "firefox-esr"]):
            subprocess.run(["apt-get", "-q", *words], env=quiet, check=False, stdout=subprocess.DEVNULL)
    elif subprocess.run([str(python), "-m", "playwright", "install", "chromium"], check=False).returncode == 0:
        return
    if not any(map(shutil.which, CHROMIUM_NAMES)):
        say(
            "No Chromium could be installed, so the browser tests will fail. Install one that is on PATH as"
            " chromium, chromium-browser or google-chrome (Debian: apt-get install chromium), and run this again."
        )


def say(line: str) -> None:
    """Print at once, so that lines stand in order with what the steps print."""
    print(line, flush=True)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
