from datetime import timedelta
from decimal import Decimal

import pytest
from django.utils import timezone

from jobs import posting_templates
from jobs.models import Posting, PostingTemplate
from jobs.posting_forms import PostingForm
from people.models import Occupation
from tests import factories
from tests.jobs.factories import posting

pytestmark = pytest.mark.django_db
HTMX = {"HX-Request": "true"}


@pytest.fixture
def electrician():
    return Occupation.objects.get_or_create(code="6-31-01-03", defaults={"name": "电工", "level": 4})[0]


@pytest.fixture
def desk(client):
    agent = factories.agent(factories.organisation())
    client.force_login(agent)
    return client


def errors(asked, **more):
    return PostingForm(asked | more).errors.as_data()


def test_blocks_a_new_posting_without_pay_with_a_sentence(asked):
    form = PostingForm(asked | {"pay_min": "", "pay_max": ""})
    assert "面议" in form.errors["pay_min"][0]


def test_takes_pay_by_piece_and_asks_by_what_it_counts(asked):
    assert "pay_period" not in errors(asked, pay_period="piece", pay_min="0.8", pay_max="")
    assert "pay_period" in errors(asked, pay_period="")


def test_takes_skills_as_words_with_separators_between_them(asked):
    form = PostingForm(asked | {"skills": " 低压电工证、看电路图，PLC 编程、看电路图"})
    assert form.is_valid(), form.errors
    assert form.values()["skills"] == ["低压电工证", "看电路图", "PLC 编程"]
    assert "最多写 10 项" in str(errors(asked, skills="、".join(str(n) for n in range(11)))["skills"])
    assert "太长" in str(errors(asked, skills="会" * 25)["skills"])
    assert 'value="低压电工证、看电路图"' in str(PostingForm(initial={"skills": ["低压电工证", "看电路图"]})["skills"])


def test_asks_for_the_months_of_a_probation_that_is_paid(asked):
    assert "试用期几个月" in str(errors(asked, probation_pay="6000")["probation_months"])
    assert not errors(asked, probation_months="1", contract_months="12", probation_pay="6000")


@pytest.mark.parametrize(
    ("period", "pay", "fits"), [("month", "3000000000", False), ("month", "1000000", True), ("hour", "20000", False)]
)
def test_takes_no_pay_that_nobody_can_mean(asked, period, pay, fits):
    found = errors(asked, pay_period=period, pay_min=pay, pay_max="")
    assert ("最多写" not in str(found.get("pay_min", ""))) is fits


def test_takes_only_an_occupation_of_the_edition_in_force(asked, electrician):
    assert "occupation" not in errors(asked, occupation="6-31-01-03")
    assert "occupation" in errors(asked, occupation="9-99-99-99")


@pytest.mark.parametrize(
    ("point", "words"),
    [
        (("123.36", ""), "一起填"),
        (("41.8", "123.36"), "填反"),
        (("121.6", "38.9"), "公里"),
        (("123.36", "41.80"), None),
        (("", ""), None),
    ],
)
def test_takes_a_point_only_near_the_chosen_county(asked, point, words):
    form = PostingForm(asked | {"lng": point[0], "lat": point[1]})
    said = " ".join(str(each) for name in ("lng", "lat") for each in form.errors.get(name, []))
    assert (words in said) if words else said == ""


def test_shows_for_thirty_days_unless_told_otherwise_and_never_more_than_ninety(asked):
    form = PostingForm(asked)
    assert form.is_valid()
    assert form.values()["valid_days"] == 30
    assert "valid_days" in errors(asked, valid_days="91")


def test_takes_a_time_of_publication_that_is_to_come_and_not_too_far(asked):
    def at(days):
        return timezone.localtime(timezone.now() + timedelta(days=days)).strftime("%Y-%m-%dT%H:%M")

    assert "publish_at" not in errors(asked, publish_at=at(3))
    assert "已经过了" in str(errors(asked, publish_at=at(-1))["publish_at"])
    assert "最多提前" in str(errors(asked, publish_at=at(80))["publish_at"])
    assert "没有认出来" in str(errors(asked, publish_at="明天")["publish_at"])


def test_suggests_occupations_as_one_types_and_by_a_second_look_that_saves_nothing(desk, asked, electrician):
    part = desk.get("/employer/occupations/?title=维修电工", headers=HTMX).content.decode()
    assert 'value="6-31-01-03"' in part
    typed = {name: value for name, value in asked.items() if name != "submit"}
    page = desk.post("/employer/postings/new/", typed | {"title": "", "look": "电工", "look_up": "1"})
    assert page.status_code == 200
    text = page.content.decode()
    assert 'value="6-31-01-03"' in text
    assert "检修车间低压电路。" in text
    assert "请填写岗位名称" not in text
    assert not Posting.objects.exists()
    assert desk.get("/employer/occupations/?look=%00&occupation=zz", headers=HTMX).status_code == 200
    assert desk.get("/employer/occupations/?look=电工").status_code == 302


def test_keeps_the_chosen_occupation_among_those_offered(desk, electrician):
    part = desk.get("/employer/occupations/?title=保洁&occupation=6-31-01-03", headers=HTMX).content.decode()
    assert 'value="6-31-01-03" checked' in part


def test_begins_with_an_earlier_posting_or_a_template_of_one_s_own(client):
    made = posting(title="验布工", shifts="两班倒", suits=["over_45"])
    agent = factories.agent(made.organisation)
    client.force_login(agent)
    copied = client.get(f"/employer/postings/new/?copy={made.public_id}").content.decode()
    assert "验布工" in copied
    assert "两班倒" in copied
    answer = client.post(f"/employer/postings/{made.public_id}/template/", {"name": "质检"})
    assert answer.status_code == 302
    kept = PostingTemplate.objects.get()
    text = client.get(f"/employer/postings/new/?template={kept.public_id}").content.decode()
    assert "两班倒" in text
    assert str(made.pay_min) in text
    client.force_login(factories.agent(factories.organisation()))
    assert client.get(f"/employer/postings/new/?copy={made.public_id}").status_code == 404
    assert client.get(f"/employer/postings/new/?template={kept.public_id}").status_code == 404
    assert client.get("/employer/postings/new/?copy=nonsense").status_code == 200


def test_keeps_templates_by_name_and_only_so_many(settings):
    made = posting(pay_min=Decimal("20.50"), pay_max=None, pay_period="hour")
    agent = factories.agent(made.organisation)
    on = timezone.localdate()
    posting_templates.keep_template(posting_id=made.pk, name="钟点", by=agent, on=on)
    with pytest.raises(posting_templates.CannotKeepTemplate, match="叫这个名字"):
        posting_templates.keep_template(posting_id=made.pk, name=" 钟点 ", by=agent, on=on)
    with pytest.raises(posting_templates.CannotKeepTemplate, match="起个名字"):
        posting_templates.keep_template(posting_id=made.pk, name=" ", by=agent, on=on)
    PostingTemplate.objects.bulk_create(
        PostingTemplate(organisation=made.organisation, name=str(n), created_by=agent) for n in range(19)
    )
    with pytest.raises(posting_templates.CannotKeepTemplate, match="最多存 20 个"):
        posting_templates.keep_template(posting_id=made.pk, name="再一个", by=agent, on=on)
    with pytest.raises(posting_templates.CannotKeepTemplate, match="不是您单位"):
        posting_templates.drop_template(
            template_id=PostingTemplate.objects.first().pk, by=factories.agent(factories.organisation())
        )
