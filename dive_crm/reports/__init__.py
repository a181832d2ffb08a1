# isort: off
from . import dive_history
from . import dive_history_card
from . import dive_statement_report
from . import dive_certification_report
from . import dive_manifest
from . import dive_packing_list
from . import dive_medical_compliance
from . import dive_statement_account
from . import dive_statement_booking
from . import dive_statement_card
from . import dive_card_report
from . import dive_discount_card_liability
from . import dive_discount_card_check
from . import dive_discount_card_liability_report
from . import dive_message_log
from . import dive_message_log_rooms
from . import dive_message_log_ticket
from . import dive_contact_log
from . import dive_brochure_report

# before the other one, which calls it for each document
from . import ir_actions_report_private
from . import dive_emergency_report
from . import ir_actions_report
from . import dive_medical_form_report

# last: what it embeds goes to all the others
from . import ir_actions_report_paper
