"""Publishing: real Git, a real bare repository, what is refused, and what is left when something breaks."""

from __future__ import annotations

import http.client
import os
import shutil
import signal
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

import pytest
import yaml

from tests.site_builder.logs import grow, write_run
from tracklog import cli

if TYPE_CHECKING:
    from collections.abc import Callable
    from contextlib import AbstractContextManager

    from tests.tracklog.conftest import Said

DONE, FAILED, USAGE = 0, 1, 2
LOGS = Path("tracklogs")
REMOTE = Path("../remote.git")
ROWS = [{"loss": 1 / (n + 1)} for n in range(5)]


def git(*words: str, at: Path = Path()) -> str:
    return subprocess.run(["git", *words], cwd=at, check=True, capture_output=True, text=True).stdout.strip()


def files(branch: str = "gh-pages") -> set[str]:
    return set(git("ls-tree", "-r", "--name-only", branch, at=REMOTE).splitlines())


def local() -> str:
    return git("for-each-ref", "--format=%(objectname)", "refs/heads/gh-pages")


@pytest.fixture(autouse=True)
def _repository(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GIT_CONFIG_GLOBAL", str(tmp_path / "gitconfig"))
    monkeypatch.setenv("GIT_CONFIG_NOSYSTEM", "1")
    (tmp_path / "gitconfig").write_text(
        "[user]\n name = Ada\n email = ada@example.org\n[init]\n defaultBranch = main\n"
    )
    repository = tmp_path / "repository"
    git("init", "-q", "--bare", str(tmp_path / "remote.git"))
    git("init", "-q", str(repository))
    monkeypatch.chdir(repository)
    Path("README").write_text("code\n")
    git("add", "README")
    git("commit", "-qm", "code")
    git("remote", "add", "origin", str(REMOTE))
    git("push", "-q", "origin", "main")
    for n in range(3):
        write_run(LOGS, f"r{n}", ROWS, exit_code=None if n == 2 else 0, user="root", host="localhost")


def hook(text: str) -> None:
    path = REMOTE / "hooks/pre-receive"
    path.write_text(f"#!/bin/sh\n{text}\n")
    path.chmod(0o755)


def commit_to_branch(name: str, content: str, at: Path) -> None:
    """Let somebody else commit a file to the branch."""
    git("clone", "-q", str(REMOTE.resolve()), str(at))
    if git("ls-remote", str(REMOTE), "refs/heads/gh-pages"):
        git("switch", "-q", "gh-pages", at=at)
    else:
        git("switch", "-q", "--orphan", "gh-pages", at=at)
    (at / name).parent.mkdir(parents=True, exist_ok=True)
    (at / name).write_text(content)
    git("add", name, at=at)
    git("commit", "-qm", "theirs", at=at)
    git("push", "-q", "origin", "gh-pages", at=at)


def test_a_site_goes_to_the_branch_and_then_only_what_changed(tracklog: Callable[..., Said]) -> None:
    said = tracklog("publish")
    assert said.code == DONE, said.err
    assert {"index.html", "p/runs/r0.html", ".nojekyll", ".tracklog/manifest.json"} <= files()
    assert ".tracklog/lock" not in files()
    assert not [path for path in Path("site/.tracklog").iterdir() if path.is_dir()]
    assert git("status", "--short", "--untracked-files=no") == ""
    assert git("branch", "--show-current") == "main"
    before = git("rev-parse", "gh-pages", at=REMOTE)
    assert "has all of it already" in tracklog("publish").err
    assert git("rev-parse", "gh-pages", at=REMOTE) == before
    grow(LOGS / "p/r2", [{"loss": 9.0}])
    assert tracklog("publish").code == DONE
    assert git("rev-parse", "gh-pages~1", at=REMOTE) == before
    changed = set(git("diff", "--name-only", "gh-pages~1", "gh-pages", at=REMOTE).splitlines())
    assert changed == {
        ".tracklog/manifest.json", "data/p.js", "data/p/r2.0.js", "data/site.js", "index.html", "p/index.html",
        "p/runs/r2.html", "p/table.html", "version.js",
    }  # fmt: skip


def test_a_dry_run_lists_what_would_go_and_nothing_goes(tracklog: Callable[..., Said]) -> None:
    said = tracklog("publish", "--dry-run")
    assert said.code == DONE
    listed = {line.split()[-1]: line.split()[0] for line in said.out.splitlines()[1:]}
    assert listed["p/runs/r0.html"] == "new"
    assert "nothing was published" in said.err
    assert git("ls-remote", str(REMOTE), "refs/heads/gh-pages") == local() == ""
    tracklog("publish")
    shutil.rmtree(LOGS / "p/r0")
    listed = {line.split()[-1]: line.split()[0] for line in tracklog("publish", "--dry-run").out.splitlines()[1:]}
    assert (listed["p/runs/r0.html"], listed["p/index.html"]) == ("deleted", "changed")
    assert "p/runs/r1.html" not in listed


def test_a_folder_of_a_branch_leaves_all_else_as_it_is(tracklog: Callable[..., Said], tmp_path: Path) -> None:
    commit_to_branch("docs/index.html", "theirs", tmp_path / "other")
    commit_to_branch("runs-old.html", "theirs", tmp_path / "another")
    assert tracklog("publish", "--folder", "runs/mnist/").code == DONE
    assert {"docs/index.html", "runs-old.html", "runs/mnist/index.html"} <= files()
    shutil.rmtree(LOGS / "p/r1")
    assert tracklog("publish", "--folder", "runs/mnist").code == DONE
    assert "runs/mnist/p/runs/r1.html" not in files()
    assert git("show", "gh-pages:docs/index.html", at=REMOTE) == "theirs"
    said = tracklog("publish", "--folder", "../x")
    assert (said.code, "no folder of a branch" in said.err) == (USAGE, True)


def test_what_others_put_there_is_not_deleted_unasked(tracklog: Callable[..., Said], tmp_path: Path) -> None:
    commit_to_branch("docs/index.html", "theirs", tmp_path / "other")
    before = git("rev-parse", "gh-pages", at=REMOTE)
    said = tracklog("publish")
    assert said.code == FAILED
    assert "would be deleted or replaced: docs/index.html. --folder" in said.err
    assert (git("rev-parse", "gh-pages", at=REMOTE), local()) == (before, "")
    assert tracklog("publish", "--force").code == DONE
    assert "docs/index.html" not in files()
    assert git("rev-parse", "gh-pages~1", at=REMOTE) == before
    commit_to_branch("CNAME", "runs.example.org\n", tmp_path / "domain")
    grow(LOGS / "p/r2", [{"loss": 9.0}])
    assert tracklog("publish").code == DONE
    assert git("show", "gh-pages:CNAME", at=REMOTE) == "runs.example.org"


def test_commits_that_are_only_here_are_not_lost(tracklog: Callable[..., Said], tmp_path: Path) -> None:
    commit_to_branch("index.html", "theirs", tmp_path / "other")
    git("branch", "gh-pages", "main")
    mine = local()
    said = tracklog("publish", "--force", "--dry-run")
    assert "the local branch gh-pages has 1 commit that origin does not have" in said.err
    assert tracklog("publish").code == FAILED
    assert local() == mine
    assert files() == {"index.html"}


def test_somebody_was_faster(tracklog: Callable[..., Said], tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    tracklog("publish")
    grow(LOGS / "p/r2", [{"loss": 9.0}])
    before = local()
    from site_builder import branch

    def late(*given: object) -> object:
        planned = plan(*given)  # type: ignore[arg-type]
        commit_to_branch("p/theirs.html", "theirs", tmp_path / "other")
        return planned

    plan = branch.plan
    with monkeypatch.context() as context:
        context.setattr(branch, "plan", late)
        said = tracklog("publish")
    assert (said.code, "origin got new commits on gh-pages meanwhile" in said.err) == (FAILED, True)
    assert local() == before
    assert "p/theirs.html" in files()


@pytest.mark.parametrize(
    ("does", "says"),
    [
        (
            "echo only robots may; exit 1",
            "origin refuses changes of gh-pages (pre-receive hook declined): only robots may",
        ),
        ("kill -9 $PPID", "the push to origin broke off"),
    ],
)
def test_a_push_that_is_refused_or_dies_changes_nothing(does: str, says: str, tracklog: Callable[..., Said]) -> None:
    hook(does)
    said = tracklog("publish")
    assert (said.code, says in said.err) == (FAILED, True), said.err
    assert git("ls-remote", str(REMOTE), "refs/heads/gh-pages") == local() == ""
    (REMOTE / "hooks/pre-receive").unlink()
    assert tracklog("publish").code == DONE
    before, there = local(), git("rev-parse", "gh-pages", at=REMOTE)
    grow(LOGS / "p/r2", [{"loss": 9.0}])
    hook(does)
    assert tracklog("publish").code == FAILED
    assert (local(), git("rev-parse", "gh-pages", at=REMOTE)) == (before, there)
    (REMOTE / "hooks/pre-receive").unlink()
    assert tracklog("publish").code == DONE
    assert git("rev-parse", "gh-pages~1", at=REMOTE) == there


def test_what_git_lacks_is_said_in_a_sentence(
    tracklog: Callable[..., Said], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    git("switch", "-q", "--detach")
    assert tracklog("publish").code == DONE
    git("switch", "-q", "gh-pages")
    write_run(LOGS, "r9", ROWS)
    said = tracklog("publish")
    assert (said.code, "gh-pages is checked out here" in said.err) == (USAGE, True)
    git("switch", "-q", "main")
    assert "there is no remote 'upstream': there are origin" in tracklog("publish", "--remote", "upstream").err
    git("remote", "set-url", "origin", "../gone.git")
    said = tracklog("publish")
    assert (said.code, "git ls-remote failed: '../gone.git'" in said.err) == (FAILED, True)
    git("remote", "remove", "origin")
    said = tracklog("publish")
    assert (said.code, "has no remote: git remote add origin" in said.err) == (USAGE, True)
    git("remote", "add", "origin", str(REMOTE))
    (tmp_path / "gitconfig").write_text("[user]\n useConfigOnly = true\n")
    said = tracklog("publish", "--branch", "other")
    assert (said.code, "Git does not know who commits" in said.err) == (USAGE, True)
    monkeypatch.chdir(tmp_path)
    said = tracklog("publish", "repository/tracklogs")
    assert (said.code, "is in no Git repository" in said.err) == (USAGE, True)


def test_the_gate_stands_before_the_branch(tracklog: Callable[..., Said]) -> None:
    token = "ghp_" + "a1B2c3D4" * 5
    write_run(LOGS, "told", ROWS, notes=f"use {token}")
    said = tracklog("publish")
    assert said.code == FAILED
    assert "github-token" in said.err
    assert token not in said.err + said.out
    assert git("ls-remote", str(REMOTE), "refs/heads/gh-pages") == local() == ""
    assert tracklog("publish", "--redact").code == DONE
    page = git("show", "gh-pages:p/runs/told.html", at=REMOTE)
    assert token not in page
    assert "use ‹github-token-" in page


def test_a_watch_that_writes_meanwhile_is_not_published(
    tracklog: Callable[..., Said], monkeypatch: pytest.MonkeyPatch
) -> None:
    from site_builder import Builder, Options
    from site_builder.lock import locked

    def late(site: Path) -> AbstractContextManager[None]:
        write_run(LOGS, "late", ROWS, notes="ghp_" + "a1B2c3D4" * 5)
        Builder(Options((LOGS,), site)).build()
        return locked(site)

    monkeypatch.setattr("site_builder.lock.locked", late)
    monkeypatch.setattr("site_builder.builder.locked", locked)
    said = tracklog("publish")
    assert (said.code, "which did not look through tracklogs/p/late" in said.err) == (FAILED, True), said.err
    assert git("ls-remote", str(REMOTE), "refs/heads/gh-pages") == ""


def test_what_hosts_refuse_is_not_sent(tracklog: Callable[..., Said], monkeypatch: pytest.MonkeyPatch) -> None:
    from site_builder import builder

    monkeypatch.setattr(builder, "LARGE_FILE", 200_000)
    said = tracklog("publish")
    assert said.code == FAILED
    assert "Git hosts refuse files over" in said.err
    assert "A smaller --max-file" in said.err
    assert git("ls-remote", str(REMOTE), "refs/heads/gh-pages") == ""


def test_a_workflow_builds_with_the_gate_and_deploys(tracklog: Callable[..., Said]) -> None:
    said = tracklog("publish", "--workflow")
    path = Path(said.out.strip())
    assert (said.code, path) == (DONE, Path.cwd() / ".github/workflows/tracklog.yml")
    job = yaml.load(path.read_text(), yaml.BaseLoader)  # noqa: S506 - it makes texts; `on` is none in YAML 1.1
    assert job["on"]["push"]["paths"][0] == "tracklogs/**"
    steps = job["jobs"]["publish"]["steps"]
    assert [step["run"] for step in steps if "run" in step] == [
        'pip install "tracklog[publish]"',
        "tracklog build tracklogs -o _site --gate",
    ]
    assert job["permissions"] == {"contents": "read", "pages": "write", "id-token": "write"}
    assert tracklog("publish", "--workflow").code == DONE
    path.write_text("mine\n")
    assert tracklog("publish", "--workflow").code == USAGE
    assert path.read_text() == "mine\n"
    assert "is not in this repository" in tracklog("publish", "--workflow", "/").err


def test_a_preview_is_below_a_path_with_the_headers_of_pages(tracklog: Callable[..., Said]) -> None:
    assert tracklog("build").code == DONE
    command = [sys.executable, "-m", "tracklog", "serve", "site", "--port", "0"]
    world = {**os.environ, "PYTHONPATH": str(Path(cli.__file__).parent.parent), "PYTHONUNBUFFERED": "1"}
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, env=world) as serving:
        try:
            _look_at(serving)
        finally:
            serving.send_signal(signal.SIGINT)
            said = serving.communicate()[1]
    assert (serving.returncode, "Traceback" in said) == (DONE, False)


def _look_at(serving: subprocess.Popen[str]) -> None:
    assert serving.stdout is not None
    url = urlsplit(serving.stdout.readline().removeprefix("serving ").strip())
    assert url.path == "/site/"
    assert serving.stderr is not None
    assert serving.stderr.readline() == "Ctrl-C ends\n"

    def answer(path: str, **headers: str) -> tuple[int, dict[str, str]]:
        connection = http.client.HTTPConnection("127.0.0.1", url.port or 0)
        connection.request("GET", path, headers=headers)
        response = connection.getresponse()
        response.read()
        connection.close()
        return response.status, {name.lower(): value for name, value in response.getheaders()}

    status, headers = answer("/site/")
    assert (status, headers["content-type"]) == (200, "text/html; charset=utf-8")
    assert (headers["cache-control"], headers["access-control-allow-origin"]) == ("max-age=600", "*")
    assert answer("/site/version.js")[1]["content-type"] == "application/javascript; charset=utf-8"
    assert answer("/site/p")[1]["location"] == "/site/p/"
    assert [answer(path)[0] for path in ("/", "/index.html", "/sitex/", "/site/none")] == [404] * 4
    assert answer("/site/", Host="evil.example")[0] == 403


def test_what_others_put_there_is_not_replaced_unasked(tracklog: Callable[..., Said], tmp_path: Path) -> None:
    commit_to_branch("index.html", "theirs", tmp_path / "other")
    said = tracklog("publish")
    assert said.code == FAILED
    assert "deleted or replaced: index.html. --folder" in said.err
    assert git("show", "gh-pages:index.html", at=REMOTE) == "theirs"
    commit_to_branch("runs", "a file", tmp_path / "another")
    said = tracklog("publish", "--folder", "runs/mnist")
    assert (said.code, "deleted or replaced: runs. --folder" in said.err) == (FAILED, True)
    assert git("show", "gh-pages:runs", at=REMOTE) == "a file"


def test_a_site_in_a_folder_is_known_again_and_the_root_keeps_names_with_underscores(
    tracklog: Callable[..., Said],
) -> None:
    assert tracklog("publish", "--folder", "runs/mnist").code == DONE
    assert ".nojekyll" in files()
    assert "has all of it already" in tracklog("publish", "--folder", "runs/mnist").err
    said = tracklog("publish")
    assert said.code == FAILED
    assert "holds other sites that tracklog put there, and they would be deleted: runs/mnist" in said.err


def test_a_name_that_is_no_branch_is_refused(tracklog: Callable[..., Said]) -> None:
    said = tracklog("publish", "--branch", "a b")
    assert (said.code, "'a b' is no name of a branch" in said.err) == (USAGE, True)
