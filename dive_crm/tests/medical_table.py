"""The shipped questionnaire and what must follow from it, written down by hand.

Nothing here is computed from the add-on's code or data: that is what they are checked
against.
"""

#: code of the first question → box that a yes opens; None: a yes calls for a physician
FIRST = {
    "1": "A",
    "2": "B",
    "3": None,
    "4": "C",
    "5": None,
    "6": "D",
    "7": "E",
    "8": "F",
    "9": "G",
    "10": None,
}
BOXES = {
    "A": ("A1", "A2", "A3", "A4", "A5"),
    "B": ("B1", "B2", "B3", "B4"),
    "C": ("C1", "C2", "C3", "C4"),
    "D": ("D1", "D2", "D3", "D4", "D5"),
    "E": ("E1", "E2", "E3", "E4"),
    "F": ("F1", "F2", "F3", "F4", "F5"),
    "G": ("G1", "G2", "G3", "G4", "G5", "G6"),
}

#: Answers to questions 1 to 10 (1 yes, 0 no, ? either), and what follows when every
#: question of an opened box is answered with no. Each combination is in one row.
ALL_NO_IN_BOXES = {
    "??0?0????0": "fit",
    "??1???????": "physician",
    "??0?1?????": "physician",
    "??0?0????1": "physician",
}
#: The same when no question of a box is answered.
NOTHING_IN_BOXES = {
    "0000000000": "fit",
    "0010000000": "physician",
    "0000100000": "physician",
    "0000000001": "physician",
    "0010100000": "physician",
    "0010000001": "physician",
    "0000100001": "physician",
    "0010100001": "physician",
    "1?????????": "incomplete",
    "01????????": "incomplete",
    "00?1??????": "incomplete",
    "00?0?1????": "incomplete",
    "00?0?01???": "incomplete",
    "00?0?001??": "incomplete",
    "00?0?0001?": "incomplete",
}

#: (age, answer to question 2, answers in box B, what follows, questions of B asked)
AGE = (
    (None, True, "0000", "fit", True),
    (None, True, "0100", "physician", True),
    (None, True, "", "incomplete", True),
    (None, False, "", "fit", False),
    (None, False, "1111", "fit", False),
    (None, None, "", "incomplete", False),
    (10, None, "", "fit", False),
    (44, None, "", "fit", False),
    (44, True, "1111", "fit", False),
    (45, None, "", "incomplete", True),
    (45, False, "", "incomplete", True),
    (45, None, "0000", "fit", True),
    (45, None, "1000", "physician", True),
    (45, False, "0001", "physician", True),
    (80, None, "0000", "fit", True),
    (80, None, "0010", "physician", True),
)


def fitting(rows, bits):
    """Return what all rows say that fit; more or fewer than one is a fault of ours."""
    return [
        result
        for pattern, result in rows.items()
        if all(mark in ("?", bit) for mark, bit in zip(pattern, bits, strict=True))
    ]
