"""Writing one's résumé, and the copy that goes to an employer."""

from collections.abc import Collection, Mapping
from typing import Any

from django.db import IntegrityError, transaction
from django.db.models import Q
from django.utils import timezone

from core.errors import DomainError
from jobs.models import Certificate, Education, Intention, Resume, Skill, Work
from jobs.models.resume import MOST_INTENTIONS, Entry
from jobs.resume_hints import Filled, forbidden_in
from jobs.talent_index import index_resumes
from people import reference
from people.models import Occupation, User

SECTIONS: dict[str, type[Entry]] = {
    "intention": Intention,
    "work": Work,
    "education": Education,
    "skill": Skill,
    "certificate": Certificate,
}
MOST = {"intention": MOST_INTENTIONS, "work": 20, "education": 10, "skill": 30, "certificate": 20}
"""How many lines a section takes: what a page can show, not a rule of law."""
PARTS = ("headline", "work", "education", "skill", "certificate", "intention")
"""What a person chooses from when they send their résumé."""
Sheet = dict[str, Any]


class CannotWriteResume(DomainError):
    """The résumé stays as it was."""


def resume_of(user: User) -> Resume | None:
    """Return the résumé of an account, if it has begun one."""
    return Resume.objects.filter(user=user).select_related("region").first()


def _own(user: User) -> Resume:
    """Return the locked résumé of an account; the first line begins it."""
    Resume.objects.bulk_create([Resume(user=user)], ignore_conflicts=True)
    return Resume.objects.select_for_update(of=("self",)).get(user=user)


@transaction.atomic
def save_profile(*, by: User, values: Mapping[str, Any], version: object) -> Resume:
    """Save the head of one's résumé: introduction, home, who may find it. To hide it works at once.

    :param version: of the résumé that the page showed; "" when there was none.
    :raises CannotWriteResume: a number or account stands in the text, or nothing is there to be found by.
    :raises StaleVersion: it was changed since in another tab.
    """
    begun = Resume.objects.filter(user=by).exists()
    resume = _own(by)
    if begun or str(version) not in ("", "1"):
        resume.require_version(version)
    _refuse_numbers([values["headline"]])
    opens = values["visibility"] != Resume.Visibility.HIDDEN
    if opens and not resume.intentions.exists():
        raise CannotWriteResume("要让单位找到您，先写至少一个求职意向：想做什么、想在哪里干。")
    if opens and not resume.is_open:
        resume.visible_since = timezone.now()
    resume.headline, resume.region, resume.visibility = values["headline"], values["region"], values["visibility"]
    _touch(resume)
    return resume


@transaction.atomic
def hide(*, by: User) -> None:
    """Let no employer find this résumé from now on; every search and every page asks the row itself."""
    resume = _own(by)
    if resume.is_open:
        resume.visibility = Resume.Visibility.HIDDEN
        _touch(resume)


@transaction.atomic
def save_entry(*, section: str, by: User, values: Mapping[str, Any], entry: Entry | None = None) -> Entry:
    """Add a line to one's résumé, or change one.

    :raises CannotWriteResume: it is somebody else's, there are enough lines, it stands there already, or it holds a number.
    """
    model, resume = SECTIONS[section], _own(by)
    _refuse_numbers([str(value) for value in values.values() if isinstance(value, str)])
    if entry is None:
        if model.objects.filter(resume=resume).count() >= MOST[section]:
            raise CannotWriteResume(
                f"{model._meta.verbose_name}最多写 {MOST[section]} 条。请先删掉一条，或改其中一条。"
            )
        entry = model(resume=resume)
        if isinstance(entry, Intention):
            taken = Intention.objects.filter(resume=resume).values_list("position", flat=True)
            entry.position = _free(set(taken))
    elif entry.resume_id != resume.pk:
        raise CannotWriteResume("这不是您的简历，不能改。")
    for name, value in values.items():
        setattr(entry, name, value)
    if isinstance(entry, Intention):
        entry.occupation = occupation_called(entry.title)
    try:
        with transaction.atomic():
            entry.save()
    except IntegrityError as error:
        if "skill_once" not in str(error):
            raise
        raise CannotWriteResume("这项技能已经写过了，直接改那一条就行。") from error
    _touch(resume)
    return entry


@transaction.atomic
def delete_entry(*, section: str, by: User, entry_id: int) -> None:
    """Take a line out of one's résumé. Whoever has no intention left is not found by employers any more."""
    resume = _own(by)
    SECTIONS[section].objects.filter(resume=resume, pk=entry_id).delete()
    if section == "intention" and resume.is_open and not resume.intentions.exists():
        resume.visibility = Resume.Visibility.HIDDEN
    _touch(resume)


