"""What the scheme itself declares: readings, and notes of what else a clause could mean."""

from __future__ import annotations

from generator.lint.additions import says_what_is_the_same
from generator.lint.catalogue import CATALOGUE
from generator.lint.subject import Node, Subject
from generator.scheme.model import Note
from generator.scheme.parts import Reading


def check(s: Subject) -> None:
    """Readings and notes, those that answer another remark with that remark."""
    for reading in s.scheme.readings:
        taken = reading.options[reading.takes].says
        others = "；或：".join(o.says for name, o in reading.options.items() if name != reading.takes)
        node = _node(s, reading.at)
        what = f"{s.label(node)}{reading.id}" if node else reading.id
        _declare(s, reading, node, f"{what}（现取：{taken}；另一种：{others}）", f"现取：{taken}；另一种：{others}", f"写明：{taken}")
    for note in s.scheme.notes:
        if note.conflict or note.otherwise or note.answers:
            node = _node(s, note.at)
            words = f"{note.reading}（另一种：{note.otherwise}）" if note.otherwise else note.reading
            _declare(s, note, node, f"{s.label(node)}{words}" if node else words, f"现按：{words}", "把其中一种写进条文")


def _declare(s: Subject, source: Reading | Note, node: Node | None, detail: str, added: str, wording: str) -> None:
    answers = "" if says_what_is_the_same(source) else source.answers
    if answers and s.answered(source, added):
        return
    code = answers if answers in CATALOGUE else "figures-differ" if source.conflict else "two-readings"
    s.say(code, node, detail, wording if code == "two-readings" else "", source.clause, found=False)


def _node(s: Subject, at: str) -> Node | None:
    return next((n for n in s.nodes if at and at in (n.id, n.name)), None)
