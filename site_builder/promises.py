"""Names that promise a secret, and values that can be one: `db.password` promises one, `max_tokens` and `pad_token` do not."""

from __future__ import annotations

import math
import re
from collections import Counter

PASSWORDS = ("password", "passwd", "passphrase", "passcode", "pwd")
KEYS = (
    "secret", "credential", "token", "apikey", "api_key", "api-key", "api key", "access_key", "access-key", "accesskey",
    "private_key", "private-key", "account_key", "accountkey", "auth_key", "authkey", "signing_key", "encryption_key",
    "license_key", "service_key", "bearer", "authorization", "cookie",
)  # fmt: skip
SHORTEST_PASSWORD, SHORTEST_KEY = 6, 12
"""Characters: below them values are words and settings."""
_RANDOM = 2.8
"""Bits a character, from which a value is no word."""
_BLANK = re.compile(
    r"^[*•.xX_#?\-]+$|^‹|\*\*\*|^(?:your|my|the|some|a|an|insert|replace|enter)[_\-\s]|^[<{$%\[(]|"
    r"^(?:none|null|nil|true|false|undefined|change_?me|secret|password|token|example|redacted|hidden|test|dummy|todo|"
    r"required|optional|empty|missing|default)$|^(?:env|os|self|args|config|cfg|settings|opt|process)\b[.\[:]",
    re.IGNORECASE,
)
_KNOWN = frozenset(("eyJzZXNzaW9uX2lkIjogImRlZmF1bHQifQ",))
"""What libraries write under such names: bokeh its session, which is `default`."""
_CODE = re.compile(r"[(){}\[\]]|^[A-Za-z_]\w*(?:\.[A-Za-z_]\w*)+$|^(?:/|\./|~/|https?://)|^[A-Za-z]:\\")
_WORD = re.compile(r"^[A-Za-z][a-z]*(?:[_\- ][A-Za-z]+)*$|^[A-Z_]+$")
_NUMBER = re.compile(r"^[\d.,:+\-eE%/]+$")
_OTHERWISE = re.compile(
    r"^(?:s|i[sz]|ary\b)|(?:id|ids|url|uri|path|file|dir|name|len|length|size|type|count|field|env|var|policy|hint|reset|"
    r"min|max|required|prompt|format|header|list|dim|idx|index|mask|loss|acc|accuracy|ppl|limit|s)$",
)
"""What of a name behind the word says that it means something else: `tokenizer`, `password_file`, `tokens`."""


def promised(name: str, value: str) -> bool:
    """Return whether a value under a name is a secret."""
    lower = name.lower()
    ends = [(lower.rfind(word) + len(word), word) for word in (*PASSWORDS, *KEYS) if word in lower]
    return bool(ends) and is_value(value, lower[max(ends)[0] :], password=max(ends)[1] in PASSWORDS)


def kind(name: str) -> str:
    """Return what a name promises."""
    return "password" if any(word in name.lower() for word in PASSWORDS) else "token"


def is_value(value: str, rest: str, *, password: bool) -> bool:
    """Return whether a value can be a secret; `rest` is what of its name stands behind the word that promises it."""
    if _OTHERWISE.search(rest) or _BLANK.search(value) or _CODE.search(value) or _WORD.match(value) or value in _KNOWN:
        return False
    if password:
        return len(value) >= SHORTEST_PASSWORD
    mixed = any(map(str.isdigit, value)) and any(map(str.isalpha, value))
    return len(value) >= SHORTEST_KEY and mixed and not _NUMBER.match(value) and entropy(value) > _RANDOM


def is_blank(value: str) -> bool:
    """Return whether a value only stands where one would: `***`, `<token>`, `$PASSWORD`, `changeme`."""
    return _BLANK.search(value) is not None


def entropy(text: str) -> float:
    """Return the Shannon entropy of the characters of a text, in bits a character."""
    return -sum(n / len(text) * math.log2(n / len(text)) for n in Counter(text).values()) if text else 0.0
