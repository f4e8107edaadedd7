"""docs/installation.md: both languages say the same commands, its templates and units are whole, and
the guide is followed word by word in an empty Debian, in production mode, up to the first report."""

import json
import os
import re
import shlex
import shutil
import subprocess
import sys
from collections import Counter
from pathlib import Path

import openpyxl
import pytest

from config import new_environment
from tests.guards.documents import OWN_VARIABLES, VARIABLE

from . import installation, servers

ROOT = servers.ROOT
UNITS = sorted((ROOT / "deploy/systemd").iterdir())


# --- the guide ----------------------------------------------------------------------------------
def test_both_languages_say_the_same_commands() -> None:
    english = installation.blocks(ROOT / "docs/installation.md")
    assert english == installation.blocks(ROOT / "docs/installation.zh.md")
    assert len(english) > 10
    headings = [
        len(re.findall(r"^## ", (ROOT / f"docs/installation{language}.md").read_text(), re.M))
        for language in ("", ".zh")
    ]
    assert headings[0] == headings[1]


def test_every_script_can_be_read() -> None:
    for name in ("manage", "prepare", "upgrade", "wheelhouse"):
        subprocess.run(["bash", "-n", str(ROOT / "deploy" / name)], check=True)
    parts = installation.script(installation.blocks(installation.GUIDE))
    subprocess.run(["bash", "-n"], input=parts.encode(), check=True)


# --- keys and settings --------------------------------------------------------------------------
def make_keys(*arguments: str) -> "subprocess.CompletedProcess[str]":
    return subprocess.run(
        [sys.executable, "manage.py", "make_keys", *arguments],
        cwd=ROOT,
        env={"PATH": os.environ["PATH"]},  # nothing of the portal is set yet
        capture_output=True,
        text=True,
        check=False,
    )


def test_the_template_explains_every_variable() -> None:
    folders = ("config", "core", "orgs", "members", "schedules")
    texts = [path.read_text() for name in folders for path in (ROOT / name).rglob("*.py")]
    read = {name for text in texts for name in VARIABLE.findall(text)} - OWN_VARIABLES
    template = new_environment.TEMPLATE.read_text()
    names = new_environment.names_in(template)
    assert set(names) == read | {"SECRET_KEY"}  # asked for in a loop
    assert len(names) == len(set(names))
    # What is off says what the portal does without it.
    operations = (ROOT / "docs/operations.md").read_text()
    for off, value in re.findall(r"^#([A-Z_]+)=(.+)$", template, re.MULTILINE):
        row = next(line for line in operations.splitlines() if f"`{off}`" in line)
        wanted = {"production": "production", "1": "on", "0": "`0`"}.get(value, value)
        assert wanted in row or off in ("HTTPS", "SMTP_PORT", "SMTP_TLS"), (off, value, row)


def test_keys_are_written_once_and_for_the_owner_alone(tmp_path: Path) -> None:
    file = tmp_path / "etc" / "environment"
    given = ("--output", str(file), "--host", "portal.example.cn")
    done = make_keys(*given, "--set", "PORTAL_NAME=某某 开发区", "--set", f"DATA_DIR={tmp_path}")
    assert done.returncode == 0, done.stderr
    assert file.stat().st_mode & 0o777 == 0o600
    written = file.read_text()
    assert "PORTAL_NAME='某某 开发区'" in written
    keys = [line for line in written.splitlines() if re.match("[A-Z]+_KEYS?=", line)]
    assert len({line.partition("=")[2] for line in keys}) == 4
    for line in keys:
        assert line.partition("=")[2] not in done.stdout

    again = make_keys(*given)
    assert again.returncode == 1
    assert "stays as it is" in again.stderr
    assert file.read_text() == written

    # Production starts from what was written, read by deploy/manage.
    (tmp_path / "one").write_text(
        re.sub(r"^(DATABASE_URL|REDIS_URL)=.*$", r"\1=", written, flags=re.MULTILINE)
    )
    if os.geteuid() == 0:
        pytest.skip("deploy/manage becomes the user portal: the walk sees it")
    environment = {"PATH": os.environ["PATH"], "PORTAL_ENVIRONMENT": str(tmp_path / "one")}
    code = "from django.conf import settings; print(settings.PORTAL_NAME)"
    said = subprocess.run(
        [str(ROOT / "deploy/manage"), "shell", "-c", code],
        env=environment, capture_output=True, text=True, check=True,
    )  # fmt: skip
    assert said.stdout.splitlines()[-1] == "某某 开发区"


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("--host", "https://portal.example.cn/"), "no host name"),
        (("--host", "a.cn", "--set", "NO_SUCH=1"), "no setting NO_SUCH"),
        (("--host", "a.cn", "--set", "PORTAL_NAME"), "write NAME=VALUE"),
        (("--host", "a.cn", "--set", "SMTP_PASSWORD=it's"), "single quote"),
        (("--host", "a.cn", "--set", "PORTAL_NAME=a\nSECRET_KEY=x"), "line break"),
    ],
)
def test_what_cannot_be_written_is_said(
    tmp_path: Path, arguments: tuple[str, ...], said: str
) -> None:
    file = tmp_path / "environment"
    done = make_keys("--output", str(file), *arguments)
    assert done.returncode == 1
    assert said in done.stderr
    assert not file.exists()


