"""A folder for files that must not lie about: pages with health data, while printed.

wkhtmltopdf reads files. Those that Odoo makes for it are for the user of the server
alone and deleted when it is done; of a server that is killed meanwhile they stay. Here
they lie in one folder, in the memory where there is such a place, and who comes next
and is alone there clears away what was left.
"""

import fcntl
import os
import shutil
import stat
import tempfile
from contextlib import contextmanager

#: A file system in the memory: nothing of it is ever on a disk (but for swapping).
MEMORY = "/dev/shm"


@contextmanager
def private_folder(place=None):
    """Give a new folder for this user alone; it is gone after the block.

    :param str place: where the folder of folders is made; in the memory if none is told
    """
    parent = _parent(place or _place())
    lock = os.open(parent, os.O_RDONLY | os.O_DIRECTORY)
    try:
        _clear_if_alone(parent, lock)
        # until the end: who clears needs the place for itself
        fcntl.flock(lock, fcntl.LOCK_SH)
        with tempfile.TemporaryDirectory(dir=parent) as folder:
            yield folder
    finally:
        os.close(lock)


def _place():
    in_memory = os.path.ismount(MEMORY) and os.access(MEMORY, os.W_OK | os.X_OK)
    return MEMORY if in_memory else tempfile.gettempdir()


def _parent(place):
    """Return the folder of folders; one of its own if somebody sits on the name."""
    path = os.path.join(place, f"dive_crm-{os.getuid()}")
    try:
        os.mkdir(path, 0o700)
    except FileExistsError:
        found = os.lstat(path)
        ours = stat.S_ISDIR(found.st_mode) and found.st_uid == os.getuid()
        if not ours or stat.S_IMODE(found.st_mode) & 0o077:
            return tempfile.mkdtemp(dir=place)
    return path


def _clear_if_alone(parent, lock):
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return
    for name in os.listdir(parent):
        shutil.rmtree(os.path.join(parent, name), ignore_errors=True)
