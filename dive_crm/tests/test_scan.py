import io
import logging
import time
import zlib
from unittest.mock import patch

from PIL import (
    Image,
    MpoImagePlugin,  # noqa: F401  Pillow learns to write MPO by it
)

from odoo.tests.common import BaseCase, tagged
from odoo.tools.pdf import PdfReader, PdfWriter

from ..tools import scan, scan_pdf
from . import scan_files as files


def opened(data):
    return Image.open(io.BytesIO(data))


def pdf_text(data):
    return "\n".join(page.extract_text() for page in PdfReader(io.BytesIO(data)).pages)


@tagged("post_install", "-at_install", "dive_long")
class TestScanPicture(BaseCase):
    def _refused(self, data, code, **details):
        with self.assertRaises(scan.ScanError, msg=code) as caught:
            scan.clean_scan(data)
        self.assertEqual(caught.exception.code, code)
        for name, value in details.items():
            self.assertEqual(caught.exception.details[name], value)

    def test_jpeg_and_png_stay_what_they_are(self):
        for data, mimetype, kind in (
            (files.jpeg(), "image/jpeg", "JPEG"),
            (files.png(), "image/png", "PNG"),
        ):
            cleaned = scan.clean_scan(data)
            self.assertEqual((cleaned.mimetype, cleaned.pages), (mimetype, 1))
            self.assertEqual(opened(cleaned.data).format, kind)
            self.assertEqual(opened(cleaned.data).size, (60, 40))
            self.assertEqual(opened(cleaned.thumbnail).format, "JPEG")

    def test_notes_are_gone(self):
        for data in (files.jpeg(), files.png()):
            self.assertIn(files.NOTE, data)
            cleaned = scan.clean_scan(data)
            for part in (cleaned.data, cleaned.thumbnail):
                self.assertNotIn(files.NOTE, part)
                self.assertNotIn(b"Exif", part)
                picture = opened(part)
                self.assertFalse(picture.getexif())
                self.assertFalse({"comment", "icc_profile", "exif"} & set(picture.info))
        self.assertNotIn(b"tEXt", scan.clean_scan(files.png()).data)

    def test_upright(self):
        """A phone held upright writes the picture lying and a note to turn it."""
        self.assertEqual(opened(files.jpeg(orientation=6)).size, (60, 40))
        for orientation, size, corner in (
            (1, (60, 40), (5, 5)),
            (3, (60, 40), (55, 35)),
            (6, (40, 60), (35, 5)),
            (8, (40, 60), (5, 55)),
        ):
            cleaned = scan.clean_scan(files.jpeg(orientation=orientation))
            picture = opened(cleaned.data)
            self.assertEqual(picture.size, size)
            red, _green, blue = picture.convert("RGB").getpixel(corner)
            self.assertGreater(red, 200, f"orientation {orientation}")
            self.assertLess(blue, 60)

    def test_notes_that_cannot_be_read_do_no_harm(self):
        data = files.jpeg(notes=False)
        broken = b"\xff\xe1\x00\x10Exif\0\0MM\0*\xff\xff\xff\xff"
        cleaned = scan.clean_scan(data[:2] + broken + data[2:])
        self.assertEqual(opened(cleaned.data).size, (60, 40))

    def test_large_ones_are_scaled_down(self):
        cleaned = scan.clean_scan(files.jpeg(files.picture((5000, 1250))))
        self.assertEqual(opened(cleaned.data).size, (2560, 640))
        self.assertEqual(opened(cleaned.thumbnail).size, (256, 64))
        cleaned = scan.clean_scan(files.jpeg(files.picture((10, 3000)), orientation=6))
        self.assertEqual(max(opened(cleaned.data).size), 2560)

    def test_a_photograph_as_png_is_kept_as_jpeg(self):
        noise = Image.effect_noise((1800, 1800), 200).convert("RGB")
        data = files.png(noise)
        self.assertGreater(len(data), scan.PNG_LIMIT)
        self.assertEqual(scan.clean_scan(data).mimetype, "image/jpeg")

    def test_every_mode(self):
        for mode in ("1", "L", "P", "RGB"):
            data = files.png(files.picture(mode=mode), notes=False)
            picture = opened(scan.clean_scan(data).data).convert("RGB")
            self.assertEqual(picture.size, (60, 40))
        for mode in ("L", "CMYK"):
            scan.clean_scan(files.jpeg(files.picture(mode=mode), notes=False))
        data = files.jpeg(files.picture(mode="CMYK"))
        red, green, _blue = opened(scan.clean_scan(data).data).getpixel((5, 5))
        self.assertGreater(red, 180)
        self.assertLess(green, 90)

    def test_thin_lines_of_a_scan_in_black_and_white_stay(self):
        image = Image.new("1", (5000, 1000), 1)
        for left in range(0, 5000, 50):
            image.paste(0, (left, 0, left + 1, 1000))
        for data in (files.png(image), files.png(image.convert("P"))):
            kept = opened(scan.clean_scan(data).data).convert("L")
            row = [kept.getpixel((x, 100)) for x in range(kept.width)]
            self.assertGreater(len([grey for grey in row if grey < 220]), 90)

    def test_transparent_is_white(self):
        for mode in ("RGBA", "LA"):
            image = Image.new(mode, (20, 20), 0)
            picture = opened(scan.clean_scan(files.png(image)).data).convert("RGB")
            self.assertEqual(picture.getpixel((5, 5)), (255, 255, 255))
        palette = Image.new("P", (20, 20), 0)
        palette.putpalette([9, 9, 9, 200, 0, 0])
        picture = opened(scan.clean_scan(files.png(palette, transparency=0)).data)
        self.assertEqual(picture.convert("RGB").getpixel((5, 5)), (255, 255, 255))

    def test_sixteen_bits_of_grey(self):
        image = Image.new("I;16", (20, 20), 0x8000)
        picture = opened(scan.clean_scan(files.png(image, notes=False)).data)
        self.assertEqual(picture.convert("L").getpixel((5, 5)), 0x80)

    def test_of_a_film_the_first_picture(self):
        red, blue = (files.picture(colour=name) for name in ("red", "blue"))
        animated = files.png(red, notes=False, save_all=True, append_images=[blue])
        self.assertIn(b"acTL", animated)
        cleaned = scan.clean_scan(animated)
        self.assertNotIn(b"acTL", cleaned.data)
        self.assertEqual(opened(cleaned.data).getpixel((5, 5)), (255, 0, 0))
        output = io.BytesIO()
        red.save(output, "MPO", save_all=True, append_images=[blue])
        self.assertEqual(opened(output.getvalue()).format, "MPO")
        cleaned = scan.clean_scan(output.getvalue())
        self.assertEqual(opened(cleaned.data).format, "JPEG")
        self.assertGreater(opened(cleaned.data).getpixel((5, 5))[0], 200)

    def test_what_hangs_on_is_cut_off(self):
        """A picture and a web page in one file."""
        for data in (files.jpeg(), files.png()):
            cleaned = scan.clean_scan(data + b"<script>" + files.NOTE + b"</script>")
            self.assertNotIn(b"script", cleaned.data)

    def test_nothing_and_too_much(self):
        self._refused(b"", "empty")
        self._refused(None, "empty")
        data = files.jpeg() + b"\0" * scan.SIZE_LIMIT
        self._refused(data, "too_large", size=len(data), limit=10 * 1024 * 1024)

    def test_bombs_are_not_decoded(self):
        with patch.object(Image.Image, "thumbnail", side_effect=MemoryError):
            self._refused(files.png_of_size(60_000, 60_000), "pixels", size=3.6e9)
            self._refused(files.jpeg_of_size(60_000, 60_000), "pixels", size=3.6e9)
            self._refused(files.png_of_size(8000, 8000), "pixels", limit=32_000_000)

    def test_a_bomb_is_not_warned_of_either(self):
        with self.assertNoLogs(level="WARNING"):
            self._refused(files.jpeg_of_size(65_000, 65_000), "pixels")

    def test_broken_ones(self):
        noise = Image.effect_noise((300, 300), 200)
        for data, kind in ((files.jpeg(noise), "JPG"), (files.png(noise), "PNG")):
            for length in (3, 8, 20, len(data) // 2):
                start = data[:length]
                if len(start) < 8 and kind == "PNG":
                    continue
                self._refused(start, "broken", kind=kind)

    def test_first_bytes_decide(self):
        gif = io.BytesIO()
        files.picture().save(gif, "GIF")
        webp = b"RIFF\x24\0\0\0WEBPVP8 "
        for data, kind in (
            (gif.getvalue(), "GIF"),
            (webp, "WebP"),
            (b"BM" + b"\0" * 50, "BMP"),
            (b"II*\0", "TIFF"),
            (b"<svg xmlns='http://www.w3.org/2000/svg'/>", "SVG"),
            (b"\xef\xbb\xbf<?xml version='1.0'?><!-- x --><SVG/>", "SVG"),
            (b"<!DOCTYPE html><script>1</script>", "HTML, XML"),
            (b" \r\n<html>", "HTML, XML"),
            (b"PK\x03\x04", "ZIP, Word, Excel"),
            (b"\x00\x00\x00\x1cftypavif", "AVIF"),
            (b"hello", None),
            (b"\0" * 40, None),
            (b"GIF89a" + files.jpeg(), "GIF"),
            (b"<!--" + files.pdf(), "HTML, XML"),
        ):
            self._refused(data, "kind", kind=kind)

    def test_heic_has_its_own_reason(self):
        for brand in (b"heic", b"heix", b"mif1"):
            self._refused(b"\0\0\0\x1cftyp" + brand + b"\0" * 40, "heic")


@tagged("post_install", "-at_install")
class TestScanPdf(BaseCase):
    def _refused(self, data, code):
        with self.assertRaises(scan.ScanError, msg=code) as caught:
            scan.clean_scan(data)
        self.assertEqual(caught.exception.code, code)

    def test_pages_stay(self):
        cleaned = scan.clean_scan(files.pdf(pages=3))
        self.assertEqual(cleaned.mimetype, "application/pdf")
        self.assertEqual((cleaned.pages, cleaned.thumbnail), (3, None))
        self.assertTrue(cleaned.data.startswith(b"%PDF-"))
        self.assertEqual(pdf_text(cleaned.data).count(files.VISIBLE.decode()), 3)

    def test_nothing_but_pages_stays(self):
        data = files.hostile_pdf()
        self.assertGreater(data.count(files.NOTE), 9)
        cleaned = scan.clean_scan(data).data
        self.assertNotIn(files.NOTE, cleaned)
        for word in (
            b"JavaScript",
            b"/JS",
            b"OpenAction",
            b"/AA",
            b"Embedded",
            b"Filespec",
            b"/URI",
            b"Launch",
            b"Metadata",
            b"PieceInfo",
            b"/Annots",
            b"Producer",
            b"/Names",
        ):
            self.assertIn(word, data + b"Producer")
            self.assertNotIn(word, cleaned)
        self.assertIn(files.VISIBLE.decode(), pdf_text(cleaned))
        self.assertEqual(scan.clean_scan(cleaned).pages, 1)

    def test_a_filled_in_form_keeps_its_text(self):
        cleaned = scan.clean_scan(files.form_pdf()).data
        self.assertIn(files.VISIBLE, cleaned)
        for word in (files.NOTE, b"/Annots", b"/Widget", b"AcroForm"):
            self.assertNotIn(word, cleaned)
        self.assertIn(files.VISIBLE.decode(), pdf_text(cleaned))
        # a box of 100 × 10 drawn where the field is, of 200 × 20 at 100, 500
        self.assertIn(b"q 2.00000 0 0 2.00000 100.0000 500.0000 cm", cleaned)

    def test_hidden_fields_stay_hidden(self):
        for flags in (2, 32, 6):
            cleaned = scan.clean_scan(files.form_pdf(flags=flags)).data
            self.assertNotIn(files.VISIBLE, cleaned)

    def test_text_that_would_be_lost_is_refused(self):
        self._refused(files.form_pdf(look=False), "pdf_form")
        scan.clean_scan(files.form_pdf(value=b"", look=False))

    def test_photographs_in_it_lose_their_notes(self):
        photograph = files.stream(
            files.jpeg(),
            b"/Type /XObject /Subtype /Image /Width 60 /Height 40"
            b" /ColorSpace /DeviceRGB /BitsPerComponent 8 /Filter /DCTDecode"
            b" /Metadata 101 0 R",
        )
        data = files.pdf(
            page_extra=b"/Resources << /XObject << /Im 100 0 R >> >>",
            objects=[photograph, files.stream(files.NOTE, b"/Type /Metadata")],
        )
        # two resources: the later one counts, as in the library
        self.assertIn(b"Exif", data)
        cleaned = scan.clean_scan(data).data
        if b"DCTDecode" in cleaned:
            self.assertNotIn(b"Exif", cleaned)
            self.assertNotIn(b"Metadata", cleaned)

    def test_passwords_too_many_pages_and_none(self):
        writer = PdfWriter()
        writer.add_page(PdfReader(io.BytesIO(files.pdf())).pages[0])
        writer.encrypt("secret")
        output = io.BytesIO()
        writer.write(output)
        self._refused(output.getvalue(), "pdf_password")
        self._refused(files.pdf(pages=scan.PAGE_LIMIT + 1), "pdf_pages")
        self.assertEqual(
            scan.clean_scan(files.pdf(pages=scan.PAGE_LIMIT)).pages, scan.PAGE_LIMIT
        )
        self._refused(files.pdf(pages=0), "broken")

    def test_broken_ones_and_what_the_library_says_of_them(self):
        data = files.pdf()
        with self.assertNoLogs(level=logging.DEBUG):
            for broken in (
                b"%PDF-",
                b"%PDF-1.7\n" + files.VISIBLE * 20,
                data[: len(data) // 2],
                data[:60],
                b"%PDF-1.4 <html><script>alert(1)</script></html>",
            ):
                self._refused(broken, "broken")

    def test_pages_that_contain_themselves(self):
        data = files.pdf().replace(b"/Kids [10 0 R]", b"/Kids [2 0 R ]")
        self._refused(data, "broken")

    def test_a_list_of_objects_that_unfolds_is_refused(self):
        bomb = zlib.compress(b"0 " * (40 * 1024 * 1024))
        self.assertLess(len(bomb), scan.MEGABYTE)
        data = files.pdf(
            objects=[
                files.stream(bomb, b"/Type /ObjStm /N 1 /First 9 /Filter /FlateDecode")
            ]
        )
        self._refused(data, "broken")

    def test_small_files_that_are_read_for_ever(self):
        """One upload must not keep the server busy: each of these did, for minutes."""
        itself = files.pdf(trailer=b"/Prev 0000000")
        start = itself.index(b"xref\n")
        itself = itself.replace(b"/Prev 0000000", b"/Prev %07d" % start)
        branches = {
            number: b"<< /Type /Pages /Count 2 /Kids [%d 0 R %d 0 R] >>"
            % (number + 1, number + 1)
            for number in range(2, 30)
        }
        branches[1] = b"<< /Type /Catalog /Pages 2 0 R >>"
        branches[30] = b"<< /Type /Page /MediaBox [0 0 10 10] >>"
        head = b"%PDF-1.7\n1 0 obj ObjStm "
        note = b"<< /Subtype /Text /Rect [0 0 1 1] >>"
        notes = files.pdf(
            page_extra=b"/Annots [%s]" % (b"100 0 R " * 5_000), objects=[note]
        )
        begun = time.thread_time()
        with patch.object(scan_pdf, "PATIENCE", 0.3):
            self._refused(itself, "broken")
            self._refused(files.assemble(branches), "broken")
            self._refused(head + b"stream\n" * 60_000, "broken")
            self._refused(head + b"stream\nx\x9c\0\0\0\xff\xff" * 30_000, "broken")
        self._refused(notes, "broken")
        self.assertLess(time.thread_time() - begun, 10)
        # indirect lists are as good as direct ones
        plain = files.pdf(page_extra=b"/Annots 101 0 R", objects=[note, b"[100 0 R]"])
        self.assertEqual(scan.clean_scan(plain).pages, 1)

    def test_cleaned_twice_is_the_same_page(self):
        once = scan.clean_scan(files.form_pdf()).data
        self.assertEqual(pdf_text(once), pdf_text(scan.clean_scan(once).data))
