"""Routes of this app."""

from django.urls import URLPattern

app_name = "unemployment"
urlpatterns: list[URLPattern] = []
