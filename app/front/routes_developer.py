"""The mail that left in development, to read in the browser."""

from email import message_from_bytes
from email.policy import default

from flask import Blueprint, current_app, render_template
from flask.typing import ResponseReturnValue

from app.core.guards import public

bp = Blueprint("developer", __name__)
NEWEST = 50


@bp.get("/dev/mail")
@public
def mail() -> ResponseReturnValue:
    """The newest mails of the folder instance/outbox. Never registered in production."""
    folder = current_app.config["SETTINGS"].outbox_dir
    files = sorted(folder.glob("*.eml"), key=lambda path: path.stat().st_mtime, reverse=True)
    messages = [message_from_bytes(path.read_bytes(), policy=default) for path in files[:NEWEST]]
    return render_template("front/developer_mail.html", messages=messages, folder=folder)
