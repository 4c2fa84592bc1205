"""Open data: what everybody may read of the published postings."""

from jobs import api
from people.access import PUBLIC, route

urlpatterns = [
    route("api/v1/jobs/", api.PostingList.as_view(), to=PUBLIC, name="api-posting-list"),
    route("api/v1/jobs/<uuid:public_id>/", api.PostingDetail.as_view(), to=PUBLIC, name="api-posting-detail"),
]
