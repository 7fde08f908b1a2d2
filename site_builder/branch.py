"""A site on a branch of a Git repository, from which GitHub Pages serves it.

ghp-import makes the commit. Around it stands what it leaves to its caller: it works from what was last fetched, so the branch
is fetched first; it sets the local branch to that, so commits that are nowhere else are looked for before; it replaces all
of the branch, so what tracklog did not put there is. A push is never forced. Whatever fails, the local branch is put back.
"""

from __future__ import annotations

import contextlib
import os
import re
import subprocess
import tempfile
from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING

import orjson

from site_builder import manifest
from tracklog.errors import Error, UsageError
from tracklog.store import layout

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

MANIFEST = f"{layout.SITE_FOLDER}/{layout.SITE_MANIFEST}"
CNAME = "CNAME"
"""Where Pages keeps the domain of a site."""
NAMED = 5
"""Files that a sentence names."""


@dataclass(frozen=True, slots=True)
class Branch:
    """Where a site goes."""

    remote: str
    name: str = "gh-pages"
    folder: str = ""
    """Below the branch's root; empty for all of it."""

    @property
    def ref(self) -> str:
        """Full name of the branch, here and there."""
        return f"refs/heads/{self.name}"

    @property
    def tracking(self) -> str:
        """Where what was fetched of it is kept."""
        return f"refs/remotes/{self.remote}/{self.name}"

    def path(self, path: str) -> str:
        """Return where a file of the site is in the branch."""
        return f"{self.folder}/{path}" if self.folder else path


@dataclass(slots=True)
class Plan:
    """What a publication changes, by paths in the branch, with sizes in bytes."""

    new: dict[str, int] = field(default_factory=dict)
    changed: dict[str, int] = field(default_factory=dict)
    deleted: dict[str, int] = field(default_factory=dict)
    same: int = 0
    foreign: list[str] = field(default_factory=list)
    """Files among those to be deleted or replaced which tracklog did not put there."""
    sites: list[str] = field(default_factory=list)
    """Folders of other sites of tracklog's that would be deleted."""
    unpushed: int = 0
    """Commits of the local branch that the remote does not have."""
    parent: str = ""
    """The commit that is built upon; empty for a new branch."""
    there: str = ""
    """The commit that the remote has."""
    cname: str | None = None

    @property
    def is_empty(self) -> bool:
        """Whether nothing would change."""
        return not (self.new or self.changed or self.deleted)


def remote_of(name: str) -> str:
    """Return the remote to publish to: the one that is named, else origin, else the only one. Raises UsageError."""
    if _run("rev-parse", "--git-dir").returncode:
        msg = f"{Path.cwd()} is in no Git repository; `git init` makes one, and publishing needs one with a remote"
        raise UsageError(msg)
    remotes = _git("remote").split()
    if name and name not in remotes:
        msg = f"there is no remote {name!r}: {'there are ' + ', '.join(remotes) if remotes else 'there is none'}"
        raise UsageError(msg)
    if not remotes:
        msg = "this repository has no remote: git remote add origin git@github.com:YOU/NAME.git"
        raise UsageError(msg)
    if not name and "origin" not in remotes and len(remotes) > 1:
        msg = f"this repository has the remotes {', '.join(remotes)}; choose one with --remote"
        raise UsageError(msg)
    return name or ("origin" if "origin" in remotes else remotes[0])


def folder_of(text: str) -> str:
    """Return a folder below the branch's root. Raises UsageError for one that leads elsewhere."""
    parts = PurePosixPath(text.strip("/")).parts
    if any(part in ("..", ".git") or re.search(r"[\x00-\x1f\"\\:]", part) for part in parts):
        msg = f"{text!r} is no folder of a branch; name one below its root, as runs/mnist"
        raise UsageError(msg)
    return "/".join(parts)


