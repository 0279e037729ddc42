"""Runs inside a Python that has LibreOffice's ``uno`` module; speaks JSON lines over its standard streams.

Stands alone on purpose: that Python is often the system's, without this project's packages.

First line in: {"program": soffice, "profile": folder, "file": workbook}. Then one line a filling:
{"rows": [[sheet, row, first column, [values…]]…], "read": [sheet…]}, rows and columns from 0, "" for an empty cell,
{"formula": text} for a formula.
One line out for each: {sheet: [[values…]…]} from A1, after a hard recalculation. Errors: {"error": text}.
"""

import json
import os
import shutil
import signal
import subprocess
import sys
import time


def start(program, profile):
    import uno

    pipe = "scorebook%d" % os.getpid()
    process = subprocess.Popen(
        [
            program,
            "--headless",
            "--invisible",
            "--norestore",
            "--nologo",
            "--nodefault",
            "-env:UserInstallation=" + uno.systemPathToFileUrl(profile),
            "--accept=pipe,name=%s;urp;" % pipe,
        ],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    local = uno.getComponentContext()
    resolver = local.ServiceManager.createInstanceWithContext("com.sun.star.bridge.UnoUrlResolver", local)
    deadline = time.time() + 90
    while True:
        try:
            context = resolver.resolve("uno:pipe,name=%s;urp;StarOffice.ComponentContext" % pipe)
            return process, context.ServiceManager.createInstanceWithContext("com.sun.star.frame.Desktop", context)
        except Exception:
            if time.time() > deadline or process.poll() is not None:
                raise
            time.sleep(0.1)


def load(desktop, path):
    import uno
    from com.sun.star.beans import PropertyValue

    # As a template: a copy in memory, so that no lock of another program is in the way.
    wanted = []
    for name in ("Hidden", "AsTemplate"):
        wanted.append(PropertyValue())
        wanted[-1].Name, wanted[-1].Value = name, True
    return desktop.loadComponentFromURL(uno.systemPathToFileUrl(path), "_blank", 0, tuple(wanted))


def blocks(rows):
    """Rows right below each other and equally wide are written in one call: each call costs as much as many cells."""
    start = None
    block = []
    for name, row, column, values in rows:
        if start and (name, row, column, len(values)) == (start[0], start[1] + len(block), start[2], len(block[0])):
            block.append(tuple(values))
        else:
            if start:
                yield (*start, block)
            start, block = (name, row, column), [tuple(values)]
    if start:
        yield (*start, block)


def fresh(rows, written):
    """The rows that hold something else than was written there last, which is remembered: most fillings of a book share most of
    their cells, and to write them takes longer than to calculate."""
    for row in rows:
        name, down, across, values = row
        changed = False
        for right, value in enumerate(values):
            place, content = (name, down, across + right), (type(value), value)
            changed = changed or written.get(place) != content
            written[place] = content
        if changed:
            yield row


def answer(document, sheets, written, request):
    for name, row, column, block in blocks(fresh(request["rows"], written)):
        cells = sheets[name].getCellRangeByPosition(column, row, column + len(block[0]) - 1, row + len(block) - 1)
        plain = tuple(tuple("" if isinstance(value, dict) else value for value in line) for line in block)
        cells.setDataArray(plain)
        for down, line in enumerate(block):
            for across, value in enumerate(line):
                if isinstance(value, dict):
                    cells.getCellByPosition(across, down).setFormula(value["formula"])
    document.calculateAll()
    result = {}
    for name in request["read"]:
        sheet = sheets[name]
        cursor = sheet.createCursor()
        cursor.gotoEndOfUsedArea(False)
        address = cursor.RangeAddress
        area = sheet.getCellRangeByPosition(0, 0, address.EndColumn, address.EndRow)
        result[name] = [list(line) for line in area.getDataArray()]
    return result


def main():
    say = sys.stdout
    request = json.loads(sys.stdin.readline())
    process = None
    try:
        process, desktop = start(request["program"], request["profile"])
        document = load(desktop, request["file"])
        if document is None:
            raise RuntimeError("the file could not be loaded")
        sheets = {name: document.Sheets.getByName(name) for name in document.Sheets.ElementNames}
        for sheet in sheets.values():
            sheet.unprotect("")
        document.enableAutomaticCalculation(False)
        written = {}
        for line in sys.stdin:
            say.write(json.dumps(answer(document, sheets, written, json.loads(line)), ensure_ascii=True) + "\n")
            say.flush()
        document.close(True)
        try:
            desktop.terminate()
        except Exception:
            pass
    except Exception as error:
        try:
            say.write(json.dumps({"error": "%s: %s" % (type(error).__name__, error)}) + "\n")
            say.flush()
        except OSError:
            pass  # whoever asked is gone; LibreOffice must not stay behind
    finally:
        if process is not None:
            try:
                process.wait(10)
            except Exception:
                process.kill()
        shutil.rmtree(request["profile"], ignore_errors=True)
        if hasattr(os, "killpg") and os.getpgrp() == os.getpid():
            os.killpg(0, signal.SIGKILL)  # soffice starts another program, which is in this group too


main()
