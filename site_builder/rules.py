"""What the gate looks for: secrets, by the shapes of their values and by the names that promise one, and personal data.

Each rule stands behind words that must be in a text for it to hold, which are searched for first: a hundred megabytes of logs
are mostly words that are none of these. The shapes are those that the services document; detect-secrets adds its own
(`site_builder.detectors`).
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from site_builder import promises

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

PERSONAL = ("email", "home", "host", "ip", "user")
"""Kinds that tell of people and machines, and open no door."""
_BEFORE = 64
"""Characters that may belong to a match before it."""
_WINDOW = 400
"""Characters about an anchor in which a match is looked for that begins before it."""


@dataclass(frozen=True, slots=True)
class Found:
    """A part of a text."""

    kind: str
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Rule:
    """Words, and the pattern that is to match where one of them begins; without words it is looked for everywhere."""

    kind: str
    anchors: tuple[str, ...]
    pattern: re.Pattern[str]
    """Its group `value` is what is secret; without one all of it is."""
    fits: Callable[[re.Match[str]], bool] | None = None
    behind: int = 0
    """Characters before an anchor in which the match may begin."""
    before: re.Pattern[str] | None = None
    """What is to stand before the match, and belongs to it."""
    folded: bool = False
    """Whether the anchors are lower-case words that stand for any case."""

    def at(self, text: str, at: int) -> Found | None:
        """Return what matches about an anchor."""
        match = self._match(text, at)
        return None if match is None else self.of(text, match)

    def of(self, text: str, match: re.Match[str]) -> Found | None:
        """Return what a match comes to."""
        if self.fits is not None and not self.fits(match):
            return None
        group = "value" if "value" in self.pattern.groupindex else 0
        start = self._start(text, match.start(group))
        return Found(self.kind, start, match.end(group)) if start >= 0 else None

    def _start(self, text: str, at: int) -> int:
        """Return where a match begins with what belongs to it before; -1 where that is missing."""
        if self.before is None:
            return at
        found = self.before.search(text[max(0, at - _BEFORE) : at])
        return at - len(found[0]) if found else -1

    def _match(self, text: str, at: int) -> re.Match[str] | None:
        if not self.behind:
            return self.pattern.match(text, at)
        for match in self.pattern.finditer(text, max(0, at - self.behind), at + _WINDOW):
            if match.end() > at:
                return match if match.start() <= at else None
        return None


class Book:
    """Rules by their anchors: each is searched for once."""

    def __init__(self, rules: Iterable[Rule]) -> None:
        """Keep rules."""
        self._everywhere: list[Rule] = []
        self._anchors: dict[tuple[bool, str], list[Rule]] = {}
        for rule in rules:
            for anchor in rule.anchors:
                self._anchors.setdefault((rule.folded, anchor), []).append(rule)
            if not rule.anchors:
                self._everywhere.append(rule)

    def find(self, text: str) -> list[Found]:
        """Return all that looks like a secret or tells of people, each part of the text once."""
        folded = text.lower()
        if len(folded) != len(text):  # a capital whose small letter is two
            folded = "".join(char.lower() if len(char.lower()) == 1 else char for char in text)
        found = list(self._found(text, folded))
        return outermost(found) if found else found

    def _found(self, text: str, folded: str) -> Iterator[Found]:
        for rule in self._everywhere:
            for match in rule.pattern.finditer(text):
                one = rule.of(text, match)
                if one is not None:
                    yield one
        for (is_folded, anchor), rules in self._anchors.items():
            searched = folded if is_folded else text
            at = searched.find(anchor)
            while at >= 0:
                for rule in rules:
                    one = rule.at(text, at)
                    if one is not None:
                        yield one
                at = searched.find(anchor, at + len(anchor))


def outermost(found: list[Found]) -> list[Found]:
    """Return parts that do not overlap: the one that begins first counts, then the longest, then a secret."""
    kept: list[Found] = []
    for one in sorted(found, key=lambda one: (one.start, -one.end, one.kind in PERSONAL)):
        if not kept or one.start >= kept[-1].end:
            kept.append(one)
        elif kept[-1].kind in PERSONAL and one.kind not in PERSONAL:
            kept[-1] = one
    return kept


def _shape(kind: str, anchors: str, pattern: str, behind: int = 0) -> Rule:
    """Return a rule for values of a shape, which do not begin within a word: data in base64 hold every short prefix."""
    return Rule(kind, tuple(anchors.split()), re.compile(rf"(?<![A-Za-z0-9])(?:{pattern})"), behind=behind)


def _is_random(text: str) -> bool:
    """Return whether a text is no name of words: classes of style sheets, as scikit-learn's, begin as keys do."""
    longest = max(map(len, re.split(r"[\-_]", text)))
    return sum(map(str.isdigit, text)) >= 3 and (longest >= 16 or any(map(str.isupper, text)))  # noqa: PLR2004