def plan(site: Path, branch: Branch) -> Plan:
    """Fetch the branch and return what publishing changes. Raises UsageError and Error."""
    found = Plan()
    if not branch.name or _run("check-ref-format", "--branch", branch.name).returncode:
        msg = f"{branch.name!r} is no name of a branch; the usual one is gh-pages"
        raise UsageError(msg)
    _check_checked_out(branch)
    found.there = _fetched(branch)
    local = _commit(branch.ref)
    if local and found.there and _run("merge-base", "--is-ancestor", local, found.there).returncode:
        found.unpushed = int(_git("rev-list", "--count", local, f"^{found.there}"))
    found.parent = found.there or local
    before = _tree(found.parent, branch.folder)
    ours = _known(found.parent, branch)
    after = dict(_hashed(site))
    for path, (blob, size) in after.items():
        if path not in before:
            found.new[branch.path(path)] = size
        elif before[path][0] != blob:
            found.changed[branch.path(path)] = size
        else:
            found.same += 1
    if not branch.folder and CNAME in before and CNAME not in after:
        found.cname = _git("cat-file", "blob", before.pop(CNAME)[0]).strip()
    found.deleted = {branch.path(path): size for path, (_, size) in sorted(before.items()) if path not in after}
    sites = tuple(f"{path.removesuffix(MANIFEST)}" for path in before if path.endswith(f"/{MANIFEST}"))
    found.sites = [branch.path(folder).rstrip("/") for folder in sites]
    lost = [path for path, (blob, _) in sorted(before.items()) if path not in after or after[path][0] != blob]
    found.foreign = [branch.path(path) for path in lost if path not in ours and not path.startswith(sites)]
    found.foreign += _in_the_way(found.parent, branch.folder)
    return found


def _in_the_way(commit: str, folder: str) -> Iterator[str]:
    """Yield the file that stands where a folder is to be."""
    parts = PurePosixPath(folder).parts
    for n in range(1, len(parts) + 1) if commit else ():
        path = "/".join(parts[:n])
        done = _run("cat-file", "-t", f"{commit}:{path}")
        if done.stdout.strip() == "blob":
            yield path


def publish(site: Path, branch: Branch, planned: Plan, message: str) -> str:
    """Put a site on the branch and push it; return the commit. Raises Error, with the local branch as it was."""
    try:
        import ghp_import
    except ImportError as error:
        msg = "publishing needs ghp-import: pip install 'tracklog[publish]'"
        raise UsageError(msg) from error
    local = _commit(branch.ref)
    with _put_back(branch, local), _outgoing(site) as folder, _identity():
        try:
            ghp_import.ghp_import(
                str(folder),
                remote=branch.remote,
                branch=branch.name,
                mesg=message,
                prefix=branch.folder or None,
                cname=planned.cname,
                push=False,
            )
        except Exception as error:  # of Git, of a full disk, of ghp-import's own
            msg = f"the commit could not be made: {error}"
            raise Error(msg) from error
        made = _commit(branch.ref)
        if not made or made in (planned.parent, local):
            msg = "the commit could not be made: git fast-import says why above"
            raise Error(msg)
        if branch.folder:
            made = _with_plain_root(made, branch, planned.parent, message)
        _push(branch, made)
    return made


def _with_plain_root(made: str, branch: Branch, parent: str, message: str) -> str:
    """Return a commit whose root has ``.nojekyll`` as well: Pages looks for it there alone, and drops names with ``_`` else."""
    if _commit(made) and not _run("cat-file", "-e", f"{made}:.nojekyll").returncode:
        return made
    with tempfile.TemporaryDirectory(prefix="tracklog-") as place:
        world = {"GIT_INDEX_FILE": f"{place}/index"}
        _git("read-tree", made, world=world)
        blob = _git("hash-object", "-w", "--stdin", given="").strip()
        _git("update-index", "--add", "--cacheinfo", f"100644,{blob},.nojekyll", world=world)
        tree = _git("write-tree", world=world).strip()
    above = ("-p", parent) if parent else ()
    commit = _git("commit-tree", tree, *above, "-m", message).strip()
    _git("update-ref", branch.ref, commit)
    return commit


