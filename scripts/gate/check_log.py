"""Search a log of Odoo's for warnings and errors.

``check_log.py NOISE LOG`` prints each record of level WARNING or above that no
pattern of NOISE matches, with what follows it up to the next record, and fails
if there was one. A line of NOISE is a regular expression; the comment above it
says why it is not ours.
"""

import re
import sys
from pathlib import Path

RECORD = re.compile(r"^\d{4}-\d\d-\d\d [\d:,]+ \d+ (?P<level>[A-Z]+) ")
LOUD = {"WARNING", "ERROR", "CRITICAL"}


def patterns(path):
    lines = Path(path).read_text().splitlines()
    return [re.compile(line) for line in lines if line and not line.startswith("#")]


def records(path):
    """Yield (level, text): a record is its first line and the lines under it."""
    level, lines = None, []
    for line in Path(path).read_text(errors="replace").splitlines():
        if match := RECORD.match(line):
            if lines:
                yield level, "\n".join(lines)
            level, lines = match["level"], [line]
        elif lines:
            lines.append(line)
    if lines:
        yield level, "\n".join(lines)


def main(noise, log):
    known = patterns(noise)
    loud = [text for level, text in records(log) if level in LOUD]
    ours = [text for text in loud if not any(rule.search(text) for rule in known)]
    for text in ours:
        print(text[:4000])
    return bool(ours)


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
