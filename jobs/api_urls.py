"""Open data: what everybody may read of the published postings; and the door of partners who hand over theirs."""

from jobs import api, feed_api, partner_api
from people.access import KEYED, PUBLIC, route

urlpatterns = [
    route("api/v1/jobs/", api.PostingList.as_view(), to=PUBLIC, name="api-posting-list"),
    route("api/v1/jobs/snapshot/", feed_api.PostingSnapshot.as_view(), to=PUBLIC, name="api-posting-snapshot"),
    route("api/v1/jobs/changes/", feed_api.PostingChanges.as_view(), to=PUBLIC, name="api-posting-changes"),
    route("api/v1/jobs/<uuid:public_id>/", api.PostingDetail.as_view(), to=PUBLIC, name="api-posting-detail"),
    route("api/v1/partner/postings/", partner_api.PartnerPostings.as_view(), to=KEYED, name="api-partner-postings"),
    route(
        "api/v1/partner/postings/<str:source_id>/",
        partner_api.PartnerPosting.as_view(),
        to=KEYED,
        name="api-partner-posting",
    ),
]
