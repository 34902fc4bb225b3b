"""The well-known kinds of keys: what each begins with, and what follows.

Prefixes, lengths and alphabets are facts taken from the rules of gitleaks (MIT licence; July 2026)
and, for a few services, from those of detect-secrets (Apache-2.0) and the services' own pages; the
expressions are our own.
"""

from __future__ import annotations

from msgspec import Struct

__all__ = ["KINDS", "Kind"]


class Kind(Struct, frozen=True, gc=False):
    """What a key is called, what it begins with, and the pattern of what follows.

    ``alone`` says that nothing may stand before it that could belong to it: words end like that.
    """

    name: str
    prefix: str
    rest: str
    alone: bool = False


_ALNUM = "[A-Za-z0-9]"
_WORD = r"[A-Za-z0-9_-]"
_HEX = "[0-9a-fA-F]"
_DIGIT = r"(?=[A-Za-z_-]{0,80}+[0-9])"


def _each(name: str, prefixes: str, rest: str) -> tuple[Kind, ...]:
    """Kinds that are called alike and go on alike, by what they begin with."""
    return tuple(Kind(name, prefix, rest) for prefix in prefixes.split())


KINDS = (
    Kind("sk-ant", "sk-ant-", _WORD + "{8,}+"),
    *_each("sk", "sk-proj- sk-svcacct- sk-admin-", _WORD + "{20,}+"),
    Kind("sk", "sk-or-v1-", _ALNUM + "{32,}+"),
    Kind("sk", "sk-lf-", _WORD + "{20,}+"),
    Kind("sk", "sk-", "[A-Za-z0-9_]{20,}+", alone=True),
    *_each("gh", "ghp_ gho_ ghu_ ghs_ ghr_", _ALNUM + "{30,}+"),
    Kind("github_pat", "github_pat_", "[A-Za-z0-9_]{22,}+"),
    Kind("glpat", "glpat-", r"[A-Za-z0-9_.-]{20,}+"),
    *_each("gitlab", "gldt- glrt- glft- glptt- glcbt- glimt- gloas- glsoat-", _WORD + "{20,}+"),
    *_each("gitlab", "glagent- glffct-", _WORD + "{20,}+"),
    *(Kind("xox", f"xox{c}-", _DIGIT + "[A-Za-z0-9-]{10,}+") for c in "abcdeoprs"),
    Kind("xapp", "xapp-", _DIGIT + "[A-Za-z0-9-]{15,}+"),
    *(
        Kind("live" if mode == "live" else "stripe", f"{kind}_{mode}_", rest, alone)
        for kind in ("sk", "rk")
        for mode in ("live", "test", "prod")
        for rest, alone in (
            (f"(?:{_ALNUM}{{16,}}+|{_DIGIT}{_ALNUM}{{10,}}+)", True),
            (_DIGIT + _ALNUM + "{16,}+", False),
        )
    ),
    Kind("whsec", "whsec_", r"[A-Za-z0-9+/]{20,}+=*"),
    Kind("npm", "npm_", _ALNUM + "{30,}+"),
    Kind("pypi", "pypi-", r"(?:Ag[A-Za-z0-9_-]{14,}+|" + _DIGIT + r"[A-Za-z0-9_-]{40,}+)"),
    *_each("hf", "hf_ api_org_", _ALNUM + "{30,}+"),
    Kind("sendgrid", "SG.", r"[A-Za-z0-9_-]{16,}+\.[A-Za-z0-9_-]{16,}+"),
    Kind("sendgrid", "SG.", r"[A-Za-z0-9_=.-]{60,}+"),
    Kind("ya29", "ya29.", r"[A-Za-z0-9_.-]{20,}+"),
    Kind("google", "GOCSPX-", _WORD + "{20,}+"),
    *_each("digitalocean", "dop_v1_ doo_v1_ dor_v1_", _HEX + "{32,}+"),
    Kind("groq", "gsk_", _ALNUM + "{32,}+"),
    Kind("xai", "xai-", _ALNUM + "{40,}+"),
    Kind("perplexity", "pplx-", _ALNUM + "{32,}+"),
    Kind("nvidia", "nvapi-", _WORD + "{40,}+"),
    Kind("replicate", "r8_", _ALNUM + "{37,}+"),
    Kind("together", "tgp_v1_", _WORD + "{32,}+"),
    Kind("tavily", "tvly-", _DIGIT + _WORD + "{20,}+"),
    *_each("langsmith", "lsv2_pt_ lsv2_sk_", "[A-Za-z0-9_]{32,}+"),
    Kind("bedrock", "bedrock-api-key-", "[A-Za-z0-9+/=]{20,}+"),
    Kind("grafana", "glsa_", "[A-Za-z0-9_]{32,}+"),
    Kind("grafana", "glc_", "[A-Za-z0-9+/]{32,}+=*"),
    *_each("vault", "hvs. hvb.", _WORD + "{24,}+"),
    Kind("terraform", ".atlasv1.", "[A-Za-z0-9_=-]{40,}+"),
    Kind("doppler", "dp.pt.", _ALNUM + "{40,}+"),
    Kind("dynatrace", "dt0c01.", r"[A-Za-z0-9.]{60,}+"),
    Kind("docker", "dckr_pat_", _WORD + "{20,}+"),
    Kind("rubygems", "rubygems_", _HEX + "{40,}+"),
    Kind("linear", "lin_api_", _ALNUM + "{32,}+"),
    Kind("notion", "ntn_", _ALNUM + "{40,}+"),
    Kind("prefect", "pnu_", _ALNUM + "{36,}+"),
    *_each("planetscale", "pscale_tkn_ pscale_pw_ pscale_oauth_", r"[A-Za-z0-9_=.-]{30,}+"),
    Kind("postman", "PMAK-", r"[A-Za-z0-9-]{50,}+"),
    Kind("pulumi", "pul-", _HEX + "{40,}+", alone=True),
    Kind("readme", "rdme_", "[a-z0-9]{60,}+"),
    Kind("sentry", "sntrys_", "[A-Za-z0-9+/=_]{40,}+"),
    Kind("sentry", "sntryu_", _HEX + "{40,}+"),
    *_each("shopify", "shpat_ shpca_ shppa_ shpss_", _HEX + "{32,}+"),
    Kind("square", "sq0atp-", _WORD + "{22,}+"),
    Kind("square", "sq0csp-", _WORD + "{40,}+"),
    Kind("brevo", "xkeysib-", r"[A-Za-z0-9-]{60,}+"),
    Kind("heroku", "HRKU-", _WORD + "{50,}+"),
    Kind("mailgun", "key-", "[0-9a-f]{32}(?![0-9A-Za-z])", alone=True),
    *_each("flutterwave", "FLWSECK_TEST- FLWSECK-", r"[A-Za-z0-9-]{12,}+"),
    Kind("fly", "fo1_", _WORD + "{40,}+"),
    Kind("fly", "fm2_", "[A-Za-z0-9+/]{80,}+=*"),
    Kind("sourcegraph", "sgp_", "[A-Za-z0-9_]{40,}+"),
    Kind("supabase", "sbp_", _HEX + "{40,}+"),
    Kind("figma", "figd_", _WORD + "{30,}+"),
    Kind("tailscale", "tskey-", r"[A-Za-z0-9-]{20,}+"),
    Kind("1password", "ops_", "eyJ[A-Za-z0-9+/]{80,}+=*"),
    Kind("age", "AGE-SECRET-KEY-", "1[0-9A-Z]{50,}+"),
    *_each("shippo", "shippo_live_ shippo_test_", _HEX + "{40,}+"),
    *_each("duffel", "duffel_live_ duffel_test_", _WORD + "{40,}+"),
    Kind("infracost", "ico-", _ALNUM + "{32,}+", alone=True),
    # No sign ends these: they are searched for as they are.
    Kind("AKIA", "AKIA", "[0-9A-Z]{16}(?![0-9A-Za-z])", alone=True),
    Kind("AKIA", "AKIA", "(?=[A-Z]{0,15}+[0-9])[0-9A-Z]{16}"),
    Kind("ASIA", "ASIA", "[0-9A-Z]{16}(?![0-9A-Za-z])", alone=True),
    Kind("ASIA", "ASIA", "(?=[A-Z]{0,15}+[0-9])[0-9A-Z]{16}"),
    Kind("AIza", "AIza", "[0-9A-Za-z_-]{35}"),
    Kind("databricks", "dapi", "[0-9a-f]{32}(?:-[0-9])?"),
    Kind("twilio", "SK", "[0-9a-f]{32}(?![0-9A-Za-z])", alone=True),
    Kind("twilio", "AC", "[0-9a-f]{32}(?![0-9A-Za-z])", alone=True),
    Kind("atlassian", "ATATT3", r"[A-Za-z0-9_=-]{100,}+"),
    Kind("slack_webhook", "hooks.slack.", r"com/(?:services|workflows|triggers)/[\w+/-]{20,}+"),
)
