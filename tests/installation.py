"""Walks docs/installation.md in an empty Debian: a bare system made by debootstrap and booted with
its own systemd (systemd-nspawn), so that every port, folder, unit and log is the one in the guide.

Only root can. It is the way without a network, from the first block on: a second bare Debian, which
has the machine's network, collects the packages with deploy/wheelhouse as the guide says, and then
installs them once more from the network, as the other way of step 2. What the guide says about the
browser is done by tests/installation_browser.py through nginx.
"""

import contextlib
import os
import re
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
GUIDE = ROOT / "docs" / "installation.md"
_BLOCK = re.compile(r"^```sh\n(.*?)^```$", re.MULTILINE | re.DOTALL)
_OFFLINE = re.compile(
    r"^\*\*Without a network\.\*\* .*`(deploy/wheelhouse debian)`.*`(apt-get .+)`", re.M
)
_ENVIRONMENT = (
    "/usr/bin/env", "-i", "PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin",
    "HOME=/root", "LANG=C.UTF-8", "DEBIAN_FRONTEND=noninteractive",
)  # fmt: skip


def blocks(guide: Path) -> list[str]:
    """The commands of a guide, block by block."""
    return _BLOCK.findall(guide.read_text())


def without_network(guide: Path) -> tuple[str, str]:
    """What the guide says to whom no network is given: the command that collects on another
    machine, and the command that takes the place of step 2."""
    found = _OFFLINE.search(guide.read_text())
    assert found, "the guide no longer says what to do without a network"
    return found[1], found[2]


class Failed(Exception):
    """A step of the walk failed; the text has what it said."""


def _run(command: Sequence[str], *, timeout: int = 900, **more: object) -> str:
    done = subprocess.run(
        command,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        errors="replace",
        timeout=timeout,
        check=False,
        **more,  # type: ignore[call-overload]
    )
    if done.returncode:
        raise Failed(
            f"{' '.join(command)[:200]} ended with {done.returncode}:\n{done.stdout[-6000:]}"
        )
    return str(done.stdout)


def debian_sources() -> tuple[str, str]:
    """Where this machine gets Debian from, and which release it is; Failed when it does not."""
    release = re.search(r"^VERSION_CODENAME=(\w+)", Path("/etc/os-release").read_text(), re.M)
    for file in (Path("/etc/apt/sources.list.d/debian.sources"), Path("/etc/apt/sources.list")):
        if file.exists() and (
            found := re.search(r"\bhttps?://\S+/debian/?(?=\s)", file.read_text())
        ):
            return found[0], release[1] if release else ""
    raise Failed("this machine has no Debian source")


def make_debian(folder: Path) -> None:
    """A bare Debian that boots."""
    source, release = debian_sources()
    _run(
        [
            "debootstrap",
            "--variant=minbase",
            "--include=ca-certificates,systemd-sysv,dbus",
            release,
            str(folder),
            source,
        ]
    )


def give_network(folder: Path) -> None:
    """Lets the Debian of `folder` get packages as this machine does; nothing starts in there."""
    for name in (
        "etc/resolv.conf",
        "etc/apt/sources.list",
        "etc/apt/sources.list.d/debian.sources",
        "etc/pip.conf",
        "root/.config/pip/pip.conf",
        "etc/ssl/certs/ca-certificates.crt",
    ):
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).unlink(missing_ok=True)
        with contextlib.suppress(FileNotFoundError):
            shutil.copy(f"/{name}", folder / name)
    starter = folder / "usr/sbin/policy-rc.d"
    starter.write_text("#!/bin/sh\nexit 101\n")
    starter.chmod(0o755)


