"""What a text of the product wants filled in: the names in its braces."""

from __future__ import annotations

import string

from rag.errors import InvalidSettings


def placeholders_in(text: str, *, where: str) -> set[str]:
    """The names in braces of a text that `str.format` will fill in.

    Args:
        text: the text as it stands in its file.
        where: the text's place, as an error shows it.

    Raises:
        InvalidSettings: a brace lacks its other half.
    """
    try:
        return {name for _, name, _, _ in string.Formatter().parse(text) if name is not None}
    except ValueError as error:
        raise InvalidSettings(
            f"{where} has a brace without its other half ({error}); write {{{{ for a brace"
        ) from error
