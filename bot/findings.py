"""What `advisor doctor` says of one thing that it looked at."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Status(StrEnum):
    """How serious a finding is; only `FAIL` keeps the product from answering."""

    OK = "ok"
    WARN = "warn"
    FAIL = "fail"


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """One line of the report; `mend` says what to do, and is empty when all is well."""

    check: str
    status: Status
    text: str
    mend: str = ""
