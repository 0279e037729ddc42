"""Documents keep up with the code.

Requirements: every command, rule kind, parameter and field is documented; every function of the language is in the table
with an example that parses; the JSON Schema is the code's; README's commands exist; pictures exist; nothing names the
machinery of development.
"""

from __future__ import annotations

import ast
import importlib.util
import json
import re
from pathlib import Path

import pytest

from addin import cli
from generator.language import compiler, declared
from generator.language.parser import parse
from generator.rules import KINDS
from generator.rules.completion import Check
from generator.rules.events import Event
from generator.rules.grading import Grade
from generator.scheme import model as scheme
from generator.scheme.editor_schema import json_schema

TOP = Path(__file__).resolve().parents[1]
COMMANDS = [c.name or c.callback.__name__ for c in cli.app.registered_commands if c.callback]


def read(name: str) -> str:
    return (TOP / name).read_text(encoding="utf-8")


@pytest.mark.parametrize("command", COMMANDS)
def test_every_command_is_documented_and_has_help(command: str) -> None:
    assert f"scorebook {command}" in read("README.md")
    assert f"scorebook {command}" in read("README.zh.md")
    callback = next(c.callback for c in cli.app.registered_commands if (c.name or getattr(c.callback, "__name__", "")) == command)
    assert re.search("[一-鿿]", callback.__doc__ or "")


@pytest.mark.parametrize("kind", sorted(KINDS))
def test_every_rule_kind_and_parameter_is_documented(kind: str) -> None:
    sections = re.findall(r"### .*?(?=\n###|\n## |\Z)", read("docs/scheme-files.md"), re.DOTALL)
    number = next((i for i, text in enumerate(sections) if text.startswith(f"### {kind}：")), None)
    assert number is not None, kind
    text = sections[number] + (sections[number - 1] if "同上" in sections[number] else "")
    for name, field in KINDS[kind].model_fields.items():
        assert name == "rule" or f"`{field.alias or name}" in text, f"{kind}.{name}"


MODELS = [m for m in vars(declared).values() if isinstance(m, type) and issubclass(m, declared.Model) and m is not declared.Model]
MODELS += [m for m in vars(scheme).values() if isinstance(m, type) and issubclass(m, declared.Model) and m not in (*MODELS, declared.Model)]


@pytest.mark.parametrize("model", [*MODELS, Event, Check, Grade])
def test_every_field_of_a_scheme_is_documented(model: type[declared.Model]) -> None:
    text = read("docs/scheme-files.md") + read("docs/language.md")
    for name, field in model.model_fields.items():
        word = field.alias or name
        assert word == "how" or re.search(rf"(`{word}[`:]|\b{word}:)", text), f"{model.__name__}.{word}"


# The language ---------------------------------------------------------------------------------------------------------


def function_rows() -> dict[str, list[str]]:
    """The table of functions: name → the examples in its row. Cells may hold ``|`` only in code."""
    rows = {}
    for line in read("docs/language.md").splitlines():
        cells = [cell.strip() for cell in line.strip("|").split("|")]
        names = re.findall(r"`(\w+)`", cells[0]) if line.startswith("| `") and len(cells) == 4 else []
        for name in names:
            rows[name] = re.findall(r"`([^`]+)`", cells[2])
    return rows


def test_the_table_has_just_the_functions_there_are() -> None:
    assert set(function_rows()) == set(compiler.functions())


@pytest.mark.parametrize("name", sorted(compiler.functions()))
def test_every_function_has_an_example_that_parses(name: str) -> None:
    examples = function_rows()[name]
    assert any(name in example for example in examples)
    assert compiler.functions()[name].usage in examples
    for example in examples:
        parse(example)


def test_formulas_in_the_docs_parse() -> None:
    """What stands after ``score:``, ``is:`` and in ``quantities`` in the examples."""
    found = re.findall(r"^\s*(?:score|final): (.+)$", read("docs/language.md"), re.MULTILINE)
    assert len(found) >= 2
    for text in found:
        parse(text)


def test_the_json_schema_is_the_codes() -> None:
    assert json.loads(read("docs/scheme.schema.json")) == json_schema()


def test_links_and_pictures_exist() -> None:
    for name in ("README.md", "README.zh.md", *(f"docs/{p.name}" for p in (TOP / "docs").glob("*.md"))):
        for target in re.findall(r"\]\(([^)#]+)\)", read(name)):
            if not target.startswith("http"):
                assert ((TOP / name).parent / target).exists(), f"{name}: {target}"


def test_readme_opens_with_the_two_commands() -> None:
    first_screen = "\n".join(read("README.md").splitlines()[:20])
    assert "make demo" in first_screen
    assert "make test" in first_screen
    assert "docs/pictures/" in first_screen
    assert "make test" in read(".ci/run")


def test_the_clone_stands_alone() -> None:
    words = ["../" + "shared", "/work" + "/", "/tmp" + "/"]
    for path in TOP.rglob("*"):
        others = any(p.startswith((".venv", ".git")) or p in ("out", "node_modules") for p in path.parts)
        if path.suffix in {".py", ".md", ".yaml", ".toml"} and not others:
            text = path.read_text(encoding="utf-8")
            assert not [w for w in words if w in text], path


def rooms() -> list[Path]:
    """Every folder of code under generator/ and addin/."""
    return sorted(init.parent for top in ("generator", "addin") for init in (TOP / top).rglob("__init__.py"))


@pytest.mark.parametrize("room", rooms(), ids=lambda room: str(room.relative_to(TOP)))
def test_every_room_says_what_lives_there_and_stands_on_the_architecture_page(room: Path) -> None:
    words = ast.get_docstring(ast.parse((room / "__init__.py").read_text(encoding="utf-8"))) or ""
    assert len(re.findall(r"[.:](?:\s|$)", words)) >= 2, "two or three sentences: what lives there, what it may use, what does not belong"
    page = (TOP / "docs/architecture.md").read_text(encoding="utf-8")
    name = f"{room.name}/"
    assert name in page or room.parent.name == "engines", f"docs/architecture.md does not name {name}"


def test_architecture_page_names_files_that_are_there() -> None:
    page = (TOP / "docs/architecture.md").read_text(encoding="utf-8")
    named = set(re.findall(r"`([a-z_/]+\.(?:py|md))", page))
    assert len(named) > 15
    for name in named:
        found = [top / name for top in (TOP, TOP / "generator", TOP / "addin", TOP / "docs") if (top / name).exists()]
        assert found, f"docs/architecture.md names {name}, which is not there"


def test_the_index_of_the_schemes_is_that_of_the_schemes() -> None:
    spec = importlib.util.spec_from_file_location("scheme_index", TOP / "docs" / "scheme_index.py")
    assert spec is not None
    assert spec.loader is not None
    scheme_index = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(scheme_index)
    assert scheme_index.INDEX.read_text(encoding="utf-8") == scheme_index.text(), "run python docs/scheme_index.py"
