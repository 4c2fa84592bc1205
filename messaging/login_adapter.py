"""How a sign-in code reaches a phone: allauth's account adapter, named by ACCOUNT_ADAPTER."""

from typing import Any

from django.conf import settings

from core.ids import uuid7
from messaging import outbox
from messaging.models import Outbox
from people.allauth_adapter import AccountAdapter
from people.models import User


class LoginAdapter(AccountAdapter):
    """The portal's accounts, with codes sent through the outbox (day and night, wiped once sent)."""

    def send_verification_code_sms(self, user: User | None, phone: str, code: str, **kwargs: Any) -> None:
        """Queue the code in the request's transaction; a worker sends it as soon as that is committed."""
        outbox.send_to_address(
            channel=Outbox.Channel.SMS,
            address=phone,
            template="login_code",
            context={"code": code, "minutes": settings.ACCOUNT_LOGIN_BY_CODE_TIMEOUT // 60},
            key=f"login_code:{uuid7()}",
            user=user,
        )
