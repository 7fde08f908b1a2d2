"""Hide secrets in what is recorded about a run: remotes and command lines.

A name that says 'secret' hides its value, whatever that is; a value that has the shape of a well-known token is hidden,
whatever its name. What is hidden reads ``***``.
"""

from __future__ import annotations

import re

HIDDEN = "***"

_SECRET_WORDS = frozenset(
    ("password", "passwd", "pwd", "passphrase", "passcode", "secret", "secrets", "credential", "credentials", "apikey")
)
_SECRET_LAST_WORDS = frozenset(("token", "auth", "authorization", "bearer", "cookie", "pat"))
_KEY_OWNERS = frozenset(("api", "access", "private", "auth", "account", "encryption", "signing", "license", "service"))
_NAME = r"[A-Za-z_][\w.\-]*"
_WORDS = re.compile(r"[A-Z]?[a-z0-9]+|[A-Z0-9]+(?![a-z])")
_URL = re.compile(r"[A-Za-z][A-Za-z0-9+.\-]*://[^\s\"']+")
_ASSIGNED = re.compile(rf"^([+~]*-*)({_NAME})([=:]\s*)(.+)$", re.DOTALL)
_QUOTED = re.compile(rf"([\"'])({_NAME})\1(\s*[:=]\s*)([\"'])((?:\\.|(?!\4).)*)\4", re.DOTALL)
_BRACKETS = re.compile(r"^\[[^\]]*\]")
_SCHEME = re.compile(r"\b(bearer|basic)\s+[\w.~+/=\-]{8,}", re.IGNORECASE)
_TOKENS = re.compile(
    r"gh[opsur]_[A-Za-z0-9]{20,}|github_pat_\w{20,}|gl(?:pat|dt|rt)-[\w\-]{16,}"  # GitHub, GitLab
    r"|\bhf_[A-Za-z0-9]{20,}|\bsk-[\w\-]{16,}|\bxai-\w{20,}"  # model hubs
    r"|\b(?:AKIA|ASIA)[0-9A-Z]{16}\b|\bAIza[\w\-]{30,}"  # clouds
    r"|\bxox[abeoprs]-[\w\-]{10,}|\bSG\.[\w\-]{16,}\.[\w\-]{16,}"  # chat and mail
    r"|\bnpm_[A-Za-z0-9]{30,}|\bpypi-[\w\-]{30,}"  # registries
    r"|\beyJ[\w\-]{8,}\.eyJ[\w\-]{8,}\.[\w\-]+"  # JSON web tokens
    r"|-----BEGIN [A-Z ]*PRIVATE KEY-----.*",
    re.DOTALL,
)


def redact_url(url: str) -> str:
    """Hide passwords and tokens of a URL; user names stay where they are none (``git@…``)."""
    scheme, separator, rest = url.partition("://")
    if not separator:
        return _TOKENS.sub(HIDDEN, url)
    authority = re.split(r"[/?#]", rest, maxsplit=1)[0]
    if "@" not in authority and re.search(r":(?!\d*$)", _BRACKETS.sub("", authority)) and "@" in rest:
        authority = rest.rpartition("@")[0] + "@"  # a password with a bare slash: hide more rather than less
    user, at, _ = authority.rpartition("@")
    if at:
        name, colon, _ = user.partition(":")
        # Over HTTP the name alone can be the token; ssh and git need theirs to make sense.
        kept = "" if scheme.lower().startswith("http") else name
        shown = f"{kept}:{HIDDEN}" if kept and colon else kept or HIDDEN
        rest = f"{shown}@{rest[len(user) + 1 :]}"
    return _TOKENS.sub(HIDDEN, f"{scheme}://{_hide_query(rest)}")


def redact_args(args: list[str]) -> list[str]:
    """Hide the values of secret options in a command line, and whatever looks like a token."""
    shown: list[str] = []
    value_is_secret = False
    for arg in args:
        if value_is_secret and not arg.startswith("--"):
            shown.append(HIDDEN)
            value_is_secret = False
            continue
        value_is_secret = arg.startswith("-") and "=" not in arg and _is_secret(arg.lstrip("-"))
        shown.append(_redact_arg(arg))
    return shown


def _redact_arg(arg: str) -> str:
    assigned = _ASSIGNED.match(arg)
    if assigned and _is_secret(assigned[2]):
        return f"{assigned[1]}{assigned[2]}{assigned[3]}{HIDDEN}"
    arg = _QUOTED.sub(_hide_quoted, arg)
    arg = _URL.sub(lambda found: redact_url(found[0]), arg)
    arg = _SCHEME.sub(lambda found: f"{found[1]} {HIDDEN}", arg)
    return _TOKENS.sub(HIDDEN, arg)


def _hide_quoted(found: re.Match[str]) -> str:
    """Hide ``"password": "…"`` inside a JSON or Python literal."""
    if not _is_secret(found[2]):
        return found[0]
    return f"{found[1]}{found[2]}{found[1]}{found[3]}{found[4]}{HIDDEN}{found[4]}"


def _hide_query(rest: str) -> str:
    path, mark, query = rest.partition("?")
    pairs = [
        f"{name}={HIDDEN}" if value and _is_secret(name) else f"{name}{equals}{value}"
        for name, equals, value in (pair.partition("=") for pair in query.split("&"))
    ]
    return path + mark + "&".join(pairs)


def _is_secret(name: str) -> bool:
    """Tell whether a name promises a secret: ``hf_token`` and ``apiKey`` do, ``tokenizer`` does not."""
    words = [word.lower() for word in _WORDS.findall(name)]
    if not words:
        return False
    owned_key = words[-1] == "key" and len(words) > 1 and words[-2] in _KEY_OWNERS
    return owned_key or words[-1] in _SECRET_LAST_WORDS or not _SECRET_WORDS.isdisjoint(words)
