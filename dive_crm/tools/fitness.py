"""What speaks against taking a diver along, and the light that follows."""

from typing import NamedTuple

#: from the heaviest on; ``off`` is not looked at
SEVERITIES = ("block", "warn", "inform", "off")


class Finding(NamedTuple):
    """One reason, in words for staff.

    ``anyway`` says who took the diver along all the same, and why.
    """

    code: str
    severity: str
    text: str
    model: str = ""
    res_id: int = 0
    anyway: str = ""

    @property
    def blocks(self):
        """Whether it keeps the diver from the trip."""
        return self.severity == "block" and not self.anyway


def light(findings):
    """Return ``red``, ``amber`` or ``green``; what is told by the way is green."""
    if any(finding.blocks for finding in findings):
        return "red"
    if any(finding.severity in ("block", "warn") for finding in findings):
        return "amber"
    return "green"


def heaviest_first(findings):
    """Return the findings in the order in which they are read."""
    return sorted(
        findings,
        key=lambda finding: (not finding.blocks, SEVERITIES.index(finding.severity)),
    )
