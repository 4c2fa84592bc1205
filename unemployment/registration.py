"""失业登记 from the draft to the decision."""

import secrets
from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any

from django.db import IntegrityError, transaction
from django.utils import timezone

from core import events
from core.errors import DomainError
from core.workdays import add_working_days, working_days_between
from people.models import Document, Person, Region, User
from people.roles import Role
from unemployment import papers
from unemployment.assignment import assign_worker
from unemployment.checks import run_checks
from unemployment.clocks import clocks, remedy_text
from unemployment.followups import open_for
from unemployment.letters import tell
from unemployment.models import Check, ConsentCode, Registration
from unemployment.papers import day_words
from unemployment.permissions import can_decide
from unemployment.rules import Applicant, registration_obstacles

Status, Channel = Registration.Status, Registration.Channel
PLEDGE_VERSION = "2026-1"
STEPS = ("place", "job", "about", "wishes")
REQUIRED = {
    "place": ("place_kind", "region"),
    "job": ("unemployed_on", "cause", "claims_benefit"),
    "about": ("education", "household_kind", "nation", "health"),
    "wishes": ("wants_job", "wants_training", "wants_business"),
}
CORRECTABLE = {name for fields in REQUIRED.values() for name in fields} | {
    "previous_employer",
    "political",
    "skill",
    "job_wish",
    "training_wish",
    "business_wish",
    "note",
}
"""Fields of the form. Correction is asked for these only: papers are never demanded (人社厅发〔2020〕79号)."""
COUNTER = frozenset({Role.CASEWORKER, Role.STATION_STAFF, Role.COMMUNITY_WORKER, Role.COUNTY_SUPERVISOR})
ONE_OPEN = "registration_one_open"


class CannotRegister(DomainError):
    """The registration was not begun or not handed in."""


class CannotDecide(DomainError):
    """The decision was not taken."""


class CannotCorrect(DomainError):
    """The correction was not asked, or not made."""


class CannotWithdraw(DomainError):
    """The application was not taken back."""


@transaction.atomic
def start_draft(*, person: Person, by: User) -> Registration:
    """Return the person's own draft, made from what is on record; an application under way is returned as it is.

    :raises CannotRegister: the account is somebody else's.
    """
    if by.person_id != person.pk:
        raise CannotRegister("只能给自己申请。帮别人办，请到服务站代办。")
    found = Registration.objects.open().filter(person=person).first()
    return found or _create(person=person, channel=Channel.ONLINE, saved_at=timezone.now())


@transaction.atomic
def save_draft(*, registration_id: int, step: str, values: Mapping[str, Any], version: Any, by: User) -> Registration:
    """Keep one page of the form; also used while the applicant mends what a correction named.

    :raises CannotRegister: it is not the user's own, or no longer open to changes.
    :raises StaleVersion: another tab or device saved in between.
    """
    registration = _locked(registration_id)
    if registration.person_id != by.person_id:
        raise CannotRegister("只能填自己的申请。")
    registration.require(CannotRegister, Status.DRAFT, Status.CORRECTION)
    registration.require_version(version)
    _fill(registration, values)
    if step and step not in registration.steps_done:
        registration.steps_done = [*registration.steps_done, step]
    registration.saved_at = timezone.now()
    registration.bump()
    registration.save()
    return registration


@transaction.atomic
def submit(*, registration_id: int, pledged: bool, by: User, on: date) -> Registration:
    """Hand the application in: the pledge is kept, a number is given, the clock starts, the departments are asked.

    :raises CannotRegister: something is missing, the person may not be registered, or is registered already.
    """
    registration = _locked(registration_id)
    if registration.person_id != by.person_id:
        raise CannotRegister("只能提交自己的申请。")
    registration.require(CannotRegister, Status.DRAFT)
    return _hand_in(registration, pledged=pledged, by=by, on=on)


