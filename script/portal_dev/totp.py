"""`script/totp LOGIN`: the six digits that a demo account's authenticator would show now (RFC 6238)."""

import argparse
import base64
import hashlib
import hmac
import struct
import time

from portal_dev.console import Failure, fail, say
from portal_dev.database import demo_accounts

PERIOD = 30


def code(secret: str, *, at: float) -> str:
    """Return the code of a base32 secret at a moment."""
    key = base64.b32decode(secret.replace(" ", "").upper() + "=" * (-len(secret) % 8))
    digest = hmac.new(key, struct.pack(">Q", int(at) // PERIOD), hashlib.sha1).digest()
    offset = digest[-1] & 15
    return f"{(struct.unpack('>I', digest[offset : offset + 4])[0] & 0x7FFFFFFF) % 1_000_000:06d}"


def main() -> None:
    """Entry of `script/totp`."""
    parser = argparse.ArgumentParser(prog="script/totp", description="Show the six digits of a demo account now.")
    parser.add_argument("login", help="a login of the table that script/server prints, or a TOTP secret")
    wanted = parser.parse_args().login
    secrets = {account["login"]: account.get("totp_secret", "") for account in demo_accounts()}
    secret = secrets.get(wanted, wanted)
    try:
        say(f"{code(secret, at=time.time())}  (for another {PERIOD - int(time.time()) % PERIOD} s)")
    except ValueError:
        known = ", ".join(login for login, value in secrets.items() if value) or "none yet: run script/server first"
        raise Failure(f"{wanted} is neither a demo login with a second factor nor a secret. Logins: {known}") from None


if __name__ == "__main__":
    try:
        main()
    except Failure as failure:
        fail(failure)
