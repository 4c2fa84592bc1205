"""A believable province without a real person in it: synthetic people, organisations and accounts.

Every ID number uses the prefecture code 2199, which is assigned to nobody; every row is marked `is_demo`.
"""

import secrets
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import date, timedelta
from random import Random

from django.contrib.auth.hashers import PBKDF2PasswordHasher
from django.db import connection
from django.utils import timezone

from core.bulk import copy_rows, maker
from core.models import DepartmentFile
from core.months import add_months
from people.identifiers import credit_check_character, id_check_character
from people.models import Group, GroupMembership, Organisation, Person, Region, RoleAssignment, User
from people.roles import STAFF, Role
from people.second_factor import enrol_totp

SURNAMES = "王李张刘陈杨赵黄周吴徐孙胡朱高林何郭马罗梁宋郑谢韩唐冯于董萧程曹袁邓许傅沈曾彭吕"
GIVEN = "伟芳娜敏静丽强磊军洋勇艳杰娟涛明超霞平刚桂英华玉萍红建国志海波宁慧巧美婷雪晶晨宇浩凯博文思嘉欣怡子涵"
CITY_WEIGHTS = {"2101": 22, "2102": 20, "2103": 8, "2106": 5, "2107": 6, "2112": 6, "2113": 7}
DEFAULT_CITY_WEIGHT = 4
GROUP_SHARES = {
    Group.MIGRANT_WORKER: 0.12,
    Group.VETERAN: 0.03,
    Group.DISABLED: 0.03,
    Group.MINIMUM_LIVING: 0.04,
    Group.LIFTED_FROM_POVERTY: 0.03,
    Group.OLDER: 0.10,
}
EDUCATIONS = ["81", "71", "71", "71", "61", "61", "41", "31", "31", "21", "21", "11"]
TRADES = [
    "机械制造",
    "物业服务",
    "餐饮管理",
    "商贸",
    "建筑安装",
    "家政服务",
    "软件",
    "食品",
    "物流",
    "养老服务",
    "服装",
    "电子",
]
MARKS = [
    "恒远",
    "北辰",
    "同泰",
    "海晏",
    "宏锐",
    "松鹤",
    "金穗",
    "辽河湾",
    "新岸",
    "沃野",
    "百川",
    "晨光",
    "云帆",
    "启明",
]
PROGRESS = 1000
RECHECK_MONTHS = 6
"""Of the demo only; the portal reads the term `organisation.recheck_months`."""
DEMO_COUNTY = "210106"
"""沈阳市铁西区: where the demo accounts work."""
Progress = Callable[[str, int, int], None]


@dataclass
class Province:
    """What the demo built so far, handed from one app's builder to the next."""

    rng: Random
    on: date
    people: list[Person] = field(default_factory=list)
    organisations: list[Organisation] = field(default_factory=list)
    accounts: list[dict[str, str]] = field(default_factory=list)
    staff: dict[str, User] = field(default_factory=dict)


def demo_street() -> Region:
    """Return the street in which the demo accounts of stations and communities work."""
    district = Region.objects.open().get(code=DEMO_COUNTY)
    return district.descendants().streets().order_by("code")[0]


def communities_by_city() -> dict[str, list[Region]]:
    """Return the communities (not villages) of each city, by the city's code."""
    found: dict[str, list[Region]] = {}
    rows = Region.objects.communities().filter(kind=Region.Kind.COMMUNITY).order_by("code")
    for community in rows.only("id", "code", "path", "name", "full_name", "statutory_path"):
        found.setdefault(community.code[:4], []).append(community)
    return found