@transaction.atomic
def register_at_counter(
    *,
    person: Person,
    values: Mapping[str, Any],
    pledged: bool,
    by: User,
    on: date,
    channel: str = Channel.COUNTER,
    consent: Document | None = None,
    consent_code: ConsentCode | None = None,
) -> Registration:
    """Take an application down for somebody at a counter, or on their behalf with their consent.

    A draft that the person began at home is taken over, so that nothing is asked twice.

    :raises CannotRegister: no place of the user's, something is missing, or an open registration exists in the province.
    """
    region = values.get("region")
    if not isinstance(region, Region) or not by.serves(region.path, *COUNTER):
        raise CannotRegister("请选择您负责的社区。不归您管的，请对方到管理地办，或者在网上办。")
    if by.person_id == person.pk:
        raise CannotRegister("不能给自己办，请同事经办，或者在网上以个人身份申请。")
    if channel == Channel.ON_BEHALF and consent is None and consent_code is None:
        raise CannotRegister("代办要有本人的委托：请上传本人签字的委托书照片，或者请本人报手机收到的验证码。")
    registration = Registration.objects.select_for_update().open().filter(person=person).first()
    if registration is None:
        registration = _create(person=person, channel=channel)
    elif registration.status != Status.DRAFT:
        raise CannotRegister(_already(registration))
    registration.channel, registration.consent, registration.consent_code = channel, consent, consent_code
    _fill(registration, values)
    registration.steps_done = list(STEPS)
    return _hand_in(registration, pledged=pledged, by=by, on=on)


@transaction.atomic
def review_check(*, check_id: int, review: str, note: str, by: User) -> Check:
    """Write down what a person found out about a hit.

    :raises CannotDecide: no words about it, or not this officer's case.
    """
    check = Check.objects.select_related("registration").get(pk=check_id)
    registration = _locked(check.registration_id)
    _require_officer(registration, by)
    registration.require(CannotDecide, Status.SUBMITTED, Status.CHECKING)
    if review not in (Check.Review.EXPLAINED, Check.Review.CONFIRMED):
        raise CannotDecide("请选择核实的结论。")
    if len(note.strip()) < 4:
        raise CannotDecide("请写明怎么核实的，至少 4 个字，例如“电话问原单位，9 月已停保”。")
    check.review, check.review_note = review, note.strip()
    check.reviewed_by, check.reviewed_at = by, timezone.now()
    check.save()
    registration.status, registration.taken_by = Status.CHECKING, by
    registration.bump()
    registration.save()
    return check


@transaction.atomic
def check_again(*, registration_id: int, by: User, on: date) -> Registration:
    """Ask the departments once more about what stands open (the applicant had a record corrected).

    :raises CannotDecide: not this officer's case, or it is decided.
    """
    registration = _locked(registration_id)
    _require_officer(registration, by)
    registration.require(CannotDecide, Status.SUBMITTED, Status.CHECKING)
    run_checks(registration, on=on, by=by)
    registration.status, registration.taken_by = Status.CHECKING, by
    registration.bump()
    registration.save()
    return registration


@transaction.atomic
def ask_correction(
    *, registration_id: int, items: Iterable[tuple[str, str]], version: Any, by: User, on: date
) -> Registration:
    """Tell the applicant, once and in full, which fields to mend. Papers cannot be asked for.

    :param items: (field of the form, what is wrong with it and how it should be).
    :raises CannotCorrect: asked before, nothing named, or something that is no field of the form.
    :raises StaleVersion: the page was old.
    """
    registration = _locked(registration_id)
    _require_officer(registration, by, CannotCorrect)
    registration.require(CannotCorrect, Status.SUBMITTED, Status.CHECKING)
    registration.require_version(version)
    wanted = [(field, text.strip()) for field, text in items if text.strip()]
    if registration.corrections:
        raise CannotCorrect("补正已经一次性告知过，不能再次要求。请按现有内容决定（优化营商环境条例第三十六条）。")
    if not wanted:
        raise CannotCorrect("请至少写明一处要改的内容。")
    if any(field not in CORRECTABLE for field, _ in wanted):
        raise CannotCorrect("只能要求修改登记表的内容，不能要求补交材料（人社厅发〔2020〕79号）。")
    limits = clocks(on=on, region=_county(registration))
    registration.correction_items = [{"field": field, "text": text} for field, text in wanted]
    registration.corrections = 1
    registration.correction_asked_on = on
    registration.correction_by = limits.correction_by(on)
    registration.status, registration.taken_by = Status.CORRECTION, by
    registration.bump()
    registration.save()
    facts = {
        "submitted_on": day_words(timezone.localdate(registration.submitted_at)),
        "correction_by": day_words(registration.correction_by),
        "items": [{"label": Registration.label_of(field), "text": text} for field, text in wanted],
    }
    papers.issue(registration=registration, kind="correction", by=by, on=on, facts=facts)
    tell(registration, "unemployment_correction", count=len(wanted), by=registration.correction_by)
    return registration


