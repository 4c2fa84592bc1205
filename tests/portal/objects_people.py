"""Doors of accounts: one's own passkeys."""

from allauth.mfa.models import Authenticator

from tests.portal.objects import door
from tests.portal.stage import Stage, Thing


def _passkey(stage: Stage) -> dict[str, int]:
    row = Authenticator.objects.create(
        user=stage.user("caseworker city"),
        type=Authenticator.Type.WEBAUTHN,
        data={"name": "办公室电脑", "credential": {}},
    )
    return {"pk": row.pk}


THINGS: dict[str, Thing] = {"passkey": _passkey}
OWN = (door("passkey", "caseworker city", "caseworker there, system_admin"),)
DOORS = {"mfa_edit_webauthn": OWN, "mfa_remove_webauthn": OWN}
