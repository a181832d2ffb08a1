from odoo import http
from odoo.exceptions import AccessError, MissingError, UserError
from odoo.http import content_disposition, request

LARGEST_ID = 2**31 - 1
CONTENT_SECURITY = "default-src 'none'; sandbox"


class SealedFile(http.Controller):
    @http.route(
        "/dive/file/<int:file_id>",
        type="http",
        auth="user",
        methods=["GET"],
        readonly=True,
    )
    def sealed_file(self, file_id, download=None):
        """Give an encrypted file to whom its owner gives it. Else: not found."""
        return self._give(file_id, "payload", bool(download))

    @http.route(
        "/dive/file/<int:file_id>/thumbnail",
        type="http",
        auth="user",
        methods=["GET"],
        readonly=True,
    )
    def sealed_thumbnail(self, file_id):
        """Give the small picture of an encrypted file."""
        return self._give(file_id, "thumbnail", False)

    def _give(self, file_id, part, download):
        # Nobody may read the model: its record says whom to ask.
        file = request.env["dive.sealed.file"].sudo()
        if file_id <= LARGEST_ID:
            file = file.browse(file_id).exists()
        try:
            owner = file._owner(request.env)
            content = owner and owner._dive_sealed_open(file.slot, part)
        except (AccessError, MissingError):
            content = None
        except UserError as error:
            # this user may see it, and there is no key for it
            return request.make_response(
                str(error), [("Content-Type", "text/plain; charset=utf-8")], status=503
            )
        if not content:
            raise request.not_found()
        return request.make_response(content, self._headers(file, part, download))

    def _headers(self, file, part, download):
        mimetype = "image/jpeg" if part == "thumbnail" else file.mimetype
        stem, extension = file.name.rsplit(".", 1)
        return [
            ("Content-Type", mimetype),
            ("X-Content-Type-Options", "nosniff"),
            ("Content-Security-Policy", CONTENT_SECURITY),
            ("Cache-Control", "private, no-store"),
            (
                "Content-Disposition",
                content_disposition(
                    f"{stem}-{file.id}.{extension}",
                    "attachment" if download else "inline",
                ),
            ),
        ]