def build_people(province: Province, *, count: int, progress: Progress) -> None:
    """Add synthetic people of working age with sealed ID numbers and phones, and some of the key groups."""
    rng = province.rng
    places = communities_by_city()
    cities = sorted(places)
    weights = [CITY_WEIGHTS.get(city, DEFAULT_CITY_WEIGHT) for city in cities]
    shown = demo_street()
    street = [c for c in places[shown.code[:4]] if c.path.startswith(f"{shown.path}/")]
    district = [c for c in places[shown.code[:4]] if c.code.startswith(DEMO_COUNTY)]
    make = _maker()

    def people() -> Iterator[Person]:
        for number in range(count):
            # One street is well filled, so that the demo accounts, who work there, have something to do.
            near = rng.random()
            home = rng.choice(
                street if near < 0.05 else district if near < 0.12 else places[rng.choices(cities, weights)[0]]
            )
            yield _person(make, number, rng, home, province.on)
            if number % PROGRESS == 0:
                progress("人员", number, count)

    province.people = copy_rows(Person, people(), count=count)
    progress("人员", count, count)
    member = maker(GroupMembership, valid=(province.on - timedelta(days=400), None), source="演示数据")
    copy_rows(
        GroupMembership,
        [
            member(person_id=person.pk, group=group)
            for person in province.people
            for group in _groups(person, rng, province.on)
        ],
    )


def _maker() -> Callable[..., Person]:
    return maker(
        Person,
        household_kind="50",
        nation="01",
        health="1",
        proof=Person.Proof.POLICE,
        proved_at=timezone.now(),
        retirement_age_source="演示数据",
        is_demo=True,
    )


def _person(make: Callable[..., Person], number: int, rng: Random, home: Region, on: date) -> Person:
    male = rng.random() < 0.5
    birth = on - timedelta(days=rng.randint(18 * 365, 60 * 365))
    body = f"2199{number // 400 % 100:02d}{birth:%Y%m%d}{number % 400 * 2 + male:03d}"
    person = make(
        name=rng.choice(SURNAMES) + "".join(rng.choice(GIVEN) for _ in range(rng.choice((1, 2, 2)))),
        household_region_id=home.pk,
        education=rng.choice(EDUCATIONS),
        original_retirement_age=60 if male else rng.choice((50, 50, 55)),
        address=f"{home.name}演示路 {rng.randint(1, 200)} 号",
    )
    person.residence_region = home
    person.set_id_number(body + id_check_character(body))
    person.set_phone(f"154{number:08d}")
    return person


def _groups(person: Person, rng: Random, on: date) -> Iterator[Group]:
    age = person.age(on)
    if age <= 24 and person.education in ("21", "31", "11"):
        yield Group.GRADUATE
        if rng.random() < 0.5:
            yield Group.LEFT_SCHOOL_JOBLESS
    hardship = False
    for group, share in GROUP_SHARES.items():
        if group == Group.OLDER and age < 45:
            continue
        if rng.random() < share * (3 if group == Group.OLDER else 1):
            hardship = hardship or group in (Group.OLDER, Group.DISABLED, Group.MINIMUM_LIVING)
            yield group
    if hardship:
        yield Group.HARDSHIP


def build_organisations(province: Province, *, count: int, progress: Progress) -> None:
    """Add verified synthetic employers with valid check characters."""
    rng = province.rng
    counties = list(Region.objects.counties().statutory().order_by("code"))
    rows = []
    for number in range(count):
        county = rng.choice(counties) if number else next(c for c in counties if c.code == DEMO_COUNTY)
        city = county.full_name.removeprefix("辽宁省").split("市")[0]
        checked = province.on - timedelta(days=rng.randint(1, 190))
        until = add_months(checked, RECHECK_MONTHS)
        body = f"91{'2199'}{number:02d}"[:8].ljust(8, "0") + f"DM{number:07d}"
        rows.append(
            Organisation(
                name=f"{city}{rng.choice(MARKS)}{rng.choice(TRADES)}有限公司（演示 {number + 1}）",
                credit_code=body + credit_check_character(body),
                status=Organisation.Status.VERIFIED,
                region=county,
                address=f"{county.name}演示大街 {rng.randint(1, 300)} 号",
                scale=rng.choice(list(Organisation.Scale)),
                staff_count=rng.choice((8, 20, 45, 120, 300, 900)),
                introduction="演示单位，数据均为虚构。",
                verified_on=checked,
                verified_until=until,
                recheck_since=until + timedelta(days=1) if until < province.on else None,
                source="演示数据",
                is_demo=True,
            )
        )
    province.organisations = copy_rows(Organisation, rows)
    progress("单位", count, count)


