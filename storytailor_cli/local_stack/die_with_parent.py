"""Run a command that ends with its parent: `python -I -S die_with_parent.py PARENT SIGNAL NICENESS USER COMMAND…`.

A supervisor that is killed outright cannot stop its children, so on Linux the kernel is asked to
(PR_SET_PDEATHSIG); elsewhere `leftovers` cleans up at the next start. This is a script of its own, run before
the command's interpreter, because the same request in a fork of a threaded process can deadlock.
"""

from __future__ import annotations

import ctypes
import os
import pwd
import sys
from signal import SIG_DFL, SIGINT, SIGTERM
from signal import signal as set_handler

PR_SET_PDEATHSIG = 1


def switch_user(user: str) -> None:
    """Give up root for `user`: PostgreSQL refuses to run as root."""
    entry = pwd.getpwnam(user)
    os.initgroups(user, entry.pw_gid)
    os.setgid(entry.pw_gid)
    os.setuid(entry.pw_uid)


def main(parent: int, signal: int, niceness: int, user: str, command: list[str]) -> None:
    """Have `signal` sent to this process when `parent` ends, and turn into `command`."""
    os.nice(niceness)
    os.umask(0o077)  # what a family is in, others of this machine may not read
    if user:
        switch_user(user)  # first: a change of user clears the parent-death signal
    if sys.platform == "linux":
        ctypes.CDLL(None, use_errno=True).prctl(PR_SET_PDEATHSIG, signal, 0, 0, 0)
        if os.getppid() != parent:  # it died before the signal was set
            return
    # a shell that starts us in the background has them ignored, for children too
    for number in (SIGINT, SIGTERM):
        set_handler(number, SIG_DFL)
    os.execvp(command[0], command)


if __name__ == "__main__":
    main(int(sys.argv[1]), int(sys.argv[2]), int(sys.argv[3]), sys.argv[4], sys.argv[5:])
