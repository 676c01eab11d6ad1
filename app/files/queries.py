"""Reads of files."""

from uuid import UUID

from app.core.errors import NotFoundError
from app.extensions import db
from app.files.models import File


def get_file(file_id: UUID) -> File:
    """A file by its id; raise NotFoundError when there is none."""
    if file := db.session.get(File, file_id):
        return file
    raise NotFoundError("There is no such file.")
