"""What a scheme, a group or a formula indicator may declare besides indicators: inputs, figures, quantities, band tables,
readings, grades, reference tables."""

from __future__ import annotations

from decimal import Decimal
from typing import Annotated, Any, Literal

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, GetJsonSchemaHandler, model_validator

from generator.language.figures import Limit, SchemeFigure
from generator.lines.input import NO, YES, Ask, Import, Input
from generator.lines.line import Format
from generator.tree.expression import Expression
from generator.value import Value

Json = dict[str, Any]
EVERYBODY = "*"
"""Stands for the whole scheme, where a unit's name would stand."""
SchemeNames = str | dict[str, str]
"""The id of a scheme, or one by group, unit or set; '' for none."""


class Model(BaseModel):
    """Part of a scheme file: unknown keys are errors, and nothing changes after reading."""

    model_config = ConfigDict(extra="forbid", frozen=True, coerce_numbers_to_str=True, defer_build=True)


def imports(scheme: SchemeNames, result: str) -> tuple[Import, ...]:
    """Where a value is taken from, as a scheme file says it. Raises ValueError for a result of no scheme."""
    if result and not scheme:
        raise ValueError("写了 result（取哪个结果），却没有写 scheme（从哪个方案取）")
    by_name = scheme if isinstance(scheme, dict) else {"": scheme} if scheme else {}
    return tuple(Import(id, result, whose) for whose, id in by_name.items())


class Asked(Model):
    """Something officials fill in, that formulas use by its name.

    ask: ``quantity`` a measured amount, ``count`` a whole number, ``events`` how often (blank means never), ``score``
    points, ``amount`` points (blank means none), ``choice`` one of ``options``, ``yes_no`` 是 or 否.
    in: the unit of measure. low, high: the range, both ends included; low is 0 unless it is given (``null``: none); high may
    be the name of another input, which then holds the limit.
    part_of: the input that this one is a part of (按期办结 of 已办结): more than it is asked about by ``check`` and scored all the
    same, as the formula says.
    for: the units or groups that fill it in; ``"*"``: one figure for the whole scheme.
    may_be_none: 无 may be typed by a unit without such a task.
    scheme: the scheme whose workbook holds it, or one by group, unit or set; result: which of its results, else the total.
    """

    ask: Literal["quantity", "count", "events", "score", "amount", "choice", "yes_no"] = "quantity"
    measure: str = Field(default="", alias="in")
    low: SchemeFigure | None = Decimal(0)
    high: Limit | None = None
    part_of: str = ""
    options: list[str] = Field(default_factory=list)
    carriers: list[str] | Literal["*"] = Field(default_factory=list, alias="for")
    may_be_none: bool = False
    hint: str = ""
    scheme: SchemeNames = ""
    result: str = ""

    @model_validator(mode="after")
    def _result_of_a_scheme(self) -> Asked:
        if self.imports and self.shared:
            raise ValueError('各单位共用的一个数（for: "*"）不能从别的方案取，别的方案的结果是各单位的')
        return self

    @property
    def imports(self) -> tuple[Import, ...]:
        """Where it is taken from."""
        return imports(self.scheme, self.result)

    @property
    def shared(self) -> bool:
        return self.carriers == EVERYBODY

    def as_input(self, name: str, high: Expression | None = None, whole: str = "") -> Input:
        """The same, as the sheet's cells know it. high: the cell that holds the upper limit, where a name is given for it;
        whole: the key of the line of what it is a part of.
        """
        kinds = {"quantity": Ask.QUANTITY, "count": Ask.COUNT, "events": Ask.COUNT, "score": Ask.SCORE, "amount": Ask.AMOUNT}
        ask = kinds.get(self.ask, Ask.CHOICE)
        options = (YES, NO) if self.ask == "yes_no" else tuple(self.options)
        numeric = ask is not Ask.CHOICE
        return Input(
            name,
            ask,
            self.measure or ("分" if self.ask in ("score", "amount") else ""),
            required=self.ask not in ("events", "amount"),
            low=self.low if numeric else None,
            high=high if high is not None else self.high if numeric and isinstance(self.high, Decimal) else None,
            high_name=self.high if isinstance(self.high, str) else "",
            options=options,
            no_task=self.may_be_none,
            hint="。".join(words for words in (self.hint, f"是“{self.part_of}”的一部分，不会更多" if whole else "") if words),
            whole=whole,
            imports=self.imports,
        )

    @property
    def format(self) -> Format:
        if self.ask in ("choice", "yes_no"):
            return Format.TEXT
        if self.measure == "%":
            return Format.PERCENT
        return Format.COUNT if self.ask in ("count", "events") else Format.QUANTITY


