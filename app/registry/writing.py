"""Write a registry as the TOML file that `parse_registry` reads. Pure: our fixed schema only."""

from collections.abc import Mapping
from typing import Any

from app.registry.catalogue import Registry, RegistryDocument
from app.registry.file import registry_to_document

_SECTIONS = tuple(RegistryDocument.model_fields)

_ESCAPES = str.maketrans(
    {'"': '\\"', "\\": "\\\\"} | {chr(code): f"\\u{code:04x}" for code in (*range(32), 127)}
)

_HEAD = """\
# The registry of Rightdesk: agencies, systems, topics, tasks, systems of record.
# Every row has its source; days are the first and the last on which a row holds.
"""


def registry_to_toml(registry: Registry) -> str:
    """The registry as a file; reading it gives the same document again."""
    document = registry_to_document(registry)
    parts = [_HEAD]
    for section in _SECTIONS:
        rows = document[section]
        parts += [f"[[{section}]]\n{_row(row)}" for row in rows] or [f"{section} = []\n"]
    return "\n".join(sorted(parts, key=lambda part: part.startswith("[[")))


def _row(row: Mapping[str, Any]) -> str:
    return "".join(f"{name} = {_value(value)}\n" for name, value in row.items())


def _value(value: Any) -> str:
    match value:
        case bool():
            return "true" if value else "false"
        case str():
            return f'"{value.translate(_ESCAPES)}"'
        case dict():
            return f"{{ {', '.join(f'{name} = {_value(part)}' for name, part in value.items())} }}"
        case list() if value and isinstance(value[0], dict):
            return "[\n" + "".join(f"  {_value(part)},\n" for part in value) + "]"
        case list():
            return f"[{', '.join(_value(part) for part in value)}]"
    raise TypeError(f"the registry has no {type(value).__name__}")
