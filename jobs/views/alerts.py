"""Saved searches, how one is told of new postings, and what one was told."""

from typing import cast
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_GET, require_POST

from jobs import presenting, searches
from jobs.alert_forms import FrequencyForm, SettingForm
from jobs.forms import read_criteria
from jobs.models import MOST_SEARCHES, Alert, Frequency, Posting, SavedSearch
from jobs.presenting import chips
from people.models import User

LATEST = 5


def _me(request: HttpRequest) -> User:
    return cast(User, request.user)  # the route let nobody in without an account


def _words(query: str) -> list[str]:
    asked = QueryDict(query)
    return [chip.label for chip in chips(read_criteria(asked), asked)]


def search_new(request: HttpRequest) -> HttpResponse:
    """Save the search that the address describes, and choose how often one is told of it."""
    query = searches.normal(request.GET)
    words = _words(query)
    if not words:
        messages.info(request, "先搜一次，选好条件，再保存。")
        return redirect("jobs:posting-list")
    form = FrequencyForm(request.POST or None, initial={"frequency": Frequency.DAILY})
    if request.method == "POST" and form.is_valid():
        try:
            search = searches.save_search(asked=request.GET, by=_me(request))
        except searches.CannotSave as error:
            form.add_error(None, error.message)
        else:
            searches.change_frequency(search=search, frequency=form.cleaned_data["frequency"])
            messages.success(request, "保存好了。有新岗位会告诉您。")
            return redirect("jobs:search-list")
    context = {"form": form, "words": words, "query": query}
    return render(request, "jobs/search_new.html", context, status=422 if form.errors else 200)


@require_GET
def search_list(request: HttpRequest) -> HttpResponse:
    """Show one's saved searches, how one is told, and the latest alerts."""
    return _desk(request, SettingForm(instance=searches.setting_of(_me(request)), user=_me(request)))


def _desk(request: HttpRequest, form: SettingForm, *, status: int = 200) -> HttpResponse:
    rows = SavedSearch.objects.visible_to(_me(request)).order_by("-created_at", "-pk")
    context = {
        "searches": [(row, _words(row.query)) for row in rows],
        "most": MOST_SEARCHES,
        "frequencies": Frequency.choices,
        "form": form,
        "alerts": Alert.objects.visible_to(_me(request)).select_related("run").order_by("-pk")[:LATEST],
        "is_personalised": searches.setting_of(_me(request)).personalised != Frequency.OFF,
    }
    return render(request, "jobs/search_list.html", context, status=status)


@require_POST
def search_change(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Choose how often one is told of a saved search."""
    search = get_object_or_404(SavedSearch.objects.visible_to(_me(request)), public_id=public_id)
    form = FrequencyForm(request.POST)
    if form.is_valid():
        searches.change_frequency(search=search, frequency=form.cleaned_data["frequency"])
        messages.success(request, "改好了。")
    else:
        messages.error(request, "请在列表里选一个多久提醒一次。")
    return redirect("jobs:search-list")


@require_POST
def search_delete(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Drop a saved search."""
    searches.forget_search(search=get_object_or_404(SavedSearch.objects.visible_to(_me(request)), public_id=public_id))
    messages.success(request, "删掉了，不再为它提醒您。")
    return redirect("jobs:search-list")


@require_POST
def alert_settings(request: HttpRequest) -> HttpResponse:
    """Choose whether one's intentions are used and by which channels one is told."""
    me = _me(request)
    form = SettingForm(request.POST, instance=searches.setting_of(me), user=me)
    if not form.is_valid():
        return _desk(request, form, status=422)
    searches.choose(by=me, **form.cleaned_data)
    messages.success(request, "提醒设置已保存。")
    return redirect("jobs:search-list")


@require_POST
def alert_stop(request: HttpRequest) -> HttpResponse:
    """Switch off pushing by one's résumé, in one click."""
    searches.stop_personalised(by=_me(request))
    messages.success(request, "已关闭个性化推荐。自己保存的搜索照常提醒，全部岗位随时可以看。")
    return redirect("jobs:search-list")


@require_GET
def alert(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Show the postings of one alert that are still open, the newest first."""
    found = get_object_or_404(Alert.objects.visible_to(_me(request)).select_related("run"), public_id=public_id)
    today = timezone.localdate()
    shown = Posting.objects.published(on=today).filter(pk__in=found.postings).select_related("region", "organisation")
    postings = list(shown.order_by("-posted_at", "-pk"))
    gone = len(found.postings) - len(postings)
    context = {
        "alert": found,
        "postings": postings,
        "cards": presenting.cards(postings, today=today),
        "gone": gone,
        "is_personalised": searches.setting_of(_me(request)).personalised != Frequency.OFF,
        "today": today,
    }
    return render(request, "jobs/alert.html", context)
