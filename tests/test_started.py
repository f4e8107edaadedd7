"""What a web process has loaded once it is up."""

import os
import subprocess
import sys
from pathlib import Path

from tests import templates

# Served in a process of its own: in this one other tests have loaded everything.
SERVED = """
import gc, sys
from config.wsgi import application
assert "members.views.members" in sys.modules, "the views are not imported at the start"
frozen = gc.get_freeze_count()
assert frozen > 100_000, f"only {frozen} objects are set aside from collections"
from django.test import Client
from django.test.utils import setup_test_environment
setup_test_environment()
assert Client().get("/login/").status_code == 200
assert "pypinyin" not in sys.modules, "a page that writes nothing has loaded the readings"
from core import pinyin
assert pinyin.is_query("zhangsan") and pinyin.query_key("Zhang San") == "zhangsan"
assert "pypinyin" not in sys.modules, "a search has loaded the readings"
assert pinyin.full("圩前村") == "weiqiancun"
assert "pypinyin" in sys.modules
"""


def test_web_process_has_its_views_and_no_readings(tmp_path: Path) -> None:
    outside = {key: value for key, value in os.environ.items() if key != "DATABASE_URL"}
    environment = {**outside, "PORTAL_MODE": "test", "DATA_DIR": str(tmp_path)}
    templates.migrate(environment)  # the sign-in page asks whether there is anything public
    done = subprocess.run(
        [sys.executable, "-c", SERVED],
        env=environment,
        cwd=Path(__file__).resolve().parent.parent,
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert done.returncode == 0, done.stderr
