"""下发: the books of the departments and of the units, from the office's book in front or from a scheme that is chosen."""

from __future__ import annotations

from contextlib import suppress
from pathlib import Path

from addin import hand_out
from addin.clicks.choosing import choose, read_as_chosen
from addin.clicks.folders import folder_for_new
from addin.hand_out import Office
from addin.live.desk import Desk
from addin.workbooks import snapshot
from addin.workbooks.book import BookError
from addin.workbooks.snapshot import Snapshot
from generator.plan.selection import views
from generator.plan.view import Kind, View

SHOWN = 8
"""So many files are named in the message."""


def work(desk: Desk) -> None:
    """What the button does."""
    office = _office(desk)
    if office is None:
        return
    chosen = _chosen(desk, office)
    if not chosen:
        return
    folder = folder_for_new(desk) / hand_out.folder_name(office.plan.scheme)
    names = {name.casefold() for name in hand_out.file_names(office.plan.scheme, chosen)}
    opened = [Path(book.name).name for book in desk.app.books if Path(book.name).name.casefold() in names]
    if opened:
        raise BookError(f"“{opened[0]}”正开着。请先关闭它，再点“下发”")
    made = hand_out.hand_out(office, chosen, folder, lambda done, count, who: desk.say(f"正在生成 {done}/{count} {who}"))
    listed = [f"· {path.name}" for path in made.files[:SHOWN]]
    listed += [f"……共 {len(made.files)} 本"] if len(made.files) > SHOWN else []
    words = hand_out.told(made)
    asked = "请分别发给各部门、各单位，填好后发回来。"
    desk.tell("\n".join([f"已生成 {len(made.files)} 本，放在：{folder}", *listed, *([words] if words else []), asked]))


def _office(desk: Desk) -> Office | None:
    """What is handed out from; None where nothing is chosen."""
    taken = _in_front(desk)
    if taken is None:
        listed = choose(desk, "要下发哪一个方案的空白表？")
        file = None if listed is None else read_as_chosen(desk, listed)
        return None if file is None else Office.of_scheme(file.scheme.id, takes=file.takes)
    office = Office.of_book(taken)
    count = len(taken.inputs)
    question = f"“{taken.name}”里已经填了 {count} 个数，要一并带到分出去的簿里吗？\n选“否”则分出去的都是空白的，总簿不受影响。"
    if count and not desk.ask(question):
        return Office.of_book(taken, with_values=False)
    return office


def _in_front(desk: Desk) -> Snapshot | None:
    """The book in front, if it is one of ours."""
    with suppress(BookError):
        live = desk.live()
        return snapshot.of_package(live, live.name)
    return None


def _chosen(desk: Desk, office: Office) -> list[View]:
    """Whose books; none where the user changes his mind."""
    scheme = office.plan.scheme
    departments, units = views(scheme, Kind.DEPARTMENT), views(scheme, Kind.UNIT)
    options: list[tuple[str, list[View]]] = []
    if departments:
        options.append((f"各考核部门的填报簿（{len(departments)} 本）", departments))
    options.append((f"各被考核单位的自评簿（{len(units)} 本）", units))
    if departments:
        options.append((f"两样都要（{len(departments) + len(units)} 本）", [*departments, *units]))
    single = len(options)
    text = f"“{scheme.title}”要下发哪些簿？" + ("" if departments else "\n（方案没有写明各项指标由谁考核，分不出各部门的填报簿）")
    answer = desk.choose(text, [*(words for words, _ in options), "只给其中一个……"])
    if answer is None:
        return []
    if answer != single:
        return options[answer][1]
    each = [*departments, *units]
    one = desk.choose("要下发哪一本？", [f"{view.who}（{'填报' if view.kind is Kind.DEPARTMENT else '自评'}）" for view in each])
    return [] if one is None else [each[one]]