def _or_short(short: Json, schema: Json) -> Json:
    """For editors: what may be written instead of a mapping, or the mapping."""
    return {"title": schema["title"], "description": schema.get("description", ""), "anyOf": [short, schema]}


def _nothing_is_default(value: Any) -> Any:
    return {} if value is None else value


AskedByName = dict[str, Annotated[Asked, BeforeValidator(_nothing_is_default, json_schema_input_type=Asked | None)]]
"""Name → what is asked; nothing after the name asks for a measured amount."""


class Quantity(Model):
    """A named quantity: one row of the sheet, one cell a unit; or one figure, where it is the same for all units.

    is: the formula. in: the unit of measure; ``%`` shows it as a percentage. decimals: rounded to so many; else to ten,
    which takes binary noise away and nothing else. for: the units or groups it is worked out for.
    """

    formula: str = Field(alias="is")
    measure: str = Field(default="", alias="in")
    decimals: int | None = Field(default=None, ge=0, le=8)
    carriers: list[str] = Field(default_factory=list, alias="for")
    clause: str = ""

    @model_validator(mode="before")
    @classmethod
    def _text_alone(cls, data: Any) -> Any:
        return {"is": data} if isinstance(data, str) else data

    @classmethod
    def __get_pydantic_json_schema__(cls, core_schema: Any, handler: GetJsonSchemaHandler) -> Json:
        return _or_short({"type": "string"}, handler.resolve_ref_schema(handler(core_schema)))


class Band(Model):
    """One band of a table. from: its least number, itself included; or up_to: its greatest, itself included.

    gives: the points, or a word. A band with neither holds for all that is left. assumed: the regulation has no such band.
    """

    lower: SchemeFigure | None = Field(default=None, alias="from")
    upper: SchemeFigure | None = Field(default=None, alias="up_to")
    gives: SchemeFigure | str
    assumed: bool = False


class Bands(Model):
    """分档表: what each band gives, from the best to the worst or the other way round.

    Bands may be written as printed, with both ends. ends: the band that an edge shared by two belongs to, ``lower``: an
    edge is the lower end of its band; stated: the regulation itself says so, for all edges or for those listed.
    whole: only whole numbers occur. highest: the greatest value that can occur.
    """

    title: str = ""
    bands: list[Band] = Field(min_length=2, max_length=12)
    ends: Literal["lower", "upper"] = "lower"
    stated: bool | list[SchemeFigure] = False
    whole: bool = False
    highest: SchemeFigure | None = None

    @model_validator(mode="before")
    @classmethod
    def _list_alone(cls, data: Any) -> Any:
        return {"bands": data} if isinstance(data, list) else data

    @classmethod
    def __get_pydantic_json_schema__(cls, core_schema: Any, handler: GetJsonSchemaHandler) -> Json:
        schema = handler.resolve_ref_schema(handler(core_schema))
        return _or_short(schema["properties"]["bands"], schema)

    @model_validator(mode="after")
    def _one_way(self) -> Bands:
        if any(b.lower is None and b.upper is not None for b in self.bands) and any(
            b.lower is not None and b.upper is None for b in self.bands
        ):
            single = [b for b in self.bands if (b.lower is None) != (b.upper is None)]
            if len(single) > 2 or len(single) == len(self.bands):
                raise ValueError("一张分档表里要么都写 from，要么都写 up_to，要么两头都写")
        if sum(b.lower is None and b.upper is None for b in self.bands) > 1:
            raise ValueError("只能有一档不写界限，表示其余")
        edges = [edge for b in self.bands if (edge := b.upper if self.by_upper else b.lower) is not None]
        if len(set(edges)) != len(edges) or len(edges) < len(self.bands) - 1:
            raise ValueError("两档的界限相同")
        return self

    @property
    def by_upper(self) -> bool:
        """Whether an edge belongs to the band below it (``up_to``) and not to the one above it (``from``)."""
        if all(b.lower is None for b in self.bands):
            return True
        return self.ends == "upper" and sum(b.upper is None for b in self.bands) <= 1

    def columns(self) -> dict[str, tuple[Value, ...]]:
        """The table as the sheet holds it, ascending: 界 and 得分."""
        by_upper = self.by_upper
        far = Decimal("1e9")
        rows: list[tuple[Decimal, Value]] = []
        for band in self.bands:
            edge = band.upper if by_upper else band.lower
            rows.append((edge if edge is not None else far if by_upper else -far, band.gives))
        rows.sort(key=lambda row: row[0])
        return {"界": tuple(edge for edge, _ in rows), "得分": tuple(gives for _, gives in rows)}
