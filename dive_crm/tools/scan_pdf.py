"""A PDF with its pages and nothing else.

The pages are copied into a new document; scripts, actions, attached files, forms,
links, notes of who wrote it with what stay behind. What annotations and filled-in
fields show becomes part of the page: it is what the person sent.
"""

import io
import logging
import re
import time
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
#: Bytes that are unfolded at a time.
PIECE = 4096
NESTED_LIMIT = 100_000
#: Notes and fields on one page, and what lies between the catalogue and the pages.
ANNOTATION_LIMIT = 2_000
TREE_LIMIT = 1_000
#: Seconds of this thread's work that reading a file may take. Scans take a fraction of
#: one; a file of 300 bytes that refers to itself is read for ever.
PATIENCE = 5


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


class _TooLong(BaseException):
    """Patience is over. No :class:`Exception`: the library lives through those."""


class _Impatient(io.BytesIO):
    """A file that is read for so long and no longer."""

    def __init__(self, data):
        super().__init__(data)
        self._until = time.thread_time() + PATIENCE

    def read(self, *size):
        if time.thread_time() > self._until:
            raise _TooLong
        return super().read(*size)


def _clean(data):
    try:
        return _copied(data)
    except _TooLong:
        raise ScanError("broken", kind="PDF") from None


def _copied(data):
    _refuse_bombs(data)
    reader = PdfReader(_Impatient(data), strict=False)
    if reader.is_encrypted:
        raise ScanError("pdf_password")
    count = _page_count(reader)
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
    left, work = UNFOLD_LIMIT, UNFOLD_LIMIT + 4 * len(data)
    folded = False
    # Each byte is looked at once, whatever is in the file. "#": a name may be spelt in
    # a way that hides it.
    for match in re.finditer(rb"obj|ObjStm|XRef|#|(?<!end)stream\r?\n", data):
        if match[0] == b"obj":
            folded = False
        elif not match[0].startswith(b"stream"):
            folded = True
        elif folded:
            unfolded, worked = _unfold(memoryview(data)[match.end() :], left, work)
            left, work = left - unfolded, work - worked
            if left < 0 or work < 0:
                raise ScanError("broken", kind="PDF")


def _unfold(view, most, work):
    """Return how many bytes come out of a stream, and how many were worked on.

    :param most: bytes that may come out, :param work: bytes that may be worked on
    """
    unfolder = zlib.decompressobj()
    unfolded = worked = 0
    while worked <= work and unfolded <= most and not unfolder.eof:
        piece = view[worked : worked + PIECE]
        if not piece:
            break
        worked += PIECE
        try:
            unfolded += len(unfolder.decompress(piece, most + 1))
        except zlib.error:
            break
    return unfolded, worked


def _page_count(reader):
    """Return the number of pages, or one that is too large.

    The library makes a list of all of them first: of a branch that is hung up twice,
    twenty times over, a million.
    """
    count, todo = 0, [reader.trailer["/Root"]["/Pages"]]
    for _step in range(TREE_LIMIT):
        if not todo:
            return count
        node = todo.pop().get_object()
        kids = node.get("/Kids") if node else ()
        if kids is None:
            count += 1
        elif len(kids) > TREE_LIMIT:
            return len(kids)
        else:
            todo += list.__iter__(kids)
    raise ScanError("broken", kind="PDF")


# --- what annotations show ------------------------------------------------


def _lift_annotations(page, number):
    """Make the looks of annotations resources of the page; return how to draw them."""
    drawn = []
    annotations = page.get("/Annots") or ()
    if len(annotations) > ANNOTATION_LIMIT:
        raise ScanError("broken", kind="PDF")
    for annotation in annotations:
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
