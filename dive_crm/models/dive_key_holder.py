import logging
from contextlib import contextmanager

from odoo import api, models
from odoo.exceptions import UserError
from odoo.tools import SQL

from ..tools.envelope import EnvelopeError, UnknownKey
from ..tools.keyring import KeyringError

_logger = logging.getLogger(__name__)


def is_shut(error):
    """Say whether an error is that something encrypted cannot be had just now.

    Its words are for the staff, who call the administrator; divers are told to come
    back.
    """
    return getattr(error, "dive_shut", False)


class DiveKeyHolder(models.AbstractModel):
    """What is encrypted with the keys of the key file, for those who change the keys.

    ``dive_keys rotate`` and ``check`` go over all models that inherit this one. Such a
    model has a column ``key_id`` with an index, and says how to open and to seal anew.
    """

    _name = "dive.key.holder"
    _description = "What is encrypted"

    #: How many more values than scans fit into one transaction of a rotation.
    _dive_reseal_factor = 1

    def _dive_reseal(self, keys):
        """Open each record and seal it with the current key of ``keys``.

        :param Keyring keys:
        :return: the records that do not open; they stay as they are
        """
        raise NotImplementedError

    def _dive_unopened(self, keys):
        """Return the records that do not open with ``keys``."""
        raise NotImplementedError

    @api.model
    def _dive_key_holders(self):
        """Return all models that hold something encrypted, each as superuser."""
        # sudo: keys are rotated over everything; whose keys they are, only admins ask
        names = self.pool.descendants(["dive.key.holder"], "_inherit")
        models_of_names = (self.env[name].sudo() for name in names)
        return [model for model in models_of_names if not model._abstract]

    @api.model
    def _dive_key_usage(self):
        """Return how many records each key seals: ``{key id: number}``."""
        self.flush_model(["key_id"])
        rows = self.env.execute_query(
            SQL(
                "SELECT key_id, COUNT(*) FROM %s GROUP BY key_id ORDER BY key_id",
                SQL.identifier(self._table),
            )
        )
        return dict(rows)

    @api.model
    def _dive_next_to_reseal(self, current, after, limit):
        """Return locked records whose key is not ``current``, beyond the id ``after``.

        What others are writing just now is left out: it comes in the next pass.
        """
        self.flush_model(["key_id"])
        rows = self.env.execute_query(
            SQL(
                "SELECT id FROM %s WHERE key_id != %s AND id > %s"
                " ORDER BY id LIMIT %s FOR UPDATE SKIP LOCKED",
                SQL.identifier(self._table),
                current,
                after,
                limit,
            )
        )
        return self.browse([record_id for (record_id,) in rows])

    @contextmanager
    def _dive_secrets_told(self):
        """Tell the user why a secret cannot be had, and the log a little more."""
        try:
            yield
        except (KeyringError, EnvelopeError) as error:
            # neither names any content: see tools/keyring.py, tools/envelope.py
            _logger.warning("Something encrypted cannot be had: %s", error)
            # no class of its own: the web client shows those as errors of the server
            shut = UserError(self._dive_why_no_secret(error))
            shut.dive_shut = True
            raise shut from None

    def _dive_why_no_secret(self, error):
        if isinstance(error, KeyringError):
            why = {
                "unset": self.env._("no key file is set up"),
                "missing": self.env._("the key file is not there"),
                "unreadable": self.env._("Odoo may not read the key file"),
                "exposed": self.env._("others than Odoo may read the key file"),
                "malformed": self.env._("the key file is damaged"),
                "empty": self.env._("the key file is empty"),
            }[error.code]
        elif isinstance(error, UnknownKey):
            why = self.env._("its key, %s, is not in the key file", error.key_id)
        else:
            why = self.env._("it was changed or damaged, or it has another key")
        return self.env._(
            "What is encrypted cannot be opened or stored now: %(why)s. Nothing was"
            " changed, and everything else works. Ask your administrator to run"
            " “dive_keys check”.",
            why=why,
        )
