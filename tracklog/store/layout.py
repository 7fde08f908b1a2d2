r"""Names and shapes of everything on disk.

::

    <root>/<project>/<run_id>/
        run.json                   RunFile, once
        history-<writer>.jsonl     Row, a line for each log()
        events-<writer>.jsonl      Event: session, heartbeat, config, summary, edit, alert, file, artifact, finish
        system-<writer>.jsonl      rows of system metrics: _timestamp, _runtime and the metrics
        console-<writer>.jsonl     what was printed: stream, text and, where repaints of the line in which it ends are
                                   left out, as `updates` how many
        files/                     run.dir: saved files, requirements.txt, diff.patch, media/<kind>/<sha256[:20]>.<ext>
        config.yaml  summary.json  for people; never read back
    <root>/<project>/artifacts/
        .objects/<aa>/<sha256>     contents of artifacts, see `objects`
        <name>/<digest>/manifest.json    a version, see `manifests`
        <name>/claims-<writer>.jsonl     who logged it, aliases, metadata, see `claims` and `versions`
    <root>/<project>/sweeps/<id>/
        sweep.json                 SweepFile, once
        trial-<n>.json             TrialFile, once: who makes it has taken the trial
        search.journal             what the search has learned, in Optuna's journal format

A sample of each::

    {"_step":0,"_runtime":0.01,"_timestamp":1700000000.1,"loss":0.3,"sample":{"_type":"image-file","path":"media/…"}}
    {"event":"session","_timestamp":1700000000.0,"row":0,"rank":0,"start_step":0,"after":[],"host":"a","pid":12,…}
    {"event":"summary","_timestamp":1700000002.5,"row":7,"path":["best","loss"],"value":0.1}
    {"_timestamp":1700000003.0,"stream":"stdout","text":"epoch 1\\n"}

JSON has no NaN: non-finite numbers are the strings of `NON_FINITE`; a logged string that equals one of them is
``{"_type": "string", "value": …}``. A series is named by its path (`join_path`).
"""

from __future__ import annotations

import hashlib
import re
import unicodedata
from typing import TYPE_CHECKING, Any, TypedDict

if TYPE_CHECKING:
    from pathlib import Path

FORMAT = 1
"""Number of this format; `reader` refuses newer ones and upgrades older ones in steps."""

RUN_FILE = "run.json"
FILES = "files"
MEDIA = "media"
CODE = "code"
"""Below `files/`: the source files a run was made by, and its notebooks."""
PATCH, REQUIREMENTS = "diff.patch", "requirements.txt"
"""Below `files/`: what was not committed, and the packages that were installed."""
ARTIFACTS = "artifacts"
SOUNDS = ("wav", "mp3", "ogg", "oga", "opus", "flac", "m4a", "aac", "aif", "aiff", "webm", "weba")
MOLECULES = ("pdb", "pqr", "mmcif", "mcif", "cif", "sdf", "sd", "gro", "mol2", "mmtf")
"""Extensions of media that are kept as they came and shown by them."""
CONFIG_FILE = "config.yaml"
SUMMARY_FILE = "summary.json"
HISTORY, EVENTS, SYSTEM, CONSOLE = "history", "events", "system", "console"
STREAMS = (HISTORY, EVENTS, SYSTEM, CONSOLE)

SITE_FOLDER, SITE_MANIFEST = ".tracklog", "manifest.json"
"""What every site holds, so that a recorder finds it and a build knows its own."""

STEP, RUNTIME, TIMESTAMP = "_step", "_runtime", "_timestamp"
CLOCKS = frozenset((STEP, RUNTIME, TIMESTAMP))

NON_FINITE = {"NaN": float("nan"), "Infinity": float("inf"), "-Infinity": float("-inf")}

CHARTS, TABLES = ("custom-chart", "custom-charts"), ("table-file", "tables")
"""Types of the records of custom charts and tables."""

RESERVED_PROJECTS = frozenset(("assets", "data", "media", "index.html", "frame.html", "version.js"))
"""Names that the site needs beside its projects."""

SWEEPS = "sweeps"
"""Where a project keeps its sweeps."""

RESERVED_RUNS = frozenset(("artifacts", SWEEPS))
"""Names that a project's folder needs beside its runs."""

_WINDOWS = frozenset(("con", "prn", "aux", "nul", *(f"{port}{n}" for port in ("com", "lpt") for n in range(1, 10))))
_KEPT = re.compile(r"[a-z0-9._-]")
_LONGEST = 120

Row = dict[str, Any]
"""A line of history: `_step`, `_runtime`, `_timestamp` and what was logged, nested as logged."""

Event = dict[str, Any]
"""A line of events: `event`, `_timestamp`, `row` (history lines this writer had written) and the event's own keys."""


class RunFile(TypedDict, total=False):
    """What `run.json` holds; unknown keys are kept."""

    format: int
    id: str
    project: str
    name: str
    notes: str
    tags: list[str]
    group: str
    job_type: str
    entity: str
    created: str
    user: str
    host: str
    os: str
    python: str
    program: str
    args: list[str]
    sweep: str
    forked_from: dict[str, Any]
    as_wandb: bool
    settings: dict[str, str]
    git: dict[str, Any]
    hardware: dict[str, Any]


