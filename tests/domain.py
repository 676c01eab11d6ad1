"""Where the domain's public passages lie. Their texts never enter the project."""

import os
from pathlib import Path

DOMAIN = Path(
    os.environ.get("RIGHTDESK_DOMAIN", Path(__file__).resolve().parents[2] / "shared" / "domain")
)
PASSAGES = DOMAIN / "passages.jsonl"
