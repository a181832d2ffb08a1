"""The way to a physician and back: papers to take along, the page that is returned."""

from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError
from odoo.fields import NO_ACCESS
from odoo.tools import SQL

from ..tools.ticket import with_ticket
from .dive_access_log import note_access
from .dive_secret_mixin import MEDICAL

PACKET_REPORT = "dive_crm.report_dive_medical_packet"
SEND_CRON = "dive_crm.ir_cron_medical_papers_send"
TEMPLATE = "dive_crm.mail_template_medical_papers"
ACTIVITY = "dive_crm.mail_activity_type_physician_page"


class DiveMedicalForm(models.Model):
    _inherit = "dive.medical.form"

    papers_state = fields.Selection(
        [("due", "Being sent"), ("sent", "Sent"), ("failed", "Not sent")],
        "Papers for the physician",
        readonly=True,
        copy=False,
        help="An address where the diver finds them, by e-mail.",
    )
    papers_sent_on = fields.Date("Papers sent on", readonly=True, copy=False)
    papers_mail_id = fields.Many2one(
        "mail.mail",
        readonly=True,
        copy=False,
        index="btree_not_null",
        ondelete="set null",
        groups=NO_ACCESS,
    )
    papers_failed = fields.Boolean(compute="_compute_papers_failed")
    physician_page_on = fields.Datetime("Page arrived", readonly=True, copy=False)

    _papers_due = models.Index("(id) WHERE papers_state = 'due'")

    @api.depends("papers_state", "papers_mail_id.state")
    def _compute_papers_failed(self):
        # sudo: what becomes of a mail is not for everybody to read; that it did not
        # arrive is for who has sent it
        for form in self.sudo():
            form.papers_failed = (
                form.papers_state == "failed"
                or form.papers_mail_id.state in ("exception", "cancel")
            )

    # ------------------------------------------------------------------
    # What is needed
    # ------------------------------------------------------------------

    def _dive_needs_physician(self):
        """Say whether a physician's word on this form is what the diver lacks today."""
        self.ensure_one()
        diver = self.partner_id.sudo()  # the status, whoever asks
        return (
            self.state == "submitted"
            and diver._dive_medical_status()[diver] == "physician"
        )

    def _dive_awaits_page(self):
        """Say whether a page that a physician has signed is taken for this form."""
        return (
            self._dive_needs_physician()
            and not self.physician_page_on
            and not self.physician_result
        )

    def _dive_check_needs_physician(self):
        if not self._dive_needs_physician():
            raise UserError(
                self.env._(
                    "No physician is needed for this form. The customer's medical"
                    " status says what is."
                )
            )

    # ------------------------------------------------------------------
    # The papers
    # ------------------------------------------------------------------

    def _dive_packet(self, url):
        """Return the papers for the physician as a PDF; it is kept nowhere.

        Who calls this has asked whether the user may have them.

        :param str url: where the page is to be sent back to
        """
        self.ensure_one()
        self._dive_check_needs_physician()
        self.env["dive.access.log"]._dive_check_writable()
        form = with_ticket(self.sudo())
        paper = form.env["ir.actions.report"]._dive_private_pdf(
            PACKET_REPORT, form, return_url=url
        )
        note_access(self, ["packet"], "print", reason=self._dive_packet_reason())
        return paper

    def _dive_packet_reason(self):
        """Return the reason that a manager has given; divers need none."""
        # sudo: only which reason this user has given
        return self.partner_id.sudo()._dive_access_reason()

    def action_open_packet(self):
        """Open the papers for the physician; for medical officers.

        A manager is asked for a reason first.
        """
        self.ensure_one()
        if self._dive_lacks_reason():
            return self.partner_id.action_dive_access_reason()
        self._dive_packet_ask()
        self._dive_check_needs_physician()
        return {
            "type": "ir.actions.act_url",
            "url": f"/dive/physician-papers/{self.id}",
            "target": "new",
        }

    def _dive_packet_ask(self):
        """Ask whether the user, of the dive centre's staff, may have the papers.

        :raise AccessError:
        """
        try:
            self.check_access("read")
            self._dive_paper_ask()
        except AccessError:
            note_access(self, ["packet"], "print", allowed=False)
            raise

    def action_scan_page(self):
        """Open where a page that the diver has brought on paper is handed in.

        Outside the form: what is typed there may be kept in clear for a while.
        """
        self.ensure_one()
        self.check_access("write")
        self._dive_check_needs_physician()
        return {
            "type": "ir.actions.act_url",
            "url": f"/dive/physician-page/{self.id}",
            "target": "self",
        }

    def action_open_page(self):
        """Open the page that a physician has signed; for medical officers."""
        return self._dive_open_file("physician")

    # ------------------------------------------------------------------
    # Sending them
    # ------------------------------------------------------------------

    def action_send_papers(self):
        """Have the diver, or a minor's guardian, written where the papers are.

        The e-mail has an address and nothing about health. It is written afterwards, by
        a scheduled action, so that nobody here sees the address.

        :raise UserError: there is nobody to write to, or nothing to send
        """
        self.ensure_one()
        self.check_access("write")
        self._dive_check_needs_physician()
        self._dive_check_papers()
        if self.papers_state != "due":
            values = {"papers_state": "due", "physician_page_on": False}
            self._dive_unlocked().write(values)
            self._dive_start(SEND_CRON)
        recipient = self.partner_id.sudo().dive_statement_recipient_id
        return {
            "type": "ir.actions.client",
            "tag": "display_notification",
            "params": {
                "type": "success",
                "message": self.env._(
                    "%(name)s gets an e-mail with the address of the papers.",
                    name=recipient.name,
                ),
                "next": {"type": "ir.actions.client", "tag": "soft_reload"},
            },
        }

    def _dive_check_papers(self):
        if self.physician_result:
            raise UserError(
                self.env._(
                    "A physician's word is noted on this form, and no longer counts."
                    " Begin a new form with the diver."
                )
            )
        if self.physician_page_on and not self.env.user.has_group(MEDICAL):
            raise UserError(
                self.env._(
                    "A page has arrived already: the medical officer looks at it"
                    " first, and sends the papers again if it cannot be used."
                )
            )
        # sudo: a guardian may be a contact of another company
        recipient = self.partner_id.sudo().dive_statement_recipient_id
        if not recipient.active or not recipient.email_normalized:
            raise UserError(
                self.env._(
                    "There is no e-mail address to write to: fill in that of"
                    " %(name)s, or have the medical officer print the papers.",
                    name=(recipient or self.partner_id).name,
                )
            )

    @api.model
    def _cron_dive_send_papers(self):
        """Write the e-mails that are due, one by one; may be killed anywhere."""
        due = [("papers_state", "=", "due")]
        self._dive_one_by_one(due, "_dive_write_papers", "_dive_papers_failed")

    def _dive_write_papers(self):
        """Put the e-mail into Odoo's queue, and mark that it was done."""
        form = self.sudo()  # the scheduled action is nobody
        mail = form.browse()
        if form._dive_needs_physician():
            mail = form._dive_papers_mail()
            form._message_log(body=form.env._("The papers for the physician are sent."))
        form._dive_unlocked().write(
            {
                "papers_state": "sent" if mail else False,
                "papers_sent_on": mail and form._dive_today(),
                "papers_mail_id": mail and mail.id,
            }
        )

    def _dive_papers_mail(self):
        template = self.env.ref(TEMPLATE)
        url = self.env["dive.physician.link"]._dive_issue(self)
        company = self.partner_id.company_id or self.company_id
        mail_id = template.with_context(dive_physician_url=url).send_mail(
            self.id,
            # Not on the form: who reads its messages would have the address as well.
            email_values={
                "model": False,
                "res_id": False,
                "author_id": company.partner_id.id,
            },
        )
        self.env.ref("mail.ir_cron_mail_scheduler_action")._trigger()
        return self.env["mail.mail"].browse(mail_id)

    def _dive_papers_failed(self):
        self._dive_unlocked().write({"papers_state": "failed"})

    # ------------------------------------------------------------------
    # The page that comes back
    # ------------------------------------------------------------------

    def _dive_take_page(self, content, link=None):
        """Keep the page that a physician has signed; the first one.

        Who calls this has asked whether the sender may send it.

        :param bytes content: a JPEG, PNG or PDF
        :param link: the address that it comes by, which is used up; any if none
        :return: False if another one was faster, or none is waited for any more
        :raise UserError: not such a file; the message says why
        """
        form = self.sudo()  # divers, and visitors with a link, may write no forms
        if not form._dive_awaits_page():
            return False
        with self.env.cr.savepoint():
            if not form._dive_mark_page(link):
                return False
            self.env["dive.physician.link"]._dive_use_up(form)
            form._dive_unlocked()._dive_sealed_put("physician", content)
            form._message_log(body=form.env._("The physician's page has arrived."))
            form._dive_tell_officer()
        return True

    def _dive_mark_page(self, link):
        """Note that a page arrives now, once: of two senders one comes too late."""
        self.flush_recordset()
        unused = SQL(
            " AND EXISTS (SELECT FROM dive_physician_link link"
            " WHERE link.id = %s AND link.used_at IS NULL)",
            link and link.id,
        )
        first = self.env.execute_query(
            SQL(
                "UPDATE dive_medical_form SET physician_page_on = %s"
                " WHERE id = %s AND physician_page_on IS NULL%s RETURNING id",
                fields.Datetime.now(),
                self.id,
                unused if link else SQL(),
            )
        )
        self.invalidate_recordset(["physician_page_on"], flush=False)
        return bool(first)

    def _dive_page_activities(self):
        kind = self.env.ref(ACTIVITY, raise_if_not_found=False)
        return self.activity_ids.filtered(lambda one: one.activity_type_id == kind)

    def _dive_tell_officer(self):
        """Have a medical officer note the physician's word, once."""
        if self._dive_page_activities():
            return
        company = self.partner_id.company_id or self.company_id
        user = company._dive_medical_officer()
        words = self.with_context(lang=user.lang or self.env.lang)
        # without a mail: who works here looks at what is to be done
        words.with_context(mail_activity_quick_update=True).activity_schedule(
            ACTIVITY,
            date_deadline=company._dive_today(),
            user_id=user.id,
            summary=words.env._("Note the physician's word"),
        )

    def action_physician_word(self, result, date, until=None):
        """Note a physician's word; what was to be done about a page is done."""
        done = super().action_physician_word(result, date, until)
        # sudo: whose activity it is does not matter
        self.sudo()._dive_page_activities().unlink()
        return done
