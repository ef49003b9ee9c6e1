"""The WSGI door that granian serves."""

import os
from importlib import import_module

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "huying.project.settings")
application = get_wsgi_application()
import_module("huying.project.urls")  # else whoever comes first to each process waits for it
