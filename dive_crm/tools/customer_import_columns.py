"""Which column of a customer list is which, whatever its title and its place."""

import re
from typing import NamedTuple

from .text_fold import fold

#: What we know of a customer, and how centres call it. The first name of each is the
#: one of our template. Compared without case, accents, spaces and signs.
COLUMNS = {
    "ref": (
        "Customer no,Customer number,Customer ID,Customer code,Client number,Client no,"
        "Member number,Member no,Number,No,ref,Reference,Kundennummer,Kundennr,"
        "Kunden-Nr,Numéro client,N client,Número de cliente,N cliente,Codice cliente,"
        "Numero cliente"
    ),
    "firstname": (
        "First name,Given name,Given names,Forename,Vorname,Prénom,Nombre,Nome,"
        "firstname"
    ),
    "lastname": (
        "Last name,Surname,Family name,Nachname,Familienname,Zuname,Nom,Nom de famille,"
        "Apellido,Apellidos,Cognome,lastname"
    ),
    "name": (
        "Name,Full name,Customer,Customer name,Client,Client name,Display name,Diver,"
        "Vollständiger Name,Kunde,Nom complet,Nombre completo,Nome completo,"
        "complete_name"
    ),
    "email": (
        "E-mail,E-mail address,Mail,Mail address,E-Mail-Adresse,Mailadresse,Courriel,"
        "Adresse e-mail,Adresse mail,Correo,Correo electrónico,Posta elettronica,"
        "Indirizzo e-mail"
    ),
    "phone": (
        "Phone,Phone number,Telephone,Telephone number,Tel,Mobile,Mobile phone,Cell,"
        "Cell phone,Cellphone,Telefon,Telefonnummer,Handy,Mobil,Mobiltelefon,Téléphone,"
        "Portable,Teléfono,Móvil,Telefono,Cellulare"
    ),
    "street": "Street,Address,Straße,Adresse,Rue,Calle,Dirección,Via,Indirizzo",
    "zip": "ZIP,ZIP code,Postcode,Postal code,PLZ,Postleitzahl,Code postal,"
    "Código postal,CAP",
    "city": "City,Town,Ort,Stadt,Wohnort,Ville,Ciudad,Città",
    "country": (
        "Country,Country code,Nation,Land,Ländercode,Pays,Code pays,País,Paese,Nazione,"
        "country_id"
    ),
    "birthdate": (
        "Date of birth,Birth date,Birthday,DOB,Born,Born on,Geburtsdatum,Geburtstag,"
        "Geboren am,Date de naissance,Né le,Fecha de nacimiento,Nacimiento,"
        "Data di nascita,birthdate_date"
    ),
    "since": (
        "Created,Created on,Creation date,Created at,Date created,Customer since,"
        "Registered,Registered on,Angelegt,Angelegt am,Erstellt,Erstellt am,Kunde seit,"
        "Créé le,Date de création,Client depuis,Creado,Creado el,Fecha de creación,"
        "Cliente desde,Creato il,Data di creazione,Cliente dal,dive_customer_since"
    ),
    "emergency_name": (
        "Emergency name,Emergency contact,Emergency contact name,Notfallkontakt,"
        "Emergency contacts/Name,Notfall Name,Contact d'urgence,Contacto de "
        "emergencia,Contatto di emergenza"
    ),
    "emergency_phone": (
        "Emergency phone,Emergency contact phone,Emergency contacts/Phone,"
        "Emergency number,Emergency telephone,Notfallnummer,Notfalltelefon,"
        "Téléphone d'urgence,Teléfono de emergencia,Telefono di emergenza"
    ),
    "emergency_relationship": (
        "Emergency relationship,Emergency contact relationship,Relationship,"
        "Emergency contacts/Relationship"
    ),
    "tags": (
        "Tags,Tag,Labels,Categories,Category,Schlagwörter,Kategorien,Étiquettes,"
        "Etiquetas,Etichette,category_id"
    ),
    "comment": (
        "Notes,Note,Comment,Comments,Remark,Remarks,Notiz,Notizen,Bemerkung,"
        "Bemerkungen,Anmerkungen,Remarque,Remarques,Notas,Observaciones,Commenti"
    ),
    "agency": (
        "Agency,Certification agency,Training agency,Organisation,Verband,"
        "Tauchverband,Fédération,Federación,Federazione,Didattica"
    ),
    "level": (
        "Level,Certification,Certification level,Diving level,Brevet,Tauchbrevet,"
        "Niveau,Nivel,Livello,Titulación,Brevetto"
    ),
    "card_number": (
        "Card number,Certification number,Card no,Brevetnummer,Brevet-Nr,"
        "Numéro de brevet,Número de carnet,Numero brevetto"
    ),
    "certified_on": (
        "Certified on,Certification date,Date of certification,Brevetdatum,"
        "Brevet vom,Date du brevet,Fecha de titulación,Data brevetto"
    ),
    # Known, and without a place in the system so far.
    "later_newsletter": "Newsletter,Mailing,Newsletter consent",
    # Besides, in the template of Odoo's own import.
    "ours": "Dive customer",
}

#: Columns that are read on their own; the others make up a customer.
LATER = ("later_newsletter",)
OURS = "ours"


def _key(title):
    return re.sub(r"[\W_]+", "", fold(title))


_BY_KEY = {
    _key(title): name for name, titles in COLUMNS.items() for title in titles.split(",")
}


class Columns(NamedTuple):
    """What the columns of a file are.

    ``fields`` gives the place of each known column; ``later`` and ``unknown`` are
    titles, ``repeated`` the titles of columns that say again what an earlier one says.
    """

    fields: dict[str, int]
    later: list[str]
    unknown: list[str]
    repeated: list[str]


def recognise(header, ours=()):
    """Return what the titles in ``header`` mean.

    :param list[str] header: titles in any order and language of ours
    :param ours: further titles to pass over in silence
    :rtype: Columns
    """
    ours = {_key(title) for title in ours}
    columns = Columns({}, [], [], [])
    for place, title in enumerate(header):
        key = _key(title)
        name = OURS if not title or key in ours else _BY_KEY.get(key)
        if name is None:
            columns.unknown.append(title)
        elif name in LATER:
            columns.later.append(title)
        elif name != OURS and name in columns.fields:
            columns.repeated.append(title)
        elif name != OURS:
            columns.fields[name] = place
    return columns


def score(header):
    """Return how many of the titles in ``header`` are known."""
    columns = recognise(header)
    return len(columns.fields) + len(columns.later)


def template_header():
    """Return the titles of a file that is understood whole."""
    return [
        titles.split(",")[0]
        for name, titles in COLUMNS.items()
        if name not in (*LATER, OURS, "name")
    ]
