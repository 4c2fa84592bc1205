"""What a password of somebody who works here must be."""

from typing import Any

from django.core.exceptions import ValidationError

NEEDED = 3
SENTENCE = "要有大写字母、小写字母、数字、符号中的至少 3 种。"


class MixedCharactersValidator:
    """Ask for three of the four kinds of characters (GB/T 22239 8.1.4.1: 口令有复杂度要求)."""

    def validate(self, password: str, user: Any = None) -> None:
        """Refuse a password of fewer kinds."""
        kinds = (
            any(c.isupper() for c in password),
            any(c.islower() for c in password),
            any(c.isdigit() for c in password),
            any(not c.isalnum() for c in password),
        )
        if sum(kinds) < NEEDED:
            raise ValidationError(f"密码太简单：{SENTENCE}", code="password_not_mixed")

    def get_help_text(self) -> str:
        return SENTENCE
