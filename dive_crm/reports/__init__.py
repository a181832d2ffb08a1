from . import dive_history, dive_statement_report, ir_actions_report
