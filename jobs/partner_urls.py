"""Handing over postings by machine, and the monthly supply lists."""

from jobs.views import partners, supply
from people.access import PUBLIC, roles, route
from people.roles import Role

AGENT = roles(Role.EMPLOYER_AGENT)
ADMIN = roles(Role.SYSTEM_ADMIN)
KEEPER = roles(Role.EMPLOYER_AGENT, Role.SYSTEM_ADMIN)

urlpatterns = [
    route("jobs/api/", partners.about, to=PUBLIC, name="api-about"),
    route("jobs/supply/", supply.supply_list, to=PUBLIC, name="supply-list"),
    route("jobs/supply/<uuid:public_id>.xlsx", supply.supply_file, to=PUBLIC, name="supply-file"),
    route("employer/key/", partners.own_keys, to=AGENT, name="partner-own"),
    route("employer/key/<uuid:public_id>/make/", partners.own_key_make, to=AGENT, name="partner-key-make"),
    route("work/partners/", partners.partner_list, to=ADMIN, name="partner-list"),
    route("work/partners/keys/<uuid:public_id>/revoke/", partners.key_revoke, to=KEEPER, name="partner-key-revoke"),
    route("work/partners/feeds/", partners.feed_add, to=ADMIN, name="partner-feed-add"),
    route("work/partners/feeds/<uuid:public_id>/switch/", partners.feed_switch, to=ADMIN, name="partner-feed-switch"),
]
