"""From an empty production installation to a branch secretary at his home page; what the steps of
starting say; accounts, grants and slips in bulk."""

import json
import subprocess
import sys
from typing import Any

import pytest

from . import servers, templates


@pytest.fixture(scope="module")
def walked(tmp_path_factory: pytest.TempPathFactory) -> Any:
    """What tests/start_walk.py found."""
    environment = servers.production_environment(tmp_path_factory.mktemp("start"))
    templates.migrate(environment)
    servers.manage(environment, "collectstatic", "--no-input", "--verbosity", "0")
    before = json.loads(servers.manage(environment, "start_steps", "--json"))
    secrets = servers.manage(environment, "create_administrators")
    code = "from tests.start_walk import main; main()"
    done = subprocess.run(
        [sys.executable, "manage.py", "shell", "-c", code],
        cwd=servers.ROOT, env=environment, input=secrets, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr[-6000:].replace("\n", " ")
    seen = json.loads(done.stdout.splitlines()[-1])
    return {
        **seen,
        "before": before,
        "after": json.loads(servers.manage(environment, "start_steps", "--json")),
    }


def test_each_step_names_the_next(walked: Any) -> None:
    first = next(step for step in walked["before"]["steps"] if step["next"])
    assert first["key"] == "root"
    assert walked["next"] == [
        "登记党工委",
        "建立党工委工作人员的账号",
        "授权党工委工作人员",
        "印党工委的密码条",
        "导入党组织",
        "按任职批量开户",
        "分党委印密码条",
    ]


def test_the_office_starts_in_production(walked: Any) -> None:
    opened, granted = int(walked["opened"][0]), int(walked["granted"][0])
    assert opened > 500
    assert granted >= opened
    assert walked["ladder"] >= opened
    assert walked["left to open"]
    assert walked["left to grant"]
    assert walked["slips"] > 10
    assert walked["home"]


def test_no_secret_goes_to_who_opens_or_is_shown_twice(walked: Any) -> None:
    assert not walked["opener sees a secret"]
    assert not walked["secret shown twice"]
    assert walked["printed again"]
    assert not walked["identity on preview"]
    assert walked["wrong"]
    assert walked["elsewhere"]


def test_what_is_left_is_said(walked: Any) -> None:
    steps = {step["key"]: step for step in walked["after"]["steps"]}
    for key in ("root", "organizations", "offices", "members", "accounts", "grants"):
        assert steps[key]["done"], key
    assert not steps["slips"]["done"]
    assert not walked["after"]["complete"]
    assert steps["mail"]["optional"]
