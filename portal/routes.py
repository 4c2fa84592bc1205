"""Routes of the home page, the workbenches and the leader's page."""

from django.urls import URLPattern

app_name = "portal"
urlpatterns: list[URLPattern] = []
