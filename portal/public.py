"""The reviewed list of what visitors reach without signing in. A public route that is not here fails a test.

Whoever adds one asks: does it show personal data, does it write, does it tell whether somebody is on record?
"""

from collections.abc import Iterator

from django.urls import URLPattern, URLResolver, get_resolver

REVIEWED = frozenset(
    {
        # Machines ask; metrics keeps its own door.
        "ops:healthz",
        "ops:readyz",
        "ops:metrics",
        # About the portal.
        "portal:home",
        "portal:accessibility",
        "portal:privacy",
        "portal:safety",
        "portal:report-fault",
        "portal:display",
        # For search engines: addresses of pages that are public themselves.
        "portal:robots",
        "portal:sitemap-index",
        "portal:sitemap",
        # Signing in: limited per phone, login name and address; answers alike for known and unknown.
        "people:login",
        "people:staff-login",
        "people:logout",
        "account_login",
        "account_logout",
        "account_inactive",
        "account_request_login_code",
        "account_confirm_login_code",
        "mfa_authenticate",
        # Services and vacancies everybody may read.
        "stations:station-list",
        "stations:station-show",
        "jobs:posting-list",
        "jobs:posting-show",
        "jobs:posting-suggest",
        "jobs:report-new",
        # The same vacancies as open data, and the schema that describes them.
        "jobs:api-posting-list",
        "jobs:api-posting-detail",
        "jobs:api-posting-snapshot",
        "jobs:api-posting-changes",
        "jobs:api-about",
        # Fairs that an officer approved, with the published vacancies that employers bring.
        "jobs:fair-list",
        "jobs:fair-show",
        # Monthly tables of published vacancies.
        "jobs:supply-list",
        "jobs:supply-file",
        "portal:api-schema",
        "subsidies:programme-list",
        "subsidies:programme-show",
        # 失业登记: what it is, and how far one's own is, by its number and a code sent to the phone.
        "unemployment:start",
        "unemployment:progress",
        # Whether a paper is genuine: by an unguessable code (QR) or number and code (limited); the name is masked.
        "unemployment:paper-check",
        # Leads on to the check of papers, whatever the number: the code on proofs of earlier days points here.
        "unemployment:employment-verify",
        "unemployment:paper-verify",
        "unemployment:paper-code",
        # The monthly contact by a signed link in a text message: shows no name, GET writes nothing, POST wants the end of
        # the ID number, counts wrong tries and takes one answer; the page after it is the same for everybody.
        "unemployment:reply",
        "unemployment:reply-thanks",
        # Publicity asks for the public's objections: masked, taken down at its end.
        "unemployment:publicity-list",
        "unemployment:publicity-show",
        "subsidies:publicity-list",
        "subsidies:publicity-show",
        "subsidies:publicity-object",
    }
)


def routes(
    resolver: URLResolver | None = None, namespace: str = "", prefix: str = ""
) -> Iterator[tuple[str, str, URLPattern]]:
    """Walk every route of the portal: its full name (its pattern where it has none), its address, itself."""
    for pattern in (resolver or get_resolver()).url_patterns:
        address = f"{prefix}{pattern.pattern}"
        if isinstance(pattern, URLResolver):
            inner = f"{namespace}{pattern.namespace}:" if pattern.namespace else namespace
            yield from routes(pattern, inner, address)
        else:
            yield f"{namespace}{pattern.name or pattern.pattern}", address, pattern


def undeclared() -> list[str]:
    """Return the names of the routes that name no audience."""
    return [name for name, _, pattern in routes() if getattr(pattern.callback, "audience", None) is None]


def public() -> set[str]:
    """Return the names of the routes that visitors reach."""
    audiences = ((name, getattr(pattern.callback, "audience", None)) for name, _, pattern in routes())
    return {name for name, audience in audiences if audience is not None and audience.kind == "public"}
