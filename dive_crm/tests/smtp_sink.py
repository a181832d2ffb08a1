"""A mail server that takes everything and keeps it: real bytes over a real socket."""

import socket
import threading
from contextlib import suppress
from email import message_from_bytes, policy
from unittest.mock import patch


class SmtpSink:
    """Listen on a free port of this machine, for the time of a ``with``.

    ``messages`` has what arrived: (sender, [recipients], email.message.EmailMessage).
    It speaks as much of RFC 5321 as Odoo's ``smtplib`` does.

    :param refusals: what the first recipients are answered, as "550 no such mailbox"
    :param drops: at which commands it hangs up without an answer, once for each:
        "MAIL", "RCPT", "DATA", or "." once it has the whole message
    """

    def __init__(self, *refusals, drops=()):
        self._refusals = list(refusals)
        self._drops = list(drops)

    def __enter__(self):
        self.messages = []
        self._socket = socket.create_server(("127.0.0.1", 0))
        self._socket.settimeout(0.2)
        self.host, self.port = self._socket.getsockname()
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._listen)
        self._thread.start()
        return self

    def __exit__(self, *_args):
        self._stop.set()
        self._thread.join(10)
        self._socket.close()

    def _listen(self):
        while not self._stop.is_set():
            try:
                connection, _address = self._socket.accept()
            except TimeoutError:
                continue
            # whoever sends may be killed at it
            with suppress(OSError), connection, connection.makefile("rwb") as stream:
                connection.settimeout(10)
                self._talk(stream)

    def _talk(self, stream):
        def answer(text):
            stream.write(text.encode() + b"\r\n")
            stream.flush()

        sender, recipients = "", []
        answer("220 sink")
        for line in stream:
            command = line.decode().strip()
            verb = command.upper()
            if self._drops and verb.startswith(self._drops[0]):
                self._drops.pop(0)
                return
            if verb.startswith(("EHLO", "HELO")):
                answer("250 sink")
            elif verb.startswith("MAIL FROM:"):
                sender, recipients = self._address(command), []
                answer("250 ok")
            elif verb.startswith("RCPT TO:") and self._refusals:
                answer(self._refusals.pop(0))
            elif verb.startswith("RCPT TO:"):
                recipients.append(self._address(command))
                answer("250 ok")
            elif verb == "DATA":
                answer("354 go on")
                data = self._data(stream)
                if data is None:
                    return
                message = message_from_bytes(data, policy=policy.default)
                self.messages.append((sender, recipients, message))
                if self._drops[:1] == ["."]:
                    self._drops.pop(0)
                    return
                answer("250 taken")
            elif verb == "QUIT":
                answer("221 bye")
                return
            else:
                answer("250 ok")

    @staticmethod
    def _address(command):
        return command.partition("<")[2].partition(">")[0]

    @staticmethod
    def _data(stream):
        """Return a whole message; None: the connection ended before it did."""
        lines = []
        for line in stream:
            if line == b".\r\n":
                return b"".join(lines)
            lines.append(line[1:] if line.startswith(b"..") else line)
        return None


class SinkMixin:
    """For test cases: mails go to a sink, and to no other server."""

    @classmethod
    def setUpSink(cls):
        """Call from ``setUpClass``: make Odoo's only server one of the test's."""
        cls.env["ir.mail_server"].search([]).active = False
        cls.server = cls.env["ir.mail_server"].create({"name": "S", "smtp_host": "x"})

    def _deliver(self, mails, sink):
        """Have Odoo send these of its queue."""
        self.server.write({"smtp_host": sink.host, "smtp_port": sink.port})
        server = type(self.env["ir.mail_server"])
        # Odoo sends nothing in tests; this once it does.
        with patch.object(server, "_disable_send", classmethod(lambda cls: False)):
            mails.send()
