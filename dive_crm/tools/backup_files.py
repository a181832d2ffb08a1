"""Files in an archive: name, size, content and sha256 of each, one after the other.

Both ways only a piece of one file is in the memory. Odoo never changes a file of its
filestore: the name is the sha1 of the content, so that damage is found on the way.
"""

import hashlib
import os
import re
import struct

from .backup_archive import AlteredArchive

PIECE = 1 << 18
#: How many missing or damaged files are named.
NAMED = 100
#: What Odoo calls its files: two digits as folder, then the sha1 of the content.
_BY_CONTENT = re.compile(r"^[0-9a-f]{2}/([0-9a-f]{40})$")
_RECORD = struct.Struct(">HQ")
_HASH_BYTES = 32


class Summary:
    """What is known of all files together: number, bytes, one digest over all."""

    def __init__(self):
        self.count = self.bytes = 0
        self._digest = hashlib.sha256()

    def add(self, name, size, digest):
        self.count += 1
        self.bytes += size
        self._digest.update(name.encode() + b"\0" + digest)

    def as_dict(self):
        """Return it as it stands in the manifest."""
        return {
            "count": self.count,
            "bytes": self.bytes,
            "sha256": self._digest.hexdigest(),
        }


def is_safe(name):
    """Say whether a name stays within the folder it is put into."""
    parts = name.split("/")
    return bool(name) and "\\" not in name and not {"", ".", ".."} & set(parts)


def write_files(folder, names, write, progress=lambda _bytes: None):
    """Write files of a folder, in order.

    :param names: relative to it
    :param write: a function of bytes
    :return: the summary as a dict, with the numbers of files that are ``missing`` and
        ``damaged`` and the ``names`` of the first of them
    """
    summary, missing, damaged, bad = Summary(), 0, 0, []
    for name in names:
        found = _write_file(folder, name, write, progress) if is_safe(name) else None
        if found:
            size, sha256, whole = found
            summary.add(name, size, sha256)
            damaged += not whole
        else:
            missing += 1
        if not (found and whole) and len(bad) < NAMED:
            bad.append(name)
    write(_RECORD.pack(0, 0))
    faults = {"missing": missing, "damaged": damaged, "names": bad}
    return {**summary.as_dict(), **faults}


def _write_file(folder, name, write, progress):
    try:
        file = open(os.path.join(folder, name), "rb")
    except (FileNotFoundError, IsADirectoryError, NotADirectoryError):
        return None
    with file:
        size = os.fstat(file.fileno()).st_size
        sha1, sha256 = hashlib.sha1(usedforsecurity=False), hashlib.sha256()
        encoded = name.encode()
        write(_RECORD.pack(len(encoded), size) + encoded)
        left = size
        while left:
            piece = file.read(min(PIECE, left))
            if not piece:
                raise OSError(5, "became shorter while it was read", name)
            left -= len(piece)
            sha1.update(piece)
            sha256.update(piece)
            write(piece)
            progress(len(piece))
    write(sha256.digest())
    by_content = _BY_CONTENT.match(name)
    whole = not by_content or by_content[1] == sha1.hexdigest()
    return size, sha256.digest(), whole


class _Stream:
    """Chunks of bytes, read by number of bytes."""

    def __init__(self, chunks):
        self._chunks, self._left = iter(chunks), memoryview(b"")

    def some(self, most):
        if not self._left:
            self._left = memoryview(next(self._chunks, b""))
        piece, self._left = self._left[:most], self._left[most:]
        return piece

    def exactly(self, length):
        data = bytearray()
        while len(data) < length:
            piece = self.some(length - len(data))
            if not piece:
                raise AlteredArchive("its files are not whole")
            data += piece
        return bytes(data)


def read_files(chunks, folder=None, progress=lambda _bytes: None):
    """Read files, put them into a folder if one is told, and check each.

    :return: the summary as a dict
    """
    stream, summary = _Stream(chunks), Summary()
    while True:
        length, size = _RECORD.unpack(stream.exactly(_RECORD.size))
        if not length:
            break
        name = stream.exactly(length).decode()
        if not is_safe(name):
            raise AlteredArchive("a file in it has a name that leads out of its folder")
        digest = _read_file(stream, size, folder and _new_file(folder, name), progress)
        if digest != stream.exactly(_HASH_BYTES):
            raise AlteredArchive(f"the file {name} in it is damaged")
        summary.add(name, size, digest)
    if stream.some(1):
        raise AlteredArchive("there is something after its files")
    return summary.as_dict()


def _new_file(folder, name):
    path = os.path.join(folder, name)
    os.makedirs(os.path.dirname(path), mode=0o700, exist_ok=True)
    return path


def _read_file(stream, size, path, progress):
    sha256 = hashlib.sha256()
    # "x": of a name that comes twice, neither is believed
    with open(path or os.devnull, "xb" if path else "wb") as file:
        while size:
            piece = stream.some(min(PIECE, size))
            if not piece:
                raise AlteredArchive("its files are not whole")
            size -= len(piece)
            sha256.update(piece)
            file.write(piece)
            progress(len(piece))
    return sha256.digest()
