"""WSGI entry point: `gunicorn wsgi:app`, `flask --app wsgi`."""

import sys

from app import create_app
from config import SettingsError, load_settings

try:
    app = create_app(load_settings())
except SettingsError as error:
    sys.exit(str(error))
