"""House laws that a linter does not know."""

import ast
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
FILES = sorted((ROOT / "app").rglob("*.py"))
FORBIDDEN_NAMES = {"utils", "helpers", "common", "manager", "misc"}


def _calls(tree: ast.AST) -> list[ast.Call]:
    return [node for node in ast.walk(tree) if isinstance(node, ast.Call)]


@pytest.mark.parametrize("path", FILES, ids=lambda path: str(path.relative_to(ROOT)))
def test_the_house_laws_hold(path: Path) -> None:
    tree = ast.parse(path.read_text(encoding="utf-8"))
    assert path.stem not in FORBIDDEN_NAMES, "name the file by what it is"
    if path.name != "unit_of_work.py":
        commits = [
            call
            for call in _calls(tree)
            if isinstance(call.func, ast.Attribute) and call.func.attr == "commit"
        ]
        assert not commits, "only unit_of_work() commits"
    for node in ast.walk(tree):
        if isinstance(node, ast.FunctionDef):
            inner = [n for n in ast.walk(node) if isinstance(n, ast.Import | ast.ImportFrom)]
            assert not inner, f"{node.name}: no import inside a function"
            length = (node.end_lineno or 0) - node.lineno
            assert length <= 60, f"{node.name}: a function fits a screen"


def test_a_service_never_imports_a_job() -> None:
    for path in FILES:
        if path.name == "service.py":
            assert ".jobs" not in path.read_text(encoding="utf-8"), f"{path}: promise it by name"
