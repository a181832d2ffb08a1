"""One process per database, so that neither sees the other's code or caches.

The parent sends (function name, keyword arguments); the child calls that function of
``measures``, or of the module that is named before a dot, with the registry of its
database and sends back what it returns.
"""

import importlib
import multiprocessing
import traceback


def _serve(pipe, database):
    """Child: answer until the pipe closes."""
    from odoo.modules.registry import Registry
    from odoo.tools import config

    config.parse_config(["-d", database, "--log-level=error", "--max-cron-threads=0"])
    registry = Registry(database)
    while True:
        try:
            name, kwargs = pipe.recv()
        except (EOFError, KeyboardInterrupt):
            return
        try:
            module, _dot, function = name.rpartition(".")
            module = importlib.import_module(module or "measures")
            pipe.send((True, getattr(module, function)(registry, **kwargs)))
        except Exception:  # pylint: disable=broad-except
            pipe.send((False, traceback.format_exc()))


class Worker:
    """A database's process: ``worker("create", rows=1)`` calls ``measures.create``."""

    def __init__(self, database):
        context = multiprocessing.get_context("spawn")
        self.database = database
        self._pipe, theirs = context.Pipe()
        self._process = context.Process(
            target=_serve, args=(theirs, database), daemon=True
        )
        self._process.start()
        theirs.close()

    def __call__(self, function, **kwargs):
        self._pipe.send((function, kwargs))
        try:
            done, result = self._pipe.recv()
        except EOFError:
            raise RuntimeError(f"the process on {self.database} died") from None
        if not done:
            raise RuntimeError(f"{function} on {self.database}:\n{result}")
        return result

    def close(self):
        """End the process (its transactions were rolled back)."""
        self._pipe.close()
        self._process.join(10)
        if self._process.is_alive():
            self._process.terminate()

    def __enter__(self):
        return self

    def __exit__(self, *_args):
        self.close()
