"""What the docs point to exists."""

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
DOCS = sorted([*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md")])
LINK = re.compile(r"\]\(((?!https?:)[^)#]+)")
TEST = re.compile(r"`(tests/[\w/.]+)(?:::(\w+))?`")


@pytest.mark.parametrize("doc", DOCS, ids=lambda doc: str(doc.relative_to(ROOT)))
def test_links_and_tests_that_a_page_names_are_there(doc: Path) -> None:
    text = doc.read_text(encoding="utf-8")
    missing = [link for link in LINK.findall(text) if not (doc.parent / link).exists()]
    for path, name in TEST.findall(text):
        file = ROOT / path
        if not file.exists() or (name and f"def {name}(" not in file.read_text(encoding="utf-8")):
            missing.append(f"{path}::{name}")
    assert missing == []