class SweepFile(TypedDict, total=False):
    """What `sweep.json` holds."""

    format: int
    id: str
    project: str
    entity: str
    created: str
    definition: dict[str, Any]


class TrialFile(TypedDict, total=False):
    """What `trial-<n>.json` holds: the id of its run and the parameters, nested as they go into the config."""

    run: str
    params: dict[str, Any]


class FileRef(TypedDict):
    """A file of a run: path relative to `files/` with `/`, SHA-256 in hex, size in bytes."""

    path: str
    sha256: str
    size: int


def file_name(name: str, reserved: frozenset[str] = frozenset()) -> str:
    """Return the file name that stands for `name`; different names get different file names on every file system.

    Lower-case letters, digits, ``.``, ``_`` and ``-`` stay; every other UTF-8 byte of the NFC form becomes ``~xx``, as
    do leading and trailing dots and the first letter of a word in `reserved` or reserved by Windows. The empty name is
    ``~``. Beyond 120 bytes the end is replaced by ``~~`` and 20 hex digits of the SHA-256 of the whole name.
    """
    normal = unicodedata.normalize("NFC", name)
    pieces = [c if _KEPT.fullmatch(c) else _escape(c) for c in normal]
    if not pieces:
        return "~"
    for end in (0, -1):
        if pieces[end] == ".":
            pieces[end] = _escape(".")
    whole = "".join(pieces)
    if whole in reserved or whole.split(".")[0] in _WINDOWS:
        pieces[0] = _escape(pieces[0])
        whole = "".join(pieces)
    if len(whole) <= _LONGEST:
        return whole
    tail = "~~" + hashlib.sha256(normal.encode("utf-8", "surrogatepass")).hexdigest()[:20]
    kept, room = "", _LONGEST - len(tail)
    for piece in pieces:
        if len(kept) + len(piece) > room:
            break
        kept += piece
    return kept + tail


def original_name(name: str) -> str | None:
    """Return the name that `file_name` was given, in NFC; None when it was too long to be kept or is not ours."""
    if name == "~":
        return ""
    if "~~" in name:
        return None
    try:
        return re.sub(r"((?:~[0-9a-f]{2})+)", _unescape, name)
    except UnicodeDecodeError:
        return None


def _escape(char: str) -> str:
    return "".join(f"~{byte:02x}" for byte in char.encode("utf-8", "surrogatepass"))


def _unescape(match: re.Match[str]) -> str:
    return bytes.fromhex(match.group().replace("~", "")).decode("utf-8", "surrogatepass")


def project_folder(root: Path, project: str) -> Path:
    """Return the folder of a project; it need not exist."""
    return root / file_name(project, RESERVED_PROJECTS)


def run_folder(root: Path, project: str, run_id: str) -> Path:
    """Return the folder of a run; it need not exist."""
    return project_folder(root, project) / file_name(run_id, RESERVED_RUNS)


def writer_file(stream: str, writer: str) -> str:
    """Return the name of a writer's file in one of the four streams."""
    return f"{stream}-{writer}.jsonl"


def split_writer_file(name: str) -> tuple[str, str] | None:
    """Return (stream, writer) of a file name; None when it is no writer's file."""
    match = re.fullmatch(rf"({HISTORY}|{EVENTS}|{SYSTEM}|{CONSOLE})-(.+)\.jsonl", name)
    return (match[1], match[2]) if match else None


def join_path(parts: tuple[str, ...]) -> str:
    r"""Return a series' name: parts joined by ``.``, literal dots and backslashes escaped by ``\``."""
    return ".".join(part.replace("\\", "\\\\").replace(".", "\\.") for part in parts)


def split_path(key: str) -> tuple[str, ...]:
    """Return the parts of a series' name."""
    parts, current, escaped = [], "", False
    for char in key:
        if escaped:
            current, escaped = current + char, False
        elif char == "\\":
            escaped = True
        elif char == ".":
            parts.append(current)
            current = ""
        else:
            current += char
    return (*parts, current)


def plain_path(key: str) -> str:
    """Return a series' name as people read it: without escapes, so that two of them may read alike."""
    return ".".join(split_path(key))


def is_site(folder: Path) -> bool:
    """Return whether a folder is a site that a build has written."""
    return (folder / SITE_FOLDER / SITE_MANIFEST).is_file()


def is_record(value: object) -> bool:
    """Return whether a dict is a value of its own (media, a guarded string) and not nesting."""
    return isinstance(value, dict) and isinstance(value.get("_type"), str)


def is_nesting(value: object) -> bool:
    """Return whether a dict is nesting, whose keys are parts of paths."""
    return isinstance(value, dict) and not is_record(value)


def number(value: object) -> float:
    """Return a clock or count that a line holds; 0 where it holds something else."""
    return float(value) if isinstance(value, int | float) else 0.0
