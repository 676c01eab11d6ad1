"""Read and check a registry file (TOML). Pure: text in, registry or a list of faults out."""

import hashlib
import json
import tomllib
from typing import Any

from pydantic import ValidationError

from app.registry.catalogue import Registry, RegistryDocument
from app.registry.checks import find_faults
from app.registry.faults import Fault, RegistryFileError

_WORDS = {
    "missing": "is missing",
    "too_short": "is missing",
    "string_too_short": "is empty",
    "string_too_long": "is too long",
    "string_pattern_mismatch": "has characters that it may not have",
    "extra_forbidden": "there is no such field",
}
"""What the commonest faults of shape are called."""


def parse_registry(text: str, *, revision: int) -> Registry:
    """Parse and check a file; raise RegistryFileError naming each faulty row."""
    try:
        content = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise RegistryFileError([Fault("", None, "This is not TOML", str(error))]) from None
    return check_registry(content, revision)


def check_registry(document: dict[str, Any], revision: int) -> Registry:
    """Build a registry whose rows fit together; raise RegistryFileError naming those that don't."""
    registry = registry_from_document(document, revision)
    if faults := find_faults(registry):
        raise RegistryFileError(faults)
    return registry


def registry_from_document(document: dict[str, Any], revision: int) -> Registry:
    """Build a registry from its JSON document; raise RegistryFileError where shapes are wrong."""
    try:
        return Registry(RegistryDocument.model_validate(document), revision)
    except ValidationError as error:
        raise RegistryFileError(
            [
                _shape_fault(document, part["loc"], _WORDS.get(part["type"], part["msg"]))
                for part in error.errors()
            ]
        ) from None


def registry_to_document(registry: Registry) -> dict[str, Any]:
    """The registry as a JSON document, from which registry_from_document builds it again."""
    return registry.document.model_dump(mode="json", exclude_defaults=True)


def document_checksum(document: dict[str, Any]) -> str:
    """SHA-256 of a document, whatever the order of the fields in its rows."""
    return hashlib.sha256(json.dumps(document, sort_keys=True).encode()).hexdigest()


def _shape_fault(document: dict[str, Any], place: tuple[int | str, ...], message: str) -> Fault:
    match place:
        case (str(section), int(index), *rest):
            row = document[section][index]
            name = row.get("code") or row.get("task") or "?" if isinstance(row, dict) else "?"
            where = ".".join(str(part) for part in rest)
            field = str(rest[0]) if rest else ""
            row_name = f'{section} #{index + 1} ("{name}"), {where}'
            return Fault(section, index, row_name, message, field)
        case _:
            return Fault("", None, ".".join(str(part) for part in place), message)