def build_accounts(province: Province) -> None:
    """Add one account per role with a random password, and remember what to print."""
    region = {code: Region.objects.open().get(code=code) for code in ("21", "2101", DEMO_COUNTY)}
    home = {Role.COMMUNITY_WORKER: demo_street(), Role.STATION_STAFF: region[DEMO_COUNTY]}
    home |= {Role.CITY_SUPERVISOR: region["2101"], Role.LEADER: region["21"], Role.POLICY_ADMIN: region["21"]}
    for role in Role:
        own = province.organisations[0] if role == Role.EMPLOYER_AGENT else None
        where = None if own else home.get(role, region[DEMO_COUNTY])
        account = add_account(
            province, f"demo_{role.value}", f"演示{role.label}", role.label, second_factor=role in STAFF
        )
        RoleAssignment.objects.create(
            user=account, role=role, region=where, organisation=own, valid=(date(2020, 1, 1), None)
        )
        province.staff[role] = account
    neighbour = next(
        (
            p
            for p in province.people
            if p.residence_region and p.residence_region.path.startswith(f"21/2101/{DEMO_COUNTY}/")
        ),
        None,
    )
    person = neighbour or province.people[0]
    account = add_account(province, "demo_citizen", person.name, "求职者（已实名）", phone=person.phone.open())
    account.person = person
    account.save()
    province.staff["citizen"] = account


_POLICE = """
    INSERT INTO core_departmentrow (file_id, row, subject_index, state, record)
    SELECT %s, 1 + row_number() OVER (ORDER BY number NULLS LAST), id_index, '正常',
           jsonb_build_object('name', name, 'household_region', code)
      FROM (SELECT p.id, p.id_index, p.name, r.code FROM people_person p JOIN people_region r ON r.id = p.household_region_id
             WHERE p.is_demo UNION ALL SELECT NULL, %s, %s, %s) listed (number, id_index, name, code)
"""


def build_police(province: Province) -> None:
    """Add the police's list, against which 实名核验 checks: everybody on record, and one newcomer to try it with."""
    newcomer = _person(
        _maker(), len(province.people) + 1, province.rng, province.people[0].residence_region, province.on
    )
    rows = len(province.people) + 1
    file = DepartmentFile.objects.create(
        department="police",
        dataset="identity",
        name="demo.csv",
        as_of=province.on,
        version=1,
        sha256="demo-police-identity",
        rows=rows,
        rejected=0,
    )
    with connection.cursor() as cursor:
        home = newcomer.household_region
        cursor.execute(_POLICE, [file.pk, newcomer.id_index, newcomer.name, home.code if home else ""])
    province.accounts.append(
        {
            "role": "proof",
            "label": "可试实名核验的人",
            "login": newcomer.name,
            "password": newcomer.id_number.open(),
        }
    )


def add_account(
    province: Province, username: str, name: str, label: str, *, second_factor: bool = False, phone: str = ""
) -> User:
    """Make one account with a random password and put it on the list to print."""
    password = secrets.token_urlsafe(9)
    # A random password needs no slow hash; Django makes a slow one at the first sign-in.
    hashed = PBKDF2PasswordHasher().encode(password, secrets.token_hex(11), iterations=1000)
    account = User(username=username, name=name, password=hashed, is_demo=True)
    account.set_phone(phone)
    account.save()
    listed = {"role": label, "label": name, "login": phone or username, "password": "短信验证码" if phone else password}
    if second_factor:
        listed["totp_secret"] = enrol_totp(account)
    province.accounts.append(listed)
    return account
