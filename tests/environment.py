"""Pytest plugin (`-p tests.environment`): the settings of a test run, before Django reads them.

A plain `python -m pytest` gets a temporary SQLite installation; `tests/run_all.py` passes
DATABASE_URL and REDIS_URL of servers that it started. Each xdist process has its own data
folder and its own Redis database; pytest-django gives it its own test database.
"""

import atexit
import os
import shutil
import tempfile
from pathlib import Path
from urllib.parse import urlsplit


def _prepare() -> None:
    os.environ.setdefault("PORTAL_MODE", "test")
    os.environ.pop("PYTHONDONTWRITEBYTECODE", None)
    worker = os.environ.get("PYTEST_XDIST_WORKER", "")
    if not worker:
        if "DATA_DIR" not in os.environ:
            folder = tempfile.mkdtemp(prefix="portal-tests-")
            os.environ["DATA_DIR"] = folder
            atexit.register(shutil.rmtree, folder, ignore_errors=True)
        # What all processes of the run share: the migrated template of tests/database.py.
        shared = os.environ.setdefault("TEST_RUN_DIR", os.environ["DATA_DIR"])
        Path(shared).mkdir(parents=True, exist_ok=True)
    else:
        own = Path(os.environ["DATA_DIR"]) / worker
        own.mkdir(parents=True, exist_ok=True)
        os.environ["DATA_DIR"] = str(own)
        redis = os.environ.get("REDIS_URL")
        if redis:
            number = int(worker.removeprefix("gw")) + 1
            os.environ["REDIS_URL"] = urlsplit(redis)._replace(path=f"/{number}").geturl()


_prepare()
