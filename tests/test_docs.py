"""Documents keep up with the code.

Requirements: every command, rule kind, parameter and field is documented; the JSON Schema is the code's; README's
commands exist; pictures exist; nothing names the machinery of development.
"""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

from addin import cli
from generator import scheme
from generator.rules import KINDS
from generator.rules.completion import Check
from generator.rules.events import Event
from generator.rules.grading import Grade

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
    text = read("docs/scheme-files.md")
    section = re.search(rf"### {kind}：.*?(?=\n###|\n## |\Z)", text, re.DOTALL)
    assert section, kind
    for name in KINDS[kind].model_fields:
        assert name == "rule" or f"`{name}" in section[0], f"{kind}.{name}"


def test_every_field_of_a_scheme_is_documented() -> None:
    text = read("docs/scheme-files.md")
    for model in (scheme.Scheme, scheme.Group, scheme.Indicator, scheme.Note, scheme.Fact, scheme.Origin, Event, Check, Grade):
        for name, field in model.model_fields.items():
            word = field.alias or name
            assert word == "how" or re.search(rf"(`{word}[`:]|\b{word}:)", text), f"{model.__name__}.{word}"


def test_the_json_schema_is_the_codes() -> None:
    assert json.loads(read("docs/scheme.schema.json")) == scheme.json_schema()


def test_links_and_pictures_exist() -> None:
    for name in ("README.md", "README.zh.md", "docs/scheme-files.md", "docs/new-rule.md"):
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
        if path.suffix in {".py", ".md", ".yaml", ".toml"} and not any(p.startswith((".venv", ".git")) or p == "out" for p in path.parts):
            text = path.read_text(encoding="utf-8")
            assert not [w for w in words if w in text], path
