"""What a run ran in, as people read it: its command, its machine, its Python."""

from __future__ import annotations

import shlex
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping

_ENVIRONMENT = (
    ("Python", "python"),
    ("System", "os"),
    ("Host", "host"),
    ("User", "user"),
    ("Program", "program"),
)


def command(environment: Mapping[str, Any]) -> str:
    """Return the command line that began a run; empty where nobody knows it."""
    program, args = environment.get("program"), environment.get("args")
    if not isinstance(program, str) or not program:
        return ""
    words = [str(arg) for arg in args] if isinstance(args, list) else []
    start = ["tracklog", "run", "--as-wandb"] if environment.get("as_wandb") is True else ["python"]
    return " ".join([*start, program, *map(shlex.quote, words)])


def listed(environment: Mapping[str, Any]) -> list[tuple[str, str]]:
    """Return labels and texts of what is known of the environment, its hardware last."""
    found = [(label, str(environment[key])) for label, key in _ENVIRONMENT if environment.get(key)]
    if environment.get("sweep"):
        found.append(("Sweep", str(environment["sweep"])))
    fork = environment.get("forked_from")
    if isinstance(fork, dict):
        found.append(("Forked from", f"{fork.get('id')}, step {fork.get('step')}"))
    found += _origin(environment.get("imported"))
    hardware = environment.get("hardware")
    if isinstance(hardware, dict):
        found += _hardware(hardware)
    return found


def _origin(imported: Any) -> list[tuple[str, str]]:
    """Return where a run was imported from, and what was said of it then."""
    if not isinstance(imported, dict):
        return []
    place = "/".join(str(imported[key]) for key in ("source", "run") if imported.get(key))
    notes = imported.get("notes")
    said = [("Note", str(note)) for note in notes] if isinstance(notes, list) else []
    return [("Imported from", ", ".join(part for part in (str(imported.get("format") or ""), place) if part)), *said]


def _hardware(hardware: Mapping[str, Any]) -> list[tuple[str, str]]:
    found = []
    if hardware.get("os"):
        found.append(("Platform", str(hardware["os"])))
    cores, memory = hardware.get("cpu_count_logical") or hardware.get("cpu_count"), hardware.get("memory")
    if cores:
        size = f", {memory / 1e9:.3g} GB" if isinstance(memory, int | float) else ""
        found.append(("CPU, memory", f"{cores} cores{size}"))
    gpus = hardware.get("gpus") or hardware.get("gpu")
    if isinstance(gpus, list) and gpus:
        names = [str(gpu.get("name")) if isinstance(gpu, dict) else str(gpu) for gpu in gpus]
        found.append(("GPU", ", ".join(f"{names.count(name)} × {name}" for name in dict.fromkeys(names))))
    if hardware.get("cuda"):
        found.append(("CUDA", str(hardware["cuda"])))
    return found


def compared(environment: Mapping[str, Any]) -> list[tuple[str, str]]:
    """Return what tells one run's surroundings from another's: the list, the commit and the command."""
    git = environment.get("git")
    found = listed(environment)
    if isinstance(git, dict):
        found += [(label, str(git[key])) for label, key in (("Commit", "commit"), ("Branch", "branch")) if git.get(key)]
    line = command(environment)
    return [*found, ("Command", line)] if line else found
