"""Where the data that ships with the product lies: the starter library and the prompts."""

from __future__ import annotations

from pathlib import Path
from typing import Literal

from rag.errors import InvalidSettings

_PACKAGE = Path(__file__).parent


def data_folder(name: Literal["corpus", "prompts"], *, package: Path = _PACKAGE) -> Path:
    """The folder of one kind of data: the copy inside an installed package, else the source tree's beside it.

    Args:
        name: which data.
        package: the folder of the `rag` package that is asked.

    Raises:
        InvalidSettings: neither place holds the folder.
    """
    places = (package / "_data" / name, package.parent / name)
    for place in places:
        if place.is_dir():
            return place
    looked = " and ".join(str(place) for place in places)
    raise InvalidSettings(f"the data folder {name!r} is missing, looked for {looked}; install the package again")