def _touch(resume: Resume) -> None:
    """Save a résumé that says something else now, or shows it to others."""
    resume.bump()
    resume.save()
    index_resumes([resume.pk])


def _free(taken: set[int]) -> int:
    return next(number for number in range(1, MOST_INTENTIONS + 1) if number not in taken)


def _refuse_numbers(texts: list[str]) -> None:
    if sentence := forbidden_in(texts):
        raise CannotWriteResume(sentence)


def occupation_called(title: str) -> Occupation | None:
    """Return the occupation of the 大典 that a title names: the same name, else the only one that holds it."""
    rows = Occupation.objects.current().filter(level=4)
    same = rows.filter(name__in=(title, f"{title}员", f"{title}工")).order_by("code").first()
    if same is not None or len(title) < 2:
        return same
    found = list(rows.filter(name__contains=title).order_by("code")[:2])
    return found[0] if len(found) == 1 else None


def sheet(resume: Resume, *, parts: Collection[str] = PARTS) -> Sheet:
    """Return what a résumé says, as plain data: for its page, its print, and the copy an application keeps for good.

    It is made of the résumé's own rows. Nothing of the person's record is read: no number, no group, no age.
    """
    chosen = {section: list(_lines(resume, section)) if section in parts else [] for section in SECTIONS}
    return {
        "headline": resume.headline if "headline" in parts else "",
        "region": resume.region.full_name.removeprefix("辽宁省") if resume.region and "headline" in parts else "",
        "intentions": [
            {"title": row.title, "region": row.region.full_name.removeprefix("辽宁省"), "kind": row.get_kind_display()}
            | {"pay": row.pay_text}
            for row in chosen["intention"]
        ],
        "works": [
            {"title": row.title, "employer": row.employer, "span": row.span, "duties": row.duties}
            for row in chosen["work"]
        ],
        "educations": [
            {"school": row.school, "level": row.level_text, "major": row.major, "span": row.span}
            for row in chosen["education"]
        ],
        "skills": [{"name": row.name, "grade": row.get_grade_display()} for row in chosen["skill"]],
        "certificates": [
            {"name": row.name, "issuer": row.issuer, "until": row.valid_until.isoformat() if row.valid_until else ""}
            for row in chosen["certificate"]
        ],
    }


def _lines(resume: Resume, section: str) -> Any:
    if section == "intention":
        return Intention.objects.filter(resume=resume).select_related("region")
    return SECTIONS[section].objects.filter(resume=resume)


def to_send(user: User, *, parts: Collection[str] = PARTS) -> dict[str, Any] | None:
    """Return what goes to an employer with one tap: name, phone, a line of experience, and the frozen copy.

    None when there is too little to send: no résumé with a line in it, no name or no phone.
    """
    resume, phone = resume_of(user), phone_of(user)
    name = user.person.name if user.person else user.name
    if resume is None or not phone or not name:
        return None
    copy = sheet(resume, parts=parts)
    if not any(copy[name] for name in ("works", "educations", "skills", "intentions")):
        return None
    return {
        "name": name,
        "phone": phone,
        "education": highest_education(resume) if "education" in parts else "",
        "experience": "；".join(f"{work['title']}（{work['span']}）" for work in copy["works"])[:1000],
        "resume": copy,
    }


def is_ready(user: User) -> bool:
    """Say in one query whether `to_send` has something, for the button on a posting's page."""
    if not (user.person.name if user.person else user.name) or not ((user.person and user.person.phone) or user.phone):
        return False
    lines = Q(works__isnull=False) | Q(educations__isnull=False) | Q(skills__isnull=False)
    return Resume.objects.filter(lines | Q(intentions__isnull=False), user=user).exists()


def phone_of(user: User) -> str:
    """Return the phone by which somebody is reached, "" when none is known."""
    sealed = (user.person.phone if user.person else None) or user.phone
    return sealed.open() if sealed else ""


def highest_education(resume: Resume) -> str:
    """Return the code of the highest education of a résumé, "" when it names none."""
    codes = [row.level for row in resume.educations.all()]
    return max(codes, key=reference.education_rank, default="")


def filled(resume: Resume | None, *, has_phone: bool) -> Filled:
    """Return how much of a résumé there is, for its hints."""
    if resume is None:
        return Filled(phone=has_phone)
    works = list(resume.works.all())
    return Filled(
        headline=bool(resume.headline),
        region=resume.region_id is not None,
        educations=resume.educations.count(),
        works=len(works),
        described_works=sum(bool(work.duties) for work in works),
        skills=resume.skills.count(),
        certificates=resume.certificates.count(),
        intentions=resume.intentions.count(),
        phone=has_phone,
    )
