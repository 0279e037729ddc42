"""Parts of a scheme file besides indicators: grades, readings, tables to look things up in."""

from __future__ import annotations

from decimal import Decimal
from typing import Annotated, Any, Literal

from pydantic import Field, model_validator

from generator.language.declared import Model
from generator.language.figures import SchemeFigure
from generator.value import round_half_up


class GradeBand(Model):
    """One grade. name: its name; at_least: from so many points; up_to: to so large a share of the places, or to such a
    rank; beside points, to how many the text prints (80—89分), which decides nothing; needs: a fact that must be 是, or the
    grade before it is given."""

    name: str
    at_least: SchemeFigure | None = None
    up_to: SchemeFigure | None = None
    needs: str = ""


class Grades(Model):
    """等次: by points (``score``), by rank (``rank``) or by the share of the units that a rank makes (``rank_share``).

    within: ``组`` each group by itself, ``全部`` all units together. bands: the best first; the last needs no limit.
    rounded: as many units as the share comes to, rounded (“30%左右”); otherwise never more than the share.
    """

    by: Literal["score", "rank", "rank_share"]
    within: Literal["组", "全部"] = "组"
    bands: list[GradeBand] = Field(min_length=2)
    rounded: bool = False
    clause: str = ""

    @model_validator(mode="after")
    def _shares_are_rounded(self) -> Grades:
        if self.rounded and self.by != "rank_share":
            raise ValueError("rounded 只用于按位次占比（rank_share）定的等次")
        return self

    def places(self, share: Decimal, units: int) -> Decimal:
        """How many of so many units the best have, up to a share of the places."""
        return round_half_up(share * units, 0) if self.rounded else share * units


class Option(Model):
    """One way to read a clause. says: in words; set: what it changes: {id or "*": {key: value}}; with: what holds as well, and
    before either, while another reading takes an option: {reading: {option: {id or "*": {key: value}}}}."""

    says: str
    sets: dict[str, dict[str, Any]] = Field(default_factory=dict, alias="set")
    together: dict[str, dict[str, dict[str, dict[str, Any]]]] = Field(default_factory=dict, alias="with")


class Reading(Model):
    """A clause that can be read in several ways, each of which can be computed.

    id: its name; at: the indicator; clause: where it stands; takes: the option that this scheme takes.
    conflict: two places of the text give different figures. answers: the remark of ``lint`` that it settles, by its code.
    """

    id: str
    at: str = ""
    clause: str = ""
    conflict: bool = False
    answers: str = ""
    takes: str
    options: dict[str, Option] = Field(min_length=2)

    @model_validator(mode="after")
    def _taken_is_there(self) -> Reading:
        if self.takes not in self.options:
            raise ValueError(f"takes 写的是“{self.takes}”，options 里有：{'、'.join(self.options)}")
        return self


class Reference(Model):
    """A table of the regulation that is looked up and not scored, on a sheet of its own.

    columns: the headings, the first being the key; rows: the cells; widths: in characters.
    """

    title: str
    columns: list[str] = Field(min_length=2)
    rows: list[list[str | None]] = Field(min_length=1)
    widths: list[Annotated[float, Field(gt=0, le=255)]] = Field(default_factory=list)