def _push(branch: Branch, made: str) -> None:
    done = _run("push", "--porcelain", branch.remote, f"{made}:{branch.ref}")
    if not done.returncode:
        return
    refused = re.search(r"^!\t\S+\t\[?(.*?)\]?\s*(?:\((.*)\))?$", done.stdout, re.MULTILINE)
    reason = refused[2] or refused[1] if refused else ""
    if refused and ("non-fast-forward" in reason or "fetch first" in reason):
        msg = f"{branch.remote} got new commits on {branch.name} meanwhile: publish again"
        raise Error(msg)
    if refused and "remote" in refused[1]:
        said = [line.removeprefix("remote:").strip() for line in done.stderr.splitlines() if line.startswith("remote:")]
        more = f": {' '.join(filter(None, said))}" if any(said) else ""
        msg = f"{branch.remote} refuses changes of {branch.name} ({reason}){more}. Allow them there, or choose another --branch"
        raise Error(msg)
    if _there(branch) == made:  # it broke off when all was done
        return
    lines = [line for line in done.stderr.strip().splitlines() if not line.startswith(("To ", "remote: "))]
    msg = f"the push to {branch.remote} broke off ({'; '.join(lines[:2]) or 'without a word'}): the branch there is as it was"
    raise Error(msg)


@contextlib.contextmanager
def _put_back(branch: Branch, local: str) -> Iterator[None]:
    """Leave the local branch as it was, unless all goes well."""
    try:
        yield
    except BaseException:
        if local:
            _run("update-ref", branch.ref, local)
        else:
            _run("update-ref", "-d", branch.ref)
        raise


@contextlib.contextmanager
def _outgoing(site: Path) -> Iterator[Path]:
    """Give a folder with what belongs to a site and nothing else: no lock, no file that somebody put beside it."""
    with tempfile.TemporaryDirectory(dir=site / layout.SITE_FOLDER, prefix="outgoing-") as home:
        folder = Path(home)
        for path in _paths(site):
            target = folder / path
            target.parent.mkdir(parents=True, exist_ok=True)
            try:
                os.link(site / path, target)
            except OSError:
                target.symlink_to((site / path).resolve())
        yield folder


@contextlib.contextmanager
def _identity() -> Iterator[None]:
    """Let ghp-import, which reads the configuration alone, commit in the name that Git would."""
    done = _run("var", "GIT_COMMITTER_IDENT")
    who = re.match(r"(.*) <(.*)> ", done.stdout)
    if done.returncode or who is None:
        msg = "Git does not know who commits: git config user.name YOU, git config user.email YOU@HOST"
        raise UsageError(msg)
    names = ("GIT_COMMITTER_NAME", "GIT_COMMITTER_EMAIL")
    before = {name: os.environ.get(name) for name in names}
    os.environ.update(zip(names, who.groups(), strict=True))
    try:
        yield
    finally:
        for name, value in before.items():
            os.environ.pop(name, None)
            if value is not None:
                os.environ[name] = value


def _paths(site: Path) -> Iterator[str]:
    yield from sorted(manifest.load(site).known())
    yield MANIFEST


def _hashed(site: Path) -> Iterator[tuple[str, tuple[str, int]]]:
    """Yield the files of a site with the names of their contents in Git, and sizes."""
    paths = list(_paths(site))
    places = [site / path for path in paths]
    listed = "".join(f"{place.resolve()}\n" for place in places)
    blobs = _git("hash-object", "--no-filters", "--stdin-paths", given=listed).split()
    for path, place, blob in zip(paths, places, blobs, strict=True):
        yield path, (blob, place.stat().st_size)


def _tree(commit: str, folder: str) -> dict[str, tuple[str, int]]:
    """Return the files of a commit below a folder: content and size."""
    if not commit:
        return {}
    found = {}
    for line in _git("ls-tree", "-r", "-l", "-z", "--full-tree", commit, *([f"{folder}/"] if folder else [])).split(
        "\0"
    ):
        about, _, path = line.partition("\t")
        if path:
            _, _, blob, size = about.split()
            found[path.removeprefix(f"{folder}/") if folder else path] = (blob, int(size) if size.isdigit() else 0)
    return found


