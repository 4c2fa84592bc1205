"""Fields of forms that several pages of employers share."""

import re
from typing import Any

from django import forms

SEPARATORS = re.compile(r"[、，,;；/|\n\t]+")


class WordsField(forms.CharField):
    """A short list of words in one box, with 顿号 or commas between them: 低压电工证、看电路图. Gives a list, each word once."""

    def __init__(self, *, most: int, longest: int, **kwargs: Any) -> None:
        self.most, self.longest = most, longest
        super().__init__(required=False, max_length=most * (longest + 1), **kwargs)

    def prepare_value(self, value: Any) -> Any:
        """Show a list as it is written."""
        return "、".join(value) if isinstance(value, (list, tuple)) else value

    def has_changed(self, initial: Any, data: Any) -> bool:
        return self.to_list(initial) != self.to_list(data)

    @staticmethod
    def to_list(value: Any) -> list[str]:
        """Cut what was typed into words."""
        if isinstance(value, (list, tuple)):
            return list(value)
        words = (" ".join(word.split()) for word in SEPARATORS.split(str(value or "")))
        return list(dict.fromkeys(filter(None, words)))

    def clean(self, value: Any) -> Any:
        words = self.to_list(super().clean(value))
        if len(words) > self.most:
            raise forms.ValidationError(f"最多写 {self.most} 项，现在有 {len(words)} 项。请留下最要紧的。")
        for word in words:
            if len(word) > self.longest:
                raise forms.ValidationError(f"“{word}”太长，一项最多 {self.longest} 个字。用顿号隔开几项。")
        return words
