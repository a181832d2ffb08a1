"""A code to scan, as a picture."""

import base64
import io

import qrcode


def qr_code(text):
    """Return the picture of a text to scan, a PNG in base64.

    :rtype: str
    """
    picture = io.BytesIO()
    qrcode.make(text, box_size=6, border=2).save(picture, format="PNG")
    return base64.b64encode(picture.getvalue()).decode()
