"""What may stand in a field, as its pydantic model says it: texts, numbers, choices, lists and mappings of such.

Derived, never written down: a new rule kind or a new field is known here as soon as its model is.
"""

from __future__ import annotations

import datetime
import types
from dataclasses import dataclass
from decimal import Decimal
from functools import cache
from typing import Annotated, Any, Literal, Union, get_args, get_origin

from pydantic import BaseModel, BeforeValidator, PlainValidator, ValidationError
from pydantic.fields import FieldInfo
from pydantic_core import PydanticUndefined


@dataclass(frozen=True)
class Kind:
    """What may stand in a field; several of these where a field takes several.

    item: what is in its lists; member: what is in its mappings; models: the models that a mapping in it may be.
    """

    text: bool = False
    number: bool = False
    flag: bool = False
    date: bool = False
    choices: tuple[str, ...] = ()
    item: Kind | None = None
    member: Kind | None = None
    models: tuple[type[BaseModel], ...] = ()

    def __or__(self, other: Kind) -> Kind:
        return Kind(
            self.text or other.text,
            self.number or other.number,
            self.flag or other.flag,
            self.date or other.date,
            self.choices + tuple(c for c in other.choices if c not in self.choices),
            _either(self.item, other.item),
            _either(self.member, other.member),
            self.models + tuple(m for m in other.models if m not in self.models),
        )

    @property
    def alone(self) -> bool:
        """Whether one value may stand there by itself, be there lists or not."""
        return self.text or self.number or self.flag or self.date or bool(self.choices)

    @property
    def wordy(self) -> bool:
        """Whether it is a text and never a figure: 4.10 keeps its last digit there."""
        return self.text and not self.number

    @property
    def tabular(self) -> bool:
        """Whether it is several things that each fill several cells: a list or a mapping of models, or a model with such in it."""
        if any(part is not None and part.models for part in (self.item, self.member)):
            return True
        return any(container_of(model) for model in self.models)

    @property
    def records(self) -> tuple[type[BaseModel], ...]:
        """The models of its rows: its own, those of what is in it, and those of what is in these."""
        found: list[type[BaseModel]] = [*self.models]
        for part in (self.item, self.member):
            found += part.records if part else ()
        for model in tuple(found):
            container = container_of(model)
            found += fields_of(model)[container].records if container else ()
        return tuple(dict.fromkeys(found))


def _either(one: Kind | None, other: Kind | None) -> Kind | None:
    return one | other if one and other else one or other


NONE = Kind()


@cache
def _plain(annotation: Any) -> Kind:
    """The kind of what has no parts."""
    if isinstance(annotation, type):
        if issubclass(annotation, BaseModel):
            return Kind(models=(annotation,))
        if issubclass(annotation, bool):
            return Kind(flag=True)
        if issubclass(annotation, (int, float, Decimal)):
            return Kind(number=True)
        if issubclass(annotation, datetime.date):
            return Kind(date=True)
        if issubclass(annotation, str):
            return Kind(text=True)
    return NONE


def kind_of(annotation: Any) -> Kind:
    """The kind of an annotation."""
    origin, arguments = get_origin(annotation), get_args(annotation)
    if origin is Annotated:
        return _annotated(arguments[0], arguments[1:])
    if origin is Literal:
        return Kind(choices=tuple(str(a) for a in arguments))
    if origin in (Union, types.UnionType):
        found = NONE
        for part in arguments:
            found = found | kind_of(part)
        return found
    if origin in (list, tuple):
        found = NONE
        for part in arguments:
            found = found | kind_of(part)
        return Kind(item=found)
    if origin is dict:
        return Kind(member=kind_of(arguments[1]))
    return _plain(annotation)


def _annotated(annotation: Any, metadata: tuple[Any, ...]) -> Kind:
    """What a validator takes in besides what it gives counts too."""
    found = kind_of(annotation)
    for one in metadata:
        if isinstance(one, (BeforeValidator, PlainValidator)) and one.json_schema_input_type is not PydanticUndefined:
            found = found | kind_of(one.json_schema_input_type)
    return found


def field_kind(field: FieldInfo) -> Kind:
    """The kind of a model's field."""
    return _annotated(field.annotation, tuple(field.metadata))


def key_of(name: str, field: FieldInfo) -> str:
    """A field's key in a scheme file."""
    return field.alias or name


def fields_of(model: type[BaseModel]) -> dict[str, Kind]:
    """A model's keys and what may stand in each."""
    return {key_of(name, field): field_kind(field) for name, field in model.model_fields.items()}


@cache
def container_of(model: type[BaseModel]) -> str:
    """The key under which a model holds the rows of a table (the bands of a table, the options of a reading); '' where it has
    none."""
    for key, kind in fields_of(model).items():
        parts = [part for part in (kind.item, kind.member) if part]
        if any(part.models for part in parts) or (kind.item and kind.item.item):
            return key
    return ""


@cache
def is_list_alone(model: type[BaseModel]) -> bool:
    """Whether a model with rows may be written as the list of them alone."""
    try:
        model.model_validate([])
    except ValidationError as error:
        return all(detail["loc"] for detail in error.errors())
    return True


@cache
def primary_of(model: type[BaseModel]) -> str:
    """The key of which a model may be the value alone, without being a mapping (a quantity is its formula); '' where none."""
    sample = "1"
    try:
        made = model.model_validate(sample)
    except ValidationError:
        return ""
    return next((key_of(n, f) for n, f in model.model_fields.items() if getattr(made, n) == sample), "")
