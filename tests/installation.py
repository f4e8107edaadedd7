"""Walks docs/installation.md in an empty Debian: a bare system made by debootstrap, in namespaces
of its own for mounts, processes and network, so that every port and folder is the one in the guide.

Only root can. No systemd runs in there: tests/installation_systemctl.py does what the unit files
say. What needs the network (Debian's packages) runs in the machine's network, the rest in one that
has only a loopback; Python's packages come from a wheelhouse. What the guide says about the browser
is done by tests/installation_browser.py through nginx.
"""

import contextlib
import re
import shutil
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
GUIDE = ROOT / "docs" / "installation.md"
_BLOCK = re.compile(r"^```sh\n(.*?)^```$", re.MULTILINE | re.DOTALL)
_PATH = "PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"


def blocks(guide: Path) -> list[str]:
    """The commands of a guide, block by block."""
    return _BLOCK.findall(guide.read_text())


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
    """A bare Debian with this machine's sources, in which nothing starts by itself."""
    source, release = debian_sources()
    _run(
        [
            "debootstrap",
            "--variant=minbase",
            "--include=ca-certificates",
            release,
            str(folder),
            source,
        ]
    )
    for name in (
        "etc/resolv.conf",
        "etc/apt/sources.list",
        "etc/apt/sources.list.d/debian.sources",
    ):
        (folder / name).unlink(missing_ok=True)
        with contextlib.suppress(FileNotFoundError):
            shutil.copy(f"/{name}", folder / name)
    starter = folder / "usr/sbin/policy-rc.d"
    starter.write_text("#!/bin/sh\nexit 101\n")
    starter.chmod(0o755)


def bring_release(folder: Path) -> None:
    """The committed and the changed files of this work tree into /srv/portal, with a wheelhouse."""
    target = folder / "srv/portal"
    shutil.rmtree(target, ignore_errors=True)
    target.mkdir(parents=True)
    listed = _run(["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"], cwd=ROOT)
    for name in listed.split("\0"):
        if name and (ROOT / name).is_file():
            (target / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(ROOT / name, target / name)
    _run([str(target / "deploy/wheelhouse")])
    for name in ("organizations", "members"):
        chinese = {"organizations": "党组织花名册", "members": "党员花名册"}[name]
        shutil.copy(ROOT / "tests/data" / f"{name}.xlsx", folder / "root" / f"{chinese}.xlsx")
    systemctl = folder / "usr/local/bin/systemctl"
    shutil.copy(ROOT / "tests/installation_systemctl.py", systemctl)
    systemctl.chmod(0o755)
    shutil.copy(ROOT / "tests/installation_browser.py", folder / "root/browser.py")


def script(parts: Sequence[str], *, after: str = "") -> str:
    """The blocks as one script that ends at the first command that fails. Each is announced. What
    is said goes to a file: whatever stays behind in there would hold a pipe open."""
    lines = ["set -e", "umask 022", "exec >> /root/said.txt 2>&1"]
    for number, part in enumerate(parts, 1):
        lines += [f"echo '=== block {number}'", part]
    return "\n".join([*lines, after])


NETWORK = """
export -p > /root/said
echo '=== the rest has no network'
"""


def walk(folder: Path, *, after: str) -> str:
    """Runs the guide in the Debian of `folder`, then `after`; returns all that was said."""
    parts = blocks(GUIDE)
    last = max(number for number, part in enumerate(parts) if "apt-get" in part)
    (folder / "root/first.sh").write_text(script(parts[: last + 1], after=NETWORK))
    (folder / "root/second.sh").write_text(
        script([". /root/said\ncd /srv/portal", *parts[last + 1 :]], after=after)
    )
    inside = ["chroot", str(folder), "/usr/bin/env", "-i", _PATH, "HOME=/root", "LANG=C.UTF-8"]
    inside += ["DEBIAN_FRONTEND=noninteractive", "/bin/bash"]
    proc = f"--mount-proc={folder / 'proc'}"
    first = ["unshare", "--mount", "--pid", "--fork", "--kill-child", proc, *inside]
    prepare = (
        'ip link set lo up && mount -t tmpfs tmpfs "$1/dev/shm" && mount -t tmpfs tmpfs "$1/run" '
        '&& shift && exec "$@"'
    )
    spaces = ["unshare", "--mount", "--net", "--pid", "--fork", "--kill-child", proc]
    second = [*spaces, "/bin/sh", "-c", prepare, "sh", str(folder), *inside]
    told = folder / "root/said.txt"
    told.unlink(missing_ok=True)
    try:
        _run([*first, "/root/first.sh"])
        _run([*second, "/root/second.sh"], timeout=1500)
    except Failed as error:
        raise Failed(f"{error}\n{told.read_text()[-6000:] if told.exists() else ''}") from error
    return told.read_text()


if __name__ == "__main__":
    place = Path(sys.argv[1])
    make_debian(place)
    bring_release(place)
    sys.stdout.write(walk(place, after=""))
