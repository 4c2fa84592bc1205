from .account import AccountRequest, PhoneChange
from .application import OrganisationApplication, OrganisationRecord
from .code import Industry, Occupation
from .document import Consent, Document
from .organisation import Organisation
from .person import SENSITIVE_GROUPS, Group, GroupMembership, Person
from .region import Region, RegionSuccession, ServiceArea
from .user import RoleAssignment, User

__all__ = [
    "SENSITIVE_GROUPS",
    "AccountRequest",
    "Consent",
    "Document",
    "Group",
    "GroupMembership",
    "Industry",
    "Occupation",
    "Organisation",
    "OrganisationApplication",
    "OrganisationRecord",
    "Person",
    "PhoneChange",
    "Region",
    "RegionSuccession",
    "RoleAssignment",
    "ServiceArea",
    "User",
]