@transaction.atomic
def resubmit(*, registration_id: int, by: User, on: date) -> Registration:
    """Hand the mended form back in. Where correction pauses the clock, the days it took are added.

    :raises CannotCorrect: not the user's own, or not asked for.
    """
    registration = _locked(registration_id)
    if registration.person_id != by.person_id:
        raise CannotCorrect("只能提交自己的申请。")
    registration.require(CannotCorrect, Status.CORRECTION)
    _require_complete(registration, CannotCorrect)
    asked = registration.correction_asked_on or on
    if registration.decide_by and clocks(on=on, region=_county(registration)).correction_pauses:
        registration.decide_by = add_working_days(registration.decide_by, max(0, working_days_between(asked, on)))
    registration.status = Status.CHECKING
    registration.bump()
    registration.save()
    return registration


@transaction.atomic
def accept(*, registration_id: int, note: str = "", version: Any, by: User, on: date) -> Registration:
    """Put the person on the register: from today the monthly contact is owed, the first within 5 working days.

    :raises CannotDecide: a hit is not looked into or was confirmed, or not this officer's case.
    :raises StaleVersion: the page was old.
    """
    registration = _locked(registration_id)
    _require_officer(registration, by)
    registration.require(CannotDecide, Status.SUBMITTED, Status.CHECKING)
    registration.require_version(version)
    hits = list(registration.checks.filter(verdict=Check.Verdict.HIT))
    if open_hits := [check.about.label for check in hits if not check.review]:
        raise CannotDecide(f"“{'”“'.join(open_hits)}”比中了，请先核实并写明结论，再办结。")
    if bad := [check.about.label for check in hits if check.review == Check.Review.CONFIRMED]:
        raise CannotDecide(
            f"“{'”“'.join(bad)}”核实属实，还没有更正，不能登记。请告诉本人去哪里更正，或者作不予登记决定。"
        )
    limits = clocks(on=on, region=_county(registration))
    registration.status = Status.ACTIVE
    registration.decided_by, registration.decided_at, registration.decision_note = by, timezone.now(), note.strip()
    registration.registered_on = on
    registration.first_contact_by = limits.first_contact_by(on)
    registration.worker = assign_worker(registration, on=on)
    registration.bump()
    registration.save()
    open_for(registration)
    events.append(
        "unemployment.registered",
        subject=f"person:{registration.person.public_id}",
        payload={"registration": str(registration.public_id), "on": on.isoformat()},
    )
    papers.certify(registration, by=by, on=on)
    worker = registration.worker.get_full_name() if registration.worker else "社区工作人员"
    tell(registration, "unemployment_accepted", worker=worker, contact_by=registration.first_contact_by)
    return registration


@transaction.atomic
def refuse(*, registration_id: int, reason: str, version: Any, by: User, on: date) -> Registration:
    """Refuse the registration, with the reason in full; the notice says how to mend it and how to object.

    A department's hit alone is no reason: it must have been looked into and confirmed by a person.

    :raises CannotDecide: no reason, or nothing that a person confirmed.
    :raises StaleVersion: the page was old.
    """
    registration = _locked(registration_id)
    _require_officer(registration, by)
    registration.require(CannotDecide, Status.SUBMITTED, Status.CHECKING, Status.CORRECTION)
    registration.require_version(version)
    if len(reason.strip()) < 10:
        raise CannotDecide("请写明不予登记的理由，至少 10 个字：哪一条不符合，依据什么，本人可以怎么办。")
    if registration.checks.filter(verdict=Check.Verdict.HIT, review="").exists():
        raise CannotDecide("数据比中的还没有核实。比中本身不是不予登记的理由，请先核实。")
    registration.status = Status.REFUSED
    registration.decided_by, registration.decided_at = by, timezone.now()
    registration.refusal_reason = f"{reason.strip()}\n{remedy_text(on=on)}"
    registration.bump()
    registration.save()
    facts = {
        "submitted_on": day_words(timezone.localdate(registration.submitted_at)),
        "reason": reason.strip(),
        "remedy": remedy_text(on=on),
    }
    papers.issue(registration=registration, kind="refusal", by=by, on=on, facts=facts)
    tell(registration, "unemployment_refused", reason=reason.strip())
    return registration


@transaction.atomic
def withdraw(*, registration_id: int, by: User) -> Registration:
    """Take one's own application back before it is decided.

    :raises CannotWithdraw: it is somebody else's, or decided already.
    """
    registration = _locked(registration_id)
    if registration.person_id != by.person_id:
        raise CannotWithdraw("只能撤回自己的申请。")
    registration.require(CannotWithdraw, Status.DRAFT, Status.SUBMITTED, Status.CHECKING, Status.CORRECTION)
    registration.status = Status.WITHDRAWN
    registration.bump()
    registration.save()
    return registration


