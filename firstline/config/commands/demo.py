"""`firstline demo`: everything on this machine, in one folder, with one command."""

from __future__ import annotations

import errno
import hashlib
import importlib.metadata
import importlib.util
import os
import socket
import subprocess
import sys
import time
from pathlib import Path

import click
from rich.console import Console
from rich.panel import Panel
from rich.table import Table

from firstline.config.demo.people import CAST, PASSWORD
from firstline.config.reload import Watcher
from firstline.config.supervisor import Child, Supervisor, last_words

PACKAGE = Path(__file__).resolve().parents[2]
ROOT = PACKAGE.parent
READY_SECONDS = 60.0


@click.command()
@click.option("--port", default=8000, show_default=True, help="Where the pages are; the next free one if it is taken.")
@click.option("--smtp-port", default=2525, show_default=True, help="Where mail comes in; likewise.")
@click.option(
    "--data", type=click.Path(file_okay=False, path_type=Path), default=None,
    help="The folder that keeps everything.  [default: data/demo]",
)  # fmt: skip
@click.option(
    "--with", "file", type=click.Path(exists=True, dir_okay=False, path_type=Path), default=None,
    help="A file of your own tickets to look at: an export of your present help desk.",
)  # fmt: skip
@click.option("--reload", is_flag=True, help="Start again whenever a file of the package changes.")
def command(port: int, smtp_port: int, data: Path | None, file: Path | None, reload: bool) -> None:
    """Look at Firstline with a demo organisation in it, on this machine only.

    Stop with Ctrl-C; start it again and everything is still there. Delete the folder to begin anew.
    """
    console = Console(highlight=False)
    folder = (data or _default_folder()).resolve()
    folder.mkdir(parents=True, exist_ok=True)
    listening, taken = _listen(port)
    port = listening.getsockname()[1]
    mail_port = _free_port(smtp_port, taken=port)
    surroundings = {
        "FIRSTLINE_DEMO": "1",
        "FIRSTLINE_DATA": str(folder),
        "FIRSTLINE_BASE_URL": f"http://127.0.0.1:{port}",
        "FIRSTLINE_SMTP_PORT": str(mail_port),
    }
    os.environ.update(surroundings)
    _prepare(folder, file)
    children = _children(folder / "logs", listening, with_mail=_has_command("mail"))
    watcher = Watcher(PACKAGE) if reload else None
    supervisor = Supervisor(children, tell=lambda sentence: console.print(sentence, style="yellow", markup=False))
    greeting = Greeting(console, port, mail_port, folder, wanted=taken or port, logs=folder / "logs")

    def every_turn() -> None:
        if greeting.show_when_ready():
            supervisor.release()
        if watcher is not None and (changed := watcher.changed()):
            console.print(f"{changed.name} has changed, starting again …", style="dim")
            supervisor.renew()

    supervisor.run(every_turn=every_turn)
    console.print("Stopped. Everything is kept in the folder; start again with the same command.")


def _default_folder() -> Path:
    """Beside the code in a working copy, else below the folder one stands in."""
    return (ROOT if (ROOT / "pyproject.toml").exists() else Path.cwd()) / "data" / "demo"


def _prepare(folder: Path, file: Path | None) -> None:
    """In a process of its own: the supervisor stays small. What is prepared already is not prepared again."""
    stamp, wanted = folder / "prepared", _stamp()
    is_ours = (folder / "firstline.sqlite3").exists() and not os.environ.get("FIRSTLINE_DATABASE")
    if not (is_ours and stamp.exists() and stamp.read_text() == wanted):
        done = subprocess.run([sys.executable, "-m", "firstline.config.demo"], check=False)
        if done.returncode:
            sys.exit(done.returncode)
        stamp.write_text(wanted)
    if file is not None:
        done = subprocess.run([sys.executable, "-m", "firstline", "import", str(file)], check=False)
        if done.returncode:
            raise click.ClickException(f"{file} could not be read in; the reason stands above.")


def _stamp() -> str:
    """Tells whether the database fits the code: all migrations and the demo's own words, without importing any."""
    digest = hashlib.sha256()
    for name in ("django", "django-ox", "django-allauth"):
        digest.update(f"{name} {importlib.metadata.version(name)} ".encode())
    for path in sorted([*PACKAGE.rglob("migrations/*.py"), *PACKAGE.glob("config/demo/**/*.py")]):
        digest.update(f"{path.relative_to(PACKAGE)} ".encode() + path.read_bytes())
    return digest.hexdigest()


