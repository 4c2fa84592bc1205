"""Where django-allauth meets the portal's accounts: sealed phones, recorded sign-ins, staff roles behind two factors."""

from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from allauth.mfa.adapter import DefaultMFAAdapter
from allauth.mfa.models import Authenticator
from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone

from core import audit
from core.crypto import blind_indexes, decrypt, encrypt, rotation
from people import second_factor
from people.identifiers import InvalidId, check_phone
from people.middleware import SECOND_FACTOR_KEY
from people.models import User

SEALED_FOR = "mfa_authenticator.data"
SEALED_KEYS = ("secret", "seed")
"""What is sealed in an authenticator's data: the secret of an app, the seed of recovery codes. A passkey's is public."""
LOCKED = "输错的次数太多，已经暂停 30 分钟。请稍后再试；急需办理，请拨打 12333 或找本单位的系统管理员。"
WRONG = "登录名或密码不对。请核对后再输一次；连续错 5 次会暂停 30 分钟。"


class AccountAdapter(DefaultAccountAdapter):
    """Accounts as allauth sees them. How a code reaches a phone is added upstairs, in messaging."""

    error_messages = {
        **DefaultAccountAdapter.error_messages,
        "account_inactive": "这个账号已经停用。请联系本单位的系统管理员，或拨打 12333。",
        "incorrect_code": "验证码不对。请核对短信里的 6 位数字，再输一次。",
        "incorrect_password": "密码不对。请再输一次。",
        "enter_current_password": "现在的密码不对。请再输一次。",
        "invalid_login": WRONG,
        "username_password_mismatch": WRONG,
        "phone_password_mismatch": WRONG,
        "too_many_login_attempts": LOCKED,
        "rate_limited": "操作太频繁了。请等一分钟再试。",
    }

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        """An account of a citizen begins with a proved phone (`people.sign_in`), one of staff with an administrator."""
        return False

    def get_login_stages(self) -> list[str]:
        return ["allauth.account.stages.LoginByCodeStage", "allauth.mfa.stages.AuthenticateStage"]

    def get_user_by_phone(self, phone: str) -> User | None:
        """Find the account that signs in with this phone."""
        try:
            number = check_phone(phone)
        except InvalidId:
            return None
        return User.objects.filter(phone_index__in=blind_indexes(number, purpose="user.phone")).first()

    def get_phone(self, user: User) -> tuple[str, bool] | None:
        """Return the phone of an account; it was proved before it was stored."""
        return (user.phone.open(), True) if user.phone else None

    def set_phone(self, user: User, phone: str, verified: bool) -> None:
        user.set_phone(phone)
        user.save(update_fields=["phone", "phone_index"])

    def set_phone_verified(self, user: User, phone: str) -> None:
        """Nothing to do: a phone is stored only after its code came back."""

    def is_reauthentication_required(self, *, app: str, **kwargs: Any) -> bool:
        """Ask for the password again unless it was given a moment ago."""
        user = self.request.user
        return not (user.is_authenticated and second_factor.has_fresh_password(self.request, user))

    def authentication_failed(self, request: HttpRequest, **credentials: Any) -> None:
        user = User.objects.filter(username=credentials.get("username", "")).first()
        # What was typed may be a password in the wrong box: only the name of a real account is written down.
        audit.record_access(
            actor=None, action="sign-in:failed", subject=user or "unknown", reason=self.get_client_ip(request)
        )

    def login(self, request: HttpRequest, user: User) -> None:
        """Begin the session; staff roles count in it only after a password and a second factor."""
        both = second_factor.began_with_both(request, user)
        super().login(request, user)
        now = timezone.now().timestamp()
        request.session["seen_at"] = now
        if both:
            request.session[SECOND_FACTOR_KEY] = now
            user.activate_roles()
        how = "password+second-factor" if both else "one-factor"
        audit.record_access(actor=user, action=f"sign-in:{how}", subject=user, reason=self.get_client_ip(request))

    def get_login_redirect_url(self, request: HttpRequest) -> str:
        user = request.user
        if user.holds_staff_role and not second_factor.is_enrolled(user):
            return str(self._url("mfa_activate_totp"))
        return str(self._url("portal:work" if user.is_staff_member or user.organisation_ids() else "people:account"))

    def get_password_change_redirect_url(self, request: HttpRequest) -> str:
        return self.get_login_redirect_url(request)

    def respond_user_inactive(self, request: HttpRequest, user: User) -> HttpResponse:
        return redirect("account_inactive")

    def set_password(self, user: User, password: str) -> None:
        user.set_password(password)
        user.must_change_password = False
        user.save(update_fields=["password", "must_change_password"])
        audit.record_access(actor=user, action="password:change", subject=user, reason="本人修改")

    @staticmethod
    def _url(name: str) -> str:
        from django.urls import reverse

        return reverse(name)


class SecondFactorAdapter(DefaultMFAAdapter):
    """Second factors: secrets are sealed, the last one of somebody with a staff role stays."""

    error_messages = {
        **DefaultMFAAdapter.error_messages,
        "incorrect_code": "验证码不对。请看验证器里现在显示的 6 位数字，再输一次；手机时间要准。",
        "cannot_delete_authenticator": "这是您唯一的第二道验证，不能解除。请先加一个通行密钥，再来解除。",
        "cannot_generate_recovery_codes": "请先绑定验证器或通行密钥，再生成恢复码。",
    }

    def get_totp_issuer(self) -> str:
        return str(settings.PORTAL_NAME)

    def _get_site_name(self) -> str:
        return str(settings.PORTAL_NAME)

    def encrypt(self, text: str) -> str:
        return encrypt(text, aad=SEALED_FOR)

    def decrypt(self, encrypted_text: str) -> str:
        return decrypt(encrypted_text, aad=SEALED_FOR)

    def can_delete_authenticator(self, authenticator: Authenticator) -> bool:
        others = Authenticator.objects.filter(user=authenticator.user, type__in=second_factor.KINDS)
        return not authenticator.user.holds_staff_role or others.exclude(pk=authenticator.pk).exists()

    def generate_authenticator_name(self, user: User, type: str) -> str:
        return f"通行密钥 {Authenticator.objects.filter(user=user, type=type).count() + 1}"

    def send_notification_mail(self, *args: Any, **kwargs: Any) -> None:
        """The inbox and the access log tell, not e-mail."""


rotation.keeps("mfa.Authenticator", "data", keys=SEALED_KEYS, aad=lambda row: SEALED_FOR, label="第二道验证")
