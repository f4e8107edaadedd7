"""Private servers for the tests: PostgreSQL, Redis, Celery workers, the portal itself.

Standard library only: `tests/run_all.py` and `deploy/prepare` use it outside Django. Every server
listens on a free port of the loopback address, keeps its files in a folder that the caller
removes, and is ended together with its children.
"""

import base64
import contextlib
import ctypes
import os
import pwd
import secrets
import shutil
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent


class ServerError(Exception):
    """A server could not be found or did not come up; the text says why."""


def free_port() -> int:
    """A TCP port of 127.0.0.1 that nobody uses at this moment."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def chromium_path() -> str | None:
    """The browser to test with: $CHROMIUM, or the first real one on this machine."""
    wanted = os.environ.get("CHROMIUM")
    if wanted:
        return wanted
    for name in ("chromium", "google-chrome", "google-chrome-stable", "chromium-browser"):
        path = shutil.which(name)
        if path and not _is_snap_stub(Path(path)):
            return path
    return None


def _is_snap_stub(path: Path) -> bool:
    """Whether `path` is Ubuntu's script that only asks for a snap to be installed."""
    if "/snap/" in str(path.resolve()):
        return False
    head = path.read_bytes()[:4096]
    return head.startswith(b"#!") and b"snap" in head and not Path("/snap/bin/chromium").exists()


@dataclass
class Server:
    """A running process with its own process group; `log` is the file of its output, if it has
    not the caller's."""

    name: str
    process: "subprocess.Popen[bytes]"
    log: Path | None
    url: str = ""

    def output(self) -> str:
        """What it has printed so far (the last 4,000 characters)."""
        if self.log is None or not self.log.exists():
            return ""
        return self.log.read_text(errors="replace")[-4000:]

    def stop(self, *, with_signal: int = signal.SIGTERM, timeout: float = 20) -> int:
        """Asks it to stop, then ends its whole group; the exit code (-9 when it had to be killed)."""
        if self.process.poll() is None:
            self.process.send_signal(with_signal)
            try:
                self.process.wait(timeout)
            except subprocess.TimeoutExpired:
                self.kill()
        self._kill_group()
        return int(self.process.returncode)

    def kill(self) -> None:
        """Ends it and its children at once, as a crash or `kill -9` would."""
        self._kill_group()
        self.process.wait()

    def _kill_group(self) -> None:
        with contextlib.suppress(ProcessLookupError, PermissionError):
            os.killpg(self.process.pid, signal.SIGKILL)


def _die_with_parent() -> None:
    with contextlib.suppress(OSError, AttributeError):
        ctypes.CDLL(None).prctl(1, signal.SIGTERM)  # PR_SET_PDEATHSIG


def start(
    name: str,
    command: Sequence[str],
    *,
    log: Path | None = None,
    environment: Mapping[str, str] | None = None,
    user: str | None = None,
) -> Server:
    """Starts a process in a group of its own, which is asked to stop when the caller dies. It
    writes to `log`, without one to where the caller writes."""
    as_user = {"user": user, "group": pwd.getpwnam(user).pw_gid, "extra_groups": []} if user else {}
    with log.open("ab") if log else contextlib.nullcontext() as output:
        process = subprocess.Popen(
            command,
            cwd="/" if user else ROOT,
            env=dict(environment if environment is not None else os.environ),
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT if log else None,
            start_new_session=True,
            preexec_fn=_die_with_parent,
            **as_user,  # type: ignore[arg-type]
        )
    return Server(name, process, log)


def wait_until(server: Server, ready: Callable[[], bool], *, timeout: float) -> None:
    """Returns when `ready` says so. Raises ServerError, with the server ended, when it will not."""
    deadline = time.monotonic() + timeout
    while not ready():
        code = server.process.poll()
        if code is not None or time.monotonic() > deadline:
            how = (
                f"ended with code {code}" if code is not None else f"was not up in {timeout:.0f} s"
            )
            server.kill()
            raise ServerError(f"{server.name} {how}:\n{server.output()}")
        time.sleep(0.05)


