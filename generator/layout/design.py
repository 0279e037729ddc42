"""The look of a book: what ``templates/`` says, as models. No colour, width or heading is written in code."""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from generator import source
from generator.layout import template_faults
from generator.plan.view import Kind, View
from generator.problems import Problem, SourceError
from generator.scheme import diagnosis
from generator.source import Source

TEMPLATES = Path(__file__).resolve().parents[2] / "templates"
SCORING_BOOK, VIEWS = "scoring-book", "views"


Width = Annotated[float, Field(gt=0, le=255)]
"""In characters."""


class _Model(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, defer_build=True)


class Style(_Model):
    """How a cell looks. fill and colour name an entry of ``colours``; size in points."""

    size: float = Field(default=10, gt=0, le=72)
    bold: bool = False
    align: Literal["left", "center", "right"] = "left"
    wrap: bool = False
    shrink: bool = False
    fill: str = ""
    colour: str = ""
    border: bool = False


class Column(_Model):
    """A column of the scoring sheet. width: in characters; widest: up to where it may grow with its content."""

    key: Literal["number", "name", "measure", "label", "standard", "points", "units", "sentence", "assessor"]
    heading: str
    width: Width
    widest: float = Field(default=0, ge=0, le=255)


class Written(Column):
    """A column that people write into, beside an indicator."""

    key: Literal["evidence", "remark", "approved"]  # type: ignore[assignment]


class Legend(_Model):
    text: str
    style: str = ""
    colour: str = ""


class Duties(_Model):
    about: str
    steps: list[str]


class Guide(_Model):
    sheet: str
    title: str
    widths: list[Width] = Field(min_length=3, max_length=3)
    about: str
    facts: dict[str, str]
    steps_title: str
    steps: list[str]
    duties: Duties | None = None
    """Other words for books of duties without points; books made before there were any do without."""
    legend_title: str
    legend: list[Legend]
    notes_title: str
    notes_headings: list[str] = Field(min_length=3, max_length=3)
    readings_title: str
    readings_headings: list[str] = Field(min_length=3, max_length=3)


class DutyForm(_Model):
    """Other words for the form of duties without points: its title, and the heading of what is said beside them."""

    title: str
    sentence: str


class Scoring(_Model):
    sheet: str
    title: str
    subtitle: str
    columns: list[Column] = Field(min_length=1)
    sign: str
    duties: DutyForm | None = None
    """Books made before the sixth form do without."""
    unit_lines: int = Field(default=2, ge=1, le=10)
    """On how many lines the names of many units may stand, where a page has no room for them on two."""


class Summary(_Model):
    sheet: str
    title: str
    headings: dict[str, str]
    widths: dict[str, Width]
    ranking_title: str
    ranking_headings: list[str] = Field(default=[], max_length=3)
    chart_title: str = ""
    """Of the lists in order of rank and the bars beside them, until the third form."""
    sign: str


class Checks(_Model):
    sheet: str
    title: str
    headings: list[str] = Field(min_length=6, max_length=6)
    widths: list[Width] = Field(min_length=6, max_length=6)
    rows: int = Field(ge=10, le=1000)


class Tables(_Model):
    sheet: str
    title: str
    titles: dict[str, str] = {}
    """By what a table gives; books made before the sixth form have the one title."""
    headings: dict[str, str]
    widths: list[Width] = Field(min_length=7, max_length=7)


class ListSheet(_Model):
    """A list sheet: one row for each indicator and unit. widths by column, label_width for the columns of the rule."""

    headings: dict[str, str]
    widths: dict[str, Width]
    label_width: float = Field(gt=0, le=60)
    figures: str


class ReferenceSheet(_Model):
    """A sheet to look things up in."""

    look_up: str
    nothing: str
    width: float = Field(gt=0, le=100)


class ViewBook(_Model):
    """What a department's or a unit's book has of its own. title: of the book; form: of what is filled in; for: what is said
    before whose it is; cover: what is filled in on the first sheet."""

    title: str
    form: str
    about: str
    whose: str = Field(alias="for")
    steps: list[str]
    cover_title: str
    cover: list[str]
    sign: str


class DepartmentBook(ViewBook):
    """together: what is said before the indicators that others assess too."""

    together: str


class UnitBook(ViewBook):
    """A self-assessment. columns: to the right of the others, for people to write in."""

    sheet: str
    columns: list[Written]


