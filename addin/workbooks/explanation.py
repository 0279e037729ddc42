"""Why a unit has the score it has: derivation by derivation, with the rule and the clause it comes from."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace
from decimal import Decimal
from pathlib import Path

from addin.workbooks import snapshot
from addin.workbooks.edits import same_value
from addin.workbooks.grading import grade_words, undecided
from addin.workbooks.snapshot import Snapshot
from generator.language.declared import Quantity
from generator.language.wording import in_words
from generator.layout.addresses import address, place_of
from generator.layout.place_summary import line_of
from generator.lines.accepts import taken_from
from generator.lines.keys import BAND, GRADE, MISSING, PLACE, RESULT_LABEL, TOTAL, WORKED, Owner
from generator.lines.line import SHARED, Line, Role
from generator.plan import called
from generator.plan.evaluation import Evaluation
from generator.plan.plan import Block, Plan
from generator.plan.worth import POINTS
from generator.problems import Refusal
from generator.scheme.model import IN_POINTS, Indicator
from generator.suggestion import listed, suggestion
from generator.tree.derivation import Derivation, quoted
from generator.tree.derivation import told as told_number
from generator.tree.exact import value as value_of
from generator.tree.expression import NONE_MARK, UNFINISHED, Cell, Expression, Fixed, If, Row, Tagged, children, walk
from generator.value import Percent, Value, show

HELPERS = 12
"""So many quantities that a score rests on are explained along with it."""


_NUMBER = re.compile(r"-?[\d.]+")
"""Words that are a number of the rule's own: the figures say the same."""


_NUMBERED = re.compile(r"\d|^[（(]?[一二三四五六七八九十]+[）)]?$")
"""An id that is a number of the text, not a word of the scheme's own."""


class NotExplained(Refusal):
    """There is no score to explain: no such unit or indicator, or a cell that shows nobody's score."""


@dataclass(frozen=True)
class Step:
    """One line of an explanation: what it is, and how its value came about. typed: somebody filled it in; empty: what is said where
    it comes to nothing; measure: what it is counted in, '' where that goes without saying; when: the month or quarter whose it is, where
    the explanation is not of this one."""

    label: str
    value: Value
    derivation: Derivation | None = None
    note: str = ""
    percent: bool = False
    typed: bool = False
    empty: str = ""
    measure: str = ""
    when: str = ""

    @property
    def counted(self) -> str:
        """What stands behind its number."""
        return f" {self.measure}" if self.measure and isinstance(self.value, Decimal) else ""


@dataclass(frozen=True)
class Explanation:
    """Why a unit has the score it has. clause: where the rule stands; notes: how unclear clauses are read; amiss: where the
    sheet shows something else than it should; graded: of a grade, the condition and what the next one would have wanted."""

    unit: str
    id: str
    name: str
    rule: str
    clause: str
    steps: list[Step]
    notes: list[str] = field(default_factory=list)
    amiss: list[str] = field(default_factory=list)
    graded: list[str] = field(default_factory=list)


@dataclass(frozen=True)
class Subject:
    """What a cell is about: a line (its key, '' for none) and a unit (its position; None for no certain one)."""

    key: str = ""
    unit: int | None = None


def explain(book: Path, unit: str, indicator: str) -> Explanation:
    """Explain a unit's score on an indicator or a group, a quantity, or 总分. Raises NotExplained for names that are not there."""
    taken = snapshot.take(book)
    return explain_in(taken, unit, indicator)


def explain_in(taken: Snapshot, unit: str, indicator: str) -> Explanation:
    """See `explain`."""
    if unit not in taken.plan.units:
        raise NotExplained(no_such_unit(taken.plan, unit))
    return _explain(taken, taken.plan.units.index(unit), *_found(taken.plan, indicator))


def explain_cell(taken: Snapshot, sheet: str, at: str) -> Explanation:
    """Explain what a cell shows, or what its row is about: on a scoring sheet, a list, the summary or the list of findings.

    Raises NotExplained where that is no unit's score.
    """
    row, column = place_of(at)
    about = _subject(taken, sheet, row, column)
    block = taken.plan.block_of.get(about.key)
    if block is None:
        raise NotExplained(f"“{sheet}”的 {at} 不是得分；请先选中一个单位的得分、合计或总分的格子，再点“说明得分”")
    if about.unit is None:
        raise NotExplained(f"“{sheet}”的 {at} 不属于哪一个单位；请选中这项指标里一个被考核单位的格子，再点“说明得分”")
    return _explain(taken, about.unit, block, [taken.plan.lines[about.key]] if block.kind == "data" else None)


