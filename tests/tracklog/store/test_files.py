"""What is no regular file is named as damage; no command ever waits for it."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
from typing import TYPE_CHECKING

import numpy as np
import pytest

import tracklog
from tracklog.store import files, reader

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

QUIET = {"disable_stats": True, "disable_git": True, "disable_meta": True, "quiet": True, "console": "off"}


def pipe(path: Path) -> None:
    os.mkfifo(path)


def unix_socket(path: Path) -> None:
    here = os.open(".", os.O_RDONLY)
    os.chdir(path.parent)  # its address may not be long
    try:
        with socket.socket(socket.AF_UNIX) as bound:
            bound.bind(path.name)
    finally:
        os.fchdir(here)
        os.close(here)


def device(path: Path) -> None:
    path.symlink_to("/dev/zero")


SPECIAL = [pipe, unix_socket, device]


@pytest.mark.parametrize("make", SPECIAL)
def test_only_regular_files_are_opened(tmp_path: Path, make: Callable[[Path], None]) -> None:
    make(tmp_path / "x")
    with pytest.raises(OSError, match=r"is a (named pipe|device)|No such device"):
        files.content(tmp_path / "x")
    with pytest.raises(OSError, match="is a folder"):
        files.content(tmp_path)
    (tmp_path / "y").write_bytes(b"text")
    assert files.content(tmp_path / "y") == b"text"


def record(root: Path) -> Path:
    """Log a run that has a file of every sort; return its folder."""
    run = tracklog.init(project="p", id="r", dir=root, settings=QUIET)
    run.config.update({"lr": 0.1})
    sound = tracklog.Audio(np.zeros(800), sample_rate=8000)
    table = tracklog.Table(columns=["a", "b"], data=[[1, tracklog.Image(np.zeros((4, 4, 3), np.uint8))]])
    picture = tracklog.Image(np.full((4, 5, 3), 90, np.uint8), masks={"m": {"mask_data": np.ones((4, 5), np.uint8)}})
    run.log({"x": 1.0, "sound": sound, "table": table, "picture": picture, "html": tracklog.Html("<b>x</b>")})
    run.log({"cloud": tracklog.Object3D(np.zeros((4, 3)))})
    (root / "notes.txt").write_text("saved")
    run.save(str(root / "notes.txt"))
    run.finish()
    (root / "notes.txt").unlink()
    (folder,) = reader.run_folders(root / "p")
    return folder


def everything(folder: Path) -> list[str]:
    return sorted(str(path.relative_to(folder)) for path in folder.rglob("*") if path.is_file())


def command(*arguments: str) -> subprocess.CompletedProcess[str]:
    """Run a command, which never takes long unless it waits for a pipe."""
    return subprocess.run(
        [sys.executable, "-m", "tracklog", *arguments], capture_output=True, text=True, timeout=60, check=False
    )


@pytest.mark.parametrize("make", SPECIAL)
def test_no_command_waits_for_what_is_no_file(tmp_path: Path, make: Callable[[Path], None]) -> None:
    root = tmp_path / "logs"
    root.mkdir()
    folder = record(root)
    for name in everything(folder):
        (folder / name).unlink()
        make(folder / name)
    root, site = str(root), str(tmp_path / "site")  # type: ignore[assignment]
    assert command("build", str(root), "-o", site).returncode == 3
    assert command("build", str(root), "--single-file", str(tmp_path / "one.html")).returncode == 3
    assert command("check", str(root)).returncode == 3
    assert command("runs", str(root)).returncode == 0
    assert command("history", str(folder)).returncode in (0, 2)


def test_every_file_in_turn_is_damage_for_build_and_check_alike(tmp_path: Path) -> None:
    root = tmp_path / "logs"
    root.mkdir()
    folder = record(root)
    different = []
    for number, name in enumerate(everything(folder)):
        aside = tmp_path / "aside"
        (folder / name).rename(aside)
        pipe(folder / name)
        built = command("build", str(root), "-o", str(tmp_path / f"site{number}"))
        checked = command("check", str(root))
        if built.returncode != checked.returncode:
            different.append((name, built.returncode, checked.returncode, built.stderr, checked.stdout))
        (folder / name).unlink()
        aside.rename(folder / name)
    print(*different, sep="\n")
    assert different == []
