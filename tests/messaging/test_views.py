import pytest
from django.urls import reverse

from messaging import outbox
from messaging.models import InboxMessage, OptOut
from tests import factories

pytestmark = pytest.mark.django_db
LIST = "/messages/"


@pytest.fixture
def user(client):
    user = factories.citizen()
    client.force_login(user)
    return user


def tell(user, key="answer:1", link=""):
    context = {"title": "<b>焊工</b>", "employer": "某厂", "status": "约面试", "reason": "周五九点来。"}
    outbox.send(to=user, template="application_answered", context=context, key=key, link=link, channels=("inbox",))
    return InboxMessage.objects.get(user=user, key=key)


def text(response):
    return response.content.decode()


def test_sends_visitors_to_sign_in(client):
    assert client.get(LIST).status_code == 302


def test_says_what_to_expect_when_there_is_nothing(client, user):
    assert "还没有消息" in text(client.get(LIST))


def test_lists_ones_own_messages_only(client, user):
    tell(user)
    tell(factories.citizen(), key="other")
    page = text(client.get(LIST))
    assert page.count("投递有进展") == 1
    assert "&lt;b&gt;焊工" in page
    assert "未读" in page


def test_pages_through_many_in_a_fixed_number_of_queries(client, user, django_assert_max_num_queries):
    for number in range(45):
        tell(user, key=f"answer:{number}")
    with django_assert_max_num_queries(8):
        response = client.get(LIST)
    seen, cursor = len(response.context["page"].items), response.context["page"].next
    while cursor:
        response = client.get(LIST, {"cursor": cursor})
        seen, cursor = seen + len(response.context["page"].items), response.context["page"].next
    assert seen == 45
    assert "较新的" in text(response)


def test_opens_a_message_without_changing_it(client, user):
    message = tell(user)
    assert client.get(reverse("messaging:message-show", args=[message.public_id])).status_code == 200
    message.refresh_from_db()
    assert message.read_at is None


def test_marks_a_message_as_read_and_goes_on_with_the_matter(client, user):
    message = tell(user, link="/stations/")
    url = reverse("messaging:message-read", args=[message.public_id])
    assert client.post(url, {"go": "1"}).url == "/stations/"
    message.refresh_from_db()
    first = message.read_at
    assert client.post(url).url == LIST
    message.refresh_from_db()
    assert message.read_at == first is not None


def test_marks_all_as_read(client, user):
    other = tell(factories.citizen(), key="other")
    tell(user)
    client.post(reverse("messaging:message-read-all"))
    assert not InboxMessage.objects.visible_to(user).unread().exists()
    other.refresh_from_db()
    assert other.read_at is None


def test_hides_another_persons_message(client, user):
    other = tell(factories.citizen())
    assert client.get(reverse("messaging:message-show", args=[other.public_id])).status_code == 404
    assert client.post(reverse("messaging:message-read", args=[other.public_id])).status_code == 404


def test_saves_what_a_person_wants_to_hear_about(client, user):
    url = reverse("messaging:settings-edit")
    assert text(client.get(url)).count("checked") == 3
    client.post(url, {"topics": ["job_alert"]})
    assert set(OptOut.objects.filter(user=user).values_list("topic", flat=True)) == {"policy_news", "survey"}
    assert text(client.get(url)).count("checked") == 1


def test_refuses_a_topic_that_does_not_exist(client, user):
    response = client.post(reverse("messaging:settings-edit"), {"topics": ["claims"]})
    assert response.status_code == 422
    assert not OptOut.objects.exists()
