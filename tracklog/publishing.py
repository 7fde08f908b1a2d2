"""Commands that show a site to others: on a branch that GitHub Pages serves, by a workflow, and as a preview of that."""

from __future__ import annotations

import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from tracklog import building
from tracklog.command import DAMAGED, default_root, errors, plural, progress
from tracklog.errors import Error, UsageError, visible

if TYPE_CHECKING:
    from site_builder.branch import Branch, Plan

SHOWN = 200
"""Files that a dry run lists of each kind, at most."""


@click.command()
@building.site_options
@click.option("--redact", is_flag=True, help="Replace secrets and personal data in the site instead of failing.")
@click.option("--remote", default="", help="Remote of this repository; default: origin, or the only one.")
@click.option("--branch", "name", default="gh-pages", show_default=True, help="Branch that is served.")
@click.option("--folder", default="", help="Folder of the branch; all that lies outside of it stays as it is.")
@click.option("--message", default="Publish the site of tracklog", show_default=True, help="Message of the commit.")
@click.option("--dry-run", is_flag=True, help="Build, and list what would go; nothing leaves.")
@click.option("--force", is_flag=True, help="Replace what others put on the branch, too, and what is too large; nothing is ever "
              "force-pushed.")  # fmt: skip
@click.option(
    "--workflow", is_flag=True, help="Write a GitHub Actions file that builds and deploys, and do nothing else."
)
def publish(
    *,
    redact: bool,
    remote: str,
    name: str,
    folder: str,
    message: str,
    dry_run: bool,
    force: bool,
    workflow: bool,
    **given: Any,
) -> None:
    """Build the site of ROOTS (default: ./tracklogs) with the gate on, and put it on the branch that GitHub Pages serves."""
    from site_builder import Builder, branch, passage
    from site_builder.lock import locked

    if workflow:
        with errors():
            _write_workflow(given["roots"], given["site"], force=force)
        return
    with errors():
        place = branch.Branch(branch.remote_of(remote), name, branch.folder_of(folder))
        options = building.gated(building.chosen(**given), redact=redact)
        with progress() as advance:
            report = Builder(options).build(advance)
    building.say(report, options.site / "index.html")
    with errors(), locked(options.site):
        passage.check(options.site, options.gate or passage.gate(redact=redact))
        planned = branch.plan(options.site, place)
        if dry_run:
            _list(planned)
        _check(options.site, place, planned, force=force or dry_run)
        if not dry_run:
            _publish(options.site, place, planned, message)
    if report.damage:
        sys.exit(DAMAGED)


def _publish(site: Path, place: Branch, planned: Plan, message: str) -> None:
    from site_builder import branch

    where = f"{place.remote}/{place.name}" + (f", folder {place.folder}" if place.folder else "")
    if planned.is_empty and planned.parent == planned.there:
        click.echo(f"{where} has all of it already", err=True)
    else:
        made = branch.publish(site, place, planned, message)
        size = sum(planned.new.values()) + sum(planned.changed.values())
        click.echo(
            f"{where} is {made[:10]}: {len(planned.new):,} new, {len(planned.changed):,} changed, "
            f"{len(planned.deleted):,} deleted, {planned.same:,} as they were, {size / 1e6:.1f} MB",
            err=True,
        )
    url = branch.address(place)
    if url:
        click.echo(url)


def _check(site: Path, place: Branch, planned: Plan, *, force: bool) -> None:
    """Say what stands in the way, or would be lost. Raises Error unless that is wanted."""
    from site_builder import branch, limits

    found = limits.complaints(site)
    if planned.foreign:
        found.append(
            f"{place.name} holds what tracklog did not put there, and it would be deleted or replaced: "
            f"{branch.named(planned.foreign)}. --folder NAME publishes beside it"
        )
    if planned.sites:
        found.append(
            f"{place.name} holds other sites that tracklog put there, and they would be deleted: "
            f"{branch.named(planned.sites)}. --folder NAME publishes beside them"
        )
    if planned.unpushed:
        local = plural(planned.unpushed, "commit")
        found.append(
            f"the local branch {place.name} has {local} that {place.remote} does not have, and would leave the branch: "
            f"push them first, or git branch -m {place.name} {place.name}-mine"
        )
    for text in found:
        click.echo(f"tracklog: WARNING {visible(text)}", err=True)
    if found and not force:
        msg = "nothing was published; --force publishes all the same"
        raise Error(msg)


def _list(planned: Plan) -> None:
    for what, files in (("new", planned.new), ("changed", planned.changed), ("deleted", planned.deleted)):
        for path, size in list(files.items())[:SHOWN]:
            click.echo(f"{what:8}{size:>12,}  {visible(path)}")
        if len(files) > SHOWN:
            click.echo(f"{what:8}and {len(files) - SHOWN:,} more")
    size = sum(planned.new.values()) + sum(planned.changed.values())
    click.echo(
        f"would go: {len(planned.new):,} new, {len(planned.changed):,} changed, {len(planned.deleted):,} deleted, "
        f"{planned.same:,} as they are, {size / 1e6:.1f} MB; nothing was published",
        err=True,
    )


@click.command()
@click.argument("site", type=click.Path(path_type=Path, exists=True, file_okay=False), default=Path("site"))
@click.option(
    "--port", type=click.IntRange(0, 65535), default=8000, show_default=True, help="Port; 0 takes a free one."
)
@click.option("--open", "open_", is_flag=True, help="Open the site in a browser.")
def serve(site: Path, *, port: int, open_: bool) -> None:
    """Show SITE (default: ./site) on this machine as GitHub Pages would: below a path, with its headers, until Ctrl-C."""
    from site_builder.server import Server

    if not (site / "index.html").is_file():
        msg = f"{site} has no index.html; tracklog build makes one"
        raise click.UsageError(msg)
    with errors():
        server = Server(site, port, under=site.resolve().name)
    server.start()
    click.echo(f"serving {server.url}")
    if open_:
        building.open_page(server.url)
    click.echo("Ctrl-C ends", err=True)
    try:
        while True:
            time.sleep(3600)
    except KeyboardInterrupt:
        server.stop()


def _write_workflow(roots: tuple[str, ...], site: Path, *, force: bool) -> None:
    """Write the workflow into this repository. Raises UsageError where there is another one."""
    from site_builder import branch, workflow

    top = branch.top()
    named = [Path(root) for root in roots] or [default_root()]
    outside = [str(root) for root in named if not root.resolve().is_relative_to(top.resolve())]
    if outside:
        msg = f"{', '.join(outside)} is not in this repository, so a workflow cannot read it; commit the log folder"
        raise UsageError(msg)
    if site != Path("site"):
        click.echo(f"tracklog: WARNING -o {site} has no effect: the workflow builds where it runs", err=True)
    path = top / workflow.PATH
    text = workflow.text([root.resolve().relative_to(top.resolve()).as_posix() for root in named])
    if path.exists() and path.read_text(encoding="utf-8") != text and not force:
        msg = f"{path} is there and says something else; --force replaces it"
        raise UsageError(msg)
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")
    click.echo(str(path))
    click.echo("commit it, and choose GitHub Actions as the source under Settings, Pages", err=True)
