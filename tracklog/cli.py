"""The command line: thin commands over the builder and the store."""

from __future__ import annotations

import contextlib
import os
import shutil
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from tracklog import building, importing, publishing, sharing
from tracklog.command import DAMAGED, FAILED, default_root, errors, filter_option, plural, progress
from tracklog.errors import Error, visible

if TYPE_CHECKING:
    from site_builder import Options, Report


@click.group(context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="tracklog")
def main() -> None:
    """Experiment tracking in plain files, looked at as a static site.

    Log with `import tracklog as wandb`, then run `tracklog build` and open site/index.html.
    """


@main.command()
@building.build_options
@click.option("--strict", is_flag=True, help="Fail with exit code 1 when any input was damaged or missing.")
@click.option("--gate", is_flag=True, help="Write nothing where secrets or personal data would leave with the site.")
@click.option("--redact", is_flag=True, help="Replace them in the site; what is logged stays as it is.")
def build(
    *,
    strict: bool,
    gate: bool,
    redact: bool,
    open_: bool,
    single_file: Path | None,
    max_size: float,
    to: str,
    **given: Any,
) -> None:
    """Build the site of the log folders ROOTS (default: ./tracklogs), which may be URLs such as s3://bucket/logs."""
    if to and single_file is not None:
        msg = "--to copies a folder; a single file is copied by whatever copies files"
        raise click.UsageError(msg)
    options = building.chosen(**given)
    with errors():
        if gate or redact:
            options = building.gated(options, redact=redact)
        if single_file is not None:
            from site_builder import single

            with progress() as advance:
                report = single.write(options, single_file, int(max_size * 1e6), advance)
            page = single_file
        else:
            from site_builder import Builder

            with progress() as advance:
                report = Builder(options).build(advance)
            page = options.site / "index.html"
            if to:
                building.copy_to(options.site, to)
    building.say(report, page)
    if open_:
        building.open_page(page.resolve().as_uri())
    if report.damage:
        sys.exit(FAILED if strict else DAMAGED)


main.add_command(importing.command)


@main.command()
@building.build_options
@click.option(
    "--import",
    "sources",
    multiple=True,
    type=click.Path(path_type=Path),
    metavar="SOURCE",
    help="Import the runs of another tracker first, and whenever there is more; may be given several times.",
)
@click.option("--serve", is_flag=False, flag_value=8000, type=click.IntRange(0, 65535), default=None, metavar="[PORT]",
              help="Also serve the site on http://127.0.0.1:PORT.")  # fmt: skip
def watch(
    *,
    open_: bool,
    single_file: Path | None,
    max_size: float,
    serve: int | None,
    to: str,
    sources: tuple[Path, ...],
    **given: Any,
) -> None:
    """Build the site and keep it fresh while runs grow, until Ctrl-C."""
    del max_size
    if single_file is not None:
        msg = "--single-file cannot be watched; build it when the runs have ended"
        raise click.UsageError(msg)
    import dataclasses

    from site_builder.watch import Watch

    bring = importing.Following(
        sources, Path(given["roots"][0]) if given["roots"] else default_root(), given["project"]
    )
    with errors():
        bring()
    options = dataclasses.replace(building.chosen(**given), live=True)
    with errors(), contextlib.suppress(KeyboardInterrupt):
        watching = Watch(options, bring)
        with progress() as advance:
            report = watching.first(advance)
        page = options.site / "index.html"
        if to:
            building.copy_to(options.site, to)
        building.say(report, page)
        url = page.resolve().as_uri()
        if serve is not None:
            from site_builder.server import Server

            server = Server(options.site, serve)
            server.start()
            url = server.url
            click.echo(f"serving {url}")
        if open_:
            building.open_page(_page_of(options, url))
        click.echo("watching; Ctrl-C ends", err=True)

        def built(report: Report) -> None:
            click.echo(f"{len(report.written)} files written", err=True)
            if to:
                building.copy_to(options.site, to)

        watching.forever(built)


@main.command()
@click.argument("folder", type=click.Path(path_type=Path), default=Path("tracklog-demo"))
@click.option("--open", "open_", is_flag=True, help="Open the site in a browser.")
def demo(folder: Path, *, open_: bool) -> None:
    """Train small real models into FOLDER/tracklogs and build FOLDER/site."""
    from site_builder import Builder, Options

    with errors():
        try:
            from tracklog.demo import train
        except ModuleNotFoundError as error:
            msg = f"the demo needs {error.name}: pip install 'tracklog[demo]'"
            raise Error(msg) from error
        with progress() as advance:
            train(folder / "tracklogs", quiet=True, report=lambda n, count, _: advance("models trained", n, count))
        with progress() as advance:
            report = Builder(Options((folder / "tracklogs",), folder / "site", roots_changed=True)).build(advance)
    page = folder / "site" / "index.html"
    building.say(report, page)
    if open_:
        building.open_page(page.resolve().as_uri())


@main.command()
@click.argument("root", type=click.Path(path_type=Path), required=False)
@click.option("--project", default="", help="Only this project.")
@filter_option
@click.option("--format", "form", type=click.Choice(["table", "jsonl"]), default="table", show_default=True)
def runs(root: Path | None, project: str, text: str, form: str) -> None:
    """List the runs of a log folder, the newest first, with what of their summary and config differs."""
    from tracklog import listing

    with errors():
        rows = listing.runs(root or default_root(), project, text)
        width = shutil.get_terminal_size().columns if sys.stdout.isatty() else 0
        click.echo(listing.table(rows, width) if form == "table" else listing.json_lines(rows), nl=False)