def bring_release(folder: Path) -> None:
    """The committed and the changed files of this work tree into /srv/portal."""
    target = folder / "srv/portal"
    shutil.rmtree(target, ignore_errors=True)
    target.mkdir(parents=True)
    listed = _run(["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"], cwd=ROOT)
    for name in listed.split("\0"):
        if name and (ROOT / name).is_file():
            (target / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(ROOT / name, target / name)


def collect(folder: Path) -> str:
    """In a bare Debian with a network: collects what a server without one needs, then installs
    Debian's packages from the network, as step 2 says. Returns what was said."""
    give_network(folder)
    bring_release(folder)
    collecting, _ = without_network(GUIDE)
    step2 = next(part for part in blocks(GUIDE) if "apt-get" in part)
    text = script(["cd /srv/portal", "apt-get update", collecting, step2])
    (folder / "root/collect.sh").write_text(text)
    proc = f"--mount-proc={folder / 'proc'}"
    spaces = ["unshare", "--mount", "--pid", "--fork", "--kill-child", proc]
    pip = [f"{name}={value}" for name, value in os.environ.items() if name.startswith("PIP_")]
    inside = ["chroot", str(folder), *_ENVIRONMENT, *pip, "/bin/bash", "/root/collect.sh"]
    with _told(folder) as told:
        _run([*spaces, *inside])
    return told.read_text()


def script(parts: Sequence[str], *, after: str = "") -> str:
    """The blocks as one script that ends at the first command that fails. Each is announced. What
    is said goes to a file: whatever stays behind in there would hold a pipe open."""
    lines = ["set -e", "umask 022", "exec >> /root/said.txt 2>&1"]
    for number, part in enumerate(parts, 1):
        lines += [f"echo '=== block {number}' at $(date +%T)", part]
    return "\n".join([*lines, after])


@contextlib.contextmanager
def _told(folder: Path) -> Iterator[Path]:
    """The file with what a script of `script` says; a failure inside tells its end."""
    told = folder / "root/said.txt"
    told.unlink(missing_ok=True)
    try:
        yield told
    except (Failed, subprocess.TimeoutExpired) as error:
        said = told.read_text(errors="replace")[-6000:] if told.exists() else ""
        raise Failed(f"{error}\n{said}") from error


class Machine:
    """A Debian in a folder that is running, with its own systemd and only a loopback network.

    Use it as a context; leaving it stops the machine. Raises Failed when it does not come up."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def __enter__(self) -> "Machine":
        self.process = subprocess.Popen(
            ["systemd-nspawn", "--quiet", f"--directory={self.folder}", "--boot",
             "--private-network", "--register=no", "--keep-unit", "--console=pipe",
             "--resolv-conf=off", "--timezone=off", "--link-journal=no"],
            stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
        )  # fmt: skip
        children = Path(f"/proc/{self.process.pid}/task/{self.process.pid}/children")
        for _ in range(60):
            time.sleep(0.5)
            if self.process.poll() is not None:
                break
            self.leader = children.read_text().strip()
            with contextlib.suppress(Failed):
                if self.leader and "running" in self.run("systemctl", "is-system-running"):
                    return self
        self.process.kill()
        raise Failed(f"The Debian does not boot:\n{self.process.communicate()[0]}")

    def run(self, *command: str, timeout: int = 900) -> str:
        """Runs a command in there as root and returns what it said. Raises Failed."""
        enter = ("nsenter", f"--target={self.leader}", "--all", "--root", "--wd=/")
        return _run([*enter, *_ENVIRONMENT, *command], timeout=timeout)

    def __exit__(self, *_: object) -> None:
        with contextlib.suppress(Failed, subprocess.TimeoutExpired):
            self.run("systemctl", "poweroff", timeout=30)
            self.process.wait(60)
        self.process.kill()
        self.process.communicate()


def walk(folder: Path, *, after: str) -> str:
    """Runs the guide in the Debian of `folder`, then `after`; returns all that was said."""
    _, offline = without_network(GUIDE)
    parts = [offline if "apt-get" in part else part for part in blocks(GUIDE)]
    (folder / "root/walk.sh").write_text(script(parts, after=after))
    with _told(folder) as told, Machine(folder) as machine:
        try:
            machine.run("/bin/bash", "/root/walk.sh", timeout=1500)
        except Failed as error:
            with contextlib.suppress(Failed):
                journal = machine.run("journalctl", "--no-pager", "--lines=80", "--unit=portal-*")
                raise Failed(f"{error}\n{journal}") from error
            raise
    return told.read_text()


def prepare(place: Path) -> Path:
    """Makes under `place` what the walk needs, once, and brings this release into it; returns the
    folder of the bare Debian to walk in, with the rosters in root's home."""
    bare, other, server = place / "bare", place / "other", place / "server"
    if not bare.exists():
        make_debian(bare)
    for folder in (other, server):
        shutil.rmtree(folder, ignore_errors=True)
        _run(["cp", "-a", str(bare), str(folder)])
    collect(other)
    bring_release(server)
    shutil.copytree(other / "srv/portal/wheelhouse", server / "srv/portal/wheelhouse")
    shutil.rmtree(other)
    for name, chinese in {"organizations": "党组织花名册", "members": "党员花名册"}.items():
        shutil.copy(ROOT / "tests/data" / f"{name}.xlsx", server / "root" / f"{chinese}.xlsx")
    shutil.copy(ROOT / "tests/installation_browser.py", server / "root/browser.py")
    return server


if __name__ == "__main__":
    sys.stdout.write(walk(prepare(Path(sys.argv[1])), after=""))
