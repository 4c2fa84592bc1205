"""A model column that holds a sealed text, and the value by which code carries it without showing it."""

from typing import TYPE_CHECKING, Any
from uuid import UUID

from django.core.exceptions import ValidationError
from django.db import models
from django.db.models.expressions import Combinable
from django.db.models.query_utils import DeferredAttribute

from .sealing import blind_index, decrypt, encrypt

if TYPE_CHECKING:
    from core.models import PublicModel

HIDDEN = "•••"


class _Token(str):
    """A sealed text as it comes from the database, so that it is not taken for a plain one."""

    __slots__ = ()


class Sealed:
    """A personal value that shows itself as ••• wherever it is printed; only `open()` gives the text.

    False when the text is empty. It cannot be pickled, so that it never travels to the cache or the broker.
    """

    __slots__ = ("_aad", "_field", "_instance", "_plain", "_token")

    def __init__(
        self, field: "EncryptedField", instance: "PublicModel", *, plain: str | None = None, token: str | None = None
    ) -> None:
        self._field, self._instance = field, instance
        self._plain, self._token = plain, token
        self._aad: str | None = None

    def open(self) -> str:
        """Return the plain text.

        Call it for the person's own purposes or through `people.reveal`, which asks for a reason and keeps a record.

        :raises CannotOpen: the token is damaged or was moved here from another row.
        """
        if self._plain is not None:
            return self._plain
        return decrypt(self._token, aad=self.aad) if self._token else ""

    def seal(self) -> str:
        """Return the token for the database, sealing the text first if it is new. An empty text stays empty."""
        if self._plain is not None:
            self._token = encrypt(self._plain, aad=self.aad) if self._plain else ""
            self._plain = None
        return self._token or ""

    @property
    def aad(self) -> str:
        """Return the place this value belongs to."""
        if self._aad is None:
            self._aad = aad_for(self._field.model, self._field.name, self._instance.public_id)
        return self._aad

    def __bool__(self) -> bool:
        return bool(self._plain if self._plain is not None else self._token)

    def __str__(self) -> str:
        return HIDDEN

    def __repr__(self) -> str:
        return HIDDEN

    def __format__(self, spec: str) -> str:
        return format(HIDDEN, spec)

    def __reduce__(self) -> Any:
        raise TypeError("a sealed value is not pickled: pass the row's id instead")

    def __copy__(self) -> "Sealed":
        return self

    def __deepcopy__(self, memo: dict[int, Any]) -> "Sealed":
        return self


class _Attribute(DeferredAttribute):
    """Turns assigned text into a `Sealed` that knows its row."""

    field: "EncryptedField"

    def __set__(self, instance: "PublicModel", value: Any) -> None:
        instance.__dict__[self.field.attname] = self.field.wrap(instance, value)


class EncryptedField(models.TextField):
    """A text that the database only sees sealed. Its model must be a `PublicModel`: the row's id is bound into it.

    Assign plain text and save; reading gives a `Sealed`. There is no lookup but `isnull`: search by the blind index.

    :param index: the column beside it that holds the blind index of the text. The model's own setter fills both (the
        order of a constructor's fields makes anything cleverer fragile); `rotate_keys` makes it anew under a new key.
    :param purpose: the purpose of that index, e.g. "person.phone".
    """

    description = "Sealed text"
    # For django-stubs: what the attribute takes and gives.
    _pyi_private_set_type: str | Sealed | Combinable  # type: ignore[assignment]
    _pyi_private_get_type: Sealed  # type: ignore[assignment]
    descriptor_class = _Attribute

    def __init__(self, *args: Any, index: str = "", purpose: str = "", **kwargs: Any) -> None:
        if bool(index) != bool(purpose):
            raise TypeError("index and purpose belong together")
        self.index, self.purpose = index, purpose
        super().__init__(*args, **kwargs)

    def deconstruct(self) -> Any:
        name, _, args, kwargs = super().deconstruct()
        # The index is kept by Python, not by the schema: migrations need not know of it.
        return name, "core.crypto.EncryptedField", args, kwargs

    def wrap(self, instance: "PublicModel", value: Any) -> Any:
        """Return what the attribute holds after this value was assigned to this row."""
        if value is None or hasattr(value, "resolve_expression"):
            return value
        if isinstance(value, _Token):
            return Sealed(self, instance, token=str(value))
        if isinstance(value, Sealed):
            if value._field is self and value._plain is None and instance.pk and value._instance.pk == instance.pk:
                return Sealed(self, instance, token=value._token)
            value = value.open()
        if not isinstance(value, str):
            raise TypeError(f"{self.name} takes text")
        return Sealed(self, instance, plain=value)

    def index_value(self, text: str) -> str | None:
        """Return what the index column holds for this text: an empty one is NULL where the column allows it."""
        if not text and self.model._meta.get_field(self.index).null:
            return None
        return blind_index(text, purpose=self.purpose)

    def from_db_value(self, value: str | None, expression: Any, connection: Any) -> str | None:
        return None if value is None else _Token(value)

    def to_python(self, value: Any) -> Any:
        return value

    def get_prep_value(self, value: Any) -> Any:
        if isinstance(value, Sealed):
            return value.seal()
        if value is None or isinstance(value, _Token) or value == "":
            return value
        raise TypeError(
            f"{self.name} is sealed for its row: assign it on an instance, or use encrypt(text, aad=aad_for(…))"
        )

    def get_lookup(self, lookup_name: str) -> Any:
        return super().get_lookup(lookup_name) if lookup_name == "isnull" else None

    def get_transform(self, lookup_name: str) -> Any:
        return None

    def value_to_string(self, obj: models.Model) -> str:
        return HIDDEN

    def validate(self, value: Any, model_instance: models.Model | None) -> None:
        if value is None and not self.null:
            raise ValidationError(self.error_messages["null"], code="null")
        if not value and not self.blank:
            raise ValidationError(self.error_messages["blank"], code="blank")

    def run_validators(self, value: Any) -> None:
        """Skip validators: the text was checked before it was sealed."""

    def formfield(self, **kwargs: Any) -> None:
        """Give model forms no field: ••• would come back as the new value. Forms declare their own and assign it."""


def aad_for(model: type[models.Model], field: str, public_id: UUID) -> str:
    """Return the associated data of one cell: table, column and the row's public id. For set-based writes."""
    column = model._meta.get_field(field)
    assert isinstance(column, EncryptedField), f"{field} is not sealed"
    return f"{model._meta.db_table}.{column.column}.{public_id}"
