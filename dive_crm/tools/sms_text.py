"""The text of an SMS, with as few parts to pay for as its words allow."""

import re

#: What a part of 160 characters can say (GSM 03.38); with anything else it has 70.
GSM = frozenset(
    "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?¡"
    "ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà"
)
#: Each of these counts twice.
GSM_TWICE = frozenset("\f^{}\\[~]|€")
PLAIN = str.maketrans(
    {
        "“": '"',
        "”": '"',
        "„": '"',
        "‘": "'",
        "’": "'",
        "–": "-",
        "—": "-",
        "·": "-",
        "…": "...",
        "\N{NO-BREAK SPACE}": " ",
        "\N{NARROW NO-BREAK SPACE}": " ",
    }
)
QUOTES = re.compile(r"«\s*|\s*»")


def plain(text):
    """Return a text with the quotation marks of a telephone, if that makes it shorter.

    One “ makes an SMS of 160 characters one of three parts. Where a letter or a name
    needs the large alphabet anyway, it stays as it is.
    """
    text = (text or "").strip()
    simple = QUOTES.sub('"', text).translate(PLAIN)
    return simple if set(simple) <= GSM | GSM_TWICE else text


def parts(text):
    """Return in how many parts, which are paid for one by one, a text is sent."""
    if set(text) <= GSM | GSM_TWICE:
        length, one, many = len(text) + sum(c in GSM_TWICE for c in text), 160, 153
    else:
        length, one, many = len(text.encode("utf-16-be")) // 2, 70, 67
    return 1 if length <= one else -(-length // many)
