"""The git state of real repositories, healthy and not."""

from __future__ import annotations

import subprocess
from typing import TYPE_CHECKING

import pytest

from tracklog.capture import git

if TYPE_CHECKING:
    from pathlib import Path


def run_git(where: Path, *words: str) -> str:
    identity = ["-c", "user.name=A", "-c", "user.email=a@example.com", "-c", "commit.gpgsign=false"]
    done = subprocess.run(["git", *identity, *words], cwd=where, check=True, capture_output=True, text=True)
    return done.stdout.strip()


@pytest.fixture
def repository(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    for name in ("GIT_DIR", "GIT_WORK_TREE", "GIT_INDEX_FILE"):
        monkeypatch.delenv(name, raising=False)
    root = tmp_path / "project"
    root.mkdir()
    run_git(root, "init", "--quiet", "--initial-branch=trunk")
    (root / "train.py").write_text("lr = 1\n")
    run_git(root, "add", ".")
    run_git(root, "commit", "--quiet", "-m", "one")
    return root


def test_a_clean_repository(repository: Path) -> None:
    run_git(repository, "remote", "add", "origin", "https://me:hunter2@example.com/a.git")
    (repository / "untracked").touch()
    (repository / "deep").mkdir()
    assert git.describe(repository / "deep") == {
        "root": str(repository.resolve()),
        "remote": "https://***@example.com/a.git",
        "commit": run_git(repository, "rev-parse", "HEAD"),
        "branch": "trunk",
        "dirty": False,
    }
    assert git.diff(repository) is None


def test_changes_staged_and_not_make_a_patch_that_applies(repository: Path) -> None:
    (repository / "train.py").write_text("lr = 2\n")
    (repository / "new ü.py").write_text("x\n")
    run_git(repository, "add", "new ü.py")
    state = git.describe(repository)
    patch = git.diff(repository)
    assert state is not None
    assert state["dirty"] is True
    assert patch is not None
    assert b"+lr = 2" in patch
    assert "new ü.py".encode() in patch
    run_git(repository, "reset", "--quiet", "--hard")
    subprocess.run(["git", "apply"], cwd=repository, input=patch, check=True)
    assert (repository / "train.py").read_text() == "lr = 2\n"


def test_a_detached_head_has_no_branch(repository: Path) -> None:
    run_git(repository, "checkout", "--quiet", "--detach")
    state = git.describe(repository)
    assert state is not None
    assert "branch" not in state
    assert "commit" in state


def test_before_the_first_commit(tmp_path: Path) -> None:
    run_git(tmp_path, "init", "--quiet", "--initial-branch=trunk")
    assert git.describe(tmp_path) == {"root": str(tmp_path.resolve()), "branch": "trunk", "dirty": False}
    assert git.diff(tmp_path) is None
    (tmp_path / "train.py").write_text("lr = 1\n")
    patch = git.diff(tmp_path)
    assert patch is not None
    assert b"+lr = 1" in patch


def test_untracked_source_files_are_in_the_patch(repository: Path) -> None:
    (repository / ".gitignore").write_text("secret.py\n")
    (repository / "deep er").mkdir()
    for name in ("deep er/lösung.py", "weights.bin", "secret.py", "notes"):
        (repository / name).write_text("x = 1\n")
    patch = git.diff(repository)
    assert patch is not None
    assert git.count(patch) == 1
    (repository / "deep er/lösung.py").unlink()
    subprocess.run(["git", "apply"], cwd=repository, input=patch, check=True)
    assert (repository / "deep er/lösung.py").read_text() == "x = 1\n"


def test_binary_files_are_named_only(repository: Path) -> None:
    (repository / "train.py").write_bytes(bytes(range(256)) * 100)
    patch = git.diff(repository)
    assert patch is not None
    assert b"Binary files" in patch
    assert len(patch) < 1000


def test_submodules_are_named_by_their_commits(repository: Path, tmp_path: Path) -> None:
    library = tmp_path / "library"
    library.mkdir()
    run_git(library, "init", "--quiet", "--initial-branch=trunk")
    (library / "lib.py").write_text("x = 1\n")
    run_git(library, "add", ".")
    run_git(library, "commit", "--quiet", "-m", "one")
    run_git(repository, "-c", "protocol.file.allow=always", "submodule", "--quiet", "add", str(library), "lib")
    run_git(repository, "commit", "--quiet", "-m", "with a library")
    before = run_git(repository / "lib", "rev-parse", "HEAD")
    (repository / "lib/lib.py").write_text("x = 2\n")
    run_git(repository / "lib", "commit", "--quiet", "-am", "two")
    after = run_git(repository / "lib", "rev-parse", "HEAD")
    patch = git.diff(repository)
    assert patch is not None
    assert f"-Subproject commit {before}\n+Subproject commit {after}\n".encode() in patch
    assert b"x = 2" not in patch


def test_another_remote_than_origin(repository: Path) -> None:
    run_git(repository, "remote", "add", "upstream", "git@example.com:a.git")
    state = git.describe(repository)
    assert state is not None
    assert state["remote"] == "git@example.com:a.git"


def test_programs_that_a_repository_names_are_not_run(repository: Path) -> None:
    witness = repository / "witness"
    program = repository.parent / "program"
    program.write_text(f"#!/bin/sh\ntouch '{witness}'\n")
    program.chmod(0o755)
    (repository / ".gitattributes").write_text("*.py diff=own\n")
    for key in ("core.fsmonitor", "diff.external", "diff.own.textconv", "diff.own.command", "core.pager"):
        run_git(repository, "config", key, str(program))
    witness.unlink(missing_ok=True)
    (repository / "train.py").write_text("lr = 3\n")
    git.describe(repository)
    assert git.diff(repository)
    assert not witness.exists()


def test_nothing_to_describe(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GIT_CEILING_DIRECTORIES", str(tmp_path.parent))
    assert git.describe(tmp_path) is None
    assert git.diff(tmp_path) is None
    assert git.describe(tmp_path / "missing") is None


def test_no_git_binary(repository: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", "")
    assert git.describe(repository) is None