def _known(commit: str, branch: Branch) -> set[str]:
    """Return the files that an earlier publication put there."""
    done = _run("cat-file", "blob", f"{commit}:{branch.path(MANIFEST)}") if commit else None
    if done is None or done.returncode:
        return set()
    try:
        return {*manifest.of_json(orjson.loads(done.stdout)).known(), MANIFEST}
    except (orjson.JSONDecodeError, TypeError, KeyError):
        return set()


def _check_checked_out(branch: Branch) -> None:
    if f"branch {branch.ref}" in _git("worktree", "list", "--porcelain").splitlines():
        msg = (
            f"{branch.name} is checked out here, and would change under your files: git switch to another branch first"
        )
        raise UsageError(msg)


def _fetched(branch: Branch) -> str:
    """Return the commit that the remote has on the branch, fetched; empty where there is no such branch."""
    there = _there(branch)
    if there:
        _git("fetch", "--no-tags", "--quiet", branch.remote, f"+{branch.ref}:{branch.tracking}")
        return _commit(branch.tracking)
    if _commit(branch.tracking):
        _git("update-ref", "-d", branch.tracking)  # of a branch that was deleted there
    return ""


def _there(branch: Branch) -> str:
    return _git("ls-remote", branch.remote, branch.ref).partition("\t")[0].strip()


def _commit(ref: str) -> str:
    done = _run("rev-parse", "--verify", "--quiet", f"{ref}^{{commit}}")
    return "" if done.returncode else done.stdout.strip()


def _git(*words: str, given: str | None = None, world: Mapping[str, str] | None = None) -> str:
    done = _run(*words, given=given, more=world)
    if done.returncode:
        said = [line for line in done.stderr.strip().splitlines() if line.strip()]
        reason = next(
            (line for line in said if line.startswith("fatal:")), said[0] if said else f"exit code {done.returncode}"
        )
        msg = f"git {words[0]} failed: {reason.removeprefix('fatal: ')}"
        raise Error(msg)
    return done.stdout


def _run(
    *words: str, given: str | None = None, more: Mapping[str, str] | None = None
) -> subprocess.CompletedProcess[str]:
    world: Mapping[str, str] = {**os.environ, "LC_ALL": "C", "LANGUAGE": "", **(more or {})}
    try:
        return subprocess.run(
            ["git", *words],
            check=False,
            capture_output=True,
            encoding="utf-8",
            errors="surrogateescape",
            input=given,
            env=world,
        )
    except FileNotFoundError as error:
        msg = "publishing needs git, which is not there"
        raise UsageError(msg) from error


def named(paths: Iterable[str]) -> str:
    """Return the first of some files, and how many there are more."""
    listed = list(paths)
    return ", ".join(listed[:NAMED]) + (f" and {len(listed) - NAMED:,} more" if len(listed) > NAMED else "")


def address(branch: Branch) -> str:
    """Return where GitHub Pages serves the branch by default; empty for other hosts."""
    done = _run("remote", "get-url", branch.remote)
    found = re.search(r"github\.com[:/]([\w.\-]+)/([\w.\-]+?)(?:\.git)?/?$", done.stdout.strip())
    if found is None:
        return ""
    owner, name = found[1].lower(), found[2]
    start = f"https://{owner}.github.io/" + ("" if name.lower() == f"{owner}.github.io" else f"{name}/")
    return start + (f"{branch.folder}/" if branch.folder else "")


def top() -> Path:
    """Return the top folder of the repository. Raises UsageError where there is none."""
    done = _run("rev-parse", "--show-toplevel")
    if done.returncode:
        msg = f"{Path.cwd()} is in no Git repository"
        raise UsageError(msg)
    return Path(done.stdout.strip())
