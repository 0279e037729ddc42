"""What the page takes beside the command: time to ready, to check and to recompute, memory, size.

Run: ``make bench``. The page is opened from the disk in the Chromium of the system, the network cut. Times in seconds: as they
pass, and of the processor (all threads of the page), which other programs on the machine stretch little. How soon it is ready is
the median of several starts of the browser. Give scheme ids to measure others. Not a test: nothing fails here.
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
from pathlib import Path

from playwright.sync_api import Page, sync_playwright

from addin import actions
from addin.packaging import page as builder

DEMO = Path(__file__).resolve().parents[2] / "docs" / "demo"
SCHEMES = ["panshan-2019-towns", "zhengzhou-2020-gov-service-reform"]
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

    def tell(self, what: str) -> None:
        cpu, memory = self.spent()
        print(f"  {what}: {time.perf_counter() - self.since:.1f} s, processor {cpu - self.before:.1f} s, memory so far {memory:.0f} MB")
        self.begin()


def by_command(*arguments: str) -> None:
    before, since = resource.getrusage(resource.RUSAGE_CHILDREN), time.perf_counter()
    subprocess.run([sys.executable, "-m", "addin", *arguments], stdout=subprocess.DEVNULL, check=False)
    after, passed = resource.getrusage(resource.RUSAGE_CHILDREN), time.perf_counter() - since
    cpu = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    print(f"  {arguments[0]} by the command: {passed:.1f} s, processor {cpu:.1f} s")


def filled(scheme: str, folder: Path) -> Path:
    """A book with the demonstration figures where there are some, else a blank one."""
    (book,) = actions.generate([scheme], folder)
    values = DEMO / f"{scheme.rsplit('-', 1)[1]}.values.yaml"
    if values.is_file():
        actions.fill(book, values)
    return book


def measure(page: Page, scheme: str, folder: Path, watch: Watch) -> None:
    book = filled(scheme, folder)
    print(f"{scheme} ({book.stat().st_size / 1e6:.2f} MB)")
    by_command("check", str(book))
    by_command("recompute", str(book), "-o", str(folder / "out.xlsx"))
    watch.begin()
    page.set_input_files("#files", [book])
    box = page.locator("#books article").first
    box.get_by_role("button", name="重算并改正").wait_for()
    watch.tell("check and score in the page")
    box.get_by_role("button", name="重算并改正").click()
    box.locator("a.save").wait_for()
    watch.tell("recompute, and score again")


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
            started.append((time.perf_counter() - watch.since, watch.spent()[0]))
            if len(started) < STARTS:
                browser.close()
        passed, cpu = (statistics.median(column) for column in zip(*started, strict=True))
        print(f"  ready in Chromium {browser.version}, median of {STARTS}: {passed:.1f} s, processor {cpu:.1f} s")
        for scheme in sys.argv[1:] or SCHEMES:
            measure(page, scheme, Path(name), watch)
        browser.close()


if __name__ == "__main__":
    main()
