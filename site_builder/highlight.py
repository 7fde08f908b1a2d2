"""Where the words of a source file get their colours: Pygments' tokens, as numbers that stand beside the text."""

from __future__ import annotations

from functools import lru_cache

from pygments.lexers import get_lexer_for_filename
from pygments.token import Comment, Keyword, Name, Number, Operator, String, Token, _TokenType
from pygments.util import ClassNotFound

LARGEST = 1_000_000
"""Characters of a text that is highlighted; a longer one is shown plain."""
CLASSES = (
    (Comment, 3),
    (String, 2),
    (Number, 4),
    (Name.Function, 5),
    (Name.Class, 5),
    (Name.Decorator, 5),
    (Name.Builtin, 6),
    (Keyword.Constant, 6),
    (Keyword, 1),
    (Operator.Word, 1),
    (Token.Generic.Deleted, 7),
    (Token.Generic.Inserted, 8),
)
"""Kinds of tokens, the special ones first, and their classes in the page (`viewers/lib/code.ts`)."""


@lru_cache(maxsize=512)
def marks(path: str, text: str) -> tuple[int, ...]:
    """Return pairs (length, class) that cover the text from its start, in UTF-16 units, as JavaScript counts.

    Class 0 is plain. Nothing for a text that is too long or of no known language. Many runs of a project hold the same
    files, so that results are kept.
    """
    if len(text) > LARGEST:
        return ()
    try:
        lexer = get_lexer_for_filename(path)
    except ClassNotFound:
        return ()
    found: list[int] = []
    for _, kind, value in lexer.get_tokens_unprocessed(text):
        number = _class(kind)
        length = len(value) if value.isascii() else len(value.encode("utf-16-le", "surrogatepass")) // 2
        if found and found[-1] == number:
            found[-2] += length
        else:
            found += (length, number)
    return tuple(found)


@lru_cache(maxsize=512)
def _class(kind: _TokenType) -> int:
    return next((number for known, number in CLASSES if kind[: len(known)] == known), 0)