# --- units --------------------------------------------------------------------------------------
def test_units_are_what_systemd_understands(tmp_path: Path) -> None:
    program = shutil.which("systemd-analyze")
    if not program:
        pytest.skip("systemd-analyze is not installed")
    # The commands and folders of a server, so that only what a unit says is judged.
    for unit in UNITS:
        text = re.sub(
            r"/srv/portal/\.venv/bin/\w+", shutil.which("true") or "/bin/true", unit.read_text()
        )
        (tmp_path / unit.name).write_text(text)
    done = subprocess.run(
        [program, "verify", "--man=no", *(str(tmp_path / unit.name) for unit in UNITS)],
        capture_output=True,
        text=True,
        check=False,
    )
    own = [line for line in done.stderr.splitlines() if "portal" in line]
    assert (done.returncode, own) == (0, [])


def test_units_run_what_there_is() -> None:
    for unit in UNITS:
        if unit.suffix == ".timer":
            continue
        text = unit.read_text().replace("\\\n", " ")
        command = shlex.split(re.search(r"^ExecStart=(.+)$", text, re.MULTILINE)[1])  # type: ignore[index]
        assert command[0].startswith("/srv/portal/.venv/bin/")
        assert "EnvironmentFile=/etc/portal/environment" in text
        assert "User=portal" in text
        if command[1] == "manage.py":
            assert (ROOT / f"core/management/commands/{command[2]}.py").exists()


# --- the walk -----------------------------------------------------------------------------------
def a_branch() -> str:
    """A branch whose name is part of no other organisation's."""
    sheet = openpyxl.load_workbook(ROOT / "tests/data/organizations.xlsx").worksheets[0]
    rows = [row[1:3] for row in sheet.iter_rows(min_row=5, values_only=True) if row[1]]
    names = [str(name).strip() for name, _ in rows]
    times = Counter(name for name in names)
    return next(
        str(name).strip()
        for name, kind in rows
        if kind == "党支部"
        and times[str(name).strip()] == 1
        and sum(str(name).strip() in other for other in names) == 1
    )


AFTERWARDS = """
echo '=== the browser'
echo "127.0.0.1 $PORTAL_HOST" >> /etc/hosts  # what a name server would say
python3 /root/browser.py "$PORTAL_HOST" /root/said.txt {branch} 中共徐州经济技术开发区工作委员会
echo '=== afterwards'
echo "readable by others: $(find /var/lib/portal /var/backups/portal -mindepth 1 \\
    \\( -path /var/lib/portal/staticfiles -o -path /var/lib/portal/built \\) -prune -o -perm /077 -print | sort | head -20 | tr '\\n' ' ')"
echo '=== backup'
systemctl start portal-backup
newest=$(ls /var/backups/portal/portal-*.tar | tail -1)
deploy/manage restore --check "$newest"
deploy/manage unlock zone
echo '=== restore on another machine: the same keys, an empty database and folder'
runuser -u postgres -- createdb --owner portal --encoding UTF8 --locale C.UTF-8 --template template0 other
install -d -o portal -g portal -m 711 /var/lib/other
sed -e 's#/postgresql/portal$#/postgresql/other#' -e 's#=/var/lib/portal$#=/var/lib/other#' \\
    /etc/portal/environment > /root/other
PORTAL_ENVIRONMENT=/root/other deploy/manage restore "$newest"
echo '=== upgrade'
cp -a /srv/portal /srv/portal-new
rm -rf /srv/portal-new/.venv
/srv/portal-new/deploy/upgrade
echo '=== and the way back'
systemctl stop portal-beat portal-worker portal-web
mv /srv/portal /srv/portal-failed
mv /srv/portal-before /srv/portal
cd /srv/portal
deploy/manage migrate --check
deploy/manage collectstatic --no-input --verbosity 0
systemctl start portal-web portal-worker portal-beat
curl --fail --silent --show-error --retry 30 --retry-delay 2 --retry-all-errors \\
    --header "Host: $PORTAL_HOST" http://127.0.0.1:8000/readyz
echo
echo '=== the end'
"""


@pytest.mark.long
def test_from_bare_debian_to_the_first_report(tmp_path: Path) -> None:
    """In a Debian made by debootstrap, booted with its own systemd, with Debian's PostgreSQL, Redis and nginx, and
    without a network."""
    needed = ("debootstrap", "unshare", "systemd-nspawn", "nsenter")
    missing = [name for name in needed if not shutil.which(name)]
    if os.geteuid() != 0 or missing:
        pytest.skip(f"needs root and {', '.join(missing) or 'nothing else'}")
    folder = installation.prepare(Path(os.environ.get("WALK_ROOT") or tmp_path))
    said = installation.walk(folder, after=AFTERWARDS.format(branch=shlex.quote(a_branch())))
    assert '"problems": []' in said.partition("=== the browser")[0]
    sent = json.loads(re.search(r'^\{"report": .*\}$', said, re.MULTILINE)[0])  # type: ignore[index]
    assert sent["report"]
    assert "readable by others: \n" in said
    assert "The backup is good." in said
    assert "The installation is restored whole." in said
    assert "The new release answers and is ready." in said
    assert said.rstrip().endswith("=== the end")
    # Nothing of a demo, and no key was said.
    assert "demo" not in said.lower()
    environment = (folder / "etc/portal/environment").read_text()
    assert (folder / "etc/portal/environment").stat().st_mode & 0o777 == 0o600
    for name in ("SECRET_KEY", "FIELD_KEYS", "INDEX_KEY", "AUDIT_KEY"):
        value = re.search(rf"^{name}=(.+)$", environment, re.MULTILINE)[1]  # type: ignore[index]
        assert value not in said
