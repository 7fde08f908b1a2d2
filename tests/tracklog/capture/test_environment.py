"""Packages, host, program and user as this very interpreter and real child processes have them."""

from __future__ import annotations

import importlib.metadata
import json
import os
import platform
import subprocess
import sys
from typing import TYPE_CHECKING

import psutil
import pytest

from tracklog.capture import host, packages
from tracklog.capture.system import SystemSampler

if TYPE_CHECKING:
    from pathlib import Path

PROGRAM = "import json, sys; from tracklog.capture import host; print(json.dumps(host.program()))"


def test_requirements_are_sorted_lines() -> None:
    lines = packages.requirements().splitlines()
    assert f"numpy=={importlib.metadata.version('numpy')}" in lines
    assert len(lines) == len({line.partition("==")[0].lower() for line in lines})
    assert all(line.count("==") == 1 for line in lines)


def test_a_damaged_package_costs_its_line_only(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "broken-1.0.dist-info").mkdir()
    (tmp_path / "whole-2.0.dist-info").mkdir()
    (tmp_path / "whole-2.0.dist-info" / "METADATA").write_text("Metadata-Version: 2.1\nName: whole\nVersion: 2.0\n")
    monkeypatch.setattr(sys, "path", [str(tmp_path)])
    assert packages.requirements() == "whole==2.0\n"


def test_host(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SLURM_JOB_ID", "17")
    found = host.describe()
    assert found["python"] == platform.python_version()
    assert found["memory"] == psutil.virtual_memory().total
    assert found["slurm"] == {"job_id": "17"}
    json.dumps(found)


@pytest.mark.parametrize(
    ("start", "expected"),
    [
        (["program.py", "--lr", "1", "--token", "x"], ["program.py", ["--lr", "1", "--token", "***"]]),
        (["-m", "pack.tool", "a"], ["-m pack.tool", ["a"]]),
        (["-m", "pack", "a"], ["-m pack", ["a"]]),
        (["-c", PROGRAM, "a"], ["<command>", ["a"]]),
    ],
)
def test_program(start: list[str], expected: list[object], tmp_path: Path, checkout: Path) -> None:
    (tmp_path / "pack").mkdir()
    for name in ("program.py", "pack/tool.py", "pack/__main__.py"):
        (tmp_path / name).write_text(PROGRAM)
    done = subprocess.run(
        [sys.executable, *start],
        env={**os.environ, "PYTHONPATH": str(checkout)},
        check=True,
        capture_output=True,
        text=True,
    )
    assert json.loads(done.stdout) == expected


def test_a_prompt_has_no_program(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "argv", [""])
    assert host.program() == ("<interactive>", [])


def test_user_without_a_name(monkeypatch: pytest.MonkeyPatch) -> None:
    import pwd

    for name in ("LOGNAME", "USER", "LNAME", "USERNAME"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setattr(pwd, "getpwuid", lambda uid: {}[uid])
    assert host.user() == f"uid {os.getuid()}"
    monkeypatch.setenv("USER", "ann")
    assert host.user() == "ann"


def test_system_metrics_of_this_process(tmp_path: Path) -> None:
    sampler = SystemSampler(os.getpid(), tmp_path)
    first, second = sampler.sample(), sampler.sample()
    assert sampler.notes == []
    assert {"cpu", "memory_percent", "proc.memory.rssMB", "proc.memory.percent", "proc.memory.availableMB"} <= set(
        first
    )
    assert any(key.startswith("disk./") and key.endswith(".usagePercent") for key in first)
    assert 0 < first["cpu"] <= 100
    assert first["proc.memory.rssMB"] == pytest.approx(psutil.Process().memory_info().rss / 1024**2, rel=0.5)
    assert second["network.sent"] >= first["network.sent"] >= 0
    assert all(isinstance(value, float) for value in second.values())


def test_what_fails_is_left_out_and_said_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def denied(*_: object) -> None:
        raise PermissionError("denied")

    sampler = SystemSampler(os.getpid(), tmp_path)
    monkeypatch.setattr(psutil, "virtual_memory", denied)
    assert "memory_percent" not in sampler.sample()
    assert "cpu" in sampler.sample()
    assert sampler.notes == ["memory: denied"]


def test_a_process_that_is_gone(tmp_path: Path) -> None:
    child = subprocess.Popen([sys.executable, "-c", ""])
    child.wait()
    sampler = SystemSampler(child.pid, tmp_path)
    assert "cpu" not in sampler.sample()
    assert "memory_percent" in sampler.sample()
    assert len(sampler.notes) == 1
