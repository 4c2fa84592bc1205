"""A posting as schema.org JobPosting, for search engines and other job sites."""

from typing import Any

from django.utils import timezone

from jobs.models import Posting

_KINDS = {
    Posting.Kind.FULL_TIME: "FULL_TIME",
    Posting.Kind.PART_TIME: "PART_TIME",
    Posting.Kind.GIG: "PER_DIEM",
    Posting.Kind.INTERNSHIP: "INTERN",
    Posting.Kind.PUBLIC_WELFARE: "FULL_TIME",
}
_UNITS = {"month": "MONTH", "day": "DAY", "hour": "HOUR", "year": "YEAR"}


def job_posting(posting: Posting, *, url: str) -> dict[str, Any]:
    """Return the JSON-LD of a published posting."""
    data: dict[str, Any] = {
        "@context": "https://schema.org",
        "@type": "JobPosting",
        "title": posting.title,
        "description": "\n".join(filter(None, (posting.description, posting.requirement))) or posting.title,
        "datePosted": timezone.localdate(posting.posted_at).isoformat() if posting.posted_at else None,
        "validThrough": posting.valid_until.isoformat() if posting.valid_until else None,
        "employmentType": _KINDS[Posting.Kind(posting.kind)],
        "hiringOrganization": {"@type": "Organization", "name": posting.employer_name},
        "jobLocation": {
            "@type": "Place",
            "address": {
                "@type": "PostalAddress",
                "addressCountry": "CN",
                "addressLocality": posting.place_label,
                "streetAddress": posting.address or None,
            },
        },
        "url": url,
    }
    if posting.skills:
        data["skills"] = "、".join(posting.skills)
    if posting.headcount:
        data["totalJobOpenings"] = posting.headcount
    if posting.pay_min is not None and posting.pay_period in _UNITS:
        value = {
            "@type": "QuantitativeValue",
            "minValue": float(posting.pay_min),
            "unitText": _UNITS[posting.pay_period],
        }
        if posting.pay_max is not None:
            value["maxValue"] = float(posting.pay_max)
        data["baseSalary"] = {"@type": "MonetaryAmount", "currency": "CNY", "value": value}
    return data
