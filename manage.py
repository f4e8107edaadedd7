#!/usr/bin/env python
"""The portal's command line."""

import os
import sys


def main() -> None:
    if sys.argv[1:2] == ["make_keys"]:
        # Makes what the settings, and so Django's commands, cannot be read without.
        from config import new_environment

        sys.exit(new_environment.main(sys.argv[2:]))
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
    from django.core.management import execute_from_command_line

    execute_from_command_line(sys.argv)


if __name__ == "__main__":
    main()
