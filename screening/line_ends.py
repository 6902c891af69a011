"""Line ends made one without moving a character, for texts to whose offsets others hold on."""


def line_ends_kept_in_place(text: str) -> str:
    """The text with its lines ended by newlines alone; of the same length, so that every offset stays.

    >>> line_ends_kept_in_place("LVEF\\r\\n48 %")
    'LVEF \\n48 %'
    """
    return text.replace("\r\n", " \n").replace("\r", "\n")
