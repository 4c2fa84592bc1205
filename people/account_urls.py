"""django-allauth's pages that the portal uses, under the names by which allauth refers to them.

What is not listed (sign-up and reset by e-mail, e-mail addresses, sign-in by a passkey alone) has no address.
"""

from allauth.account import views as account
from allauth.mfa.base import views as mfa
from allauth.mfa.totp import views as totp
from allauth.mfa.webauthn import views as webauthn

from people.access import OFFICE, PUBLIC, route
from people.views import sign_in

urlpatterns = [
    route("account/login/", sign_in.PhoneView.as_view(), to=PUBLIC, name="account_request_login_code"),
    route("account/login/code/", sign_in.CodeView.as_view(), to=PUBLIC, name="account_confirm_login_code"),
    route("account/staff/", sign_in.StaffView.as_view(), to=PUBLIC, name="account_login"),
    route("account/staff/second/", mfa.authenticate, to=PUBLIC, name="mfa_authenticate"),
    route("account/inactive/", account.account_inactive, to=PUBLIC, name="account_inactive"),
    route("account/logout/", sign_in.sign_out, to=PUBLIC, name="account_logout"),
    route("account/password/again/", account.reauthenticate, to=OFFICE, name="account_reauthenticate"),
    route("account/password/", account.password_change, to=OFFICE, name="account_change_password"),
    route("account/second-factor/", sign_in.second_factors, to=OFFICE, name="mfa_index"),
    route("account/second-factor/again/", mfa.reauthenticate, to=OFFICE, name="mfa_reauthenticate"),
    route("account/second-factor/app/", totp.activate_totp, to=OFFICE, name="mfa_activate_totp"),
    route("account/second-factor/app/remove/", totp.deactivate_totp, to=OFFICE, name="mfa_deactivate_totp"),
    route("account/second-factor/codes/", sign_in.recovery_codes, to=OFFICE, name="mfa_view_recovery_codes"),
    route("account/second-factor/keys/", sign_in.second_factors, to=OFFICE, name="mfa_list_webauthn"),
    route("account/second-factor/keys/add/", webauthn.add_webauthn, to=OFFICE, name="mfa_add_webauthn"),
    route(
        "account/second-factor/keys/again/",
        webauthn.reauthenticate_webauthn,
        to=OFFICE,
        name="mfa_reauthenticate_webauthn",
    ),
    route("account/second-factor/keys/<int:pk>/", webauthn.edit_webauthn, to=OFFICE, name="mfa_edit_webauthn"),
    route(
        "account/second-factor/keys/<int:pk>/remove/",
        sign_in.RemoveKeyView.as_view(),
        to=OFFICE,
        name="mfa_remove_webauthn",
    ),
]
