"""Accounts: signing in and out, and one's own page."""

from django.contrib.auth import views as auth_views

from people.access import ANY_USER, PUBLIC, route
from people.views import account

app_name = "people"
urlpatterns = [
    route("account/", account.show, to=ANY_USER, name="account"),
    route("account/proof/", account.show, to=ANY_USER, name="proof"),
    route(
        "account/login/",
        auth_views.LoginView.as_view(template_name="people/login.html", next_page="portal:work"),
        to=PUBLIC,
        name="login",
    ),
    route(
        "account/staff/",
        auth_views.LoginView.as_view(template_name="people/login.html", next_page="portal:work"),
        to=PUBLIC,
        name="staff-login",
    ),
    route("account/logout/", auth_views.LogoutView.as_view(next_page="portal:home"), to=ANY_USER, name="logout"),
]