@main.command()
@click.argument("run", required=False)
@click.option("--root", type=click.Path(path_type=Path), help="Log folder.")
@filter_option
@click.option("--keys", default="", help="Only these keys, separated by commas.")
@click.option("--format", "form", type=click.Choice(["csv", "jsonl"]), default="csv", show_default=True)
def history(run: str | None, root: Path | None, text: str, keys: str, form: str) -> None:
    """Print the folded rows of RUN (a folder, an id or a name), or of all runs that --filter finds."""
    from tracklog import export, listing

    if (run is None) == (not text):
        msg = "name a run, or choose runs by --filter; not both"
        raise click.UsageError(msg)
    with errors():
        where = root or default_root()
        folders = listing.matching(where, text) if run is None else [listing.find(run, where)]
        for piece in export.history(folders, tuple(key for key in keys.split(",") if key), form):
            click.echo(piece, nl=False)


@main.command()
@click.argument("runs", nargs=-1, required=True)
@click.option("--root", type=click.Path(path_type=Path), help="Log folder.")
@click.option("--name", help="The name people see.")
@click.option("--notes", help="Notes, in Markdown.")
@click.option("--tag", "tags", multiple=True, help="+x adds the tag x, -x removes it.")
@click.option("--config", multiple=True, metavar="KEY=VALUE", help="Set a config value, as YAML; dots lead inwards.")
@click.option("--summary", multiple=True, metavar="KEY=VALUE", help="Set a value of the summary.")
def edit(runs: tuple[str, ...], root: Path | None, **changes: Any) -> None:
    """Change RUNS (folders, ids or names): name, notes, tags, config, summary.

    Changes are appended, also to runs that still write; what a run records later holds over them.
    """
    from tracklog import edit as editing
    from tracklog import listing

    if not any(changes.values()) and changes["name"] is None and changes["notes"] is None:
        msg = "say what to change: --name, --notes, --tag, --config or --summary"
        raise click.UsageError(msg)
    with errors():
        for folder in [listing.find(run, root or default_root()) for run in runs]:
            editing.edit(folder, **changes)


@main.command(context_settings={"ignore_unknown_options": True, "allow_interspersed_args": False})
@click.option(
    "--configs", default="", metavar="FILES", help="Config files, a.yaml,b.yaml::key; they win over the script's."
)
@click.option("--as-wandb", is_flag=True, help="Take tracklog for wandb: no import is changed.")
@click.argument("words", nargs=-1, required=True, metavar="SCRIPT [ARGUMENT]...")
def run(words: tuple[str, ...], configs: str, *, as_wandb: bool) -> None:
    """Start SCRIPT (a .py file, -m MODULE, or any program), with config files or in the place of wandb."""
    from tracklog import launch

    with errors():
        launch.launch(words, configs, as_wandb=as_wandb)


@main.command()
@click.argument("file", type=click.Path(path_type=Path, exists=True, dir_okay=False))
@click.option("--project", help="The project of its runs; default: what the file says, or that of the folder.")
def sweep(file: Path, project: str | None) -> None:
    """Keep the sweep that FILE (YAML) defines in the log folder, and print its id for `tracklog agent`."""
    from tracklog.sweeps.definition import sweep as keep

    with errors():
        click.echo(keep(file, project=project))


@main.command()
@click.argument("sweep")
@click.option("--project", help="The sweep's project.")
@click.option("--count", type=click.IntRange(min=1), help="Trials to run, at most.")
@click.option("--as-wandb", is_flag=True, help="The program imports wandb, and gets tracklog.")
def agent(sweep: str, project: str | None, count: int | None, *, as_wandb: bool) -> None:
    """Run the program of SWEEP (an id) with one set of parameters after the other; start as many agents as you like.

    Exit code 1 when no trial went well.
    """
    from tracklog import standin
    from tracklog.sweeps.agent import agent as work

    if as_wandb:
        os.environ.update(standin.environment(os.environ))
    with errors():
        if not work(sweep, project=project, count=count):
            msg = "no trial went well"
            raise Error(msg)


@main.command()
@click.argument("root", type=click.Path(path_type=Path), required=False)
def check(root: Path | None) -> None:
    """Say what of a log folder is damaged or missing, media included; nothing is changed. Exit code 3 when anything is."""
    from tracklog import listing

    with errors():
        count, found = listing.damage(root or default_root())
    for text in found:
        click.echo(visible(text))
    click.echo(f"{plural(count, 'run')} checked, {plural(len(found), 'problem')}", err=True)
    if found:
        sys.exit(DAMAGED)


for one in (sharing.merge, sharing.export, sharing.summary, publishing.publish, publishing.serve):
    main.add_command(one)


def _page_of(options: Options, url: str) -> str:
    """Return the page to open: the run's or the project's, where one was asked for."""
    base = url.rsplit("/", 1)[0]
    if options.wanted.project:
        from tracklog.store.layout import RESERVED_PROJECTS, RESERVED_RUNS, file_name

        project = file_name(options.wanted.project, RESERVED_PROJECTS)
        runs = options.wanted.runs
        page = f"runs/{file_name(runs[0], RESERVED_RUNS)}.html" if len(runs) == 1 else "index.html"
        if (options.site / project / page).is_file():
            return f"{base}/{project}/{page}"
    return url
