"""Confirm and close the courses of the demo data, as a fresh installation does.

Updating a module, Odoo makes the new records of its demo files and skips their function
calls, so that the demo dive centre would have courses that nobody is booked on. The
databases of dive centres have no demo data: nothing happens there.
"""

import logging

from lxml import etree

from odoo import SUPERUSER_ID, api
from odoo.tools import file_open
from odoo.tools.convert import xml_import

_logger = logging.getLogger(__name__)

FILE = "dive_crm/demo/dive_course_demo.xml"


def migrate(cr, version):
    env = api.Environment(cr, SUPERUSER_ID, {})
    booking = env.ref("dive_crm.booking_course_closed_1", raise_if_not_found=False)
    if not booking or booking.state != "draft":
        return
    try:
        with cr.savepoint():
            call_functions(env)
            # named before its kind of trip was
            booking.trip_id.name = booking.trip_id.type_id.name
    except Exception:
        # Somebody has played with the demo data: that is what it is for.
        _logger.info("The demo courses stay as they are", exc_info=True)


def call_functions(env):
    """Run the function calls of the file, without its records."""
    with file_open(FILE) as file:
        root = etree.parse(file).getroot()
    for record in root.findall("record"):
        root.remove(record)
    calls = xml_import(env, "dive_crm", {}, "init", noupdate=True, xml_filename=FILE)
    calls.parse(root)
