"""The readings of a scheme that is about to become a book: shown with what each means, and chosen otherwise one by one."""

from __future__ import annotations

from addin.live.desk import Desk
from generator.scheme.load import SchemeFile

AS_IT_IS = "就这样生成"


def choose_readings(desk: Desk, file: SchemeFile) -> dict[str, str] | None:
    """The options that the user takes instead of the scheme's own, by reading; None where the user gives up."""
    takes: dict[str, str] = {}
    readings = file.scheme.readings
    while readings:
        otherwise = f"，已另选 {len(takes)} 处" if takes else ""
        listed = [f"{r.id}：{_taken(takes.get(r.id, r.takes), r.takes)}，{r.options[takes.get(r.id, r.takes)].says}" for r in readings]
        number = desk.choose(
            f"有 {len(readings)} 处条款可以有几种理解，现照下面的算{otherwise}。要改哪一处？",
            [AS_IT_IS, *listed],
        )
        if number is None:
            return None
        if number == 0:
            return takes
        reading = readings[number - 1]
        names = list(reading.options)
        clause = f"（{reading.clause}）" if reading.clause else ""
        option = desk.choose(
            f"“{reading.id}”{clause}怎样理解？", [f"{_taken(name, reading.takes)}：{o.says}" for name, o in reading.options.items()]
        )
        if option is not None:
            takes.pop(reading.id, None)
            takes |= {reading.id: names[option]} if names[option] != reading.takes else {}
    return takes


def _taken(option: str, own: str) -> str:
    return f"{option}（方案所取）" if option == own else option
