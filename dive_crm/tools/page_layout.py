"""Filling pages with rows, for renderers of PDF that cannot break tables themselves."""

import unicodedata


def text_lines(text, width):
    """Return how many lines ``text`` takes at ``width`` characters, rather too many.

    Wide (East Asian) characters count twice; words that do not fit leave a gap.
    """
    length = sum(
        2 if unicodedata.east_asian_width(char) in "WF" else 1 for char in text or ""
    )
    if length <= width:
        return 1
    return -(-length * 5 // (width * 4))


class PageFiller:
    """Deals rows out to pages of a given height.

    Heights are estimates in CSS pixels, on the safe side: a page may end a little
    early. With no height everything fits on one endless page.
    """

    def __init__(self, height=None):
        self.height = height
        self.used = 0
        self.broke = False

    def take(self, height):
        """Use up a part of the page."""
        self.used += height

    def keep(self, height):
        """Use up a part that must not be split; ``broke`` tells if on a new page."""
        self.broke = bool(self.height and self.used + height > self.height)
        if self.broke:
            self.used = 0
        self.used += height

    def chunks(self, rows, head, row_height, foot=0):
        """Return the rows as a list of ``{"rows": […], "break": bool, "last": bool}``.

        :param head: height of the table's head, which each page repeats
        :param row_height: function that gives the height of a row
        :param foot: height of what follows the last row on the same page
        """
        first = row_height(rows[0]) if rows else foot
        self.keep(head + max(first, foot))
        self.take(-max(first, foot))
        chunks = [{"rows": [], "break": self.broke, "last": False}]
        for row in rows:
            height = row_height(row)
            rest = foot if row is rows[-1] else 0
            full = self.height and self.used + height + rest > self.height
            if full and chunks[-1]["rows"]:
                self.used = head
                chunks.append({"rows": [], "break": True, "last": False})
            chunks[-1]["rows"].append(row)
            self.take(height)
        self.take(foot)
        chunks[-1]["last"] = True
        return chunks
