"""岗位供给清单: the monthly lists, by city and county."""

from uuid import UUID

from django.http import FileResponse, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_GET

from jobs import supply
from jobs.models import SupplyList
from people.models import Region

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


@require_GET
def supply_list(request: HttpRequest) -> HttpResponse:
    """The lists of a month, each city with its counties; the newest month unless another is asked for."""
    months = supply.months()
    wanted = request.GET.get("month", "")
    month = next((one for one in months if f"{one:%Y-%m}" == wanted), months[0] if months else None)
    context = {"months": months, "month": month, "groups": supply.groups(month) if month else []}
    return render(request, "jobs/supply_list.html", context)


@require_GET
def supply_file(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """One list as a table."""
    row = get_object_or_404(SupplyList.objects.select_related("region"), public_id=public_id)
    region: Region = row.region
    name = f"{region.full_name}岗位供给清单{row.month:%Y-%m}.xlsx"
    answer = FileResponse(row.file.open("rb"), as_attachment=True, filename=name, content_type=XLSX)
    answer["Cache-Control"] = "public, max-age=3600"
    return answer
