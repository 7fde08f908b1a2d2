"""Notes and the texts of notebooks as HTML: Markdown without HTML in it, cleaned once more."""

from __future__ import annotations

import functools
import re
from typing import TYPE_CHECKING, Any

import nh3
from markupsafe import Markup

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from markdown_it import MarkdownIt
    from markdown_it.token import Token

    Picture = Callable[[str, str], Markup]

_OPEN, _CLOSE = "\ue000", "\ue001"
"""Around the number of a piece that is put into the HTML when that has been cleaned."""
_PIECE = re.compile(f"{_OPEN}([0-9]+){_CLOSE}")

ENVIRONMENTS = 200
"""Environments of a text up to which they are looked for; a text with more of them shows all of them as they are written."""


@functools.cache
def _parser() -> MarkdownIt:
    return _new_parser().disable("image")


def _new_parser() -> MarkdownIt:
    from markdown_it import MarkdownIt  # which takes 20 ms, and many a site has no notes

    return MarkdownIt("commonmark", {"html": False, "linkify": False}).enable(["table", "strikethrough"])


def render(text: str) -> Markup:
    """Return safe HTML of Markdown; pictures stay text, since nothing is loaded from elsewhere.

    So do links without a scheme: whoever writes notes cannot know what stands beside them in a site.
    """
    return _cleaned(_parser().render(text))


def _cleaned(html: str) -> Markup:
    html = nh3.clean(html, url_schemes={"http", "https", "mailto"}, url_relative="deny", link_rel="noopener noreferrer")
    return Markup(html)  # noqa: S704 - cleaned just here


class Rich:
    r"""Markdown with formulas (``$…$``, ``$$…$$``, ``\begin{align}``) and pictures, for the texts of one notebook."""

    def __init__(self) -> None:
        from mdit_py_plugins.amsmath import amsmath_plugin
        from mdit_py_plugins.dollarmath import dollarmath_plugin

        self._pieces: list[Markup] = []
        self._picture: Picture = no_picture
        self._parser = _new_parser()
        dollarmath_plugin(self._parser, allow_labels=False, allow_digits=False, renderer=self._formula)
        amsmath_plugin(self._parser, renderer=lambda tex: self._formula(tex, {"display_mode": True}))
        self._parser.add_render_rule("image", lambda _, *given: self._image(*given))

    def render(self, text: str, picture: Picture | None = None) -> Markup:
        """Return safe HTML; `picture` gives that of a picture by its address and words, else it is words alone."""
        self._pieces.clear()
        # For each environment that has no end the rest of the text is searched.
        (self._parser.enable if text.count("\\begin{") <= ENVIRONMENTS else self._parser.disable)("amsmath")
        self._picture = picture or no_picture
        html = _cleaned(self._parser.render(text.replace(_OPEN, "\ufffd")))
        # Cleaning knows nothing of formulas and of our own pictures: they come in behind it.
        return Markup(_PIECE.sub(self._piece, html))  # noqa: S704 - cleaned, and made here

    def _put(self, piece: Markup) -> str:
        self._pieces.append(piece)
        return f"{_OPEN}{len(self._pieces) - 1}{_CLOSE}"

    def _piece(self, found: re.Match[str]) -> str:
        number = int(found[1])  # a text may name any, by entities
        return self._pieces[number] if number < len(self._pieces) else ""

    def _formula(self, tex: str, how: Mapping[str, Any]) -> str:
        from site_builder import formulas

        return self._put(formulas.mathml(tex, block=bool(how.get("display_mode"))))

    def _image(self, tokens: Sequence[Token], number: int, options: Any, env: Any) -> str:
        token = tokens[number]
        words = self._parser.renderer.renderInlineAsText(token.children or [], options, env)  # type: ignore[attr-defined]
        return self._put(self._picture(str(token.attrs.get("src", "")), words))


def no_picture(address: str, words: str) -> Markup:
    """Return what stands for a picture that is not here."""
    return Markup('<span class="nb-none">[picture: {}]</span>').format(words or address)
