"""Routes of this app."""

from django.urls import URLPattern

app_name = "subsidies"
urlpatterns: list[URLPattern] = []
