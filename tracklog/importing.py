"""`tracklog import`: bring runs that other trackers recorded into a log folder."""

from __future__ import annotations

import sys
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

import click

from tracklog.command import DAMAGED, default_root, errors, plural
from tracklog.errors import UsageError, visible

if TYPE_CHECKING:
    from tracklog.importers import Format
    from tracklog.importers.told import Taken


@dataclass(slots=True)
class Outcome:
    """What imports of some sources came to."""

    runs: int = 0
    changed: list[Taken] = field(default_factory=list)
    damage: list[str] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)


def bring(source: Path, root: Path, *, format_name: str = "", project: str = "") -> Outcome:
    """Bring the runs of a source up to date in a log folder.

    Raises UsageError when there is no such source, or nothing in it that is known; OSError when nothing can be written.
    """
    from tracklog import importers
    from tracklog.importers import folders, sqlite
    from tracklog.importers.told import Damage

    if not source.exists():
        raise UsageError(f"there is nothing at {source} to import")
    kinds: list[Format] = [importers.named(format_name)] if format_name else importers.found(source)
    outcome = Outcome(damage=list(folders.closed(source)))
    for kind in kinds:
        for found in importers.bring(source, kind, root, project):
            if isinstance(found, Damage):
                outcome.damage.append(found.text)
                continue
            outcome.runs += 1
            outcome.damage += [f"{found.id}: {sentence}" for sentence in found.damage]
            outcome.notes += [note for note in found.notes if note not in {*outcome.notes, *found.damage}]
            if found.is_new or found.is_afresh or found.rows or found.counts or found.notes:
                outcome.changed.append(found)
    named = "\n".join(outcome.damage)
    outcome.damage += [text for path, text in sqlite.damaged(source) if path.name not in named]
    if not outcome.runs and not outcome.damage:
        known = f"no runs of {kinds[0].TITLE}" if format_name else "no runs of a tracker that tracklog knows"
        raise UsageError(f"{source} holds {known}; formats are {', '.join(importers.TAKEN)}")
    return outcome


def say(outcome: Outcome) -> None:
    """Say a line for each run that changed, on stdout, and everything else on stderr."""
    for taken in outcome.changed:
        click.echo(visible(_line(taken)))
    for note in outcome.notes:
        click.echo(f"note: {visible(note)}", err=True)
    for sentence in outcome.damage:
        click.echo(f"damaged: {visible(sentence)}", err=True)


def _line(taken: Taken) -> str:
    what = [plural(taken.rows, "row"), *(f"{count:,} {name}" for name, count in sorted(taken.counts.items()))]
    how = "new" if taken.is_new else "written afresh" if taken.is_afresh else "grown"
    return f"{taken.project}/{taken.id} ({taken.format}, {how}): {', '.join(what)}"


@click.command("import")
@click.argument("words", nargs=-1, required=True, metavar="[FORMAT] SOURCE")
@click.option("--project", default="", help="The project of the runs; default: what the source says, or its name.")
@click.option("--root", type=click.Path(path_type=Path), help="Log folder that the runs come into.")
def command(words: tuple[str, ...], project: str, root: Path | None) -> None:
    """Bring the runs in SOURCE, which another tracker recorded, into the log folder; again: only what is new.

    FORMAT is one of tensorboard, wandb, mlflow, trackio, dvclive, swanlab, clearml, comet, neptune, sacred and csv; without it,
    all of them are looked for. Exit code 3 when something was damaged or foreign, and left out.
    """
    if len(words) > 2:  # noqa: PLR2004 - a format and a source
        msg = f"give one source, and a format before it if need be; got {len(words)} words"
        raise click.UsageError(msg)
    with errors():
        outcome = bring(Path(words[-1]), root or default_root(), format_name="".join(words[:-1]), project=project)
    say(outcome)
    unchanged = outcome.runs - len(outcome.changed)
    done = f"{plural(len(outcome.changed), 'run')} imported, {unchanged:,} unchanged"
    click.echo(done, err=True)
    if outcome.damage:
        sys.exit(DAMAGED)


class Following:
    """Sources that are imported again before each build."""

    def __init__(self, sources: tuple[Path, ...], root: Path, project: str) -> None:
        """Name the sources, and where their runs go."""
        self._sources, self._root, self._project = sources, root, project
        self._said: set[str] = set()

    def __call__(self) -> None:
        """Import what is new, and say what was not said before. Raises UsageError and OSError as `bring`."""
        for source in self._sources:
            outcome = bring(source, self._root, project=self._project)
            sentences = [f"note: {note}" for note in outcome.notes] + [f"damaged: {text}" for text in outcome.damage]
            for sentence in sentences:
                if sentence not in self._said:
                    self._said.add(sentence)
                    click.echo(visible(sentence), err=True)
