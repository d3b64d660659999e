"""`advisor risks`: the register that ships with the product, on the command line. It needs no library and no store."""

from __future__ import annotations

from datetime import UTC, datetime
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any
from zoneinfo import ZoneInfo

import typer

from bot.cli_choices import choice
from rag.errors import InvalidInput
from rag.kinds.risk import Risk, RiskCategory
from rag.kinds.values import Stage
from rag.types import Language

if TYPE_CHECKING:
    from bot.commands.risk_room import RiskRoom
    from bot.replies import File
    from rag.risks import Scored


class _Spoken(StrEnum):
    """The languages of the register."""

    ZH = "zh"
    EN = "en"


_LANGUAGES = (Language.ZH, Language.EN)


def _stage(text: str) -> Stage:
    from rag.kinds.wording import STAGES

    return choice(text, Stage, "stage", lambda each: [STAGES[each].of(language) for language in _LANGUAGES])


def _category(text: str) -> RiskCategory:
    from rag.kinds.wording import RISK_SHELVES

    def called(each: RiskCategory) -> list[str]:
        names = [RISK_SHELVES[each].members.of(language) for language in _LANGUAGES]
        return [*names, *(name.removesuffix(" risks").removesuffix("风险") for name in names)]

    return choice(text, RiskCategory, "category of risks", called)


def _spoken(text: str) -> _Spoken:
    return choice(text, _Spoken, "language of the register")


Json = Annotated[bool, typer.Option("--json", help="Print JSON, one object a line.")]
OfStage = Annotated[
    Stage | None,
    typer.Option("--stage", parser=_stage, metavar="STAGE", help=f"Only risks of companies at it: {', '.join(Stage)}."),
]
OfCategory = Annotated[
    RiskCategory | None,
    typer.Option(
        "--category", parser=_category, metavar="CATEGORY", help=f"Only these risks: {', '.join(RiskCategory)}."
    ),
]
InLanguage = Annotated[
    _Spoken | None,
    typer.Option("--language", parser=_spoken, metavar="zh|en", help="Chinese or English; else that of the system."),
]
Sector = Annotated[str, typer.Option("--sector", metavar="WORDS", help="What the company does: it weighs the scores.")]


def add_to(app: typer.Typer) -> None:
    """Adds the commands to the program's."""
    risks = typer.Typer(no_args_is_help=True, help="Shows the risk register, as text, picture and files.")
    risks.command(name="list")(show_all)
    risks.command()(show)
    risks.command()(heatmap)
    risks.command()(export)
    app.add_typer(risks, name="risks")


def show_all(
    stage: OfStage = None,
    category: OfCategory = None,
    sector: Sector = "",
    language: InLanguage = None,
    as_json: Json = False,
) -> None:
    """Lists the risks, the highest score first.

    Example: `advisor risks list --stage seed --category legal`
    """
    from bot.app import open_terminal
    from bot.commands.risk_texts import register_line
    from bot.output import write_line
    from bot.terminal import print_markdown

    terminal = open_terminal(json=as_json)
    room = _room(language, stage=stage, sector=sector)
    found = _scored(room, stage, category)
    if as_json:
        for each in found:
            write_line(terminal.lines, _record(each))
        return
    lines = [f"{register_line(room, place, each)} · `{each.risk.id}`" for place, each in enumerate(found, start=1)]
    print_markdown(terminal.out, "\n".join(lines))
    if not found:
        terminal.complain("no risk of the register fits; leave out --stage or --category")


def show(
    name: Annotated[str, typer.Argument(metavar="ID", help="The id or the title of a risk.")],
    language: InLanguage = None,
    as_json: Json = False,
) -> None:
    """Shows one risk: signs, measures, the plan for the case that it happens.

    Example: `advisor risks show data-breach`
    """
    from bot.app import open_terminal
    from bot.commands.risk_texts import card
    from bot.output import write_line
    from bot.terminal import print_markdown
    from rag.risks import Handling, scored

    terminal = open_terminal(json=as_json)
    room = _room(language)
    risk = _the_one(room, name)
    each = scored(risk, room.company, Handling())
    if as_json:
        write_line(terminal.lines, _record(each))
        return
    print_markdown(terminal.out, card(room, each, standing=False))


def heatmap(
    file: Annotated[Path, typer.Argument(metavar="FILE.png", help="The picture to write.")],
    stage: OfStage = None,
    category: OfCategory = None,
    language: InLanguage = None,
) -> None:
    """Draws the risks by likelihood and impact.

    Example: `advisor risks heatmap risks.png --language zh`
    """
    from bot.commands.risk_files import heat_map

    if file.suffix.lower() != ".png":
        raise typer.BadParameter(f"{file.name!r} is no name of a picture; end it with .png")
    room = _room(language, stage=stage)
    _write(file, heat_map(room, _scored(room, stage, category)))


def export(
    file: Annotated[Path, typer.Argument(metavar="FILE", help="A name that ends with .md or .csv.")],
    stage: OfStage = None,
    category: OfCategory = None,
    sector: Sector = "",
    language: InLanguage = None,
) -> None:
    """Writes the register as Markdown or as a table for a spreadsheet.

    Example: `advisor risks export risks.csv --stage seed`
    """
    from bot.commands.risk_files import csv_file, markdown_file

    forms = {".md": markdown_file, ".csv": csv_file}
    form = forms.get(file.suffix.lower())
    if form is None:
        raise typer.BadParameter(f"{file.name!r} ends with neither .md nor .csv, which tell the form")
    room = _room(language, stage=stage, sector=sector)
    _write(file, form(room, _scored(room, stage, category)))


def _room(language: _Spoken | None, *, stage: Stage | None = None, sector: str = "") -> RiskRoom:
    """The register as it ships, without any team's state."""
    from bot.checklist_state import Board
    from bot.commands.risk_room import RiskRoom, bare
    from bot.settings import locale_name
    from bot.texts import locale_language
    from bot.wording import load_wording
    from rag.kinds.risk import load_risks
    from rag.resources import data_folder
    from rag.risk_shelf import HeldRisks
    from rag.risks import Company, RiskRegister

    register = RiskRegister(load_risks(data_folder("corpus") / "risks"))
    return RiskRoom(
        wording=load_wording(data_folder("prompts")),
        language=Language(language.value) if language else locale_language(locale_name()),
        held=HeldRisks(register=register, places={}, documents={}),
        board=Board(items={}, history=()),
        company=Company(stage=stage, sector=sector),
        now=datetime.now(UTC),
        zone=ZoneInfo("UTC"),
        capable=bare("/"),
    )


def _scored(room: RiskRoom, stage: Stage | None, category: RiskCategory | None) -> tuple[Scored, ...]:
    return room.held.register.scored(room.company, {}, stage=stage, category=category)


def _the_one(room: RiskRoom, name: str) -> Risk:
    found = room.held.register.named(name)
    if len(found) == 1:
        return found[0]
    if not found:
        raise InvalidInput(f"there is no risk {name!r}; 'advisor risks list' tells the ids")
    raise InvalidInput(f"{name!r} may be {', '.join(risk.id for risk in found)}; name one of them")


def _write(path: Path, file: File) -> None:
    try:
        path.expanduser().write_bytes(file.content)
    except OSError as error:
        raise InvalidInput(f"{str(path)!r} cannot be written ({error.strerror}); choose another place") from error


def _record(each: Scored) -> dict[str, Any]:
    """A risk as JSON: all that the register says, in both languages, and its score."""
    return {"score": round(each.score, 2), **each.risk.model_dump(mode="json")}
