"""Commands that bring runs to other people: `merge`, `export`, `summary`."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click

from tracklog.command import DAMAGED, FAILED, default_root, errors, filter_option, plural, root_option
from tracklog.errors import UsageError, visible

if TYPE_CHECKING:
    from tracklog.briefing import Brief

_SHOWN = 20


@click.command()
@click.argument("roots", nargs=-1, required=True, type=click.Path(path_type=Path))
@click.option("-o", "--output", "target", required=True, type=click.Path(path_type=Path),
              help="Log folder to copy into; it need not exist.")  # fmt: skip
def merge(roots: tuple[Path, ...], target: Path) -> None:
    """Copy the runs and artifacts of several log folders into one; nothing that is there is written over.

    Two different runs of one id stand beside each other, the later one as ID.FOLDER. Artifacts of one name become one, whose
    versions are numbered by the number that they had, then by time. Again: only what is new is copied.
    """
    from tracklog.store import merging

    with errors():
        done = merging.merge(list(roots), target)
    for folder, name in done.renamed.items():
        click.echo(f"{folder} is {visible(name)} there: another run has its id", err=True)
    _say_left(done.left)
    click.echo(f"{plural(done.runs, 'run')} copied, {done.same:,} as they were, {plural(done.files, 'file')}", err=True)
    click.echo(str(target))
    if done.left:
        sys.exit(DAMAGED)


@click.command()
@click.argument("runs", nargs=-1)
@click.option("-o", "--output", "target", required=True, type=click.Path(path_type=Path), help="The zip file.")
@root_option
@filter_option
@click.option("--without-artifacts", is_flag=True, help="Leave out the artifacts that the runs logged and used.")
def export(runs: tuple[str, ...], target: Path, root: Path | None, text: str, *, without_artifacts: bool) -> None:
    """Write RUNS (folders, ids or names), or those that --filter finds, into one zip file with their artifacts.

    Unzipped anywhere it is a log folder: tracklog build FOLDER gives the same pages.
    """
    from tracklog import parcel

    with errors():
        packed = parcel.write(_folders(runs, root, text), target, with_artifacts=not without_artifacts)
    _say_left(packed.left)
    click.echo(f"{plural(packed.files, 'file')}, {packed.bytes / 1e6:.1f} MB", err=True)
    click.echo(str(target))
    if packed.left:
        sys.exit(DAMAGED)


@click.command()
@click.argument("runs", nargs=-1)
@root_option
@click.option("--project", default="", help="Only this project.")
@filter_option
@click.option("--baseline", metavar="RUN", help="The run to compare with: a folder, an id or a name.")
@click.option("--keys", default="", help="Only these metrics, separated by commas.")
@click.option("--format", "form", type=click.Choice(["text", "markdown", "json"]), default="text", show_default=True)
@click.option("--fail-if", "conditions", multiple=True, metavar="CONDITION",
              help="Exit with 1 when a run fulfils it, as 'val/acc < 0.9', lacks the metric or has NaN there; may be given "
              "several times.")  # fmt: skip
def summary(
    runs: tuple[str, ...], root: Path | None, project: str, text: str, *, baseline: str | None, keys: str, form: str,
    conditions: tuple[str, ...],
) -> None:  # fmt: skip
    """Print RUNS in brief, with trends and what changed against a baseline; without RUNS and --filter, the newest five.

    For comments on pull requests (--format markdown) and for jobs that decide (--fail-if).
    """
    from tracklog import briefing, listing

    with errors():
        where = root or default_root()
        compared = listing.find(baseline, where) if baseline else None
        if runs or text:
            folders, left = _folders(runs, where, text), 0
        else:
            newest = [folder for folder in listing.newest(where, project) if folder != compared]
            folders, left = newest[: briefing.MOST], len(newest) - briefing.MOST
        if not folders:
            msg = f"no run in {where} to tell of; name one, or another log folder by --root"
            raise UsageError(msg)
        briefs = [briefing.of_run(folder) for folder in folders]
        before = briefing.of_run(compared) if compared else None
        failed = [sentence for brief in briefs for sentence in briefing.failures(brief, conditions)]
        click.echo(_written(form, briefs, before, tuple(key for key in keys.split(",") if key), failed), nl=False)
    if left > 0:
        click.echo(f"and {plural(left, 'older run')}: name them, or choose by --filter", err=True)
    for sentence in failed:
        click.echo(f"tracklog: {visible(sentence)}", err=True)
    if failed:
        sys.exit(FAILED)


def _written(form: str, briefs: list[Brief], before: Brief | None, keys: tuple[str, ...], failed: list[str]) -> str:
    from tracklog import briefing

    if form == "json":
        return briefing.as_json(briefs, before, keys, failed)
    return (briefing.markdown if form == "markdown" else briefing.text)(briefs, before, keys)


def _folders(runs: tuple[str, ...], root: Path | None, text: str) -> list[Path]:
    """Return the folders of runs that are named, or that a filter finds."""
    from tracklog import listing

    if bool(runs) == bool(text):
        msg = "name runs, or choose them by --filter; not both"
        raise UsageError(msg)
    where = root or default_root()
    return listing.matching(where, text) if text else [listing.find(run, where) for run in dict.fromkeys(runs)]


def _say_left(left: list[str]) -> None:
    for sentence in left[:_SHOWN]:
        click.echo(f"tracklog: WARNING {visible(sentence)}", err=True)
    if len(left) > _SHOWN:
        click.echo(f"and {len(left) - _SHOWN:,} more", err=True)
