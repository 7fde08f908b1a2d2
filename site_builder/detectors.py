"""The detectors of detect-secrets as rules: those that know a service by the shape of its keys.

Those that guess by entropy are left out, since hashes and ids, of which runs are full, are as random as keys; names that
promise a secret are looked for by rules of our own, and so are shapes for which detect-secrets has to look at every character.
"""

from __future__ import annotations

import functools
import importlib
import re

from site_builder.rules import RULES, Book, Rule
from tracklog.errors import UsageError

_ANCHORS = {
    "aws.AWSKeyDetector": ("AKIA", "ASIA", "ABIA", "ACCA", "aws", "AWS"),
    "azure_storage_key.AzureStorageKeyDetector": ("AccountKey=",),
    "cloudant.CloudantDetector": ("cloudant", "CLOUDANT"),
    "github_token.GitHubTokenDetector": ("ghp_", "gho_", "ghu_", "ghs_", "ghr_"),
    "gitlab_token.GitLabTokenDetector": (
        "glpat-",
        "gldt-",
        "glft-",
        "glsoat-",
        "glrt-",
        "GR1348941",
        "glcbt-",
        "glimt-",
        "glptt-",
        "glagent-",
        "gloas-",
    ),
    "ibm_cloud_iam.IbmCloudIamDetector": ("ibm", "IBM"),
    "npm.NpmDetector": ("_authToken",),
    "openai.OpenAIDetector": ("T3BlbkFJ",),
    "pypi_token.PypiTokenDetector": ("pypi-AgE",),
    "sendgrid.SendGridDetector": ("SG.",),
    "slack.SlackDetector": ("xox", "XOX", "hooks.slack.com"),
    "softlayer.SoftlayerDetector": ("softlayer", "SOFTLAYER"),
    "square_oauth.SquareOAuthDetector": ("sq0csp-",),
    "stripe.StripeDetector": ("k_live_",),
}
_BEFORE = 60


@functools.cache
def rules() -> tuple[Rule, ...]:
    """Return the rules. Raises UsageError where detect-secrets is not installed."""
    found = []
    for name, anchors in _ANCHORS.items():
        module, _, detector = name.partition(".")
        try:
            one = getattr(importlib.import_module(f"detect_secrets.plugins.{module}"), detector)
        except ImportError as error:
            msg = "the gate needs detect-secrets: pip install 'tracklog[publish]'"
            raise UsageError(msg) from error
        kind = re.sub(r"[^a-z0-9]+", "-", str(one.secret_type).lower()).strip("-")
        found += [Rule(kind, anchors, pattern, behind=_BEFORE) for pattern in one.denylist]
    return tuple(found)


@functools.cache
def book() -> Book:
    """Return all rules. Raises UsageError where detect-secrets is not installed."""
    return Book((*RULES, *rules()))


def version() -> str:
    """Return the version of detect-secrets. Raises UsageError where it is not installed."""
    rules()
    from detect_secrets.__version__ import VERSION

    return str(VERSION)
