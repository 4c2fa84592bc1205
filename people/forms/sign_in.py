"""What is typed to sign in. allauth's forms with the portal's words; they are named in ACCOUNT_FORMS and MFA_FORMS."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from allauth.account import forms as account
from allauth.account.adapter import get_adapter
from allauth.core import context, ratelimit
from allauth.mfa.base import forms as mfa
from allauth.mfa.models import Authenticator
from allauth.mfa.totp import forms as totp
from allauth.mfa.webauthn import forms as webauthn
from django import forms

from people import sign_in
from people.identifiers import InvalidId, check_phone

ONE_TIME = {"autocomplete": "one-time-code", "inputmode": "numeric", "maxlength": "10"}


class PhoneForm(forms.Form):
    """The phone that shall get a code. A phone with an account and one without get the same answer."""

    phone = forms.CharField(
        label="手机号",
        max_length=20,
        help_text="没有注册过的，验证通过后就是新账号。",
        widget=forms.TextInput(attrs={"autocomplete": "tel", "inputmode": "tel"}),
        error_messages={"required": "请填写手机号。"},
    )

    def clean_phone(self) -> str:
        """Check the number and how often a code was asked for it."""
        try:
            phone = check_phone(self.cleaned_data["phone"])
        except InvalidId as error:
            raise forms.ValidationError(error.message) from error
        if not sign_in.may_try(context.request, phone):
            raise get_adapter().validation_error("too_many_login_attempts")
        if not ratelimit.consume(context.request, action="request_login_code", key=phone):
            raise forms.ValidationError("这个手机号刚发过验证码。请先找一找短信，5 分钟后才能再发。")
        return phone


class CodeForm(account.ConfirmLoginCodeForm):
    """The six digits from the text message."""

    code = forms.CharField(
        label="短信里的 6 位数字",
        widget=forms.TextInput(attrs={**ONE_TIME, "autofocus": True}),
        error_messages={"required": "请填写短信里的 6 位数字。"},
    )


def _password(label: str, autocomplete: str, help_text: str = "") -> forms.CharField:
    return forms.CharField(
        label=label,
        strip=False,
        help_text=help_text,
        max_length=128,
        widget=forms.PasswordInput(attrs={"autocomplete": autocomplete}),
        error_messages={"required": f"请填写{label}。"},
    )


class StaffSignInForm(account.LoginForm):
    """Login name and password of somebody who works here or acts for an organisation."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        login = forms.CharField(
            label="登录名",
            max_length=64,
            widget=forms.TextInput(attrs={"autocomplete": "username", "autocapitalize": "none", "spellcheck": "false"}),
            error_messages={"required": "请填写登录名。"},
        )
        self.fields = {"login": login, "password": _password("密码", "current-password")}

    def _setup_password_field(self) -> None:
        """Keep it: allauth drops it because citizens sign up without one."""

    def user_credentials(self) -> dict[str, str]:
        return {"username": self.cleaned_data["login"], "password": self.cleaned_data["password"]}


class PasswordAgainForm(account.ReauthenticateForm):
    """The password once more, before something that matters."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["password"] = _password("登录密码", "current-password")


class NewPasswordForm(account.ChangePasswordForm):
    """The old password, and the new one twice."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        rules = "至少 12 位；大写字母、小写字母、数字、符号至少 3 种；不要用姓名、生日和常见密码。"
        first: Any = self.fields["password1"]
        first.label, first.help_text = "新密码", rules
        first.widget.attrs.pop("placeholder", None)
        first.error_messages["required"] = "请填写新密码。"
        self.fields["oldpassword"] = _password("现在的密码", "current-password")
        self.fields["password2"] = _password("再输一次新密码", "new-password")

    def clean(self) -> dict[str, Any]:
        data = forms.Form.clean(self) or self.cleaned_data
        if data.get("password1") and data.get("password2") and data["password1"] != data["password2"]:
            self.add_error("password2", "两次输的新密码不一样。请重新输一次。")
        if data.get("password1") and data["password1"] == data.get("oldpassword"):
            self.add_error("password1", "新密码和现在的一样。请换一个。")
        return data


def _code(label: str) -> forms.CharField:
    return forms.CharField(
        label=label,
        widget=forms.TextInput(attrs={**ONE_TIME, "autofocus": True}),
        error_messages={"required": "请填写 6 位验证码。"},
    )


class SecondFactorForm(mfa.AuthenticateForm):
    """The code of the authenticator app, or a recovery code."""

    code = _code("验证器里的 6 位数字，或一个恢复码")


class SecondFactorAgainForm(mfa.ReauthenticateForm):
    """The same, before something that matters."""

    code = _code("验证器里的 6 位数字，或一个恢复码")


class EnrolTotpForm(totp.ActivateTOTPForm):
    """The first code, which proves that the app has the secret."""

    code = _code("验证器里现在显示的 6 位数字")


NO_KEY_READ = "没有读到通行密钥。请再点一次；还不行，就用验证器里的 6 位数字。"
NO_KEY_ADDED = "通行密钥没有加上。请再点一次“添加”；还不行，请换一台设备或另一个安全钥匙。"


def _answer(sentence: str) -> forms.JSONField:
    return forms.JSONField(widget=forms.HiddenInput, error_messages={"required": sentence, "invalid": sentence})


@contextmanager
def _understood(sentence: str) -> Iterator[None]:
    """Say it of a key, not of a code; what the package cannot read (it lets some errors through) is no fault of ours."""
    try:
        yield
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        raise forms.ValidationError(sentence) from error
    except forms.ValidationError as error:
        if error.code != "incorrect_code":
            raise
        raise forms.ValidationError(sentence) from error


class AddKeyForm(webauthn.AddWebAuthnForm):
    """A passkey and what its owner calls it."""

    name = forms.CharField(label="名称", required=False, max_length=40, help_text="例如“办公室电脑”“我的手机”。")
    credential = _answer(NO_KEY_ADDED)

    def clean(self) -> dict[str, Any]:
        with _understood(NO_KEY_ADDED):
            return dict(super().clean())


class UseKeyForm(webauthn.AuthenticateWebAuthnForm):
    """A passkey's answer as the second factor."""

    credential = _answer(NO_KEY_READ)

    def clean_credential(self) -> Authenticator:
        with _understood(NO_KEY_READ):
            return super().clean_credential()


class UseKeyAgainForm(webauthn.ReauthenticateWebAuthnForm):
    """The same, before something that matters."""

    credential = _answer(NO_KEY_READ)

    def clean_credential(self) -> Authenticator:
        with _understood(NO_KEY_READ):
            return super().clean_credential()


class NameKeyForm(webauthn.EditWebAuthnForm):
    """Another name for a passkey."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["name"] = forms.CharField(
            label="名称", max_length=40, error_messages={"required": "请填写名称，例如“办公室电脑”。"}
        )
