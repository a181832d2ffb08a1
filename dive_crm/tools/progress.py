"""A bar for somebody who waits; a line now and then for a log."""

import sys
import time

WIDTH = 30
#: Seconds between two lines where no bar can be drawn.
QUIET = 30


class Progress:
    """What is done of one step after the other."""

    def __init__(self, out=None, clock=time.monotonic):
        self._out, self._clock = out or sys.stderr, clock
        self._drawn = self._clock()
        self._wide = 0
        self.is_drawn = getattr(self._out, "isatty", lambda: False)()

    def show(self, what, done, total=0, unit=""):
        """Say how far a step is; often called, seldom drawn.

        :param total: 0: nobody knows
        """
        now = self._clock()
        last = total and done >= total
        if now - self._drawn < (0.1 if self.is_drawn else QUIET) and not last:
            return
        if last and not self.is_drawn:
            return  # the next step speaks for itself
        self._drawn = now
        line = self._line(what, done, total, unit)
        if self.is_drawn:
            self._out.write(f"\r{line.ljust(self._wide)}")
            self._wide = len(line)
        else:
            self._out.write(f"{line}\n")
        self._out.flush()

    def clear(self):
        """Leave an empty line for what is said next."""
        if self.is_drawn and self._wide:
            self._out.write(f"\r{' ' * self._wide}\r")
            self._out.flush()
            self._wide = 0

    @staticmethod
    def _line(what, done, total, unit):
        if unit == "B":
            said = human(done) + (f" of {human(total)}" if total else "")
        else:
            said = f"{done}" + (f" of {total}" if total else "")
        if not total:
            return f"{what}: {said}"
        part = min(done / total, 1)
        bar = ("#" * int(part * WIDTH)).ljust(WIDTH, ".")
        return f"{what} [{bar}] {part:4.0%} {said}"


def human(size):
    """Return a number of bytes for people."""
    for unit in ("B", "kB", "MB", "GB"):
        if size < 1000:
            return f"{size:.0f} {unit}" if unit == "B" else f"{size:.1f} {unit}"
        size /= 1000
    return f"{size:.1f} TB"
