"""Commands of the program: `flask --app wsgi …`."""

from flask import Flask

from app.cli import doctor, processes, registry, route, setup, staff, tips, vault


def init_app(app: Flask) -> None:
    """Register every command."""
    for command in (
        setup.prepare,
        doctor.doctor,
        processes.worker,
        processes.scheduler,
        registry.registry_group,
        route.route,
        staff.staff_group,
        tips.tips_group,
        vault.vault_group,
    ):
        app.cli.add_command(command)
