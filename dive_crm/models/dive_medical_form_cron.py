"""What is done about forms in the background: one by one, each once."""

import logging

from psycopg2 import OperationalError

from odoo import api, models

_logger = logging.getLogger(__name__)


class DiveMedicalForm(models.Model):
    _inherit = "dive.medical.form"

    @api.model
    def _dive_one_by_one(self, due, action, failed):
        """Do something for each form of a domain, and commit after each.

        A form that somebody else holds waits for the next run. One that fails stops
        none of the others.

        :param due: which forms; what is done takes them out of it
        :param str action: name of the method for one form
        :param str failed: name of the method that notes that it failed
        """
        cron = self.env["ir.cron"]
        ids = self.search(due, order="id").ids
        cron._commit_progress(remaining=len(ids))
        for form_id in ids:
            self.browse(form_id)._dive_do_one(due, action, failed)
            # as much memory for the last as for the first
            self.env.invalidate_all()
            if not cron._commit_progress(1):
                return

    def _dive_do_one(self, due, action, failed):
        try:
            with self.env.cr.savepoint():
                form = self.try_lock_for_update(allow_referencing=True)
                if form.filtered_domain(due):
                    getattr(form, action)()
        except OperationalError:
            # somebody has changed it since this transaction began
            _logger.info("Medical form %s: %s waits for the next run", self.id, action)
        except Exception as error:
            # no words of it: they may quote what stands in the form
            _logger.error(
                "Medical form %s: %s: %s", self.id, action, type(error).__name__
            )
            getattr(self, failed)()
