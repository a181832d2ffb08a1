"""Pictures and documents that people upload: what they are, and made harmless.

What a file is, its first bytes say, never its name. A picture is decoded and drawn
anew, a PDF's pages are copied into a new one: what nobody sees (where the photograph
was taken, scripts, attached files) does not come along.
"""

import io
import warnings
from dataclasses import dataclass

from PIL import Image, ImageOps
from PIL.JpegImagePlugin import JpegImageFile
from PIL.PngImagePlugin import PngImageFile

# Pillow tells the log of notes in pictures that are not whole. They are dropped anyway.
warnings.filterwarnings("ignore", category=UserWarning, module=r"PIL\.TiffImagePlugin")

MEGABYTE = 1024 * 1024
#: The largest file that is taken, in bytes.
SIZE_LIMIT = 10 * MEGABYTE
#: Pixels of the largest picture, which its file says before anything is decoded. A PNG
#: takes four bytes of memory for each; a JPEG is decoded at a fraction of its size.
PIXEL_LIMITS = {"image/jpeg": 64_000_000, "image/png": 32_000_000}
#: The longer side of what is kept, in pixels.
SIDE = 2560
THUMBNAIL_SIDE = 256
#: A PNG longer than this (a photograph) is kept as JPEG.
PNG_LIMIT = 2 * MEGABYTE
PAGE_LIMIT = 20

PDF = "application/pdf"
EXTENSIONS = {"image/jpeg": "jpg", "image/png": "png", PDF: "pdf"}

MAGIC = {
    "image/jpeg": b"\xff\xd8\xff",
    "image/png": b"\x89PNG\r\n\x1a\n",
    PDF: b"%PDF-",
}
#: What else people send, to name it when it is refused.
OTHER_KINDS = (
    (b"GIF8", "GIF"),
    (b"BM", "BMP"),
    (b"II*\0", "TIFF"),
    (b"MM\0*", "TIFF"),
    (b"PK\3\4", "ZIP, Word, Excel"),
    (b"\xd0\xcf\x11\xe0", "Word, Excel"),
    (b"{\\rtf", "RTF"),
)
HEIC_BRANDS = {b"heic", b"heix", b"heim", b"heis", b"hevc", b"hevx", b"mif1", b"msf1"}


class ScanError(Exception):
    """A file that is not taken.

    ``code`` says why: ``empty``, ``too_large`` (``size``, ``limit``: bytes), ``heic``,
    ``kind`` (``kind``: what it is, or None), ``pixels`` (``size``, ``limit``),
    ``broken`` (``kind``), ``pdf_password``, ``pdf_pages`` (``size``, ``limit``),
    ``pdf_form`` (fields whose text would be lost).
    """

    def __init__(self, code, **details):
        super().__init__(f"{code} {details or ''}".strip())
        self.code = code
        self.details = details


@dataclass(frozen=True)
class Scan:
    """A file as it is kept. ``thumbnail`` is a JPEG, or None of a PDF."""

    mimetype: str
    data: bytes
    thumbnail: bytes | None
    pages: int


def clean_scan(data):
    """Return ``data`` (bytes), a JPEG, PNG or PDF, as it may be kept.

    :rtype: Scan
    :raise ScanError: it is none, or not to be trusted
    """
    if not data:
        raise ScanError("empty")
    if len(data) > SIZE_LIMIT:
        raise ScanError("too_large", size=len(data), limit=SIZE_LIMIT)
    mimetype = kind_of(data)
    if mimetype == PDF:
        from .scan_pdf import clean_pdf  # needs Odoo's choice of library: not at import

        cleaned, pages = clean_pdf(data)
        return Scan(PDF, cleaned, None, pages)
    return _clean_picture(data, mimetype)


def kind_of(data):
    """Return the MIME type of a file by its first bytes.

    :raise ScanError: ``heic`` or ``kind``
    """
    for mimetype, magic in MAGIC.items():
        if data.startswith(magic):
            return mimetype
    if data[4:8] == b"ftyp":
        raise ScanError("heic") if data[8:12] in HEIC_BRANDS else _other("AVIF")
    if data[:4] == b"RIFF" and data[8:12] == b"WEBP":
        raise _other("WebP")
    for magic, name in OTHER_KINDS:
        if data.startswith(magic):
            raise _other(name)
    start = data[:1024].lstrip(b"\xef\xbb\xbf \t\r\n").lower()
    if start.startswith(b"<"):
        raise _other("SVG" if b"<svg" in start else "HTML, XML")
    raise _other(None)


