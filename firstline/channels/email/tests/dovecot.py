"""A real Dovecot on a free port of this machine, with mailboxes made on demand."""

from __future__ import annotations

import grp
import imaplib
import os
import pwd
import shutil
import socket
import subprocess
import tempfile
import time
from pathlib import Path

PASSWORD = "correct-horse"


def is_installed() -> bool:
    return shutil.which("dovecot", path=f"{os.environ.get('PATH', '')}:/usr/sbin") is not None


class Dovecot:
    """Every user exists, with one password; mails lie in a temporary folder."""

    def __init__(self) -> None:
        self.folder = Path(tempfile.mkdtemp(prefix="firstline-dovecot-", dir="/tmp"))  # sockets need short paths
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            self.port: int = free.getsockname()[1]
        me = pwd.getpwuid(os.getuid())
        # As root, mails belong to nobody: Dovecot refuses to serve root's.
        owner = pwd.getpwnam("nobody") if me.pw_uid == 0 else me
        inner = "dovenull" if me.pw_uid == 0 else me.pw_name
        group = grp.getgrgid(owner.pw_gid).gr_name
        mails = self.folder / "mails"
        mails.mkdir()
        os.chown(mails, owner.pw_uid, owner.pw_gid)
        self.folder.chmod(0o755)
        (self.folder / "dovecot.conf").write_text(f"""
base_dir = {self.folder}/run
state_dir = {self.folder}/state
log_path = {self.folder}/log
protocols = imap
listen = 127.0.0.1
ssl = no
disable_plaintext_auth = no
auth_mechanisms = plain login
auth_failure_delay = 0
mail_location = maildir:{mails}/%u
mail_uid = {owner.pw_name}
mail_gid = {group}
first_valid_uid = 1
first_valid_gid = 1
default_internal_user = {owner.pw_name}
default_internal_group = {group}
default_login_user = {inner}
mail_max_userip_connections = 100
passdb {{
  driver = static
  args = password={PASSWORD}
}}
userdb {{
  driver = static
  args = uid={owner.pw_name} gid={group} home={mails}/%u
}}
service imap-login {{
  chroot =
  inet_listener imap {{
    port = {self.port}
  }}
  inet_listener imaps {{
    port = 0
  }}
}}
service anvil {{
  chroot =
}}
service stats {{
  chroot =
}}
namespace inbox {{
  inbox = yes
}}
""")
        binary = shutil.which("dovecot", path=f"{os.environ.get('PATH', '')}:/usr/sbin")
        self._log = (self.folder / "output").open("wb")
        self._server = subprocess.Popen(
            [str(binary), "-F", "-c", str(self.folder / "dovecot.conf")], stdout=self._log, stderr=self._log
        )
        for _attempt in range(60):
            try:
                self.connect("probe").logout()
            except (OSError, imaplib.IMAP4.error):
                time.sleep(0.05)
            else:
                return
        told = self.log()
        self.stop()
        raise RuntimeError(f"Dovecot did not answer: {told}")

    def log(self) -> str:
        return "".join(file.read_text() for name in ("output", "log") if (file := self.folder / name).exists())

    def stop(self) -> None:
        self._server.terminate()
        self._server.wait(10)
        self._log.close()
        shutil.rmtree(self.folder, ignore_errors=True)

    def connect(self, user: str) -> imaplib.IMAP4:
        server = imaplib.IMAP4("127.0.0.1", self.port, timeout=10)
        server.login(user, PASSWORD)
        return server

    def put(self, user: str, *mails: bytes, folder: str = "INBOX") -> None:
        server = self.connect(user)
        for mail in mails:
            server.append(folder, "", "", mail)
        server.logout()

    def count(self, user: str, folder: str = "INBOX", criterion: str = "ALL") -> int:
        server = self.connect(user)
        if server.select(f'"{folder}"', readonly=True)[0] != "OK":
            return -1
        _answer, found = server.search(None, criterion)
        server.logout()
        return len(found[0].split())
