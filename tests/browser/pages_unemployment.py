from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone

from core import xlsx
from people.models import User
from people.roles import Role
from tests import factories
from tests.browser.pages import PageCase
from tests.unemployment.conftest import form_values, registered, submitted
from unemployment import deregistration, followups, ledger, registration, replies, transfers
from unemployment.models import Paper, QualityCheck, Registration, Transfer


def officer() -> User:
    return factories.staff(Role.CASEWORKER)


def worker() -> User:
    return factories.staff(Role.COMMUNITY_WORKER, at=factories.community().parent)


def draft(citizen: User, steps: tuple[str, ...] = ()) -> Registration:
    """Return the citizen's own draft with some pages filled in."""
    found = registration.start_draft(person=citizen.person, by=citizen)
    values = form_values()
    for step in steps:
        part = {name: values[name] for name in registration.REQUIRED[step]}
        found = registration.save_draft(
            registration_id=found.pk, step=step, values=part, version=found.version, by=citizen
        )
    return found


def _step(step: str, query: str = "") -> PageCase:
    def build() -> tuple[str, User | None]:
        citizen = factories.citizen()
        return f"/unemployment/{draft(citizen).public_id}/apply/{step}/{query}", citizen

    return PageCase(f"unemployment application: {step}", build)


def _check() -> tuple[str, User | None]:
    citizen = factories.citizen()
    return f"/unemployment/{draft(citizen, registration.STEPS).public_id}/apply/check/", citizen


def _mine() -> tuple[str, User | None]:
    citizen = factories.citizen()
    worker()
    found = registered(by=officer(), person=citizen.person, on=timezone.localdate())
    return f"/unemployment/{found.public_id}/", citizen


def _mending() -> tuple[str, User | None]:
    citizen, clerk, today = factories.citizen(), officer(), timezone.localdate()
    found = submitted(by=clerk, person=citizen.person, on=today)
    registration.ask_correction(
        registration_id=found.pk,
        items=[("cause", "请选离职的真实原因")],
        version=found.version,
        by=clerk,
        on=today,
    )
    return f"/unemployment/{found.public_id}/", citizen


def _leave() -> tuple[str, User | None]:
    url, citizen = _mine()
    return f"{url}leave/", citizen


def _paper() -> tuple[str, User | None]:
    _, citizen = _mine()
    return f"/unemployment/papers/{Paper.objects.get(kind='certificate').public_id}/", citizen


def _check_paper() -> tuple[str, User | None]:
    _mine()
    return f"/unemployment/papers/verify/{Paper.objects.get(kind='certificate').token}/", None


def _paper_steps() -> tuple[str, User | None]:
    clerk = officer()
    paper = registered(by=clerk, on=timezone.localdate()).papers.get(kind="certificate")
    return f"/work/registrations/papers/{paper.public_id}/steps/", clerk


def _transfer() -> tuple[Transfer, User]:
    clerk, today = officer(), timezone.localdate()
    found = registered(by=clerk, on=today)
    made = transfers.request_transfer(
        registration_id=found.pk, target=factories.community(county="210202"), reason="搬家", by=clerk, on=today
    )
    return made, factories.staff(Role.CASEWORKER, at="210202")


def _transfers() -> tuple[str, User | None]:
    return "/work/registrations/transfers/", _transfer()[1]


def _answer() -> tuple[str, User | None]:
    made, receiver = _transfer()
    return f"/work/registrations/transfers/{made.public_id}/", receiver


def _move() -> tuple[str, User | None]:
    url, citizen = _mine()
    return f"{url}move/?county=210202", citizen


def _move_out() -> tuple[str, User | None]:
    clerk = officer()
    return f"/work/registrations/{registered(by=clerk, on=timezone.localdate()).public_id}/transfer/", clerk


def _ledger() -> tuple[str, User | None]:
    clerk = officer()
    header = ["姓名", "身份证号", "社区", "登记日期", "备用列"]
    rows = [["赵台账", factories.id_number(), factories.community().code, "2026-02-01", ""], ["", "1", "", "", ""]]
    upload = SimpleUploadedFile("台账.xlsx", xlsx.write(rows, header).read())
    made = ledger.receive(upload=upload, region=factories.region(), by=clerk, on=timezone.localdate())
    return f"/work/registrations/ledgers/{made.public_id}/", clerk


def _revoke() -> tuple[str, User | None]:
    clerk = officer()
    return f"/work/registrations/{registered(by=clerk, on=timezone.localdate()).public_id}/revoke/", clerk


def _heard() -> tuple[str, User | None]:
    citizen, clerk, today = factories.citizen(), officer(), timezone.localdate()
    found = registered(by=clerk, on=today, person=citizen.person)
    deregistration.propose(
        registration_id=found.pk, ground="11", evidence="单位参保，本人确认", happened_on=today, by=clerk, on=today
    )
    return f"/unemployment/{found.public_id}/", citizen


def _list() -> tuple[str, User | None]:
    clerk = officer()
    for _ in range(3):
        submitted(by=clerk, on=timezone.localdate())
    return "/work/registrations/", clerk


