"""Lines of prepaid cards have a wider index now: the first one has no use."""


def migrate(cr, version):
    """Drop the index that Odoo keeps once a field no longer asks for it."""
    cr.execute("DROP INDEX IF EXISTS account_move_line__dive_card_id_index")
