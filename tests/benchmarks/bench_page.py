"""What the page takes beside the command: time to ready, to check and to recompute, memory, size.

Run: ``make bench``. The page is opened from the disk in the Chromium of the system, the network cut. Times in seconds: as they
pass, and of the processor (all threads of the page), which other programs on the machine stretch little. How soon it is ready is
the median of several starts of the browser. The page and the command take turns, so that they find the machine alike. Give scheme
ids to measure others. Not a test: nothing fails here.
"""

from __future__ import annotations

import os
import resource
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path

from bench_recompute import of_size
from playwright.sync_api import Page, sync_playwright

from addin import actions
from addin.packaging import page as builder

DEMO = Path(__file__).resolve().parents[2] / "docs" / "demo"
SCHEMES = ["panshan-2019-towns"]
WAIT = 900_000
STARTS = 5
TICK = os.sysconf("SC_CLK_TCK")


def renderers() -> dict[str, tuple[float, float]]:
    """Of each process below this one that shows a page: seconds of the processor, most memory in MB."""
    found = {}
    for folder in Path("/proc").iterdir():
        try:
            if folder.name.isdigit() and b"--type=renderer" in (folder / "cmdline").read_bytes():
                fields = (folder / "stat").read_text().rpartition(")")[2].split()
                most = next(line for line in (folder / "status").read_text().splitlines() if line.startswith("VmHWM"))
                found[folder.name] = (int(fields[11]) + int(fields[12])) / TICK, int(most.split()[1]) / 1024
        except OSError:
            continue  # it has ended meanwhile
    return found


@dataclass(frozen=True)
class Took:
    """passed, cpu: seconds; memory: most so far, in MB."""

    passed: float
    cpu: float
    memory: float = 0

    def __str__(self) -> str:
        return f"{self.passed:.1f} s, processor {self.cpu:.1f} s"


def median(found: list[Took]) -> Took:
    return Took(*(statistics.median(getattr(one, what) for one in found) for what in ("passed", "cpu", "memory")))


class Watch:
    """Times a piece of work in the page."""

    def __init__(self, ignored: set[str]) -> None:
        self.ignored = ignored
        self.begin()

    def begin(self) -> None:
        self.since, self.before = time.perf_counter(), self.spent()[0]

    def spent(self) -> tuple[float, float]:
        own = [each for pid, each in renderers().items() if pid not in self.ignored]
        return sum(cpu for cpu, _ in own), max((memory for _, memory in own), default=0.0)

    def read(self) -> Took:
        """What passed since it began, and most memory so far; begins again."""
        cpu, memory = self.spent()
        took = Took(time.perf_counter() - self.since, cpu - self.before, memory)
        self.begin()
        return took


def by_command(*arguments: str) -> Took:
    before, since = resource.getrusage(resource.RUSAGE_CHILDREN), time.perf_counter()
    subprocess.run([sys.executable, "-m", "addin", *arguments], stdout=subprocess.DEVNULL, check=False)
    after, passed = resource.getrusage(resource.RUSAGE_CHILDREN), time.perf_counter() - since
    return Took(passed, after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime)


def filled(scheme: str, folder: Path) -> Path:
    """A book with the demonstration figures where there are some, else a blank one."""
    (book,) = actions.generate([scheme], folder)
    values = DEMO / f"{scheme.rsplit('-', 1)[1]}.values.yaml"
    if values.is_file():
        actions.fill(book, values)
    return book


def measure(page: Page, book: Path, rounds: int, watch: Watch) -> None:
    """Print what a book takes in the page and by the command, in turn: the medians, what the first in the page takes, and how
    many times the command's the page's is."""
    print(f"{book.name} ({book.stat().st_size / 1e6:.2f} MB), median of {rounds}")
    out = str(book.with_name("out.xlsx"))
    there: list[tuple[Took, Took]] = []
    here: list[tuple[Took, Took]] = []
    for _ in range(rounds):
        there.append((by_command("check", str(book)), by_command("recompute", str(book), "-o", out)))
        watch.begin()
        before = page.locator("#books article").count()
        page.set_input_files("#files", [book])
        page.wait_for_function("count => document.querySelectorAll('#books article').length > count", arg=before)
        box = page.locator("#books article").first
        box.get_by_role("button", name="重算并改正").wait_for()
        checked = watch.read()
        box.get_by_role("button", name="重算并改正").click()
        box.locator("a.save").wait_for()
        here.append((checked, watch.read()))
    for at, what in enumerate(("check (in the page: and score)", "recompute (in the page: and score)")):
        page_, command = (median([took[at] for took in side]) for side in (here, there))
        first, ratio = here[0][at], page_.cpu / command.cpu
        print(f"  {what}: page {page_}, the first time {first}; command {command}; processor {ratio:.1f} times")
    print(f"  memory of the page so far: {max(took.memory for pair in here for took in pair):.0f} MB")


def main() -> None:
    with tempfile.TemporaryDirectory() as name, sync_playwright() as player:
        html = Path(name) / builder.NAME
        html.write_bytes(builder.built())
        print(f"{builder.NAME}: {html.stat().st_size / 1e6:.1f} MB")
        started = []
        for _ in range(STARTS):
            ignored = set(renderers())
            browser = player.chromium.launch(executable_path=shutil.which("chromium"), args=["--no-sandbox", "--disable-gpu"])
            page = browser.new_context(offline=True).new_page()
            page.set_default_timeout(WAIT)
            watch = Watch(ignored)
            page.goto(html.as_uri())
            page.get_by_text("准备好了").wait_for()
            started.append(watch.read())
            if len(started) < STARTS:
                browser.close()
        print(f"  ready in Chromium {browser.version}, median of {STARTS}: {median(started)}")
        for scheme in sys.argv[1:] or SCHEMES:
            measure(page, filled(scheme, Path(name)), 5, watch)
        large = Path(name) / "386 x 100.xlsx"
        large.write_bytes(of_size(386, 100))
        measure(page, large, 1, watch)
        browser.close()


if __name__ == "__main__":
    main()
