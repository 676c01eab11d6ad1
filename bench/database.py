"""An empty database for a benchmark, with the bundled registry, gone when it is over."""

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from flask_migrate import upgrade

from app import create_app
from app.cli.bundled import BUNDLED
from app.embedded import Engines
from app.extensions import db
from app.registry import service as registry
from config import Environment, Settings


@contextmanager
def fresh_app() -> Iterator[None]:
    """Within it the application's context is open on that database."""
    with tempfile.TemporaryDirectory() as folder:
        engines = Engines(Path(folder) / "engines")
        engines.start()
        settings = Settings(
            rightdesk_env=Environment.TEST,
            database_url=engines.database_url,
            redis_url=engines.redis_url,
            instance_dir=Path(folder),
            keys_dir=Path(folder) / "keys",
        )
        try:
            with create_app(settings).app_context():
                upgrade()
                registry.load_registry(BUNDLED.read_text(encoding="utf-8"))
                yield
                db.session.remove()
                db.engine.dispose()
        finally:
            engines.stop()