def _postgres_program(name: str) -> str:
    found = sorted(
        Path("/usr/lib/postgresql").glob(f"*/bin/{name}"),
        key=lambda path: float(path.parts[4]) if path.parts[4].replace(".", "").isdigit() else 0,
    )
    path = str(found[-1]) if found else shutil.which(name)
    if not path:
        raise ServerError(f"PostgreSQL's {name} is missing: apt-get install postgresql")
    return path


def start_postgres(folder: Path) -> Server:
    """A throw-away PostgreSQL with its data in `folder`; `url` is its DATABASE_URL.

    PostgreSQL refuses to run as root, so then it runs as the user `postgres` (or `nobody`).
    """
    user = None
    folder.mkdir(parents=True, exist_ok=True)
    if os.geteuid() == 0:
        known = {entry.pw_name for entry in pwd.getpwall()}
        user = "postgres" if "postgres" in known else "nobody"
        shutil.chown(folder, user=user)
        for parent in folder.parents:
            if parent.stat().st_mode & 0o011 != 0o011 and parent != Path("/"):
                parent.chmod(parent.stat().st_mode | 0o011)
    data, log = folder / "data", folder.parent / "postgres.log"
    initdb = start(
        "initdb",
        [
            *(_postgres_program("initdb"), "-D", str(data), "-U", "portal", "--auth", "trust"),
            *("--encoding", "UTF8", "--locale", _utf8_locale(), "--no-sync"),
        ],
        log=log,
        user=user,
    )
    if initdb.process.wait(120) != 0:
        raise ServerError(f"initdb failed:\n{initdb.output()}")
    return _run_postgres(data, port=free_port(), log=log, user=user)


def restart_postgres(folder: Path, *, url: str) -> Server:
    """The PostgreSQL of `folder` again, which has been ended, at the port in its former `url`."""
    user = pwd.getpwuid((folder / "data").stat().st_uid).pw_name if os.geteuid() == 0 else None
    port = int(url.rpartition(":")[2].partition("/")[0])
    return _run_postgres(folder / "data", port=port, log=folder.parent / "postgres.log", user=user)


def _run_postgres(data: Path, *, port: int, log: Path, user: str | None) -> Server:
    options = {
        "listen_addresses": "127.0.0.1",
        "unix_socket_directories": "",
        "fsync": "off",
        "synchronous_commit": "off",
        "full_page_writes": "off",
        "shared_buffers": "128MB",
        "max_connections": "150",
        "autovacuum": "on",
        "jit": "off",
        "log_min_messages": "fatal",
    }
    command = [_postgres_program("postgres"), "-D", str(data), "-p", str(port)]
    for key, value in options.items():
        command += ["-c", f"{key}={value}"]
    server = start("PostgreSQL", command, log=log, user=user)
    isready = [_postgres_program("pg_isready"), "-q", "-h", "127.0.0.1", "-p", str(port)]
    wait_until(server, lambda: subprocess.run(isready, check=False).returncode == 0, timeout=60)
    server.url = f"postgres://portal@127.0.0.1:{port}/postgres"
    return server


def _utf8_locale() -> str:
    names = subprocess.run(["locale", "-a"], capture_output=True, text=True, check=False).stdout
    for name in names.split():
        if name.lower() in {"c.utf8", "c.utf-8", "en_us.utf8"}:
            return name
    return "C"


def start_redis(folder: Path, *, port: int | None = None) -> Server:
    """A Redis that keeps nothing on disk; `url` is its REDIS_URL (database 0).

    With `port` it comes up where one was killed before.
    """
    program = shutil.which("redis-server") or shutil.which("valkey-server")
    if not program:
        raise ServerError("Redis is missing: apt-get install redis-server")
    folder.mkdir(parents=True, exist_ok=True)
    port = port or free_port()
    command = [
        *(program, "--port", str(port), "--bind", "127.0.0.1", "--dir", str(folder)),
        *("--save", "", "--appendonly", "no", "--maxmemory-policy", "noeviction"),
    ]
    server = start("Redis", command, log=folder / "redis.log")
    wait_until(server, lambda: _accepts(port), timeout=20)
    server.url = f"redis://127.0.0.1:{port}/0"
    return server


def _accepts(port: int) -> bool:
    try:
        with socket.create_connection(("127.0.0.1", port), timeout=0.5):
            return True
    except OSError:
        return False


