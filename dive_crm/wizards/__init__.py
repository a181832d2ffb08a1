from . import base_partner_merge
from . import dive_customer_import
from . import dive_customer_import_kind
from . import dive_customer_import_line
from . import dive_statement_wizard
from . import dive_certification_check_wizard
from . import dive_certification_renew_wizard
from . import dive_course_close
