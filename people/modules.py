"""What people's own pages add to the portal."""

from core import registry
from people.models import AccountRequest, Organisation, OrganisationApplication, User
from people.permissions import VERIFIERS
from people.proofing import COUNTER_ROLES
from people.roles import CASE_ROLES, Role


def _requests(user: User) -> int:
    return AccountRequest.objects.visible_to(user).exclude(user=user).open().count()


def _organisations(user: User) -> int:
    handed_in = OrganisationApplication.objects.visible_to(user).exclude(user=user).open().count()
    return handed_in + Organisation.objects.to_recheck().filter(region__path__within=user.regions(*VERIFIERS)).count()


registry.register(
    registry.Link("account", "我的", "people:account", ("tabbar",), icon="user", order=90),
    registry.Search(
        code="people",
        label="找人",
        placeholder="姓名、手机号或身份证号",
        url_name="people:person-search",
        roles=frozenset(CASE_ROLES),
        order=20,
    ),
    registry.Module(
        code="people",
        label="找人",
        icon="user-search",
        url_name="people:person-search",
        roles=frozenset(CASE_ROLES),
        group="人和岗位",
        order=10,
        description="一人一档，按姓名、手机号、身份证号找",
    ),
    registry.Module(
        code="counter-proof",
        label="实名和换绑",
        icon="id",
        url_name="people:counter-proof",
        roles=frozenset(COUNTER_ROLES),
        group="人和岗位",
        order=20,
        description="窗口验看身份证，换绑手机号",
    ),
    registry.Module(
        code="account-requests",
        label="本人要求",
        icon="help-circle",
        url_name="people:request-list",
        roles=frozenset(CASE_ROLES),
        group="人和岗位",
        order=90,
        waiting=_requests,
        description="查询、更正、注销",
    ),
    registry.Module(
        code="organisations",
        label="单位核验",
        icon="building",
        url_name="people:organisation-queue",
        roles=frozenset(VERIFIERS),
        group="人和岗位",
        order=30,
        waiting=_organisations,
        description="核对执照和授权，开通经办人，到期复核",
    ),
    registry.Module(
        code="accounts",
        label="账号管理",
        icon="users",
        url_name="people:account-list",
        roles=frozenset({Role.SYSTEM_ADMIN}),
        group="管",
        order=10,
        description="建账号、重设密码、停用",
    ),
    registry.Module(
        code="roles",
        label="岗位授权",
        icon="shield-check",
        url_name="people:role-list",
        roles=frozenset({Role.SECURITY_ADMIN}),
        group="管",
        order=20,
        description="授予和结束岗位",
    ),
    registry.Module(
        code="audit",
        label="审计查询",
        icon="history",
        url_name="people:audit-log",
        roles=frozenset({Role.AUDIT_ADMIN}),
        group="管",
        order=30,
        description="查阅记录、改动历史、封印",
    ),
)
