"""What the API answers to whatever fits its own schema, and to what does not, is what the schema says."""

from collections.abc import Iterator
from typing import Any

import pytest
import schemathesis
from django.core.handlers.wsgi import WSGIHandler
from django.core.signals import request_finished, request_started
from django.db import close_old_connections
from django.urls import reverse
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from schemathesis import GenerationMode, checks

from jobs.models import PartnerKey, Posting
from jobs.partner_keys import make_key
from people.models import Organisation
from people.roles import Role
from tests import factories as people
from tests.jobs import factories

pytestmark = pytest.mark.django_db
PROMISED = (
    checks.not_a_server_error,
    checks.status_code_conformance,
    checks.content_type_conformance,
    checks.response_headers_conformance,
    checks.response_schema_conformance,
)
ANSWERS = {GenerationMode.POSITIVE: 200, GenerationMode.NEGATIVE: 400}
FEW = settings(max_examples=12, deadline=None, derandomize=True, database=None, suppress_health_check=list(HealthCheck))


@pytest.fixture
def api(db: None) -> Iterator[Any]:
    """The schema as the portal serves it, asked in this process and so in this test's transaction."""
    for number in range(3):
        factories.posting(title=f"电工 {number}", suits=["veterans"])
    ends = (request_started, request_finished)
    for signal in ends:
        signal.disconnect(close_old_connections)
    try:
        yield schemathesis.openapi.from_wsgi(f"{reverse('portal:api-schema')}?format=json", WSGIHandler())
    finally:
        for signal in ends:
            signal.connect(close_old_connections)


@pytest.fixture
def keys(db: None) -> dict[str, str]:
    """What opens each of the partners' doors."""
    office = people.organisation(kind=Organisation.Kind.PUBLIC_AGENCY)
    admin, named = people.staff(Role.SYSTEM_ADMIN, at=None), PartnerKey.Scope.CLOSURES
    return {
        "/partner/postings/": make_key(organisation_id=office.pk, by=admin)[1],
        "/partner/closures/": make_key(organisation_id=office.pk, by=admin, scope=named, region=people.region())[1],
    }


@pytest.mark.parametrize("mode", GenerationMode)
def test_keeps_its_promises(api: Any, keys: dict[str, str], mode: GenerationMode):
    asked = set()

    @FEW
    @given(data=st.data())
    def ask(data: st.DataObject, operation: Any) -> None:
        case = data.draw(operation.as_strategy(generation_mode=mode))
        key = next((key for door, key in keys.items() if door in operation.path), "")
        headers = {"Authorization": f"Bearer {key}"} if key else None
        asked.add((operation.label, case.call_and_validate(checks=PROMISED, headers=headers).status_code))

    for operation in api.get_all_operations():
        ask(operation=operation.ok())
    for address in ("GET /api/v1/jobs/", "GET /api/v1/jobs/snapshot/"):
        assert (address, ANSWERS[mode]) in asked
    for address in ("POST /api/v1/partner/postings/", "POST /api/v1/partner/closures/"):
        assert (address, 200) in asked
    assert {label for label, _ in asked} >= {"PUT /api/v1/partner/postings/{source_id}/", "GET /api/v1/jobs/changes/"}


def test_answers_for_a_posting_as_it_promised(api: Any):
    shown, ended = factories.posting(), factories.posting()
    Posting.objects.filter(pk=ended.pk).update(status=Posting.Status.FILLED)
    listed = api["/api/v1/jobs/"]["GET"].Case(query={"q": "电工"}).call_and_validate(checks=PROMISED)
    assert len(listed.json()["results"]) == 5
    operation = api["/api/v1/jobs/{public_id}/"]["GET"]
    for posting, status in ((shown, 200), (ended, 410)):
        case = operation.Case(path_parameters={"public_id": str(posting.public_id)})
        assert case.call_and_validate(checks=PROMISED).status_code == status