class Catalog(_Model):
    """The list of all indicators. headings: number, group, name, assessor, points, where it is; go: what its links say."""

    sheet: str
    title: str
    note: str
    headings: list[str] = Field(min_length=6, max_length=6)
    widths: list[Width] = Field(min_length=6, max_length=6)
    go: str = Field(min_length=1, max_length=20, pattern='^[^"]*$')


class Remarks(_Model):
    """The sheet with a row for what there is to say of each indicator."""

    sheet: str
    title: str
    note: str
    headings: dict[str, str]
    widths: dict[str, Width]


class Views(_Model):
    """See ``templates/views.yaml``."""

    department: DepartmentBook
    unit: UnitBook
    remarks: Remarks
    styles: dict[str, Style] = Field(default_factory=dict)
    """More styles than the office's book has."""


class Print(_Model):
    """margins in millimetres; smallest_scale: below this percentage a sheet goes onto the next larger paper, and from the
    largest over several pages."""

    margins: dict[str, Annotated[float, Field(ge=0, le=60)]]
    footer: str = Field(max_length=250)
    smallest_scale: int = Field(ge=40, le=100)
    papers: list[Literal["A4", "A3"]] = Field(default=["A4"], min_length=1, max_length=2)


class Design(_Model):
    """A template: see the comments in ``templates/scoring-book.yaml``. text: the file it was read from."""

    text: str
    name: str
    form: int = Field(default=1, ge=1, le=6)
    """How sheets are laid out. A book keeps the form it was made in; 1: all lines of all units on one sheet, whatever its size."""
    font: str = Field(min_length=1, max_length=31)
    row_height: float = Field(gt=0, le=200)
    colours: dict[str, str]
    styles: dict[str, Style]
    guide: Guide
    scoring: Scoring
    summary: Summary
    checks: Checks
    tables: Tables
    listing: ListSheet
    reference: ReferenceSheet
    print: Print
    catalog: Catalog | None = None
    """Books made before there was any do without."""
    views: Views | None = None
    """Only in the books of departments and units."""

    @property
    def leading(self) -> float:
        """How high lines of text are, against the size of their letters: 宋体 takes 1.2, what stands in for it up to 1.3."""
        return 1.3 if self.form > 2 else 1.4

    def beside(self, key: str) -> str:
        """The style of a text beside an indicator's rows, by its column: a template of before has one for names and labels everywhere."""
        own = {"name": "indicator", "label": "item"}.get(key, key)
        return own if own in self.styles else key

    @property
    def parts(self) -> Views:
        """The words of the books of departments and units."""
        assert self.views is not None, "the design is the office's: see `with_views`"
        return self.views

    def own(self, view: View) -> ViewBook | None:
        """The words of a department's or a unit's book; None for the office's."""
        return None if view.whole else self.parts.unit if view.kind is Kind.UNIT else self.parts.department


@lru_cache(maxsize=8)
def load(path: Path | None = None) -> Design:
    """Read a template; the scoring book's own when no path is given. Raises SourceError."""
    return _understand(source.read(path or TEMPLATES / f"{SCORING_BOOK}.yaml"))


@lru_cache(maxsize=8)
def loads(text: str, views: bool = False) -> Design:
    """Read a template from text, such as the copy inside a workbook. views: see `with_views`."""
    design = _understand(source.parse(text, "版式"))
    return with_views(design) if views else design


def with_views(design: Design) -> Design:
    """A template with what the books of departments and units have of their own. Raises SourceError."""
    if design.views is not None:
        return design
    return loads(f"{design.text.rstrip()}\n\n{source.read(TEMPLATES / f'{VIEWS}.yaml').text}")


def _understand(read: Source) -> Design:
    if not isinstance(read.data, dict):
        raise SourceError([Problem("版式文件应当是“键: 值”的形式", file=read.file, line=1)])
    try:
        design = Design.model_validate({**_plain(read.data), "text": read.text})
        problems = template_faults.faults(_plain(read.data))
    except ValidationError as error:
        words = diagnosis.Vocabulary([], {"scheme": list(Design.model_fields)})
        problems = diagnosis.translate(error, read.data, words)
    if problems:
        raise SourceError([diagnosis.placed(p, read) for p in problems]) from None
    return design


def _plain(data: Any) -> Any:
    """Colours such as 112233 are words, not numbers; the styles of the views are styles like any other."""
    if isinstance(data.get("colours"), dict):
        data = {**data, "colours": {k: str(v) for k, v in data["colours"].items()}}
    views = data.get("views")
    if isinstance(views, dict) and isinstance(views.get("styles"), dict) and isinstance(data.get("styles"), dict):
        data = {**data, "styles": {**data["styles"], **views["styles"]}}
    return data
