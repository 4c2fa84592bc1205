"""Django's admin, for reference data only: whoever keeps policies or the system reads it; little of it can be changed.

Codes, regions and terms are loaded from reviewed files, so that every change has a source; the admin shows what is
loaded. People, organisations, accounts and matters are not here at all.
"""

from typing import Any

from django.contrib import admin
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect

from core.models import Term
from people.models import Industry, Occupation, Region
from people.roles import Role

READERS = (Role.POLICY_ADMIN, Role.SYSTEM_ADMIN)


class ReferenceSite(admin.AdminSite):
    """The admin behind the portal's own sign-in, with both factors."""

    site_header = "参考数据"
    site_title = "参考数据"
    index_title = "代码表、行政区划和政策参数"
    site_url = "/work/"
    enable_nav_sidebar = False

    def has_permission(self, request: HttpRequest) -> bool:
        return bool(request.user.is_authenticated and request.user.has_role(*READERS))

    def login(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:
        """Nobody signs in here."""
        return redirect("people:staff-login")


class ReadOnly(admin.ModelAdmin):
    """Rows that come from files: shown, never changed by hand."""

    show_full_result_count = False

    def has_view_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return bool(request.user.has_role(*READERS))

    def has_module_permission(self, request: HttpRequest) -> bool:
        return self.has_view_permission(request)

    def log_change(self, request: HttpRequest, obj: Any, message: Any) -> None:
        """Nothing: the tables' own history tells who changed what, and cannot be rewritten."""

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False


class OccupationAdmin(ReadOnly):
    """The marks 绿色 and 数字 follow the ministry's announcements between editions: the policy administrator sets them."""

    list_display = ("code", "name", "level", "is_green", "is_digital")
    list_filter = ("level", "is_green", "is_digital")
    search_fields = ("code", "name")
    fields = ("code", "name", "level", "is_green", "is_digital")
    readonly_fields = ("code", "name", "level")
    ordering = ("code",)

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return bool(request.user.has_role(Role.POLICY_ADMIN))


class IndustryAdmin(ReadOnly):
    list_display = ("code", "name", "level")
    list_filter = ("level",)
    search_fields = ("code", "name")
    fields = ("code", "name", "level", "retired_on")
    ordering = ("code",)


class RegionAdmin(ReadOnly):
    list_display = ("code", "full_name", "level", "kind", "closed_on")
    list_filter = ("level", "kind")
    search_fields = ("code", "name")
    fields = ("code", "full_name", "level", "kind", "closed_on")
    ordering = ("code",)


class TermAdmin(ReadOnly):
    list_display = ("code", "region", "value", "unit", "effective_from", "effective_to", "confidence")
    list_filter = ("confidence",)
    search_fields = ("code", "source")
    ordering = ("code", "region")


site = ReferenceSite(name="admin")
site.register(Occupation, OccupationAdmin)
site.register(Industry, IndustryAdmin)
site.register(Region, RegionAdmin)
site.register(Term, TermAdmin)