_B64 = r"[A-Za-z0-9+/=_\-]"
_SHAPES = (
    _shape("github-token", "ghp_ gho_ ghu_ ghs_ ghr_", r"gh[opusr]_[A-Za-z0-9]{30,255}"),
    _shape("github-token", "github_pat_", r"github_pat_\w{40,255}"),
    _shape("gitlab-token", "glpat- gldt- glrt- glft- glsoat- glcbt- glptt-", r"gl[a-z]{2,4}-[\w\-.]{16,100}"),
    _shape("huggingface-token", "hf_", r"hf_[A-Za-z0-9]{30,60}"),
    Rule("openai-key", ("sk-",), re.compile(r"(?<![A-Za-z0-9])sk-(?:proj-|svcacct-|admin-|ant-[a-z0-9]+-|or-v1-)?[\w\-]{20,300}"),
         lambda match: _is_random(match[0])),
    _shape("llm-key", "xai- gsk_ pplx- r8_ nvapi-", r"(?:xai-|gsk_|pplx-|r8_|nvapi-)[A-Za-z0-9_\-]{30,120}"),
    _shape("google-key", "AIza", r"AIza[\w\-]{35}"),
    _shape("google-key", "GOCSPX- ya29.", r"(?:GOCSPX-[\w\-]{20,60}|ya29\.[\w\-]{20,400})"),
    _shape("aws-key", "AKIA ASIA ABIA ACCA", r"A(?:K|S|B|C)(?:IA|CA)[0-9A-Z]{16}(?![0-9A-Za-z])"),
    _shape("slack-token", "xoxb- xoxp- xoxa- xoxo- xoxs- xoxr- xoxe xapp-", r"(?:xox[a-z](?:\.xox[bp])?|xapp)-[\w\-]{10,300}"),
    _shape("slack-webhook", "hooks.slack.com", r"hooks\.slack\.com/(?:services|workflows)/[\w/\-]{20,200}"),
    _shape("discord-webhook", "api/webhooks/", r"api/webhooks/\d{15,22}/[\w\-]{50,90}"),
    Rule("discord-token", (), re.compile(r"\.[\w\-]{6}\.[\w\-]{27,38}(?![\w\-])"),
         before=re.compile(r"(?<![\w\-])[MNO][\w\-]{23,25}$")),
    _shape("telegram-token", ":AA", r"(?<!\d)\d{8,10}:AA[\w\-]{30,40}", behind=10),
    _shape("sendgrid-key", "SG.", r"SG\.[\w\-]{16,40}\.[\w\-]{16,60}"),
    _shape("mailgun-key", "key-", r"(?<![\-_])key-[0-9a-f]{32}(?![0-9a-f])"),
    _shape("mailchimp-key", "-us", r"(?<![0-9a-z])[0-9a-f]{32}-us\d{1,2}", behind=32),
    _shape("twilio-key", "AC SK", r"(?:AC|SK)[0-9a-f]{32}(?![0-9A-Za-z])"),
    _shape("stripe-key", "sk_live_ sk_test_ rk_live_ rk_test_ whsec_", r"(?:[sr]k_(?:live|test)_|whsec_)[A-Za-z0-9]{20,120}"),
    _shape("square-key", "sq0csp- sq0atp-", r"sq0(?:csp|atp)-[\w\-]{22,60}"),
    _shape("shop-token", "shpat_ shpss_ shpca_ shppa_", r"shp[a-z]{2}_[0-9a-fA-F]{32}"),
    _shape("npm-token", "npm_", r"npm_[A-Za-z0-9]{30,60}"),
    _shape("pypi-token", "pypi-AgE", r"pypi-AgE[\w\-]{50,300}"),
    _shape("docker-token", "dckr_pat_ dckr_oat_", r"dckr_[po]at_[\w\-]{20,60}"),
    _shape("cloud-token", "dop_v1_ doo_v1_ dapi hvs. hvb. sbp_ glsa_ glc_ NRAK- sntrys_ PMAK- lin_api_ ntn_ figd_ dp.pt. tskey-",
           r"(?:do[op]_v1_[0-9a-f]{64}|dapi[0-9a-f]{32}(?:-\d)?|hv[sb]\.[\w\-]{24,200}|sbp_[0-9a-f]{40}|glsa_\w{32,60}|"
           rf"glc_{_B64}{{40,300}}|NRAK-[A-Z0-9]{{27}}|sntrys_{_B64}{{60,300}}|PMAK-[0-9a-f]{{24}}-[0-9a-f]{{34}}|"
           r"lin_api_[A-Za-z0-9]{40}|ntn_[A-Za-z0-9]{40,60}|figd_[\w\-]{40}|dp\.pt\.[A-Za-z0-9]{40,50}|tskey-[a-z]+-[\w\-]{20,80})"),
    _shape("azure-key", "AccountKey= SharedAccessKey= sig=",
           r"(?:(?:Account|SharedAccess)Key=|sig=)(?P<value>[A-Za-z0-9+/=%]{40,120})"),
    _shape("web-token", "eyJ", r"eyJ[\w\-]{8,}\.eyJ[\w\-]{8,}\.[\w\-]{8,}"),
    _shape("private-key", "-----BEGIN", r"-----BEGIN [A-Z0-9 ]*PRIVATE KEY(?: BLOCK)?-----"
           r"(?:(?!-----)[\s\S]){0,20000}(?:-----END [A-Z0-9 ]*PRIVATE KEY(?: BLOCK)?-----)?"),
    _shape("private-key", "AGE-SECRET-KEY- PuTTY-User-Key-File", r"(?:AGE-SECRET-KEY-1[A-Z0-9]{50,70}|PuTTY-User-Key-File-\d)"),
)  # fmt: skip

