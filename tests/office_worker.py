"""Runs inside a Python that has LibreOffice's ``uno`` module: decorates workbooks as people do, and says what it sees.

In: {"program", "profile", "jobs": […]} on standard input; out: one answer a job, as JSON. Jobs:
{"do": "decorate", "file", "picture", "own": name of the sheet to add, "on": name of a protected sheet, "save": {path: filter}}
{"do": "look", "file", "folder": for scratch}: pictures and charts as they are drawn, comments, conditions, macros.
"""

from __future__ import annotations

import contextlib
import json
import os
import subprocess
import sys
import time
import zlib

import uno
from com.sun.star.awt import Point, Rectangle, Size
from com.sun.star.beans import PropertyValue
from com.sun.star.script import ModuleInfo, ModuleType
from com.sun.star.sheet.ConditionOperator import GREATER
from com.sun.star.table import CellRangeAddress

SHOWN = ("GraphicObjectShape", "OLE2Shape")
"""Pictures and charts."""
MACRO = 'Sub Remarks()\nMsgBox "leave me alone"\nEnd Sub\n'


def start(program, profile):
    pipe = f"scorebook-test{os.getpid()}"
    options = ["--headless", "--norestore", "--nologo", "--nodefault", f"-env:UserInstallation={uno.systemPathToFileUrl(profile)}"]
    silent = subprocess.DEVNULL
    process = subprocess.Popen([program, *options, f"--accept=pipe,name={pipe};urp;"], stdin=silent, stdout=silent, stderr=silent)
    local = uno.getComponentContext()
    resolver = local.ServiceManager.createInstanceWithContext("com.sun.star.bridge.UnoUrlResolver", local)
    deadline = time.time() + 90
    while True:
        try:
            return process, resolver.resolve(f"uno:pipe,name={pipe};urp;StarOffice.ComponentContext")
        except Exception:
            if time.time() > deadline or process.poll() is not None:
                raise
            time.sleep(0.1)


def named(**values):
    return tuple(PropertyValue(Name=name, Value=value) for name, value in values.items())


class Office:
    def __init__(self, context):
        self.context = context
        self.desktop = self.service("com.sun.star.frame.Desktop")

    def service(self, name):
        return self.context.ServiceManager.createInstanceWithContext(name, self.context)

    def open(self, path):
        # 4: macros may run, or those of the file are not even loaded
        return self.desktop.loadComponentFromURL(uno.systemPathToFileUrl(path), "_blank", 0, named(Hidden=True, MacroExecutionMode=4))

    def decorate(self, job):
        document = self.open(job["file"])
        document.unprotect("")
        document.Sheets.insertNewByName(job["own"], 1)
        document.protect("")
        own, on = document.Sheets.getByName(job["own"]), document.Sheets.getByName(job["on"])
        on.unprotect("")
        for row, (name, number) in enumerate((("项目", "数"), ("甲", 3), ("乙", 5), ("丙", 4))):
            own.getCellByPosition(0, row).String = name
            if row:
                own.getCellByPosition(1, row).Value = number
        own.getCellByPosition(2, 1).Formula = f"=$'{job['on']}'.A1&B2*2"
        for sheet in (own, on):
            self.picture(document, sheet, job["picture"])
            sheet.Annotations.insertNew(sheet.getCellByPosition(3, 5).CellAddress, "请核实")
        area = own.getCellRangeByName("A1:B4")
        own.Charts.addNewByName("柱形图", Rectangle(X=9000, Y=500, Width=9000, Height=6000), (area.RangeAddress,), True, True)
        cells = own.getCellRangeByName("B2:B4")
        rules = cells.ConditionalFormat
        rules.addNew(named(Operator=GREATER, Formula1="4", StyleName="Heading"))
        cells.ConditionalFormat = rules
        own.setPrintAreas((CellRangeAddress(Sheet=own.RangeAddress.Sheet, StartRow=0, EndRow=9, StartColumn=0, EndColumn=9),))
        on.protect("")
        libraries = document.BasicLibraries
        libraries.VBACompatibilityMode = True
        libraries.ProjectName = "Standard"
        module = libraries.getByName("Standard")
        module.insertByName("Remarks", MACRO)
        module.insertModuleInfo("Remarks", ModuleInfo(None, ModuleType.NORMAL))
        for path, kind in job["save"].items():
            document.storeToURL(uno.systemPathToFileUrl(path), named(FilterName=kind))
        document.close(True)
        return {"saved": [path for path in job["save"] if os.path.exists(path)]}

    def picture(self, document, sheet, path):
        provider = self.service("com.sun.star.graphic.GraphicProvider")
        shape = document.createInstance("com.sun.star.drawing.GraphicObjectShape")
        shape.Graphic = provider.queryGraphic(named(URL=uno.systemPathToFileUrl(path)))
        sheet.DrawPage.add(shape)
        shape.Position, shape.Size = Point(X=500, Y=4000), Size(Width=6000, Height=4000)

    def look(self, job):
        document = self.open(job["file"])
        sheets = {}
        for sheet in document.Sheets:
            shapes = [sheet.DrawPage.getByIndex(i) for i in range(sheet.DrawPage.Count)]
            sheets[sheet.Name] = {
                "drawn": {kind: [self.drawn(s, job["folder"]) for s in shapes if s.ShapeType.endswith(kind)] for kind in SHOWN},
                "charts": len(sheet.Charts.ElementNames),
                "comments": [sheet.Annotations.getByIndex(i).String for i in range(sheet.Annotations.Count)],
                "conditions": len(sheet.ConditionalFormats.ConditionalFormats),
            }
        libraries = [document.BasicLibraries.getByName(name) for name in document.BasicLibraries.ElementNames]
        macros = {name: library.getByName(name) for library in libraries for name in library.ElementNames}
        document.close(True)
        return {"sheets": sheets, "macros": macros}

    def drawn(self, shape, folder):
        """A shape as the program draws it: the length of the PNG and its checksum."""
        path = os.path.join(folder, "shape.png")
        draw = self.service("com.sun.star.drawing.GraphicExportFilter")
        draw.setSourceDocument(shape)
        draw.filter(named(URL=uno.systemPathToFileUrl(path), MediaType="image/png"))
        with open(path, "rb") as stream:
            data = stream.read()
        os.unlink(path)
        return len(data), zlib.crc32(data)


def main():
    request = json.loads(sys.stdin.read())
    process, context = start(request["program"], request["profile"])
    try:
        office = Office(context)
        print(json.dumps([getattr(office, job["do"])(job) for job in request["jobs"]]))
        with contextlib.suppress(Exception):
            office.desktop.terminate()
        process.wait(20)
    finally:
        process.kill()
    sys.stdout.flush()
    os._exit(0)  # the bridge's thread sees the office go while Python takes itself down, and can crash it


main()
