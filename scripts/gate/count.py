"""Count the tests of pytest's XML reports.

``count.py FILE…`` prints "PASSED FAILED"; ``count.py --skips FILE…`` names the
skipped tests and fails if there are any.
"""

import sys
from pathlib import Path
from xml.etree import ElementTree


def cases(paths):
    for path in paths:
        if Path(path).exists():
            yield from ElementTree.parse(path).iter("testcase")


def outcome(case):
    """What became of a test: its first child that is a verdict, or passed."""
    for child in case:
        if child.tag in ("failure", "error"):
            return "failed"
        if child.tag == "skipped":
            return "passed" if child.get("type") == "pytest.xfail" else "skipped"
    return "passed"


def main(arguments):
    if arguments[0] == "--skips":
        skipped = [case for case in cases(arguments[1:]) if outcome(case) == "skipped"]
        for case in skipped:
            print(f"  skipped: {case.get('classname')}.{case.get('name')}")
        return bool(skipped)
    outcomes = [outcome(case) for case in cases(arguments)]
    print(outcomes.count("passed"), outcomes.count("failed"))
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
