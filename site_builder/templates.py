"""Templates and assets: where they are, and how a page is rendered. Autoescape is on everywhere."""

from __future__ import annotations

import functools
import hashlib
from pathlib import Path
from typing import Any

import jinja2
import orjson
from markupsafe import Markup

from site_builder import numbers
from tracklog.errors import UsageError

LINKED = ("main", "style", "theme")
SHELL = (*LINKED, "licences")
"""Assets that every page has; the viewers of kinds are loaded where they are needed."""


@functools.cache
def folder() -> Path:
    """Return the folder of the templates: in the wheel inside this package, in a checkout beside it."""
    here = Path(__file__).resolve().parent
    for place in (here / "_templates", here.parent / "templates"):
        if (place / "base.html.j2").is_file():
            return place
    msg = f"the page templates are missing beside {here}; install tracklog again"
    raise UsageError(msg)


@functools.cache
def assets() -> dict[str, str]:
    """Return the file names of the built assets by their short names."""
    listing = folder() / "dist" / "assets.json"
    try:
        return dict(orjson.loads(listing.read_bytes()))
    except OSError as error:
        msg = f"the front end is not built: {listing} is missing. In a checkout: pip install -e . (needs npm packages)"
        raise UsageError(msg) from error


def asset_bytes(file: str) -> bytes:
    """Return the content of a built asset."""
    return (folder() / "dist" / file).read_bytes()


def frame() -> bytes:
    """Return the page in which user HTML runs."""
    return (folder() / "frame.html").read_bytes()


@functools.cache
def digest() -> str:
    """Return a hash of all templates and asset names: what is rendered changes with it."""
    total = hashlib.sha256()
    for path in sorted([*folder().glob("*.j2"), *folder().glob("notebook/*.j2")]):
        total.update(path.name.encode() + b"\0" + path.read_bytes())
    total.update(frame())
    total.update(orjson.dumps(assets(), option=orjson.OPT_SORT_KEYS))
    return total.hexdigest()[:16]


@functools.cache
def _environment() -> jinja2.Environment:
    environment = jinja2.Environment(
        loader=jinja2.FileSystemLoader(folder()),
        autoescape=True,
        trim_blocks=True,
        undefined=jinja2.StrictUndefined,
        auto_reload=False,
    )
    environment.filters |= {"bytes": numbers.size, "date": numbers.date, "duration": numbers.duration, "rooted": rooted}
    return environment


def rooted(html: Markup, root: str) -> Markup:
    """Return HTML of a notebook with the addresses of its pictures, on a page from which `root` leads to the site's."""
    return Markup(str(html).replace(' data-nb-media="', f' src="{root}'))  # noqa: S704 - as safe as it was


def script_json(value: object) -> Markup:
    """Return JSON for a data script: no ``<`` and no line separator of JavaScript is left in it."""
    return Markup(escape_script(orjson.dumps(value).decode()))  # noqa: S704 - escaped for a script just here


def escape_script(text: str) -> str:
    """Escape JSON text for the inside of a script element."""
    return text.replace("<", "\\u003c").replace("\u2028", "\\u2028").replace("\u2029", "\\u2029")


def render(template: str, context: dict[str, Any]) -> bytes:
    """Render a whole page of a folder site."""
    names = assets()
    root = context["root"]
    links = {name: f"{root}assets/{names[name]}" for name in LINKED}
    return (
        _environment().get_template(template).render(context, assets=links, standalone=False).encode("utf-8", "replace")
    )


def render_main(template: str, context: dict[str, Any]) -> str:
    """Render the main part of a page, for a single file."""
    page = _environment().get_template(template)
    return "".join(page.blocks["main"](page.new_context({**context, "standalone": True, "assets": {}})))


def render_standalone(template: str, context: dict[str, Any]) -> str:
    """Render a whole page with its assets inside of it."""
    names = assets()
    inline = {f"inline_{name}": Markup(asset_bytes(names[name]).decode()) for name in SHELL}  # noqa: S704 - our own build
    return _environment().get_template(template).render(context, assets={}, standalone=True, **inline)
