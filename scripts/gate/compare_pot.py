"""Compare two translation templates by what a translator sees.

``compare_pot.py KEPT EXPORTED`` names the messages that only one of them has;
dates, order and places in the code may differ.
"""

import sys
from pathlib import Path

import polib


def messages(path):
    return {(entry.msgctxt or "", entry.msgid) for entry in polib.pofile(path)}


def main(kept, exported):
    if not Path(kept).exists():
        print(f"{kept} is not there: copy {exported} to it")
        return 1
    old, new = messages(kept), messages(exported)
    for _context, text in sorted(new - old):
        print(f"missing: {text!r}")
    for _context, text in sorted(old - new):
        print(f"no longer used: {text!r}")
    if old != new:
        print(f"the template is stale: cp {exported} {kept}")
    return old != new


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
