"""Signing in: who proves what, how often one may try, and how long a session lives."""

from typing import Any

AUTHENTICATION_BACKENDS = ["allauth.account.auth_backends.AuthenticationBackend"]
AUTH_PASSWORD_VALIDATORS: list[dict[str, Any]] = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {
        "NAME": "django.contrib.auth.password_validation.MinimumLengthValidator",
        "OPTIONS": {"min_length": 12},
    },
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {"NAME": "django.contrib.auth.password_validation.NumericPasswordValidator"},
    {"NAME": "people.passwords.MixedCharactersValidator"},
]

# Citizens: phone and code. Staff: login name and password, then TOTP or a passkey.
ACCOUNT_ADAPTER = "messaging.login_adapter.LoginAdapter"
ACCOUNT_LOGIN_METHODS = {"username", "phone"}
ACCOUNT_SIGNUP_FIELDS = ["phone*"]
ACCOUNT_LOGIN_BY_CODE_ENABLED = True
ACCOUNT_LOGIN_BY_CODE_TIMEOUT = 10 * 60
ACCOUNT_LOGIN_BY_CODE_MAX_ATTEMPTS = 5
ACCOUNT_LOGIN_BY_CODE_SUPPORTS_RESEND = True
ALLAUTH_USER_CODE_FORMAT = {"numeric": True, "length": 6, "dashed": False}
ACCOUNT_PREVENT_ENUMERATION = True
ACCOUNT_EMAIL_VERIFICATION = "none"
ACCOUNT_EMAIL_NOTIFICATIONS = False
ACCOUNT_LOGOUT_ON_PASSWORD_CHANGE = False
ACCOUNT_SESSION_REMEMBER = False
ACCOUNT_REAUTHENTICATION_TIMEOUT = 5 * 60
ACCOUNT_FORMS = {
    "login": "people.forms.sign_in.StaffSignInForm",
    "request_login_code": "people.forms.sign_in.PhoneForm",
    "confirm_login_code": "people.forms.sign_in.CodeForm",
    "reauthenticate": "people.forms.sign_in.PasswordAgainForm",
    "change_password": "people.forms.sign_in.NewPasswordForm",
}
# 5 failures close a login name or a phone for half an hour (GB/T 22239 8.1.4.1). The limit by address is wider: a whole
# service hall shares one.
ACCOUNT_RATE_LIMITS = {
    "login": "60/m/ip",
    "login_failed": "50/30m/ip,5/30m/key",
    "request_login_code": "60/h/ip,3/5m/key,10/d/key",
    "reauthenticate": "10/m/user",
    "change_password": "10/m/user",
}

MFA_ADAPTER = "people.allauth_adapter.SecondFactorAdapter"
MFA_SUPPORTED_TYPES = ["totp", "webauthn", "recovery_codes"]
MFA_TOTP_TOLERANCE = 1
MFA_PASSKEY_LOGIN_ENABLED = False
MFA_WEBAUTHN_USER_VERIFICATION = "preferred"
MFA_FORMS = {
    "authenticate": "people.forms.sign_in.SecondFactorForm",
    "reauthenticate": "people.forms.sign_in.SecondFactorAgainForm",
    "activate_totp": "people.forms.sign_in.EnrolTotpForm",
    "authenticate_webauthn": "people.forms.sign_in.UseKeyForm",
    "reauthenticate_webauthn": "people.forms.sign_in.UseKeyAgainForm",
    "add_webauthn": "people.forms.sign_in.AddKeyForm",
    "edit_webauthn": "people.forms.sign_in.NameKeyForm",
}

STAFF_IDLE_MINUTES = 30
