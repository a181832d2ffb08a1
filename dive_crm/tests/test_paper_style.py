"""Styles and fonts within the page: see tools/paper_style.py."""

from odoo.tests import BaseCase

from ..tools.paper_style import embed_fonts, embed_styles, icons_in

FONTS = {
    "/web/static/lato/Reg.woff": b"regular",
    "/web/static/lato/Bol.ttf": b"bold",
    "/web/static/fa.woff": b"icons",
}


def face(family, address, weight="normal"):
    return (
        f"@font-face{{font-family: '{family}'; src: url(\"{address}.eot\");"
        f' src: url("{address}.eot?#iefix") format("embedded-opentype"),'
        f' url("{address}.woff") format("woff"), url("{address}.ttf");'
        f" font-weight: {weight}; font-style: normal;}}"
    )


class TestPaperStyle(BaseCase):
    def _embed(self, *faces, icons=()):
        rest = "body{font-family: Lato, 'Sans'}.fa{font: x; font-family: FontAwesome}"
        style = "".join(faces) + rest
        result = embed_fonts(style, frozenset(icons), FONTS.get)
        self.assertTrue(result.endswith(rest))
        return result.removesuffix(rest)

    def test_used_font(self):
        result = self._embed(face("Lato", "/web/static/lato/Reg"))
        self.assertIn("src: url(data:font/woff;base64,cmVndWxhcg==)}", result)
        self.assertIn("font-family: 'Lato'", result)
        self.assertIn("font-weight: normal", result)
        self.assertNotIn("/web/static", result)

    def test_next_file(self):
        result = self._embed(face("Lato", "/web/static/lato/Bol", 700))
        self.assertIn("data:font/ttf;base64,Ym9sZA==", result)

    def test_dropped(self):
        for one in (
            face("Lato", "/web/static/lato/Reg", 300),
            face("Lato-Reg", "/web/static/lato/Reg"),
            face("Lato", "/web/static/lato/None"),
            face("Lato", "https://fonts.example.com/lato/Reg"),
            face("FontAwesome", "/web/static/fa"),
        ):
            self.assertEqual(self._embed(one), "", one)

    def test_icons(self):
        one = face("FontAwesome", "/web/static/fa")
        icons = icons_in('<p><i class="me-1 fa fa-phone"></i></p>')
        self.assertEqual(icons, {"FontAwesome"})
        self.assertIn("aWNvbnM=", self._embed(one, icons=icons))
        self.assertFalse(icons_in('<p class="fancy">class fa</p>'))

    def test_embed_styles(self):
        html = (
            '<link type="text/css" rel="stylesheet" href="/web/assets/1/a.min.css"/>'
            '<link rel="stylesheet" href="/web/assets/1/b.min.css">'
            '<link rel="stylesheet" href="https://example.com/c.css"/>'
        )
        styles = {"/web/assets/1/a.min.css": "p{content:'</style>\\\\1'}"}
        self.assertEqual(
            embed_styles(html, styles.get),
            "<style>p{content:'<\\/style>\\\\1'}</style>" + html[html.index(">") + 1 :],
        )
