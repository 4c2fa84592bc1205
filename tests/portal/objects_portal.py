"""Things of the portal itself, and the doors that lead to them."""

from tests.portal.objects import door

THINGS = {"sitemap": lambda stage: {"section": "jobs"}}
DOORS = {"portal:sitemap": (door("sitemap", "visitor, citizen"),)}
