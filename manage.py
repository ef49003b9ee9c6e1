"""Django's own administrative face; `huying` is the thin one for administrators."""

import os
import sys

from django.core.management import execute_from_command_line

if __name__ == "__main__":
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "huying.project.settings")
    execute_from_command_line(sys.argv)