def _subject(taken: Snapshot, sheet: str, row: int, column: int) -> Subject:
    """What a cell of a scoring sheet, or a row of the summary or of the findings, is about."""
    if sheet in taken.sheets:
        key, position = taken.sheets[sheet].area.subject(row, column)
        return Subject(key, None if position < 0 else position)
    plan, cells = taken.plan, taken.package.sheet(sheet)
    texts = {value for number, found in cells.rows() if number == row for _, at in found if isinstance(value := cells.value(at), str)}
    unit = next((number for number, name in enumerate(plan.units) if name in texts), None)
    block = next((b for b in plan.blocks if b.id and b.lines and f"{b.id} {b.name}" in texts), None)
    if block is not None:
        return Subject(block.lines[0].key, unit)
    head = cells.value(address(1, column))
    line = line_of(head) if isinstance(head, str) else ""
    return Subject(line if line in plan.lines else TOTAL if unit is not None else "", unit)


def _explain(taken: Snapshot, position: int, block: Block, lines: list[Line] | None = None) -> Explanation:
    """Explain some lines of a block, all of them unless told which."""
    plan, scheme = taken.plan, taken.file.scheme
    evaluation = Evaluation(plan, taken.inputs)
    about = [line for line in block.lines if line.key != MISSING or evaluation.at(MISSING, position)] if lines is None else lines
    scored, sums = ([line for line in about if line.role is role] for role in (Role.SCORE, Role.GROUP))
    if scored and all(evaluation.at(line.key, position) == NONE_MARK for line in scored):
        about = scored  # what a task would have come to that the unit does not have is nobody's question
    elif sums and all(evaluation.at(line.key, position) == NONE_MARK for line in sums):
        about = sums
    elif scored and all(evaluation.at(line.key, position) is not None for line in scored):
        reached = _reached(evaluation, scored, position)
        about = [line for line in about if line.role is not Role.WORKING or line.key in reached]
    steps = [*_only_group(evaluation, about, position), *steps_to(evaluation, about, position)]
    owner = Owner(block.id) if lines is None else about[0].owner
    notes = [note.reading for note in scheme.notes if note.at and note.at in (block.id, owner.id)]
    id, name = (block.id or block.name, block.name) if lines is None else (owner or about[0].label, about[0].label)
    rule = block.sentence if lines is None else _worked_out(plan, owner.id)
    decides = any(line.key == GRADE for line in about)
    graded = grade_words(evaluation, position) if decides else []
    amiss = [words for line in about for words in amiss_in(taken, evaluation, line, position)]
    graded_by = [plan.scheme.grades.clause] if graded and plan.scheme.grades and plan.scheme.grades.clause else []
    graded += [f"否决项{quoted(one.name)}还不能判断，{why}" for one, why in undecided(evaluation, position)] if decides else []
    own = [clause_of(plan, block, None if lines is None else owner.id), *(f"等次：{clause}" for clause in graded_by)]
    where = "；".join(dict.fromkeys([*own, *_quantities(plan, steps, owner.id), *_vetoes(evaluation, about, position)]))
    return Explanation(plan.units[position], id, name, rule, where, steps, notes, amiss, graded)


def _only_group(evaluation: Evaluation, about: Iterable[Line], unit: int) -> list[Step]:
    """What a total that comes from one group alone consists of: how the sums of that group, and of those in it, came about; level by level,
    as far as there is room for a whole level, the innermost first."""
    plan, found = evaluation.plan, list[Line]()
    level = [line for line in about if line.key == TOTAL]
    while level:
        below = dict[str, Line]()
        for line in level:
            if line.formula is None or evaluation.at(line.key, unit) is None:
                continue
            used = [plan.lines[key] for key in evaluation.explain(line.key, unit).used]
            if len(used) == 1 or line.role is Role.GROUP:
                below |= {one.key: one for one in used if one.role is Role.GROUP or one.key == WORKED}
        told = [line for line in below.values() if line.role is Role.GROUP and _says_more(evaluation.explain(line.key, unit))]
        if len(found) + len(told) > HELPERS:
            break
        found = [*told, *found]
        level = list(below.values())
    return [replace(_step(evaluation, line, unit), label=called.cell(plan, line.key, Owner())) for line in found]