# -- values under names

_NAMED = (
    r"(?P<rest>[\w.\-]*)(?P<between>[\"'`]?\]?\)?\s{0,4}(?::=|=>|[:=])\s{0,4}|\s{1,2})(?P<quote>[\"'`]?)"
    r"(?:(?:bearer|basic|token)\s{1,2})?(?P<value>[^\s\"'`<>,;&]{4,400})"
)
_OPTION = re.compile(r"(?:^|\s|[\"'\[])--?[\w.\-]*$")


def _named(anchor: str) -> Rule:
    password = anchor in promises.PASSWORDS

    def fits(match: re.Match[str]) -> bool:
        if match["between"].isspace():  # `--password x`, `Bearer x`; in prose a space says nothing
            before = match.string[max(0, match.start() - 40) : match.start()]
            bearer = anchor == "bearer" and not match["rest"]
            if not bearer and ("-" not in before or not _OPTION.search(before)):
                return False
        value = match["value"].rstrip(".)]}")
        return promises.is_value(value, match["rest"].lower(), password=password)

    kind = "password" if password else "token"
    return Rule(kind, (anchor,), re.compile(re.escape(anchor) + _NAMED, re.IGNORECASE), fits, folded=True)


def _is_login(match: re.Match[str]) -> bool:
    user, value = match["user"], match["value"] or ""
    shown = value or user
    if re.match(r"\d+/", value) or user.startswith("["):  # a port, and a path with an @
        return False
    return not promises.is_blank(shown) and (bool(value) or len(shown) > 15) and shown not in ("git", "oauth2")  # noqa: PLR2004


_URL = Rule(
    "url-password",
    ("://",),
    re.compile(r"://(?P<user>[^\s/:@\"'<>]{0,200})(?::(?P<value>[^\s@\"'<>]{1,200}))?@(?=[\w\[])"),
    _is_login,
)
_BASIC = Rule(
    "token",
    ("basic ",),
    re.compile(r"(?<=[:\s\"'])basic\s(?P<value>[A-Za-z0-9+/]{12,}={0,2})(?![\w])", re.IGNORECASE),
    folded=True,
)
_WANDB = Rule(
    "token",
    ("wandb",),
    re.compile(r"wandb[\w\-. ]{0,12}[ =:\"']{1,3}(?P<value>[0-9a-f]{40})(?![0-9a-f])", re.IGNORECASE),
    folded=True,
)

