"""Looks into the ZIP archive that an office document is, before a parser unpacks it."""

from __future__ import annotations

import zipfile
from io import BytesIO

from rag.errors import UnreadableDocument

LARGEST_UNPACKED_MEGABYTES = 400
"""Far above any honest document of the size that is admitted, far below what a bomb unfolds to."""

_OLD_CONTAINER = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
"""Begins the binary files of old office programs, and documents of new ones that have a password."""

_ENCRYPTED = 0x1
_DIGITAL_RIGHTS = frozenset({"META-INF/rights.xml", "META-INF/sinf.xml"})


def check_archive(data: bytes, source: str) -> None:
    """Refuses what is no archive, has a password, or unfolds to more than memory holds.

    An entry cannot unfold to more than it declares: reading stops there.

    Raises:
        UnreadableDocument: the error says which of these it is.
    """
    if data.startswith(_OLD_CONTAINER):
        problem = "the document has a password, or the format of an old office program"
        raise UnreadableDocument(source, problem=problem, remedy="save a copy in today's format without a password")
    try:
        with zipfile.ZipFile(BytesIO(data)) as archive:
            entries = archive.infolist()
    except zipfile.BadZipFile as error:
        problem = "the document is damaged or not what its suffix says"
        raise UnreadableDocument(source, problem=problem, remedy="open it, save it anew and try again") from error
    if any(entry.flag_bits & _ENCRYPTED or entry.filename in _DIGITAL_RIGHTS for entry in entries):
        problem = "the document is encrypted"
        raise UnreadableDocument(source, problem=problem, remedy="save a copy without a password or copy protection")
    megabytes = sum(entry.file_size for entry in entries) / 1e6
    if megabytes > LARGEST_UNPACKED_MEGABYTES:
        problem = f"the document unpacks to {megabytes:.0f} MB, more than the {LARGEST_UNPACKED_MEGABYTES} MB allowed"
        raise UnreadableDocument(source, problem=problem, remedy="save it anew with smaller contents, or remove it")
