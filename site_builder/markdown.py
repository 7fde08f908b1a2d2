"""Notes as HTML: Markdown without HTML in it, cleaned once more."""

from __future__ import annotations

import functools

import nh3
from markdown_it import MarkdownIt
from markupsafe import Markup


@functools.cache
def _parser() -> MarkdownIt:
    return (
        MarkdownIt("commonmark", {"html": False, "linkify": False}).enable(["table", "strikethrough"]).disable("image")
    )


def render(text: str) -> Markup:
    """Return safe HTML of Markdown; pictures stay text, since nothing is loaded from elsewhere.

    So do links without a scheme: whoever writes notes cannot know what stands beside them in a site.
    """
    html = nh3.clean(
        _parser().render(text),
        url_schemes={"http", "https", "mailto"},
        url_relative="deny",
        link_rel="noopener noreferrer",
    )
    return Markup(html)  # noqa: S704 - cleaned just here