def _other(name):
    return ScanError("kind", kind=name)


# --- pictures -------------------------------------------------------------


def _clean_picture(data, mimetype):
    # The classes themselves: Image.open would try every format there is, and only warn
    # of a picture that fills the memory.
    opener = JpegImageFile if mimetype == "image/jpeg" else PngImageFile
    try:
        _refuse_cut(data, mimetype)
        picture = opener(io.BytesIO(data))
        pixels, limit = picture.width * picture.height, PIXEL_LIMITS[mimetype]
        if pixels > limit:
            raise ScanError("pixels", size=pixels, limit=limit)
        picture = _draw_anew(picture)
    except ScanError:
        raise
    except Exception as error:
        # whatever a broken file makes a decoder raise: a dozen kinds of error
        raise ScanError("broken", kind=EXTENSIONS[mimetype].upper()) from error
    thumbnail = picture.copy()
    _shrink(thumbnail, THUMBNAIL_SIDE)
    kept, mimetype = _encode(picture, mimetype)
    return Scan(mimetype, kept, _jpeg(thumbnail, 80), 1)


def _refuse_cut(data, mimetype):
    """Refuse half a picture: Odoo has Pillow paint what is missing grey."""
    if mimetype == "image/png":
        whole = b"IEND\xaeB`\x82" in data
    else:
        # without its notes: they contain a small picture with an end of its own
        whole = b"\xff\xd9" in strip_jpeg_notes(data)
    if not whole:
        raise ScanError("broken", kind=EXTENSIONS[mimetype].upper())


def _draw_anew(picture):
    """Return the picture alone, upright, on white, at most ``SIDE`` pixels long."""
    if picture.format == "JPEG":
        # Before anything is decoded, so that only a fraction is. Others get grey or
        # colours first: in black and white, thin lines would break.
        _shrink(picture, SIDE)
    # orientation before the colours: a new mode may lose the note of it
    picture = _flatten(_upright(picture))
    _shrink(picture, SIDE)
    # no note of where and with what it was taken
    picture.info = {}
    return picture


def _shrink(picture, side):
    # 1.0: decode no more than is needed, which is a quarter of the memory
    picture.thumbnail((side, side), reducing_gap=1.0)


def _upright(picture):
    try:
        return ImageOps.exif_transpose(picture)
    except Exception:
        # notes that cannot be read turn nothing; the picture itself was
        picture.info.pop("exif", None)
        return picture


def _flatten(picture):
    """Return it in grey or RGB, transparent parts white."""
    if picture.mode.startswith("I"):  # 16 bits of grey: the upper 8 of them
        return picture.convert("I").point(lambda value: value / 256).convert("L")
    if "transparency" in picture.info or picture.mode in ("LA", "PA", "RGBA", "La"):
        if picture.mode != "RGBA":
            picture = picture.convert("RGBA")
        white = Image.new("RGB", picture.size, "white")
        white.paste(picture, mask=picture)
        return white
    return picture.convert("L" if picture.mode in ("1", "L") else "RGB")


def _encode(picture, mimetype):
    if mimetype == "image/png":
        output = io.BytesIO()
        picture.save(output, "PNG")
        if output.tell() <= PNG_LIMIT:
            return output.getvalue(), mimetype
    return _jpeg(picture, 88), "image/jpeg"


def _jpeg(picture, quality):
    output = io.BytesIO()
    picture.save(output, "JPEG", quality=quality, optimize=True)
    return output.getvalue()


def strip_jpeg_notes(data):
    """Return a JPEG without its notes (EXIF, XMP, IPTC, comments), not decoded.

    What decides the colours stays: the profile (APP2) and Adobe's mark (APP14).
    """
    kept, position = [data[:2]], 2
    while data[position : position + 1] == b"\xff":
        marker = data[position + 1]
        if marker == 0xDA:  # from here on it is the picture itself
            break
        end = position + 2 + int.from_bytes(data[position + 2 : position + 4], "big")
        application = 0xE1 <= marker <= 0xEF and marker not in (0xE2, 0xEE)
        if marker != 0xFE and not application:
            kept.append(data[position:end])
        position = end
    return b"".join([*kept, data[position:]])
