"""`python -m tests.ask_guards`: what every guard finds in the house around it, as JSON."""

import json
import sys
from pathlib import Path

import django

django.setup()

from tests.guards import GUARDS, open_house  # noqa: E402  (needs the apps)

house = open_house(Path.cwd())
json.dump({name: guard.problems(house) for name, guard in GUARDS.items()}, sys.stdout, indent=1)