def _says_more(derivation: Derivation) -> bool:
    """Whether how a sum came about says more than the sum of the one group in it."""
    return len(derivation.used) != 1 or bool(derivation.remarks)


def _reached(evaluation: Evaluation, lines: Iterable[Line], unit: int) -> set[str]:
    """The lines that were looked at on the way to some lines, without those that only a branch not taken looks at."""
    here, todo, found = evaluation.seen_by(unit), list(lines), set[str]()
    while todo:
        line = todo.pop()
        beside = line.standard.value if line.shared and line.standard else None
        trees = [tree for tree in (line.formula, beside) if isinstance(tree, Expression)]
        while trees:
            node = trees.pop()
            if isinstance(node, If):
                trees += [node.condition, node.then if value_of(node.condition, here) else node.otherwise]
            elif isinstance(node, (Cell, Fixed, Row, Tagged)):
                new = {*node.lines} if isinstance(node, Tagged) else {node.line}
                todo += [evaluation.plan.lines[key] for key in new - found]
                found |= new
            else:
                trees += children(node)
    return found


def _used(evaluation: Evaluation, lines: Iterable[Line], unit: int) -> set[str] | None:
    """What lines were worked out from, by way of other quantities too; None where one of them waits, maybe for any of these."""
    plan = evaluation.plan
    todo, used = list(lines), set[str]()
    for line in todo:
        if line.formula is None and not plan.worked_out(line):
            continue
        derivation = evaluation.explain(line.key, unit)
        if derivation.result is None:
            return None
        new = [key for key in derivation.used if key not in used]
        used |= {*new}
        todo += [plan.lines[key] for key in new if plan.lines[key].role is Role.WORKING]
    return used


def _quantities(plan: Plan, steps: Iterable[Step], own: str) -> Iterator[str]:
    """The clauses of quantities that are told along with a score, where they are their own."""
    for step in steps:
        declared = _declared(plan, step.label) if step.label != own else None
        if declared is not None and declared.clause:
            yield f"{quoted(step.label)}：{declared.clause}"


def steps_to(evaluation: Evaluation, lines: Iterable[Line], unit: int, of_periods: bool = True) -> list[Step]:
    """How some lines came about, after the quantities of groups or of the scheme that they rest on. of_periods: also those of one month
    or quarter."""
    listed = list(lines)
    own = {period for line in listed for period in line.owner.periods}
    used = _used(evaluation, listed, unit)
    helpers = [line for line in _helpers(evaluation.plan, listed) if of_periods or not line.owner.periods]
    helpers = [line for line in helpers if used is None or line.key in used]
    steps = [(line, _step(evaluation, line, unit)) for line in [*helpers, *listed]]
    return [replace(step, when="·".join(period for period in line.owner.periods if period not in own)) for line, step in steps]


def _vetoes(evaluation: Evaluation, lines: Iterable[Line], unit: int) -> Iterator[str]:
    """The clauses of the vetoes that a grade takes its verdict from."""
    plan = evaluation.plan
    for line in lines:
        for key in dict.fromkeys(node.line for node in walk(line.formula) if isinstance(node, Cell)) if line.formula else ():
            block = plan.block_of[key]
            if (
                plan.lines[key].key.what == RESULT_LABEL
                and block.kind == "indicator"
                and evaluation.value(key, unit) not in (None, "", NONE_MARK)
            ):
                yield f"{quoted(block.name)}：{clause_of(plan, block)}"


def no_such_unit(plan: Plan, unit: str) -> str:
    """What is said where a book does not have a unit."""
    return f"没有被考核单位“{unit}”；这本工作簿里有：{'、'.join(plan.units)}"


def clause_of(plan: Plan, block: Block, quantity: str | None = None) -> str:
    """Where in the text a block stands, or one of the quantities in it, with the document."""
    source = plan.scheme.source
    own = getattr(_declared(plan, quantity), "clause", "") if quantity else ""
    return f"{source.document} {own or plan.clause_of(block) or source.part + _place_in(plan, block)}"


