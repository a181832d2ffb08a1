from . import base_partner_merge, dive_customer_import, dive_statement_wizard
