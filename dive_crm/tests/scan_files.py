"""Files that people upload, made small: pictures, documents, and what is wrong."""

import io
import struct
import zlib

from PIL import Image, PngImagePlugin
from PIL.ExifTags import GPS, IFD, Base

#: What must not survive cleaning.
NOTE = b"HIDDEN-NOTE-4711"
#: What is seen, and must survive (and never be stored in clear).
VISIBLE = b"VISIBLE-MARKER-0815"


def picture(size=(60, 40), mode="RGB", colour=None):
    """Return a picture whose upper left quarter is red, or of one ``colour``."""
    image = Image.new("RGB", size, colour or "blue")
    if colour is None:
        image.paste((255, 0, 0), (0, 0, size[0] // 2, size[1] // 2))
    return image.convert(mode)


def exif(orientation=1):
    notes = Image.Exif()
    notes[Base.Orientation] = orientation
    notes[Base.ImageDescription] = NOTE.decode()
    notes[Base.Make] = NOTE.decode()
    notes.get_ifd(IFD.GPSInfo)[GPS.GPSMapDatum] = NOTE.decode()
    return notes.tobytes()


def jpeg(image=None, orientation=1, notes=True, **options):
    output = io.BytesIO()
    if notes:
        options.update(exif=exif(orientation), comment=NOTE, icc_profile=NOTE * 9)
    (image or picture()).save(output, "JPEG", quality=95, subsampling=0, **options)
    return output.getvalue()


def png(image=None, notes=True, **options):
    output = io.BytesIO()
    if notes:
        text = PngImagePlugin.PngInfo()
        text.add_text("Comment", NOTE.decode())
        text.add_itxt("XML:com.adobe.xmp", NOTE.decode(), zip=True)
        options.update(pnginfo=text, exif=exif(), icc_profile=NOTE * 9)
    (image or picture()).save(output, "PNG", **options)
    return output.getvalue()


def png_of_size(width, height):
    """Return a PNG that says it is so large, and is a few bytes long."""

    def chunk(kind, body):
        crc = struct.pack(">I", zlib.crc32(kind + body))
        return struct.pack(">I", len(body)) + kind + body + crc

    head = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    return (
        b"\x89PNG\r\n\x1a\n"
        + chunk(b"IHDR", head)
        + chunk(b"IDAT", zlib.compress(b"\0" * 1000))
        + chunk(b"IEND", b"")
    )


def jpeg_of_size(width, height):
    """Return a JPEG whose header says it is so large."""
    data = jpeg(notes=False)
    frame = data.index(b"\xff\xc0")
    size = struct.pack(">HH", height, width)
    return data[: frame + 5] + size + data[frame + 9 :]


def pdf(pages=1, text=VISIBLE, page_extra=b"", objects=(), catalog=b"", trailer=b""):
    """Return a PDF that shows ``text`` on each page, its streams not compressed.

    Further ``objects`` are numbered from 100.
    """
    shown = b"BT /F1 24 Tf 72 700 Td (" + text + b") Tj ET"
    numbered = {
        1: b"<< /Type /Catalog /Pages 2 0 R " + catalog + b" >>",
        3: b"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>",
        4: stream(shown),
    }
    kids = range(10, 10 + pages)
    listed = b" ".join(b"%d 0 R" % kid for kid in kids)
    numbered[2] = b"<< /Type /Pages /Count %d /Kids [%s] >>" % (pages, listed)
    for kid in kids:
        numbered[kid] = (
            b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents 4 0 R"
            b" /Resources << /Font << /F1 3 0 R >> >> " + page_extra + b" >>"
        )
    numbered.update(enumerate(objects, 100))
    return assemble(numbered, trailer)


def stream(data, head=b""):
    return b"<< /Length %d %s >>\nstream\n%s\nendstream" % (len(data), head, data)


def assemble(numbered, trailer=b""):
    output = io.BytesIO(b"%PDF-1.7\n")
    output.seek(0, 2)
    places = {}
    for number, body in sorted(numbered.items()):
        places[number] = output.tell()
        output.write(b"%d 0 obj\n%s\nendobj\n" % (number, body))
    start = output.tell()
    output.write(b"xref\n0 1\n0000000000 65535 f \n")
    for number, place in sorted(places.items()):
        output.write(b"%d 1\n%010d 00000 n \n" % (number, place))
    last = max(numbered) + 1
    output.write(b"trailer\n<< /Size %d /Root 1 0 R %s >>\n" % (last, trailer))
    output.write(b"startxref\n%d\n%%%%EOF\n" % start)
    return output.getvalue()


def form_pdf(value=VISIBLE, look=True, flags=4):
    """Return a PDF whose visible text stands in a filled-in field."""
    widget = (
        b"<< /Type /Annot /Subtype /Widget /FT /Tx /T (name) /V (%s) /F %d"
        b" /Rect [100 500 300 520] /AA << /K << /S /JavaScript /JS (%s) >> >> %s >>"
        % (value, flags, NOTE, b"/AP << /N 101 0 R >>" if look else b"")
    )
    drawn = stream(
        b"BT /F1 12 Tf 2 5 Td (%s) Tj ET" % value,
        b"/Type /XObject /Subtype /Form /BBox [0 0 100 10]"
        b" /Resources << /Font << /F1 3 0 R >> >>",
    )
    return pdf(
        text=b"form",
        page_extra=b"/Annots [100 0 R]",
        objects=[widget, drawn],
        catalog=b"/AcroForm << /Fields [100 0 R] /NeedAppearances true >>",
    )


def hostile_pdf():
    """Return a PDF with every kind of thing that is not a page."""
    script = b"<< /S /JavaScript /JS (%s) >>" % NOTE
    return pdf(
        page_extra=b"/AA << /O %s >> /Metadata 100 0 R /PieceInfo << /X (%s) >>"
        b" /Annots [101 0 R 102 0 R 103 0 R]" % (script, NOTE),
        objects=[
            stream(NOTE, b"/Type /Metadata /Subtype /XML"),
            b"<< /Type /Annot /Subtype /Link /Rect [0 0 9 9]"
            b" /A << /S /URI /URI (http://%s) >> >>" % NOTE,
            b"<< /Type /Annot /Subtype /Link /Rect [0 0 9 9]"
            b" /A << /S /Launch /F (%s) >> >>" % NOTE,
            b"<< /Type /Annot /Subtype /FileAttachment /Rect [0 0 9 9] /FS 104 0 R >>",
            b"<< /Type /Filespec /F (%s) /EF << /F 105 0 R >> >>" % NOTE,
            stream(NOTE, b"/Type /EmbeddedFile"),
            b"<< /Title (%s) /Author (%s) >>" % (NOTE, NOTE),
        ],
        catalog=b"/OpenAction %s /AA << /WC %s >> /Metadata 100 0 R /Names <<"
        b" /JavaScript << /Names [(a) %s] >>"
        b" /EmbeddedFiles << /Names [(a) 104 0 R] >> >>" % (script, script, script),
        trailer=b"/Info 106 0 R",
    )
