"""What cannot be used: told in one line, which says what, where and what to do, and quotes nothing."""


class BadInputError(ValueError):
    """An input or a call that cannot be used: one line, what, where and what to do."""
