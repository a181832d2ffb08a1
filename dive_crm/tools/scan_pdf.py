"""A PDF with its pages and nothing else.

The pages are copied into a new document; scripts, actions, attached files, forms,
links, notes of who wrote it with what stay behind. What annotations and filled-in
fields show becomes part of the page: it is what the person sent.
"""

import io
import logging
import re
import zlib

from odoo.tools.pdf import PdfReader, PdfWriter, generic

from .scan import PAGE_LIMIT, ScanError, strip_jpeg_notes

# Their warnings quote what a broken file says, and that may be somebody's health.
for _library in ("pypdf", "PyPDF2"):
    logging.getLogger(_library).setLevel(logging.CRITICAL)

#: What a page keeps.
PAGE_KEYS = frozenset(
    (
        "/Type",
        "/Parent",
        "/MediaBox",
        "/CropBox",
        "/BleedBox",
        "/TrimBox",
        "/ArtBox",
        "/Rotate",
        "/UserUnit",
        "/Group",
        "/Resources",
        "/Contents",
    )
)
#: What a stream loses: notes about it, and content that lies in other files.
STREAM_KEYS = (
    "/Metadata",
    "/PieceInfo",
    "/LastModified",
    "/AF",
    "/Ref",
    "/OPI",
    "/F",
    "/FFilter",
    "/FDecodeParms",
)
#: Annotations that are not part of what is seen, or play something.
UNSEEN = frozenset(
    (
        "/Link",
        "/Popup",
        "/FileAttachment",
        "/Sound",
        "/Movie",
        "/Screen",
        "/RichMedia",
        "/3D",
        "/TrapNet",
    )
)
HIDDEN_FLAGS = 2 | 32
#: Bytes that lists of objects may unfold to: they are unfolded at once when read.
UNFOLD_LIMIT = 64 * 1024 * 1024
NESTED_LIMIT = 100_000


def clean_pdf(data):
    """Return the cleaned document and its number of pages.

    :raise ScanError: ``broken``, ``pdf_password``, ``pdf_pages``, ``pdf_form``
    """
    try:
        return _clean(data)
    except ScanError:
        raise
    except Exception as error:
        # whatever a broken file makes the library raise: a dozen kinds of error
        raise ScanError("broken", kind="PDF") from error


def _clean(data):
    _refuse_bombs(data)
    reader = PdfReader(io.BytesIO(data), strict=False)
    if reader.is_encrypted:
        raise ScanError("pdf_password")
    count = len(reader.pages)
    if count > PAGE_LIMIT:
        raise ScanError("pdf_pages", size=count, limit=PAGE_LIMIT)
    if not count:
        raise ScanError("broken", kind="PDF")
    writer = PdfWriter()
    seen = set()
    for number, page in enumerate(reader.pages):
        drawn = _lift_annotations(page, number)
        for key in set(page) - PAGE_KEYS:
            del page[key]
        _scrub(page, seen)
        writer.add_page(page)
        if drawn:
            _append(writer, writer.pages[number], drawn)
    writer._info.get_object().clear()
    output = io.BytesIO()
    writer.write(output)
    return output.getvalue(), count


def _refuse_bombs(data):
    """Refuse lists of objects that unfold to more than the memory holds.

    The library unfolds them as soon as it opens the file, pages it leaves folded.
    """
    left = UNFOLD_LIMIT
    for match in re.finditer(rb"(?<!end)stream\r?\n", data):
        head = data[data.rfind(b"obj", 0, match.start()) : match.start()]
        # "#": a name may be spelt in a way that hides it
        if not re.search(rb"ObjStm|XRef|#", head):
            continue
        unfolder = zlib.decompressobj()
        try:
            left -= len(unfolder.decompress(data[match.end() :], left + 1))
        except zlib.error:
            continue
        if left < 0:
            raise ScanError("broken", kind="PDF")


# --- what annotations show ------------------------------------------------


def _lift_annotations(page, number):
    """Make the looks of annotations resources of the page; return how to draw them."""
    drawn = []
    for annotation in page.get("/Annots") or ():
        annotation = annotation.get_object()
        look = _look(annotation)
        if look is None:
            continue
        name = f"/Annotation{number}x{len(drawn)}"
        _xobjects(page)[generic.NameObject(name)] = look
        drawn.append(_draw(name, look.get_object(), annotation["/Rect"]))
    return "\n".join(drawn)


