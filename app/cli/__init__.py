"""Commands of the program: `flask --app wsgi …`."""

from flask import Flask

from app.cli import doctor, processes, registry, route, routing, setup, staff, tips, vault


def init_app(app: Flask) -> None:
    """Register every command."""
    for command in (
        setup.prepare,
        doctor.doctor,
        processes.worker,
        processes.scheduler,
        registry.registry_group,
        route.route,
        routing.routing_group,
        staff.staff_group,
        tips.tips_group,
        vault.vault_group,
    ):
        app.cli.add_command(command)
