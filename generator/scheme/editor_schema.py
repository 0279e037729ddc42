"""The JSON Schema of scheme files, for editors: what the models say, and that something shared may be named in its place."""

from __future__ import annotations

from typing import Any

from generator.scheme.library import SHARED, SHARED_KEY
from generator.scheme.model import Scheme

_SHARED = {
    "title": "Shared",
    "description": f"What {SHARED} beside the scheme has under this name.",
    "type": "object",
    "properties": {SHARED_KEY: {"type": "string"}},
    "required": [SHARED_KEY],
    "additionalProperties": False,
}
_ABOUT = ("title", "description", "default")


def json_schema() -> dict[str, Any]:
    """See the module."""
    schema = Scheme.model_json_schema(by_alias=True)
    named = {name: value if name == "scheme" else _or_shared(value) for name, value in schema["properties"].items()}
    parts = {name: _with_shared(part) for name, part in schema["$defs"].items()}
    head = {"$schema": "https://json-schema.org/draft/2020-12/schema", "title": "考核方案"}
    return {**head, **schema, "properties": named, "$defs": {**parts, "Shared": _SHARED}}


def _with_shared(schema: Any) -> Any:
    """A schema that takes something shared wherever a value or an item stands."""
    if isinstance(schema, list):
        return [_with_shared(part) for part in schema]
    if not isinstance(schema, dict):
        return schema
    found: dict[str, Any] = {}
    for key, part in schema.items():
        if key == "properties":
            found[key] = {name: _or_shared(value) for name, value in part.items()}
        elif key in ("items", "additionalProperties") and isinstance(part, dict):
            found[key] = _or_shared(part)
        else:
            found[key] = part if key in ("default", "discriminator") else _with_shared(part)
    return found


def _or_shared(schema: dict[str, Any]) -> dict[str, Any]:
    if "const" in schema:  # says which kind of rule it is
        return schema
    about = {key: value for key, value in schema.items() if key in _ABOUT}
    rest = {key: value for key, value in schema.items() if key not in _ABOUT}
    return {**about, "anyOf": [_with_shared(rest), {"$ref": "#/$defs/Shared"}]}
