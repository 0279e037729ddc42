"""Gathering on disk: which files there are, reading many at a time, and writing the office's book whole or not at all."""

from __future__ import annotations

import sys
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from addin.garbage import collection_seldom
from addin.gathering import incoming, round
from addin.gathering.incoming import Incoming, Wanted
from addin.gathering.round import Gathered
from addin.workbooks import snapshot
from addin.workbooks.book import BookError
from addin.workbooks.files import back_up, books_in, other_books_in, refuse_busy
from generator import files
from generator.files import write_atomically
from generator.problems import Refusal
from generator.xlsx import package
from generator.xlsx.xml import legal

Progress = Callable[[int, int, str], None]
FEW = 3
"""So many files are read here and now; for more it is worth while to start other processes."""


class ClusterError(Refusal):
    """The workers of a cluster cannot be reached."""


@dataclass(frozen=True)
class Saved:
    """A round that is on disk. path: the office's book; backup: what it was before, where it was written over."""

    path: Path
    gathered: Gathered
    backup: Path | None = None


def gather(
    book: Path,
    sources: Iterable[Path],
    out: Path | None = None,
    scheduler: str = "",
    progress: Progress | None = None,
    alone: bool = False,
) -> Saved:
    """Gather files, and all books of folders, into the office's book; see `round.gather`. The former file is kept as a backup.

    scheduler: the address of a Dask cluster that reads the files; alone: no other processes are started. Raises a Refusal where the
    office's book cannot be used; then it is as it was. Whatever is wrong with another file stands in the result.
    """
    if out is None:
        refuse_busy(book)
    since = files.seen(book)
    pack = package.Package.open(book)
    taken = snapshot.of_package(pack, book.name)
    if not taken.plan.view.whole:
        raise BookError(f"“{book.name}”不是督考办的总簿，是发给部门或单位的表；请选总簿再汇总")
    listed = _listed(book, sources, out)
    if not listed:
        raise BookError("没有可以汇总的文件；请给出收上来的考核簿，或装着它们的文件夹")
    wanted = Wanted.by(taken)
    found = _on_cluster(listed, wanted, progress, scheduler) if scheduler else _here(listed, wanted, progress, alone)
    done = round.gather(pack, found)
    backup = None
    same = out is None or out.absolute() == book.absolute()
    if same and done.changed:
        files.refuse_changed(book, since)
        backup = back_up(book)
        write_atomically(book, pack.to_bytes(), since=since)
    elif not same and out is not None:
        write_atomically(out, pack.to_bytes())
    return Saved(out or book, done, backup)


def count(book: Path, folder: Path) -> int:
    """How many files there are to be gathered in a folder, the office's own book left out."""
    return sum(isinstance(found, Path) for _, found in _listed(book, [folder], None))


def _listed(book: Path, sources: Iterable[Path], out: Path | None) -> list[tuple[str, Path | Incoming]]:
    """The files, in the order of their names: each once, by what it is called; the office's own book only as such."""
    found: dict[Path, str] = {}
    for source in sources:
        if source.is_dir():
            inside = sorted([*books_in(source), *other_books_in(source)])
            found.update(
                {path: _called(path.relative_to(source).as_posix()) for path in inside if path.absolute() not in map(Path.absolute, found)}
            )
        elif source.absolute() not in map(Path.absolute, found):
            found[source] = _called(source.name)
    own = {path.resolve() for path in (book, out) if path is not None}
    listed: list[tuple[str, Path | Incoming]] = []
    names = Counter(found.values())
    taken: Counter[str] = Counter()
    for path, name in sorted(found.items(), key=lambda pair: (pair[1], str(pair[0]))):
        called = name if names[name] == 1 else f"{path.absolute().parent.name}/{name}"
        taken[called] += 1
        called += f"（{taken[called]}）" if taken[called] > 1 else ""
        listed.append((called, incoming.itself(called) if path.resolve() in own else path))
    return listed


def _called(name: str) -> str:
    """The name of a file as a cell can hold it."""
    return " ".join(legal(name).split())


def read_one(path: Path, name: str, wanted: Wanted) -> Incoming:
    """A file as it comes in, whatever is wrong with it."""
    try:
        with collection_seldom():
            return incoming.read(files.contents(path, package.MAX_FILE), name, wanted)
    except Refusal as error:
        return incoming.unread(name, str(error))
    except Exception as error:
        return incoming.unread(name, f"程序内部出错（{type(error).__name__}：{error}），没有从它收任何数")


def _here(listed: Sequence[tuple[str, Path | Incoming]], wanted: Wanted, progress: Progress | None, alone: bool) -> list[Incoming]:
    """Read the files in this process, or in several where they are many; one bad file never stops the rest."""
    todo = [(name, path) for name, path in listed if isinstance(path, Path)]
    done: dict[str, Incoming] = {name: one for name, one in listed if isinstance(one, Incoming)}
    if alone or len(todo) <= FEW or sys.platform == "emscripten":  # a browser has no other processes
        for name, path in todo:
            done[name] = read_one(path, name, wanted)
            if progress:
                progress(len(done), len(listed), name)
        return [done[name] for name, _ in listed]
    from concurrent.futures import BrokenExecutor, ProcessPoolExecutor, as_completed

    with ProcessPoolExecutor() as pool:
        tasks = {pool.submit(read_one, path, name, wanted): name for name, path in todo}
        for task in as_completed(tasks):
            name = tasks[task]
            try:
                done[name] = task.result()
            except BrokenExecutor:
                done[name] = incoming.unread(name, "读这个文件的进程意外退出，没有从它收任何数；请单独汇总它")
            if progress:
                progress(len(done), len(listed), name)
    return [done[name] for name, _ in listed]


def _on_cluster(listed: Sequence[tuple[str, Path | Incoming]], wanted: Wanted, progress: Progress | None, scheduler: str) -> list[Incoming]:
    """The same, with the files read by the workers of a Dask cluster."""
    import distributed

    dask: Any = distributed
    done: dict[str, Incoming] = {name: one for name, one in listed if isinstance(one, Incoming)}
    try:
        client = dask.Client(scheduler, timeout=20)
    except (OSError, ValueError, TimeoutError) as error:
        raise ClusterError(f"连不上计算集群“{scheduler}”（{type(error).__name__}）；请核对地址，或去掉 --scheduler 在本机汇总") from None
    with client:
        tasks = {}
        for name, path in listed:
            if isinstance(path, Path):
                try:
                    data = files.contents(path, package.MAX_FILE)
                except Refusal as error:
                    done[name] = incoming.unread(name, str(error))
                else:
                    tasks[client.submit(incoming.read, data, name, wanted, pure=False, retries=3)] = name
        for task in dask.as_completed(list(tasks)):
            name = tasks[task]
            try:
                done[name] = task.result()
            except Exception as error:
                done[name] = incoming.unread(name, f"集群没有读成（{type(error).__name__}），没有从它收任何数")
            if progress:
                progress(len(done), len(listed), name)
    return [done[name] for name, _ in listed]
