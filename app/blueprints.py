"""Every URL prefix and its guard, on one screen.

The guard of a view is its own `@public` or `@requires(...)`; what is said here is what the
architecture test expects of every view below the prefix.
"""

from flask import Blueprint, Flask

from app.desk import routes as desk
from app.desk import (
    routes_cases,
    routes_identity,
    routes_insight,
    routes_learned,
    routes_moves,
    routes_problems,
    routes_registry,
    routes_registry_edit,
    routes_rule_versions,
    routes_rules,
    routes_vault,
    unlocking,
)
from app.front import (
    routes_allegation,
    routes_developer,
    routes_health,
    routes_tip_delete,
    routes_where,
)

PREFIXES: tuple[tuple[Blueprint, str, str], ...] = (
    (routes_allegation.bp, "/", "public"),  # the help desk, whole
    (routes_where.bp, "/", "public"),
    (routes_tip_delete.bp, "/", "public"),  # the tip line, whole
    (routes_health.bp, "/", "public"),
    (desk.bp, "/desk", "agent"),
    (routes_moves.bp, "/desk", "agent"),
    (routes_cases.bp, "/desk", "agent"),
    (routes_problems.bp, "/desk", "agent"),
    (routes_vault.bp, "/desk/vault", "agent"),
    (routes_registry.bp, "/desk/registry", "admin"),
    (routes_registry_edit.bp, "/desk/registry", "admin"),
    (routes_insight.bp, "/desk/insight", "agent"),
    (routes_identity.bp, "/desk/identities", "custodian"),
    (routes_rules.bp, "/desk/rules", "agent"),
    (routes_rule_versions.bp, "/desk/rules/versions", "agent"),
    (routes_learned.bp, "/desk/rules/learned", "agent"),
    (routes_identity.asking, "/desk/tip/<uuid:tip_id>/identity", "agent"),
)


def init_app(app: Flask) -> None:
    """Register the doors; the developer's mail page only where mail lands in a folder."""
    for blueprint, prefix, _guard in PREFIXES:
        app.register_blueprint(blueprint, url_prefix=prefix)
    unlocking.init_app(app)
    settings = app.config["SETTINGS"]
    if not settings.production and not settings.smtp_url.get_secret_value():
        app.register_blueprint(routes_developer.bp)
