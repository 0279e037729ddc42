"""The numbers of a scheme: one figure, or one for each unit."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from typing import Annotated, Any

from pydantic import (
    BeforeValidator,
    Field,
    PlainSerializer,
    PlainValidator,
    TypeAdapter,
    ValidationInfo,
    ValidatorFunctionWrapHandler,
    WrapValidator,
)
from pydantic_core import PydanticCustomError

from generator.lines.line import Format
from generator.value import Assumed, Percent, number, too_long

UNDECIDED = "待定"
"""Stands where a figure is still to be decided, such as next year's target; a scheme with one in it is not finished."""


def _decimal(value: Any, validate: ValidatorFunctionWrapHandler) -> Decimal:
    if isinstance(value, bool):
        raise PydanticCustomError("not_a_number", "这里要一个数")
    percent = isinstance(value, Percent)
    if isinstance(value, str):
        parsed = number(value)
        if parsed is None:
            kind = "undecided" if value.strip() == UNDECIDED else "not_a_number"
            raise PydanticCustomError(kind, "这里要一个数")
        percent = value.endswith("%")
        value = parsed
    checked: Decimal = validate(value)
    if wrong := too_long(checked):
        raise PydanticCustomError("too_many_digits", "{wrong}", {"wrong": wrong})
    return Percent(checked) if percent else checked


SchemeFigure = Annotated[
    Decimal,
    WrapValidator(_decimal),
    PlainSerializer(str),
    Field(json_schema_extra={"anyOf": [{"type": "number"}, {"type": "string", "pattern": r"^[-+]?\d+(\.\d+)?%$"}]}),
]
"""A figure of a scheme: a plain number, or a percentage such as ``8%``."""

_FIGURE = TypeAdapter(SchemeFigure)


def _limit(value: Any) -> Decimal | str:
    if isinstance(value, str) and value.strip() and number(value) is None:
        return value.strip()
    checked: Decimal = _FIGURE.validate_python(value)
    return checked


Limit = Annotated[
    Decimal | str,
    PlainValidator(_limit, json_schema_input_type=Decimal | str),
    PlainSerializer(str),
]
"""An upper limit: a figure, or the name of an input or a figure that holds it."""

ASSUMED = "assumed"


def _floor(value: Any, validate: ValidatorFunctionWrapHandler) -> Decimal:
    if value == ASSUMED or isinstance(value, Assumed):
        return Assumed(0)
    checked: Decimal = validate(value)
    return checked


Floor = Annotated[
    SchemeFigure,
    WrapValidator(_floor),
    PlainSerializer(lambda value: ASSUMED if isinstance(value, Assumed) else str(value)),
    Field(json_schema_extra={"anyOf": [{"type": "number"}, {"type": "string", "pattern": r"^[-+]?\d+(\.\d+)?%$"}, {"const": ASSUMED}]}),
]
"""A lower limit; ``assumed`` is 0 where the regulation does not write one."""


def _aligned(value: Any, info: ValidationInfo) -> Any:
    """A list must be as long as the units are many; a mapping by unit, group or set becomes such a list."""
    context = info.context or {}
    count, places = context.get("units"), context.get("places")
    if isinstance(value, dict) and count and places is not None:
        row: list[Any] = [None] * count
        for name, figure in value.items():
            if str(name) not in places:
                raise PydanticCustomError("unknown_place", "没有“{name}”这个单位或分组", {"name": str(name)})
            for position in places[str(name)]:
                row[position] = figure
        return row
    if isinstance(value, list) and count and len(value) != count:
        raise PydanticCustomError("misaligned", "这里有 {given} 个数，被考核单位有 {count} 个", {"given": len(value), "count": count})
    return value


PerUnit = Annotated[
    SchemeFigure | list[SchemeFigure | None],
    BeforeValidator(_aligned, json_schema_input_type=SchemeFigure | list[SchemeFigure | None] | dict[str, SchemeFigure | None]),
]
"""One figure for all units; a list in the order of the units; or a mapping by unit, group or set. ``null``: a unit has none (－)."""


def no_figure(values: Decimal | Sequence[Decimal | None], count: int) -> tuple[bool, ...]:
    """For each unit, whether a per-unit figure is missing."""
    return tuple(v is None for v in values) if isinstance(values, (list, tuple)) else (False,) * count


def percent_format(values: object) -> Format:
    """How figures are shown: as percentages where one was written so."""
    listed = values if isinstance(values, list) else [values]
    return Format.PERCENT if any(isinstance(v, Percent) for v in listed) else Format.QUANTITY