def _place_in(plan: Plan, block: Block) -> str:
    """Where in its part of the text a block without a clause stands: by its number, with the unit that it is for; else by its name."""
    id = Owner(block.id).id
    unit = next((unit for unit in plan.units if id.startswith(f"{unit}-")), "")
    number = id.removeprefix(unit).lstrip("-")
    if _NUMBERED.search(number):
        return f"{unit}序号{number}"
    return quoted(block.name) if id else ""


def _declared(plan: Plan, name: str) -> Quantity | None:
    """A quantity of the scheme, a group or an indicator, by its name."""
    for node in [plan.scheme, *plan.scheme.walk()]:
        declared = node.how.declares().quantities if isinstance(node, Indicator) else node.quantities
        if name in declared:
            return declared[name]
    return None


def _worked_out(plan: Plan, name: str) -> str:
    """How a quantity is worked out, in words."""
    quantity = _declared(plan, name)
    return f"{name}＝{in_words(quantity.formula)}" if quantity else ""


def amiss_in(taken: Snapshot, evaluation: Evaluation, line: Line, unit: int) -> Iterator[str]:
    """What the sheet shows in a cell where it should show something else."""
    plan = taken.plan
    place = taken.place(line.key, SHARED if plan.prepared[line.key].one_for_all else unit)
    if line.input is not None or place is None:
        return
    part, (sheet, at) = taken.sheets[place[0]].part, place
    shown, wanted = part.value(at), evaluation.at(line.key, unit)
    if same_value(shown, wanted):
        return
    name, (now, due) = called.label(line), (show(value, line.percent) for value in (shown, wanted))
    if part.formula(at) is not None:
        yield f"“{name}”（{sheet}!{at}）表里显示 {now}，按现在的填报应为 {due}；点“重算”更新"
    elif line.formula is not None or plan.worked_out(line):
        yield f"“{name}”（{sheet}!{at}）的公式被盖掉了，表里显示 {now}，应为 {due}；用“重算”恢复"
    else:
        yield f"“{name}”（{sheet}!{at}）被改成了 {now}，应为 {due}；用“重算”恢复"


def _helpers(plan: Plan, lines: Iterable[Line]) -> list[Line]:
    """The quantities of groups or of the scheme that lines rest on, in the order of the sheet; the nearest where there are many."""
    own = {line.key for line in lines}
    found: dict[str, Line] = {}
    todo = [plan.lines[key] for key in own]
    while todo and len(found) < HELPERS:
        for line in plan.dependencies.uses(todo.pop(0)):
            if (line.role is Role.WORKING or line.key in (PLACE, BAND)) and line.key not in own and line.key not in found:
                found[line.key] = line
                todo.append(line)
    return [line for key, line in plan.lines.items() if key in found]


def told(explanation: Explanation) -> list[str]:
    """An explanation as lines of text: what it is about, how it is scored, how each figure came about, by which clause."""
    name, id = explanation.name, Owner(explanation.id)
    periods = f"（{'·'.join(id.periods)}）" if id.periods else ""
    number = called.own_number(id.id, [explanation.unit])
    lines = [f"{explanation.unit}｜{name if number == name else f'{number} {name}'}{periods}"]
    lines += [f"办法：{explanation.rule}"] if explanation.rule else []
    before: set[str] = set()
    waits: list[str] = []
    for step in explanation.steps:
        label = step.when + (f"{step.label}（{step.note}）" if step.note else step.label)
        remarks = step.derivation.remarks if step.derivation and step.value in (None, "", UNFINISHED) else []
        if remarks and remarks == waits:
            lines.append(f"{label}：还没有结果，要等总分")
        elif step.derivation is None:
            none = "（没有这项任务）" if step.value == NONE_MARK else ""
            value = show(step.value, step.percent) if step.typed else told_number(step.value, step.percent)
            lines.append(f"{label}：{value}{step.counted}{none}")
        elif step.value in (None, "") and step.empty and not step.derivation.remarks:
            lines.append(f"{label}：{step.empty}")
        else:
            words, figures = step.derivation.words, step.derivation.told(step.counted)
            plain = words in ("", figures) or step.label.endswith(words) or words in before or _NUMBER.fullmatch(words) is not None
            plain |= figures.startswith(("还没有结果", f"{words}，")) or words == POINTS
            lines += [f"{label}：{figures}"] if plain else [f"{label}：{words}", f"　　{figures}"]
        before.add(step.label)
        waits = remarks if step.label == TOTAL.what else waits
    lines += [f"等次怎样定：{words}" for words in explanation.graded if not any(words in line for line in lines)]
    lines += [f"注意：{words}" for words in explanation.amiss]
    return [*lines, f"依据：{explanation.clause}", *(f"说明：{note}" for note in explanation.notes)]


