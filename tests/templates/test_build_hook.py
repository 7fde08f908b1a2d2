"""The front end is built when its sources changed, and a failure is a sentence."""

from __future__ import annotations

import gzip
import importlib.util
import json
import os
import time
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture(scope="session")
def hook(checkout: Path) -> Any:
    spec = importlib.util.spec_from_file_location("build_hook", checkout / "templates" / "build_hook.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.fixture
def templates(tmp_path: Path) -> Path:
    """Return a front end that needs no packages and counts its builds."""
    (tmp_path / "src").mkdir()
    (tmp_path / "src" / "main.ts").write_text("1")
    (tmp_path / "package.json").write_text('{"name": "x", "version": "1.0.0"}')
    (tmp_path / "package-lock.json").write_text(
        '{"name": "x", "version": "1.0.0", "lockfileVersion": 3, "packages": {"": {"name": "x", "version": "1.0.0"}}}'
    )
    (tmp_path / "build.mjs").write_text(
        'import { mkdirSync, appendFileSync } from "node:fs"; mkdirSync("dist", { recursive: true });'
        'appendFileSync("dist/builds", "x");'
    )
    (tmp_path / "node_modules").mkdir()
    return tmp_path


def builds(templates: Path) -> int:
    return len((templates / "dist" / "builds").read_text())


def test_only_changed_contents_are_built(hook: Any, templates: Path) -> None:
    assert hook.build(templates)
    assert not hook.build(templates)
    later = time.time() + 1000
    os.utime(templates / "src" / "main.ts", (later, later))
    assert not hook.build(templates)
    (templates / "src" / "main.ts").write_text("2")
    assert hook.build(templates)
    (templates / "src" / "new.ts").touch()
    assert hook.build(templates)
    assert builds(templates) == 3


def test_a_build_that_fails_counts_as_stale(hook: Any, templates: Path) -> None:
    assert hook.build(templates)
    whole = (templates / "build.mjs").read_text()
    (templates / "build.mjs").write_text("process.exit(1)")
    with pytest.raises(SystemExit, match="could not be built"):
        hook.build(templates)
    (templates / "build.mjs").write_text(whole)
    assert not hook.is_fresh(templates)
    assert hook.build(templates)


def test_no_registry_is_a_sentence(hook: Any, templates: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    # Port 9 of this machine: nobody answers there.
    url = "http://127.0.0.1:9/left-pad.tgz"
    (templates / "package.json").write_text('{"name": "x", "version": "1.0.0", "dependencies": {"left-pad": "1.3.0"}}')
    (templates / "package-lock.json").write_text(
        '{"name": "x", "version": "1.0.0", "lockfileVersion": 3, "packages": {'
        '"": {"name": "x", "version": "1.0.0", "dependencies": {"left-pad": "1.3.0"}},'
        f'"node_modules/left-pad": {{"version": "1.3.0", "resolved": "{url}"}}}}}}'
    )
    for name, value in (("fetch_retries", "0"), ("registry", "http://127.0.0.1:9/"), ("cache", str(templates / "c"))):
        monkeypatch.setenv(f"npm_config_{name}", value)
    with pytest.raises(SystemExit, match="npm packages of the front end could not be had"):
        hook.build(templates)


def test_no_node_is_a_sentence(hook: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(hook.importlib.util, "find_spec", lambda _: None)
    monkeypatch.setenv("PATH", "")
    with pytest.raises(SystemExit, match="needs Node 20"):
        hook.find_node()


def test_the_shell_is_small(checkout: Path) -> None:
    names = json.loads((checkout / "templates/dist/assets.json").read_text())
    files = [checkout / "templates/dist" / names[name] for name in ("main", "style", "theme")]
    assert sum(len(gzip.compress(file.read_bytes(), 9)) for file in files) <= 100_000
