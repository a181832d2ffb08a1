"""Where dive_crm lives already, no public page appears by an update."""


def migrate(cr, version):
    if not version:
        return
    # the settings name it; whoever wants newcomers to book switches it on
    cr.execute("UPDATE res_company SET dive_online_newcomers = FALSE")
