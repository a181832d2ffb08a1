"""A process of its own for ``test_trip_message_race``: its workers are really killed.

Odoo is loaded once; each worker is a fork, which goes with SIGKILL wherever it is.
"""

import json
import os
import random
import signal
import sys
import time

from odoo import SUPERUSER_ID, api, sql_db
from odoo.modules.registry import Registry
from odoo.tools import config


def slow(model, name):
    """Let a method take long enough to be killed before, within and after."""
    honest = getattr(model, name)

    def lengthy(records, *args, **kwargs):
        time.sleep(random.uniform(0, 0.5))
        result = honest(records, *args, **kwargs)
        time.sleep(random.uniform(0, 0.5))
        return result

    setattr(model, name, lengthy)


def main(db, options, partner_ids, kills):
    config.parse_config(options)
    Registry(db)
    # after the registry: without one there are no add-ons; and a script has no package
    # pylint: disable=odoo-addons-relative-import
    from odoo.addons.dive_crm.models import dive_alert_round

    dive_alert_round.BATCH = 1
    slow(Registry(db)["dive.booking.notice"], "_dive_tell_rows")
    slow(Registry(db)["ir.mail_server"], "send_email")
    sql_db.close_all()

    def tell(env):
        env["dive.booking.notice"]._cron_tell()

    def deliver(env):
        mails = env["mail.mail"].with_context(
            filters=[("recipient_ids", "in", partner_ids)]
        )
        mails.process_email_queue()

    def fork(job):
        pid = os.fork()
        if pid:
            return pid
        code = 1
        try:
            # the connections of the parent are the parent's
            sql_db._Pool = sql_db._Pool_readonly = None
            with Registry(db).cursor() as cr:
                job(api.Environment(cr, SUPERUSER_ID, {}))
            code = 0
        finally:
            os._exit(code)

    # two that tell; of the queue Odoo runs one at a time
    for _kill in range(kills):
        workers = [fork(job) for job in (tell, tell, deliver)]
        time.sleep(random.uniform(0.3, 1.8))
        for pid in workers:
            os.kill(pid, signal.SIGKILL)
        for pid in workers:
            os.waitpid(pid, 0)
    codes = [os.waitpid(fork(job), 0)[1] for job in (tell, tell, deliver)]
    sys.exit(any(codes))


if __name__ == "__main__":
    main(**json.loads(sys.argv[1]))
