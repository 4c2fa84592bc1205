from django.utils import timezone

from people.models import User
from people.roles import Role
from tests import factories
from tests.browser.pages import PageCase
from tests.unemployment.care import WORDS, Street, family, opened, plan_for, promise_for, welfare_post, with_quota
from unemployment import hardship, hardship_exits, hardship_publicity, plans, welfare_posts

CONTENT = "此人从 7 月起在某公司上班，有单位缴社保。"


def _street() -> Street:
    return Street(on=timezone.localdate())


def _list() -> tuple[str, User | None]:
    street = _street()
    street.applied()
    street.recognised()
    return "/work/hardship/?view=way", street.reviewer


def _work() -> tuple[str, User | None]:
    street = _street()
    return f"/work/hardship/{street.applied().public_id}/", street.reviewer


def _exit() -> tuple[str, User | None]:
    street = _street()
    row = street.recognised()
    hardship_exits.propose(
        recognition_id=row.pk,
        ground="employed",
        evidence="社保已由单位参保三个月",
        happened_on=street.on,
        by=street.worker,
        on=street.on,
    )
    return f"/work/hardship/{row.public_id}/", street.supervisor


def _notices() -> tuple[str, User | None]:
    street = _street()
    street.posted()
    street.reviewed()
    return "/work/hardship/notices/", street.reviewer


def _notice(suffix: str = "") -> tuple[str, User | None]:
    street = _street()
    notice = street.posted()
    hardship_publicity.object_to(notice=notice, line=notice.lines.get(), content=CONTENT, on=street.on)
    return f"/work/hardship/notices/{notice.public_id}/{suffix}", street.reviewer


def _public(one: bool) -> tuple[str, User | None]:
    notice = _street().posted()
    return f"/unemployment/publicity/{notice.public_id if one else ''}{'/' if one else ''}", None


def _own(one: bool) -> tuple[str, User | None]:
    citizen = factories.citizen()
    row = hardship.apply(
        person=citizen.person,
        category="older",
        region=factories.community(),
        circumstances=WORDS,
        by=citizen,
        on=timezone.localdate(),
    )
    return f"/unemployment/hardship/{row.public_id if one else ''}{'/' if one else ''}", citizen


def _household(*, verified: bool, page: str = "") -> tuple[str, User | None]:
    street = _street()
    home = (opened if verified else family)(street.worker, on=street.on)
    return f"/work/households/{page or f'{home.public_id}/'}", street.worker


def _wall() -> tuple[str, User | None]:
    street = _street()
    opened(street.worker, on=street.on)
    return "/work/households/wall/", factories.staff(Role.CITY_SUPERVISOR, at="2101")


def _posts(*, one: bool) -> tuple[str, User | None]:
    street = _street()
    with_quota(9)
    post = welfare_post(street.reviewer)
    if one:
        person = street.recognised().person
        welfare_posts.place(post_id=post.pk, person=person, starts_on=street.on, by=street.reviewer, on=street.on)
    return f"/work/posts/{f'{post.public_id}/' if one else ''}", street.supervisor


def _plan(page: str = "") -> tuple[str, User | None]:
    street = _street()
    plan = plan_for(street.worker, on=street.on)
    plans.add_measure(
        plan_id=plan.pk,
        kind="training",
        what="学电工课程",
        due_on=street.on,
        version=plan.version,
        by=street.worker,
        on=street.on,
    )
    return f"/work/plans/{page or f'{plan.public_id}/'}", street.worker


def _promise(page: str = "") -> tuple[str, User | None]:
    street = _street()
    promise = promise_for(street.worker)
    return f"/work/promises/{page or f'{promise.public_id}/'}", street.supervisor


PAGES = [
    PageCase("plans", lambda: _plan("?view=open")),
    PageCase("plan", _plan),
    PageCase("plan, new", lambda: _plan("new/")),
    PageCase("own plan", lambda: ("/unemployment/plan/", factories.citizen())),
    PageCase("promises", lambda: _promise("?view=all")),
    PageCase("promise", _promise),
    PageCase("promise, new", lambda: _promise("new/")),
    PageCase("promise times", lambda: _promise("times/")),
    PageCase("own promise", lambda: ("/unemployment/promise/", factories.citizen())),
    PageCase("welfare posts", lambda: _posts(one=False)),
    PageCase("welfare post, held", lambda: _posts(one=True)),
    PageCase("households", lambda: _household(verified=True, page="?view=open")),
    PageCase("household to verify", lambda: _household(verified=False)),
    PageCase("household, open", lambda: _household(verified=True)),
    PageCase("household, new", lambda: _household(verified=True, page="new/")),
    PageCase("household wall", _wall),
    PageCase("own household", lambda: ("/unemployment/household/", factories.citizen())),
    PageCase("hardship ledger", _list),
    PageCase("hardship recognition", _work),
    PageCase("hardship exit", _exit),
    PageCase("hardship, on behalf", lambda: ("/work/hardship/new/", _street().worker)),
    PageCase("hardship notices", _notices),
    PageCase("hardship notice", _notice),
    PageCase("hardship notice, printed", lambda: _notice("print/")),
    PageCase("hardship publicity", lambda: _public(False)),
    PageCase("hardship publicity, one", lambda: _public(True)),
    PageCase("own hardship", lambda: _own(False)),
    PageCase("own recognition", lambda: _own(True)),
]