def _work() -> tuple[str, User | None]:
    clerk = officer()
    found = submitted(by=clerk, on=timezone.localdate())
    found.checks.filter(kind="insurance").update(verdict="hit", detail="演示公司正在缴费")
    return f"/work/registrations/{found.public_id}/", clerk


def _counter() -> tuple[str, User | None]:
    return "/work/registrations/new/", officer()


def _end() -> tuple[str, User | None]:
    clerk = officer()
    found = registered(by=clerk, on=timezone.localdate())
    return f"/work/registrations/{found.public_id}/end/", clerk


def _decide() -> tuple[str, User | None]:
    clerk, today = officer(), timezone.localdate()
    found = registered(by=clerk, on=today)
    proposal = deregistration.propose(
        registration_id=found.pk, ground="11", evidence="单位参保，本人确认", happened_on=today, by=clerk, on=today
    )
    return f"/work/registrations/ends/{proposal.public_id}/", officer()


def _matters() -> tuple[str, User | None]:
    clerk, someone, today = officer(), worker(), timezone.localdate()
    task = registered(by=clerk, on=today).follow_ups.get()
    for _ in range(2):
        task.refresh_from_db()
        followups.record_contact(
            follow_up_id=task.pk,
            values={"channel": "phone", "outcome": "no_answer"},
            version=task.version,
            by=someone,
            on=today,
        )
    return "/work/registrations/matters/", someone


def _month() -> tuple[str, User | None]:
    clerk, someone = officer(), worker()
    for _ in range(3):
        registered(by=clerk, on=timezone.localdate())
    return "/work/followups/", someone


def _contact() -> tuple[str, User | None]:
    clerk, someone = officer(), worker()
    task = registered(by=clerk, on=timezone.localdate()).follow_ups.get()
    return f"/work/followups/?id={task.public_id}", someone


def _visits() -> tuple[str, User | None]:
    clerk, someone, today = officer(), worker(), timezone.localdate()
    task = registered(by=clerk, on=today).follow_ups.get()
    printed = followups.print_list(
        follow_up_ids=[task.pk], month=today.replace(day=1), filters="待联系", by=someone, on=today
    )
    return f"/work/followups/lists/{printed.public_id}/", someone


def _proof() -> tuple[str, User | None]:
    clerk, someone = officer(), worker()
    task = registered(by=clerk, on=timezone.localdate()).follow_ups.get()
    return f"/work/followups/{task.public_id}/visit/", someone


def _drawn() -> tuple[str, User | None]:
    clerk, someone, today = officer(), worker(), timezone.localdate()
    task = registered(by=clerk, on=today).follow_ups.get()
    QualityCheck.objects.create(follow_up=task, recorded_by=someone, drawn_on=today)
    return "/work/followups/quality/", clerk


def _reply() -> tuple[str, User | None]:
    clerk, someone, today = officer(), worker(), timezone.localdate()
    task = registered(by=clerk, on=today).follow_ups.get()
    replies.send_round(follow_up_ids=[task.pk], address=lambda token: token, by=someone, on=today)
    return f"/unemployment/reply/{replies.token_of(task.links.get())}/", None


PAGES = [
    PageCase("unemployment start", lambda: ("/unemployment/", None)),
    PageCase("reply to a text message", _reply),
    PageCase("reply taken", lambda: ("/unemployment/reply/thanks/", None)),
    PageCase("unemployment progress", lambda: ("/unemployment/progress/", None)),
    _step("place"),
    _step("community", "?county=210106"),
    _step("job"),
    _step("about"),
    _step("wishes"),
    PageCase("unemployment application: check", _check),
    PageCase("own registration", _mine),
    PageCase("own registration to be mended", _mending),
    PageCase("leaving the register", _leave),
    PageCase("registration certificate", _paper),
    PageCase("a paper is checked", _check_paper),
    PageCase("a paper is checked by hand", lambda: ("/unemployment/papers/verify/", None)),
    PageCase("delivery of a paper", _paper_steps),
    PageCase("transfers", _transfers),
    PageCase("transfer to answer", _answer),
    PageCase("moving house", _move),
    PageCase("moving a registration", _move_out),
    PageCase("ledger to import", _ledger),
    PageCase("ledgers", lambda: ("/work/registrations/ledgers/", officer())),
    PageCase("revoking a registration", _revoke),
    PageCase("own registration to be ended", _heard),
    PageCase("registration list", _list),
    PageCase("registration list, nobody there", lambda: ("/work/registrations/", officer())),
    PageCase("follow-ups, nobody there", lambda: ("/work/followups/", worker())),
    PageCase("matters, none", lambda: ("/work/registrations/matters/", worker())),
    PageCase("registration with a hit", _work),
    PageCase("registration counter", _counter),
    PageCase("closure proposal", _end),
    PageCase("closure decision", _decide),
    PageCase("matters", _matters),
    PageCase("follow-ups of the month", _month),
    PageCase("follow-up contact", _contact),
    PageCase("visiting list", _visits),
    PageCase("place and photo of a visit", _proof),
    PageCase("call-backs", _drawn),
]
