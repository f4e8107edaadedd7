#!/usr/bin/python3
"""What answers to `systemctl` in the Debian of tests/installation.py, where no systemd runs: it does
what the portal's unit files say (command, user, folder, settings), and leaves Debian's own services
to their init scripts. Standard library only; runs inside."""

import os
import pwd
import re
import shlex
import signal
import subprocess
import sys
import time
from pathlib import Path

UNITS = Path("/etc/systemd/system")
RUN = Path("/run/portal-units")


def setting(text: str, name: str) -> str:
    found = re.search(rf"^{name}=(.+)$", text.replace("\\\n", " "), re.MULTILINE)
    return found[1] if found else ""


def environment(file: str) -> dict[str, str]:
    pairs = [
        line.partition("=")[::2]
        for line in Path(file).read_text().splitlines()
        if line.strip() and not line.startswith("#")
    ]
    return {name: value.strip("'\"") for name, value in pairs}


def start(unit: Path) -> None:
    text = unit.read_text()
    user = pwd.getpwnam(setting(text, "User"))
    RUN.mkdir(exist_ok=True)
    with (RUN / f"{unit.stem}.log").open("ab") as log:
        process = subprocess.Popen(
            shlex.split(setting(text, "ExecStart")),
            cwd=setting(text, "WorkingDirectory"),
            env={
                "PATH": "/usr/local/bin:/usr/bin:/bin",
                "LANG": "C.UTF-8",
                "HOME": user.pw_dir,
                **environment(setting(text, "EnvironmentFile")),
            },
            user=user.pw_uid,
            group=user.pw_gid,
            extra_groups=[],
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=log,
            start_new_session=True,
        )
    if setting(text, "Type") == "oneshot":
        if process.wait():
            sys.exit(f"{unit.name} ended with {process.returncode}")
    else:
        (RUN / f"{unit.stem}.pid").write_text(str(process.pid))


def is_running(number: int) -> bool:
    try:
        state = Path(f"/proc/{number}/stat").read_text().rpartition(")")[2].split()[0]
    except FileNotFoundError:
        return False
    return state != "Z"


def stop(unit: Path) -> None:
    note = RUN / f"{unit.stem}.pid"
    if note.exists():
        number = int(note.read_text())
        os.killpg(number, signal.SIGTERM)
        deadline = time.monotonic() + 60
        # Its parent has ended, so nobody reaps it but the first process of this namespace.
        while time.monotonic() < deadline and is_running(number):
            time.sleep(0.2)
        if is_running(number):
            os.killpg(number, signal.SIGKILL)
        note.unlink()


def main() -> None:
    verb, *names = sys.argv[1:]
    now = "--now" in names
    names = [name for name in names if not name.startswith("--")]
    if verb == "daemon-reload":
        return
    for name in names:
        unit = UNITS / (name if "." in name else f"{name}.service")
        if name == "systemd-journald":
            continue  # nobody writes a journal here
        if not unit.exists():
            if verb != "enable" or now:
                done = {"enable": "start"}.get(verb, verb)
                # Nothing of ours stays open in what it starts.
                subprocess.run(
                    ["service", name, done], check=True, stdin=subprocess.DEVNULL, close_fds=True
                )
            continue
        if unit.suffix == ".timer":
            continue  # systemd-analyze has looked at it
        if verb in ("stop", "restart"):
            stop(unit)
        if verb in ("start", "restart") or (verb == "enable" and now):
            start(unit)


if __name__ == "__main__":
    os.environ.setdefault("PATH", "/usr/sbin:/usr/bin:/sbin:/bin")
    main()