# -- people and machines

_COMMON = frozenset(
    """root user users ubuntu debian runner jovyan ec2-user admin administrator docker app vscode coder node python nobody
    guest dev test shared public default me you username name linuxbrew sagemaker-user gitpod codespace vagrant pi work
    workspace colab studio-lab-user lib data""".split()  # noqa: SIM905 - words
)
_HOSTS = re.compile(
    r"localhost(?:\..*)?|vm|docker|container|buildkitsandbox|[0-9a-f]{12}|fv-az[\d\-]+|runnervm\w*|host|kaggle"
)
_TLDS = frozenset(
    """com org net edu gov mil info io ai dev app co uk de fr nl es it pl ch at be se no fi dk cz pt gr ie hu ro ru ua tr
    il in cn jp kr tw hk sg au nz ca us mx br ar cl za eg ng ke ir pk bd vn th my id ph eu me cloud tech science biz""".split()  # noqa: SIM905 - words
)
_NO_MAIL = re.compile(
    r"(?:^|\.)example\.|\.(?:local|invalid|test)$|^users\.noreply\.github\.com$|^(?:github|gitlab|bitbucket)\."
)


def is_person(name: str) -> bool:
    """Return whether the name of an account is somebody's, and not what machines call theirs."""
    return bool(name) and name.lower() not in _COMMON


def is_machine(name: str) -> bool:
    """Return whether the name of a host is one that somebody gave it."""
    return bool(name) and not _HOSTS.fullmatch(name.lower())


def _is_mail(match: re.Match[str]) -> bool:
    domain = match["domain"].lower()
    return (
        domain.rpartition(".")[2] in _TLDS
        and not _NO_MAIL.search(domain)
        and match.string[match.end() : match.end() + 1] not in ("(", ":", "[", "=")
    )


def _is_address(match: re.Match[str]) -> bool:
    if any(int(part) > 255 for part in match[0].split(".")):  # noqa: PLR2004
        return False
    start = match.string.rfind("\n", 0, match.start()) + 1
    before = match.string[max(start, match.start() - 80) : match.start()].lower()
    return re.search(r"(?:==|nvidia|cuda|version|[-_=]cu\d\d|\bv)\s*[\w\-]*[=:\s\"',]*$", before) is None


_PEOPLE = (
    Rule("email", ("@",), re.compile(r"@(?P<domain>(?:[A-Za-z0-9\-]{2,63}\.)+[A-Za-z]{2,12})(?![\w\-])"), _is_mail,
         before=re.compile(r"(?<![\w.+\-])(?!(?:git|noreply|no-reply|user|you|me|name|hg|svn)$)[A-Za-z0-9][\w.+\-]*$")),
    Rule("home", ("/home/", "/Users/"), re.compile(r"(?<![\w.\-])/(?:home|Users)/(?P<name>[A-Za-z0-9][\w.\-]{0,63})"),
         lambda match: is_person(match["name"])),
    Rule("home", (":\\Users\\", ":/Users/"),
         re.compile(r":[\\/]{1,2}Users[\\/]{1,2}(?P<name>[A-Za-z0-9][\w.\- ]{0,40}?)(?=[\\/\"'\s]|$)"),
         lambda match: is_person(match["name"])),
    Rule("ip", ("10.",), re.compile(r"(?<![\w.\-])10(?:\.\d{1,3}){3}(?![\w.])"), _is_address),
    Rule("ip", ("192.168.",), re.compile(r"(?<![\w.\-])192\.168(?:\.\d{1,3}){2}(?![\w.])"), _is_address),
    Rule("ip", ("172.",), re.compile(r"(?<![\w.\-])172\.(?:1[6-9]|2\d|3[01])(?:\.\d{1,3}){2}(?![\w.])"), _is_address),
    Rule("ip", ("fe80:", "fd"), re.compile(r"(?<![\w:])(?:fe80:|fd[0-9a-f]{2}:)(?::?[0-9a-f]{1,4}){2,7}(?![\w:])")),
)  # fmt: skip

RULES = (*_SHAPES, *map(_named, (*promises.PASSWORDS, *promises.KEYS)), _URL, _BASIC, _WANDB, *_PEOPLE)
