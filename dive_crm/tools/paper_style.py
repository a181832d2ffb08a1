"""Styles within the page: paper that is made without asking the server for anything.

wkhtmltopdf leaves a letterhead or a page number out, without a word, when the styles
of its page take more than a second to arrive (seen with 0.12.4, patched Qt). They come
from Odoo over HTTP, which takes as long as there are other requests; and the first
time after a change they are made anew for that request, since those that the printing
transaction has made are not committed yet.
"""

import base64
import re

LINK = re.compile(r'<link\b[^>]*\bhref="(?P<url>/web/assets/[^"]+\.css)"[^>]*>')
FACE = re.compile(r"@font-face\s*\{[^}]*\}")
FAMILY = re.compile(r"""font-family:\s*['"]?([^;'"}]+)""")
WEIGHT = re.compile(r"font-weight:\s*(\w+)")
FILE = re.compile(r"""url\(\s*['"]?(/[^'")?#]+\.(?:woff|ttf))\b[^)]*\)""")
#: the weights of a page of text; others are shown as the nearest of them
WEIGHTS = {"400", "700", "normal", "bold"}
#: fonts whose letters are pictures, and the classes that ask for them
ICONS = {"FontAwesome": "fa", "odoo_ui_icons": "oi"}


def icons_in(html):
    """Return the fonts of pictures that a page uses."""
    return frozenset(
        font
        for font, name in ICONS.items()
        if re.search(rf'class="[^"]*\b{name}\b', html)
    )


def embed_styles(html, style_of):
    """Put the styles that a page links to into the page.

    :param style_of: gives the text of the style at an address, or None to leave it
    :rtype: str
    """

    def replace(match):
        style = style_of(match["url"])
        if style is None:
            return match[0]
        # nothing in a style may end it
        return "<style>{}</style>".format(style.replace("</", "<\\/"))

    return LINK.sub(replace, html)


def embed_fonts(style, icons, read):
    """Put the fonts that a style uses into it, and drop those that it does not use.

    Fonts of other servers go as well: the machine's own stand in for them, and nobody
    there learns that something was printed.

    :param icons: see :func:`icons_in`
    :param read: gives the bytes of the file at an address of this server, or None
    :rtype: str
    """
    rest = FACE.sub("", style)
    used = {
        name.strip(" '\"")
        for names in re.findall(r"font-family:([^;}]+)", rest)
        for name in names.split(",")
    } - (ICONS.keys() - icons)

    def replace(match):
        return _embed_face(match[0], used, read)

    return FACE.sub(replace, style)


def _embed_face(face, used, read):
    """Return a font's rule with its first file that there is in it, or nothing."""
    family, weight = FAMILY.search(face), WEIGHT.search(face)
    if not family or family[1].strip() not in used:
        return ""
    if weight and weight[1] not in WEIGHTS:
        return ""
    for address in FILE.findall(face):
        content = read(address)
        if content:
            kind = address.rpartition(".")[2]
            data = base64.b64encode(content).decode()
            rest = re.sub(r"src:[^;}]*;?", "", face).rstrip("} ;")
            return f"{rest}; src: url(data:font/{kind};base64,{data})}}"
    return ""