def missing_steps(registration: Registration) -> list[str]:
    """Return the pages of the form on which something required is still empty."""
    return [step for step, names in REQUIRED.items() if any(not getattr(registration, name) for name in names)]


def open_registration_of(person: Person) -> Registration | None:
    """Return the one open registration of a person in the whole province, drafts left out."""
    found = Registration.objects.open().exclude(status=Status.DRAFT).filter(person=person)
    return found.select_related("region").first()


def open_registration_of_id(person_id: int) -> Registration | None:
    """Return the registration in force of a person named by a signed handle."""
    return Registration.objects.active().filter(person=person_id).first()


def _create(*, person: Person, channel: str, **fields: Any) -> Registration:
    prefilled = {
        name: getattr(person, name) for name in ("household_kind", "nation", "political", "education", "health")
    }
    try:
        with transaction.atomic():
            return Registration.objects.create(person=person, channel=channel, **prefilled, **fields)
    except IntegrityError as error:
        if ONE_OPEN not in str(error):
            raise
        found = Registration.objects.open().filter(person=person).select_related("region").get()
        raise CannotRegister(_already(found)) from error


def _already(found: Registration) -> str:
    place = found.region.full_name if found.region else "网上"
    return f"此人在全省已经有一份失业登记（{place}，{found.get_status_display()}），不能重复登记。要换地方管理，请办理转移。"


def _fill(registration: Registration, values: Mapping[str, Any]) -> None:
    for name, value in values.items():
        if name not in CORRECTABLE:
            raise ValueError(f"{name} is no field of the form")
        setattr(registration, name, value)


def _hand_in(registration: Registration, *, pledged: bool, by: User, on: date) -> Registration:
    person = registration.person
    obstacles = registration_obstacles(Applicant(birth_date=person.birth_date, died_on=person.died_on), on=on)
    if obstacles:
        raise CannotRegister("".join(obstacles))
    _require_complete(registration, CannotRegister)
    if registration.unemployed_on and registration.unemployed_on > on:
        raise CannotRegister("失业时间不能晚于今天，请改正。")
    if not pledged:
        raise CannotRegister("请先看过承诺书，再勾选“我承诺”。")
    assert registration.region is not None
    registration.status = Status.SUBMITTED
    registration.pledged_at, registration.pledge_version = timezone.now(), PLEDGE_VERSION
    registration.submitted_at = timezone.now()
    registration.receipt_number = new_number(registration.region, on)
    registration.decide_by = clocks(on=on, region=_county(registration)).decide_by(on)
    registration.bump()
    registration.save()
    run_checks(registration, on=on, by=by)
    handed_in = {"submitted_on": day_words(on), "decide_by": day_words(registration.decide_by)}
    papers.issue(registration=registration, kind="receipt", by=by, on=on, facts=handed_in)
    pledge = {"submitted_on": day_words(on), "pledge_version": PLEDGE_VERSION}
    papers.issue(registration=registration, kind="pledge", by=by, on=on, facts=pledge)
    tell(registration, "unemployment_received", decide_by=registration.decide_by)
    return registration


def new_number(region: Region, on: date) -> str:
    """Return a fresh 受理编号: county, day and six random digits, so that nobody can count or guess others'."""
    county = region.county_code or region.code[:6]
    while True:
        number = f"{county}{on:%y%m%d}{secrets.randbelow(10**6):06d}"
        if not Registration.objects.filter(receipt_number=number).exists():
            return number


def _require_complete(registration: Registration, error: type[DomainError]) -> None:
    if missing := missing_steps(registration):
        labels = [
            Registration.label_of(name)
            for step in missing
            for name in REQUIRED[step]
            if not getattr(registration, name)
        ]
        raise error(f"还有没填的：{'、'.join(labels)}。请填好再提交。")


def _require_officer(registration: Registration, by: User, error: type[DomainError] = CannotDecide) -> None:
    if not can_decide(by, registration):
        raise error("这份登记不归您办：要由管理地的经办人办理，也不能办自己的事。")


def _county(registration: Registration) -> str:
    return (registration.region.county_code if registration.region else "") or "21"


def _locked(registration_id: int) -> Registration:
    return (
        Registration.objects.select_for_update(of=("self",))
        .select_related("region", "person", "worker")
        .get(pk=registration_id)
    )
