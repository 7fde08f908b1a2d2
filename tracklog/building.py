"""What commands that build have in common: their options, and what they say."""

from __future__ import annotations

import webbrowser
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from tracklog.command import default_root, errors, filter_option, plural
from tracklog.errors import visible

if TYPE_CHECKING:
    from site_builder import Options, Report

_SHOWN_DAMAGE = 20

Command = Callable[..., Any]


def site_options(command: Command) -> Command:
    """Add what says which runs go into which folder."""
    for option in reversed((  # the last to be added is told first
        click.argument("roots", nargs=-1),
        click.option("-o", "--output", "site", type=click.Path(path_type=Path), default=Path("site"), show_default=True,
                     help="Folder of the site."),
        click.option("--project", default="", help="Read only this project; what the site has of others stays."),
        click.option("--run", "runs", multiple=True, help="Only this run, by id or name; may be given several times."),
        filter_option,
        click.option("--jobs", type=click.IntRange(min=0), default=0, help="Processes to use; 0: one for each CPU."),
        click.option("--scheduler", default="", metavar="ADDRESS",
                     help="Read the runs on a running Dask cluster, as tcp://host:8786; its workers must see ROOTS. Worth it "
                     "from some ten thousand runs, or for runs that take minutes."),
        click.option("--max-file", type=click.FloatRange(min=0), default=10.0, show_default=True,
                     help="Megabytes of the largest saved file that travels with the site."),
        click.option("--roots-changed", is_flag=True, help="Build although runs of the last build's roots leave the site."),
    )):  # fmt: skip
        command = option(command)
    return command


def build_options(command: Command) -> Command:
    """Add what a build and a watch may be told."""
    for option in reversed((
        site_options,
        click.option("--single-file", type=click.Path(path_type=Path), help="Write one HTML file instead of a folder."),
        click.option("--to", "to", default="", metavar="URL",
                     help="Copy what changed to a URL, as s3://bucket/site; version.js last."),
        click.option("--max-size", type=click.FloatRange(min=0.1), default=20.0, show_default=True,
                     help="Megabytes of the single file, at most."),
        click.option("--open", "open_", is_flag=True, help="Open the site in a browser."),
    )):  # fmt: skip
        command = option(command)
    return command


def chosen(*, roots: tuple[str, ...], project: str, runs: tuple[str, ...], text: str, **given: Any) -> Options:
    """Return what a build is told by the options of a command. Raises click.UsageError."""
    from site_builder import Options, Wanted
    from site_builder.mirror import Mirror, is_url

    with errors():
        mirrors = {root: Mirror(root) for root in roots if is_url(root)}
    folders = tuple(mirrors[root].folder if root in mirrors else Path(root) for root in roots) or (default_root(),)
    missing = [str(root) for root in folders if not root.is_dir()] if not mirrors else []
    if missing:
        msg = f"no log folder at {', '.join(missing)}; name the folder that init(dir=...) or TRACKLOG_DIR gave"
        raise click.UsageError(msg)
    matches = None
    if text:
        from tracklog.listing import matcher

        with errors():
            matches = matcher(text)
    max_file = int(given.pop("max_file") * 1e6)
    wanted = Wanted(project, runs, text, matches)
    return Options(roots=folders, wanted=wanted, max_file=max_file, mirrors=tuple(mirrors.values()), **given)


def gated(options: Options, *, redact: bool) -> Options:
    """Return the options of a build with the gate on. Raises UsageError."""
    import dataclasses

    from site_builder import passage

    return dataclasses.replace(options, gate=passage.gate(redact=redact))


def copy_to(site: Path, url: str) -> None:
    """Bring the copy of a site at a URL up to date, and say what travelled."""
    from site_builder import upload

    copied = upload.copy(site, url)
    click.echo(f"{plural(copied.files, 'file')} copied to {url}, {copied.bytes / 1e6:.1f} MB", err=True)


def say(report: Report, page: Path) -> None:
    """Tell what a build did: its page on stdout, all else on stderr."""
    for text in report.warnings:
        click.echo(f"tracklog: WARNING {visible(text)}", err=True)
    for text in report.damage[:_SHOWN_DAMAGE]:
        click.echo(f"damaged: {visible(text)}", err=True)
    if len(report.damage) > _SHOWN_DAMAGE:
        click.echo(
            f"and {len(report.damage) - _SHOWN_DAMAGE:,} more; tracklog check lists what is damaged",
            err=True,
        )
    files = plural(len(report.written), "file")
    done = f"{plural(report.runs, 'run')}, {report.read} read, {files} written, {len(report.removed)} removed"
    click.echo(f"{done}, {report.seconds:.2f} s", err=True)
    click.echo(str(page))


def open_page(url: str) -> None:
    """Open a page in a browser."""
    if not webbrowser.open(url):
        click.echo(f"no browser found; open {url}", err=True)