def _look(annotation):
    """Return the reference to the stream that draws an annotation, or None."""
    flags = int(annotation.get("/F") or 0)
    if annotation.get("/Subtype") in UNSEEN or flags & HIDDEN_FLAGS:
        return None
    looks = (annotation.get("/AP") or {}).get("/N")
    if looks is None:
        _refuse_lost_text(annotation)
        return None
    if isinstance(looks, generic.StreamObject):
        return annotation["/AP"].raw_get("/N")
    state = annotation.get("/AS")
    return looks.raw_get(state) if state in looks else None


def _refuse_lost_text(annotation):
    """Refuse a filled-in field that only a program for forms would draw."""
    kind = value = None
    field = annotation
    for _level in range(20):
        kind = kind or field.get("/FT")
        value = value or field.get("/V")
        if not field.get("/Parent"):
            break
        field = field["/Parent"].get_object()
    if kind in ("/Tx", "/Ch") and value:
        raise ScanError("pdf_form")


def _xobjects(page):
    resources = page.get("/Resources")
    if resources is None:
        resources = page[generic.NameObject("/Resources")] = generic.DictionaryObject()
    if resources.get("/XObject") is None:
        resources[generic.NameObject("/XObject")] = generic.DictionaryObject()
    return resources["/XObject"]


def _draw(name, look, rectangle):
    """Return how to draw ``look`` into ``rectangle`` (ISO 32000-1, 12.5.5)."""
    look[generic.NameObject("/Subtype")] = generic.NameObject("/Form")
    a, b, c, d, e, f = map(float, look.get("/Matrix") or (1, 0, 0, 1, 0, 0))
    left, bottom, right, top = map(float, look["/BBox"])
    corners = [(x, y) for x in (left, right) for y in (bottom, top)]
    across = [a * x + c * y + e for x, y in corners]
    up = [b * x + d * y + f for x, y in corners]
    x0, y0, x1, y1 = map(float, rectangle)
    scale_x = abs(x1 - x0) / ((max(across) - min(across)) or 1)
    scale_y = abs(y1 - y0) / ((max(up) - min(up)) or 1)
    move_x = min(x0, x1) - min(across) * scale_x
    move_y = min(y0, y1) - min(up) * scale_y
    matrix = f"{scale_x:.5f} 0 0 {scale_y:.5f} {move_x:.4f} {move_y:.4f}"
    return f"q {matrix} cm {name} Do Q"


def _append(writer, page, drawn):
    """Draw on top of a page, whatever state its own operators leave behind."""
    contents = page.raw_get("/Contents") if "/Contents" in page else None
    if contents is None:
        own = []
    elif isinstance(contents.get_object(), generic.ArrayObject):
        own = list(contents.get_object())
    else:
        own = [contents]
    page[generic.NameObject("/Contents")] = generic.ArrayObject(
        [_stream(writer, "q\n"), *own, _stream(writer, f"\nQ\n{drawn}\n")]
    )


def _stream(writer, text):
    stream = generic.DecodedStreamObject()
    stream.set_data(text.encode("ascii"))
    return writer._add_object(stream)


# --- notes in what pages are made of --------------------------------------


def _scrub(page, seen):
    """Take the notes out of all that a page draws with."""
    todo = [page.get(key) for key in ("/Resources", "/Contents")]
    while todo:
        item = todo.pop()
        if isinstance(item, generic.IndirectObject):
            if (item.idnum, item.generation) in seen:
                continue
            seen.add((item.idnum, item.generation))
            item = item.get_object()
        if len(seen) + len(todo) > NESTED_LIMIT:
            raise ScanError("broken", kind="PDF")
        if isinstance(item, generic.StreamObject):
            _scrub_stream(item)
        if isinstance(item, dict):
            todo += [item.raw_get(key) for key in item if key != "/Parent"]
        elif isinstance(item, list):
            todo += list.__iter__(item)


def _scrub_stream(stream):
    for key in STREAM_KEYS:
        if key in stream:
            del stream[key]
    filters = stream.get("/Filter")
    if filters == "/DCTDecode" or filters == ["/DCTDecode"]:
        stream._data = strip_jpeg_notes(stream._data)