def start_worker(
    folder: Path,
    environment: Mapping[str, str],
    *,
    concurrency: int = 2,
    beat: bool = False,
    wait: bool = True,
) -> Server:
    """A real `celery worker` with `environment`; returns when it is ready to take tasks, without
    `wait` at once."""
    folder.mkdir(parents=True, exist_ok=True)
    number = free_port()  # only to have a name of its own
    pid_file = folder / f"worker-{number}.pid"  # written when it starts to consume
    command = [
        *(sys.executable, "-m", "celery", "--quiet", "-A", "config", "worker"),
        *("--concurrency", str(concurrency), "--hostname", f"test-{number}@localhost"),
        *("--without-gossip", "--without-mingle", "--loglevel", "WARNING"),
        *("--pidfile", str(pid_file)),
    ]
    if beat:
        command += ["--beat", "--schedule", str(folder / f"beat-{number}")]
    server = start(
        "Celery worker", command, log=folder / f"worker-{number}.log", environment=environment
    )
    if wait:
        wait_until(server, pid_file.exists, timeout=60)
    return server


def manage(environment: Mapping[str, str], *arguments: str, timeout: float = 300) -> str:
    """Runs `manage.py` with `environment` and returns what it printed; raises when it fails."""
    done = subprocess.run(
        [sys.executable, "manage.py", *arguments],
        cwd=ROOT,
        env=dict(environment),
        capture_output=True,
        text=True,
        timeout=timeout,
        check=False,
    )
    if done.returncode != 0:
        raise ServerError(
            f"manage.py {' '.join(arguments)}:\n{(done.stdout + done.stderr)[-4000:]}"
        )
    return done.stdout


def portal_environment(data_dir: Path, **more: str) -> dict[str, str]:
    """The environment of a demo installation of its own in `data_dir` (embedded, SQLite)."""
    environment = {
        key: value
        for key, value in os.environ.items()
        if key not in {"DATABASE_URL", "REDIS_URL", "PORTAL_BACKGROUND"}
        and not key.startswith("PYTEST")
    }
    # The people of tests.world have had their accounts for long and never signed in.
    own = {"PORTAL_MODE": "demo", "DATA_DIR": str(data_dir), "ACCOUNT_DORMANT_DAYS": "0"}
    return {**environment, **own, **more}


def production_environment(folder: Path, **more: str) -> dict[str, str]:
    """A production installation in `folder`, with keys of its own, on SQLite."""

    def key() -> str:
        return base64.b64encode(secrets.token_bytes(32)).decode()

    folder.mkdir(parents=True, exist_ok=True)
    environment = portal_environment(
        folder,
        PORTAL_MODE="production",
        SECRET_KEY=secrets.token_urlsafe(60),
        FIELD_KEYS=f"1:{key()}",
        INDEX_KEY=key(),
        AUDIT_KEY=key(),
        ALLOWED_HOSTS="portal.example.cn,testserver",
        PORTAL_URL="https://portal.example.cn",
        **more,
    )
    environment.pop("HTTPS", None)
    return environment


def start_portal(environment: Mapping[str, str], *arguments: str, timeout: float = 300) -> Server:
    """`manage.py serve` on a free port; returns when it answers. `url` has no final slash."""
    port = free_port()
    data_dir = Path(environment["DATA_DIR"])
    data_dir.mkdir(parents=True, exist_ok=True)
    server = start(
        "The portal",
        [sys.executable, "manage.py", "serve", "--port", str(port), *arguments],
        log=data_dir / f"serve-{port}.log",
        environment=environment,
    )
    server.url = f"http://127.0.0.1:{port}"
    wait_until(server, lambda: answers(server.url + "/healthz"), timeout=timeout)
    return server


def answers(url: str) -> bool:
    """Whether `url` gives an HTTP answer, whatever its status."""
    try:
        with urllib.request.urlopen(url, timeout=5):  # noqa: S310
            return True
    except urllib.error.HTTPError:
        return True
    except OSError:
        return False


if __name__ == "__main__" and sys.argv[1:] == ["chromium"]:
    found = chromium_path()
    print(found or "No Chromium found.")  # noqa: T201
    sys.exit(0 if found else 1)
