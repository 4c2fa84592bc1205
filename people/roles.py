"""The roles of the portal: what each is called, and which of them need a second factor."""

from django.db import models


class Role(models.TextChoices):
    """A job somebody does here. It is held at an organisation and a region, for a span of days."""

    EMPLOYER_AGENT = "employer_agent", "用人单位经办人"
    COMMUNITY_WORKER = "community_worker", "社区就业专员"
    STATION_STAFF = "station_staff", "服务站工作人员"
    CASEWORKER = "caseworker", "失业登记经办人"
    COUNTY_SUPERVISOR = "county_supervisor", "区县业务主管"
    CITY_SUPERVISOR = "city_supervisor", "市级业务主管"
    SUBSIDY_INTAKE = "subsidy_intake", "补贴受理"
    SUBSIDY_REVIEWER = "subsidy_reviewer", "补贴初审"
    SUBSIDY_SECOND_REVIEWER = "subsidy_second_reviewer", "补贴复核"
    SUBSIDY_APPROVER = "subsidy_approver", "补贴审批"
    SUBSIDY_PAYER = "subsidy_payer", "补贴拨付"
    FINANCE = "finance", "财政"
    SOCIAL_INSURANCE = "social_insurance", "社保经办"
    ADVISER = "adviser", "职业指导师"
    TRAINING_PROVIDER = "training_provider", "培训机构"
    SCHOOL = "school", "院校就业办"
    BANK = "bank", "经办银行"
    GUARANTOR = "guarantor", "担保机构"
    MEDIATOR = "mediator", "调解员"
    INSPECTOR = "inspector", "劳动监察员"
    POLICY_ADMIN = "policy_admin", "政策管理员"
    LEADER = "leader", "领导"
    SYSTEM_ADMIN = "system_admin", "系统管理员"
    SECURITY_ADMIN = "security_admin", "安全管理员"
    AUDIT_ADMIN = "audit_admin", "审计管理员"


ADMINS = frozenset({Role.SYSTEM_ADMIN, Role.SECURITY_ADMIN, Role.AUDIT_ADMIN})
SELF_SERVICE = frozenset({Role.EMPLOYER_AGENT})
"""Roles of outsiders who serve only their own organisation: a password alone opens them."""

STAFF = frozenset(Role) - SELF_SERVICE
"""Roles that act on other people's cases: active only in a session begun with a second factor."""

CASE_ROLES = frozenset(
    {
        Role.COMMUNITY_WORKER,
        Role.STATION_STAFF,
        Role.CASEWORKER,
        Role.COUNTY_SUPERVISOR,
        Role.CITY_SUPERVISOR,
        Role.ADVISER,
    }
)
"""Roles that serve people of their own region face to face."""

CLAIM_ROLES = frozenset(
    {
        Role.SUBSIDY_INTAKE,
        Role.SUBSIDY_REVIEWER,
        Role.SUBSIDY_SECOND_REVIEWER,
        Role.SUBSIDY_APPROVER,
        Role.SUBSIDY_PAYER,
        Role.FINANCE,
    }
)
"""Roles that handle subsidy claims of their own region, each at its own step."""
