"""Code with its words told apart: Pygments' classes, no styles."""

from __future__ import annotations

import functools
from typing import TYPE_CHECKING, Any

import orjson
from markupsafe import Markup, escape

if TYPE_CHECKING:
    from pygments.lexer import Lexer

LONGEST = 100_000
"""Characters of a code that is highlighted; a longer one is shown plainly."""
LANGUAGES = frozenset(
    (
        "bash",
        "c",
        "c++",
        "cpp",
        "diff",
        "ini",
        "ipython",
        "ipython3",
        "java",
        "javascript",
        "json",
        "julia",
        "python",
        "python3",
        "r",
        "scala",
        "sql",
        "toml",
        "typescript",
        "yaml",
    )
)
"""What is highlighted; a stranger may name any of Pygments' 500, and some can be kept busy for ever."""
_LARGEST_FILE = 1_000_000
"""Characters of a file that is highlighted."""
_CLASSES = (
    ("Comment", 3),
    ("Literal.String", 2),
    ("Literal.Number", 4),
    ("Name.Function", 5),
    ("Name.Class", 5),
    ("Name.Decorator", 5),
    ("Name.Builtin", 6),
    ("Keyword.Constant", 6),
    ("Keyword", 1),
    ("Operator.Word", 1),
    ("Generic.Deleted", 7),
    ("Generic.Inserted", 8),
)
"""Kinds of tokens, the special ones first, and their classes wherever code is shown (``.c1`` to ``.c8``)."""


def code(text: str, language: str) -> Markup:
    """Return code as the inside of a ``pre``: exactly its text, words in spans with Pygments' short classes."""
    lexer = _lexer(language.strip().lower()) if len(text) <= LONGEST else None
    if lexer is None:
        return Markup.escape(text)
    from pygments import highlight

    try:
        return Markup(highlight(text, lexer, _formatter()))  # noqa: S704 - Pygments escapes what it shows
    except Exception:  # a lexer may stumble over what is no code
        return Markup.escape(text)


@functools.cache
def _formatter() -> Any:
    from pygments.formatters import HtmlFormatter

    return HtmlFormatter(nowrap=True)


@functools.lru_cache(64)
def _lexer(language: str) -> Lexer | None:
    from pygments.lexers import get_lexer_by_name
    from pygments.util import ClassNotFound

    try:
        return get_lexer_by_name(language, stripnl=False, ensurenl=False)
    except ClassNotFound:
        return None


def marks(path: str, text: str) -> bytes:
    """Return pairs (length, class) that cover a file's text from its start, as a JSON list; nothing where it stays plain.

    Lengths are in UTF-16 units, as JavaScript counts; class 0 is plain.
    """
    lexer = _lexer_of(path) if len(text) <= _LARGEST_FILE else None
    if lexer is None:
        return b""
    found: list[int] = []
    try:
        for _, kind, value in lexer.get_tokens_unprocessed(text):
            number = _class(kind)
            length = len(value) if value.isascii() else len(value.encode("utf-16-le", "surrogatepass")) // 2
            if found and found[-1] == number:
                found[-2] += length
            else:
                found += (length, number)
    except Exception:  # a lexer may stumble over what is no code
        return b""
    return orjson.dumps(found)


@functools.lru_cache(128)
def spans(path: str, text: str) -> Markup:
    """Return a file's text as the inside of a ``pre``: exactly its text, with the classes of its `marks` (``c1`` to ``c8``)."""
    units = text.encode("utf-16-le", "surrogatepass")
    pairs = orjson.loads(marks(path, text) or b"[]")
    parts, at = [], 0
    for length, number in zip(pairs[::2], pairs[1::2], strict=True):
        piece = escape(units[2 * at : 2 * (at + length)].decode("utf-16-le", "surrogatepass"))
        parts.append(f'<span class="c{number}">{piece}</span>' if number else piece)
        at += length
    parts.append(escape(units[2 * at :].decode("utf-16-le", "surrogatepass")))
    return Markup("".join(parts))  # noqa: S704 - each piece was escaped just here


def _lexer_of(path: str) -> Any:
    """Return what tells the words of a file apart; None where that is not known. Notebooks are shown by their cells."""
    from pygments.lexers import get_lexer_for_filename
    from pygments.util import ClassNotFound

    try:
        lexer = get_lexer_for_filename(path)
    except ClassNotFound:
        return None
    return None if path.endswith(".ipynb") or LANGUAGES.isdisjoint(lexer.aliases) else lexer


@functools.lru_cache(512)
def _class(kind: tuple[str, ...]) -> int:
    name = ".".join(kind)
    return next((number for known, number in _CLASSES if name == known or name.startswith(f"{known}.")), 0)
