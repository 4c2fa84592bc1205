"""The cells of a community, kept from the page of one's own place; people put into one from the list of the month."""

from uuid import UUID

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_POST

from core.errors import DomainError
from people.models import Region
from unemployment import cells
from unemployment.forms import CellChangeForm, CellForm, PutInCellForm
from unemployment.models import Cell
from unemployment.views.figures import place_of
from unemployment.views.followups import back_to_list, picked


def _back(region: Region) -> HttpResponse:
    return redirect(f"{reverse('unemployment:returns-show')}?region={region.code}#h-cells")


def _said(form: forms.Form) -> str:
    return "".join(str(error) for errors in form.errors.get_json_data().values() for error in [errors[0]["message"]])


@require_POST
def cell_new(request: HttpRequest) -> HttpResponse:
    """Add a cell to the community that the address names."""
    region, today = place_of(request), timezone.localdate()
    form = CellForm(request.POST, workers=cells.workers_for(region, on=today))
    try:
        if not form.is_valid():
            raise cells.CannotKeepCell(_said(form))
        cell = cells.open_cell(region_id=region.pk, by=request.user, on=today, **form.cleaned_data)
        messages.success(request, f"网格 {cell} 建好了。")
    except DomainError as error:
        messages.error(request, error.message)
    return _back(region)


@require_POST
def cell_change(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Give a cell to another worker, or take it away."""
    rows = Cell.objects.visible_to(request.user).select_related("region")
    cell, today = get_object_or_404(rows, public_id=public_id), timezone.localdate()
    form = CellChangeForm(request.POST, workers=cells.workers_for(cell.region, on=today))
    try:
        if request.POST.get("go") == "close":
            version = request.POST.get("version")
            cells.close_cell(cell_id=cell.pk, version=version, by=request.user, on=today)
            messages.success(request, f"网格 {cell} 撤了，里面的人还由原来的人联系。")
        elif not form.is_valid():
            raise cells.CannotKeepCell(_said(form))
        else:
            cells.set_worker(cell_id=cell.pk, by=request.user, on=today, **form.cleaned_data)
            messages.success(request, f"网格 {cell} 的网格员换好了，没做完的联系跟着走。")
    except DomainError as error:
        messages.error(request, error.message)
    return _back(cell.region)


@require_POST
def follow_up_cell(request: HttpRequest) -> HttpResponse:
    """Put the chosen people into a cell of their community."""
    form, ids = PutInCellForm(request.POST), picked(request)
    try:
        if not ids:
            raise cells.CannotKeepCell("请先勾选人，再写网格编码。")
        if not form.is_valid():
            raise cells.CannotKeepCell(_said(form))
        code = form.cleaned_data["cell"]
        count = cells.put_in_cell(follow_up_ids=ids, code=code, by=request.user, on=timezone.localdate())
        messages.success(request, f"{count} 个人放进网格 {code} 了。" if code else f"{count} 个人不再算在网格里。")
    except DomainError as error:
        messages.error(request, error.message)
    return redirect(back_to_list(request))