def _found(plan: Plan, name: str) -> tuple[Block, list[Line] | None]:
    """The block of an indicator or group, or the line of a quantity, that goes by a name. Raises NotExplained."""
    last = plan.blocks[-1]
    if name in ("合计", "总分"):
        if not plan.view.whole and TOTAL not in plan.lines:
            raise NotExplained(f"这本是{plan.view.who}的分簿，没有总分；总分要在考核办公室的总簿里看")
        return next((b for b in plan.blocks if TOTAL in {line.key for line in b.lines}), last), None
    for block in plan.blocks:
        if name in (block.id, block.name, block.heading) and block.lines:
            return block, None
    number = name.removeprefix("序号").strip()
    numbered = [block for block in plan.blocks if number in _numbers(plan, block) and block.lines]
    if len(numbered) == 1:
        return numbered[0], None
    if numbered:
        raise NotExplained(f"序号“{number}”的有几项：{listed([block.id for block in numbered])}，请写其中一个")
    line = plan.lines[plan.scores[name]] if name in plan.scores else next((one for one in last.lines if one.label == name), None)
    if line is not None:
        return next(b for b in plan.blocks if line in b.lines), [line]
    known = list(dict.fromkeys([*(b.id for b in plan.blocks if b.id and b.lines), *plan.scores]))
    words = suggestion(name, known, 3) or f"可用的有：{listed(known)}，"
    raise NotExplained(f"没有指标“{name}”；{words}或写“总分”")


def _numbers(plan: Plan, block: Block) -> set[str]:
    """What can stand in a block's 序号 column: its number, on a unit's own sheet without the unit's name."""
    number = block.number or block.id
    return {number, *(number.removeprefix(unit).lstrip("-") for unit in plan.units if number.startswith(unit))}


def _step(evaluation: Evaluation, line: Line, unit: int) -> Step:
    value = evaluation.at(line.key, unit)
    notes = []
    for column, figure in (("standard", line.standard), ("points", line.points)):
        if figure is None or line.shared or (column == "points" and figure.value == 0):
            continue
        if evaluation.fixed(line.key, column) is None:  # a mean of others that is not there yet
            continue
        shown = figure.form.replace("{}", told_number(evaluation.fixed(line.key, column), isinstance(figure.value, Percent)))
        notes.append(f"分值{shown}" if column == "points" else f"标准{shown}" if figure.form == "{}" and line.input else shown)
    alone = line.standard is not None and line.formula is None and line.values is None and not line.input and not line.shared
    notes += [taken_from(line.input)] if line.input and line.input.imports else []
    note = "" if alone else "，".join(notes)
    worked_out = line.formula is not None and line.constant(unit) is None
    derivation = evaluation.explain(line.key, unit) if worked_out or evaluation.plan.worked_out(line) else None
    percent = line.percent or (alone and line.standard is not None and isinstance(line.standard.value, Percent))
    words, measure = _empty(evaluation, line, unit), _measure(evaluation.plan, line)
    return Step(called.label(line), value, derivation, note, percent, line.input is not None, words, measure)


def _measure(plan: Plan, line: Line) -> str:
    """What the cells of a line are counted in; '' for points, shares, and where nobody says it."""
    if line.role in (Role.SCORE, Role.GROUP, Role.DUE) or line.key in (TOTAL, WORKED):
        measure = plan.scheme.measure
    else:
        measure = line.input.measure if line.input else getattr(_declared(plan, line.owner.id), "measure", "")
    return "" if measure in ("%", IN_POINTS) else measure


def _empty(evaluation: Evaluation, line: Line, unit: int) -> str:
    """What it means that a line comes to nothing."""
    if line.role is Role.RESULT and line.key.what == RESULT_LABEL:
        return "没有上面的情形"
    if line.key != GRADE or evaluation.plan.scheme.grades is not None:
        return ""
    return "还不能定" if any(undecided(evaluation, unit)) else "没有否决的情形，不另定等次"
