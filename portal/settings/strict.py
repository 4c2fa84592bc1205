"""Makes a variable that a template names but nobody gave an error instead of nothing."""

import sys
from pathlib import Path
from types import FrameType

OURS = str(Path(__file__).resolve().parent.parent.parent) + "/"
INSTALLED = (OURS + ".venv/", OURS + ".portal/")


class UndefinedTemplateVariable(Exception):
    """A template of ours shows a variable that is not in its context."""


class UndefinedVariable(str):
    """The engine's `string_if_invalid`: raises in this project's templates, stays empty in other packages' own.

    Django asks for its truth first and formats it with the variable's name next. A node knows its template, so the
    nearest node on the stack tells whose template it is.
    """

    __slots__ = ()

    @staticmethod
    def _template() -> str:
        frame: FrameType | None = sys._getframe(2)
        while frame:
            origin = getattr(frame.f_locals.get("self"), "origin", None)
            if origin is not None and hasattr(origin, "template_name"):
                return str(origin.name)
            frame = frame.f_back
        return ""

    def __bool__(self) -> bool:
        name = self._template()
        return name.startswith(OURS) and not name.startswith(INSTALLED)

    def __contains__(self, key: object) -> bool:
        return key == "%s"

    def __mod__(self, variable: object) -> str:
        raise UndefinedTemplateVariable(f"{{{{ {variable} }}}} in {self._template()} is not in the context")
