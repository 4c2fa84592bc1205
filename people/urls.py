"""Accounts: signing in and out, and one's own page."""

from people.access import ANY_USER, OFFICE, PUBLIC, route
from people.views import account, sign_in

app_name = "people"
urlpatterns = [
    route("account/", account.show, to=ANY_USER, name="account"),
    route("account/proof/", account.show, to=ANY_USER, name="proof"),
    route("account/login/", sign_in.PhoneView.as_view(), to=PUBLIC, name="login"),
    route("account/staff/", sign_in.StaffView.as_view(), to=PUBLIC, name="staff-login"),
    route("account/logout/", sign_in.sign_out, to=PUBLIC, name="logout"),
    route("account/second-factor/app/qr.svg", sign_in.totp_qr, to=OFFICE, name="totp-qr"),
]