def _children(logs: Path, listening: socket.socket, *, with_mail: bool) -> list[Child]:
    fd = listening.fileno()
    worker = ["worker"] if _has_command("worker") else ["manage", "ox_worker", "--interval", "0.5"]
    children = [
        Child("web", ["web", "--fd", str(fd)], logs / "web.log", fds=[fd]),
        Child("worker", worker, logs / "worker.log", waits=True),
    ]
    if with_mail:
        children.append(Child("mail-listener", ["mail", "listen"], logs / "mail-listener.log", waits=True))
    return children


def _has_command(name: str) -> bool:
    return importlib.util.find_spec(f"firstline.config.commands.{name}") is not None


def _listen(wanted: int) -> tuple[socket.socket, int]:
    """A listening socket at the wanted port or the next free one, and the wanted one if it was taken.

    The supervisor keeps it open: while the web process starts again, visitors wait instead of being refused.
    """
    for port in [*range(wanted, min(wanted + 50, 65536)), 0]:
        listening = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
        listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            listening.bind(("127.0.0.1", port))
            listening.listen(2048)
        except OSError as error:
            listening.close()
            if error.errno not in {errno.EADDRINUSE, errno.EACCES}:
                raise
            continue
        return listening, 0 if port == wanted else wanted
    raise click.ClickException("There is no free port on this machine.")


def _free_port(wanted: int, *, taken: int) -> int:
    for port in range(wanted, min(wanted + 50, 65536)):
        with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind(("127.0.0.1", port))
            except OSError:
                continue
            if port != taken:
                return port
    raise click.ClickException(f"No port from {wanted} on is free for incoming mail. Try another --smtp-port.")


class Greeting:
    """Says where everything is, once it answers."""

    def __init__(self, console: Console, port: int, mail_port: int, folder: Path, *, wanted: int, logs: Path) -> None:
        self._console = console
        self._port = port
        self._mail_port = mail_port
        self._folder = folder
        self._wanted = wanted
        self._logs = logs
        self._shown = False
        self._warned = False
        self._begun = time.monotonic()

    def show_when_ready(self) -> bool:
        """Whether the pages answer: then the others may start. Says so once mail is taken, too."""
        if self._shown:
            return True
        answers = _answers(self._port)
        if answers and _is_open(self._mail_port):
            self._shown = True
            self._show()
        elif not self._warned and time.monotonic() - self._begun > READY_SECONDS:
            self._warned = True
            words = last_words(self._logs / "web.log")
            self._console.print(f"It does not answer yet. {words}", style="yellow", markup=False)
        return answers

    def _show(self) -> None:
        logins = Table.grid(padding=(0, 3))
        for member in CAST:
            logins.add_row(member.role, f"[bold]{member.email}[/]", member.name)
        lines = Table.grid()
        lines.add_row(f"Open [bold]http://127.0.0.1:{self._port}/[/]   mail comes in at 127.0.0.1:{self._mail_port}")
        if self._wanted != self._port:
            lines.add_row(f"[yellow]Port {self._wanted} is taken by another program, so it is {self._port}.[/]")
        lines.add_row("")
        lines.add_row(logins)
        lines.add_row(f"password of all: [bold]{PASSWORD}[/]")
        lines.add_row("")
        lines.add_row(f"Everything is kept in {self._folder}\nCtrl-C stops it.", style="dim")
        self._console.print(Panel(lines, title="Firstline is running", border_style="green", expand=False))


def _is_open(port: int) -> bool:
    """Whether somebody takes connections there."""
    try:
        with socket.create_connection(("127.0.0.1", port), timeout=0.3):
            return True
    except OSError:
        return False


def _answers(port: int) -> bool:
    """Whether the web process says it is ready. Not through an HTTP library: this is our own socket."""
    try:
        with socket.create_connection(("127.0.0.1", port), timeout=0.3) as connection:
            connection.sendall(b"GET /health/ready HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\n\r\n")
            return connection.recv(64).startswith(b"HTTP/1.1 200")
    except OSError:
        return False
