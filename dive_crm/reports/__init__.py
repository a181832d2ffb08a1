from . import dive_history
from . import dive_statement_report
from . import dive_certification_report
from . import dive_medical_compliance
from . import dive_statement_account
from . import dive_statement_booking
from . import ir_actions_report
