"""The WSGI entry point: ``gunicorn wsgi:app``."""

from fieldapp import create_app
from fieldapp.core import memory

app = create_app()
memory.settle()
