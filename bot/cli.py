"""The command `advisor`: its commands, options and help. What the commands do stands in the modules beside this one.

Nothing heavy is imported before a command runs, so that `--help` and `--version` answer at once.
"""

from __future__ import annotations

import sys
import traceback
from functools import partial
from importlib import metadata
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, NoReturn

import typer
from typer.core import TyperGroup

from bot import cli_admin, cli_digest, cli_inputs, cli_operators, cli_risks, cli_sources
from rag.errors import RagError

if TYPE_CHECKING:
    from bot.app import Program
    from bot.library import Library

_DISTRIBUTION = "startup-advisor"
_INTERRUPTED = 130
_MOST_PASSAGES = 50


class _Guarded(TyperGroup):
    """Turns what the core raises into one clear line and an exit status."""

    def invoke(self, ctx: Any) -> Any:
        """Runs a command."""
        try:
            return super().invoke(ctx)
        except RagError as error:
            _fail(error, str(error))
        except KeyboardInterrupt:
            typer.echo("advisor: stopped", err=True)
            raise typer.Exit(_INTERRUPTED) from None


app = typer.Typer(
    name="advisor",
    cls=_Guarded,
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    rich_markup_mode="markdown",
    context_settings={"help_option_names": ["-h", "--help"]},
)

Json = Annotated[bool, typer.Option("--json", help="Print JSON, one object a line.")]
Starter = Annotated[bool, typer.Option("--starter", help="Bring the starter library up to date first.")]
Words = Annotated[list[str] | None, typer.Argument(metavar="QUESTION", help="The question, in Chinese or English.")]
QuestionsFile = Annotated[
    Path | None,
    typer.Option("--questions", metavar="FILE", help="JSON lines with `id` and `question`; `-` is the standard input."),
]


def main() -> None:
    """Runs the command line; the last resort for errors that nobody foresaw."""
    try:
        app(obj=_give_way)
    except Exception as error:  # noqa: BLE001 - the outermost place: a person gets a line and not a traceback
        try:
            _fail(error, f"unexpected {type(error).__name__}: {error}; ADVISOR_DEBUG=1 shows where it happened")
        except typer.Exit as status:
            sys.exit(status.exit_code)


def _give_way() -> None:
    from bot.app import give_way

    give_way()


def _print_version(wanted: bool) -> None:
    if wanted:
        typer.echo(f"advisor {metadata.version(_DISTRIBUTION)}")
        raise typer.Exit


@app.callback()
def options(
    ctx: typer.Context,
    config: Annotated[Path | None, typer.Option(metavar="FILE", help="Read settings from this TOML file.")] = None,
    home: Annotated[Path | None, typer.Option(metavar="FOLDER", help="Keep the library and its index here.")] = None,
    version: Annotated[
        bool, typer.Option("--version", is_eager=True, callback=_print_version, help="Print the version.")
    ] = False,
) -> None:
    """Answers the questions of people who build companies on AI models, from a library that it cites.

    Example: `advisor ask --starter "How do AI startups raise money?"`
    """
    # The process is this program's own when `main` has started it, and a test's otherwise.
    ctx.obj = {"config": config, "home": home, "give_way": ctx.obj or (lambda: None)}


@app.command()
def index(
    ctx: typer.Context,
    paths: Annotated[list[str] | None, typer.Argument(metavar="PATH", help="Files and folders to index.")] = None,
    starter: Annotated[bool, typer.Option("--starter", help="Index the starter library, too.")] = False,
    full: Annotated[bool, typer.Option("--full", help="Read every file again, changed or not.")] = False,
    force: Annotated[bool, typer.Option("--force", help="Put it to use even if questions fare worse.")] = False,
    remove: Annotated[list[str] | None, typer.Option(metavar="PATH", help="Take a registered path out.")] = None,
    as_json: Json = False,
) -> None:
    """Brings the library up to date with files and folders, or with all that are registered.

    Example: `advisor index ./handbook ./cases`
    """
    from bot import operations
    from bot.app import open_terminal
    from bot.index_commands import after_index

    program = _program(ctx)
    program.give_way()
    job = operations.IndexJob(
        paths=[cli_inputs.local(path) for path in paths or []],
        removals=[cli_inputs.local(path) for path in remove or []],
        starter=starter,
        full=full,
        force=force,
    )
    terminal = open_terminal(json=as_json)
    kept = partial(cli_inputs.kept_inputs, program)

    async def work(library: Library) -> int:
        return await operations.index(library, terminal, job, after=partial(after_index, kept, library))

    raise typer.Exit(program.with_index(work))


@app.command()
def search(
    ctx: typer.Context,
    question: Words = None,
    limit: Annotated[
        int | None, typer.Option("-k", min=1, max=_MOST_PASSAGES, metavar="N", help="How many passages.")
    ] = None,
    questions: QuestionsFile = None,
    as_json: Json = False,
) -> None:
    """Finds the passages that a question would be answered from.

    Example: `advisor search "数据飞轮" -k 5`, or `advisor search --questions questions.jsonl --json`
    """
    from bot import operations
    from bot.app import open_terminal

    text = cli_inputs.question(question, questions)
    content = cli_inputs.content(questions)
    terminal = open_terminal(json=as_json or content is not None)
    program = _program(ctx)
    if content is not None:
        raise typer.Exit(
            program.with_library(lambda library: operations.search_file(library, terminal, content, limit=limit))
        )
    raise typer.Exit(program.with_library(lambda library: operations.search(library, terminal, text, limit=limit)))


@app.command()
def ask(
    ctx: typer.Context,
    question: Words = None,
    questions: QuestionsFile = None,
    starter: Starter = False,
    as_json: Json = False,
) -> None:
    """Answers a question from the library, with citations, or says that the library has no answer.

    Example: `advisor ask "How do AI startups raise money?"`, or `advisor ask --questions questions.jsonl --json`
    """
    from bot import operations
    from bot.app import open_terminal

    text = cli_inputs.question(question, questions)
    content = cli_inputs.content(questions)
    terminal = open_terminal(json=as_json or content is not None)
    work = operations.AskJob(text=text, content=content, starter=starter)
    raise typer.Exit(_program(ctx).with_library(lambda library: operations.ask(library, terminal, work)))


@app.command()
def chat(ctx: typer.Context, starter: Starter = False) -> None:
    """Talks in the terminal: questions, answers with sources, and what to ask next.

    Example: `advisor chat --starter`
    """
    from bot.app import open_terminal
    from bot.console import run_chat
    from bot.console.rules import TerminalRules
    from bot.inputs.values import InputRules
    from bot.rights import rights_of
    from bot.settings import locale_name
    from bot.texts import locale_language

    program = _program(ctx)
    settings = program.load().settings
    kept = program.kept()
    inputs = InputRules(settings=settings.inputs, feeds=settings.feeds, ingest=kept.rag.ingest)
    rules = TerminalRules(rights=rights_of(settings.rights), inputs=inputs)
    terminal, language = open_terminal(json=False), locale_language(locale_name())
    url = kept.database_url
    raise typer.Exit(run_chat(kept.rag, terminal, starter=starter, language=language, database_url=url, rules=rules))


@app.command()
def sources(ctx: typer.Context, as_json: Json = False) -> None:
    """Lists the documents of the library by kind and topic.

    Example: `advisor sources --json`
    """
    from bot import operations
    from bot.app import open_terminal

    terminal = open_terminal(json=as_json)
    raise typer.Exit(_program(ctx).with_catalogue(lambda catalogue: operations.sources(catalogue, terminal)))


@app.command(name="eval")
def evaluate(
    ctx: typer.Context,
    files: Annotated[list[Path], typer.Argument(metavar="FILE", help="Labelled questions, JSON lines.")],
    calibrate: Annotated[
        bool, typer.Option("--calibrate", help="Fit the confidence of this embedder to the questions and keep it.")
    ] = False,
    as_json: Json = False,
) -> None:
    """Asks labelled questions and tells how well they are found, answered, cited and refused.

    A line is `{"id", "question", "lang", "answerable", "kind", "expect": [{"source", "section", "snippet"}]}`; any one
    entry of `expect` counts.

    Example: `advisor eval questions.jsonl negatives.jsonl`
    """
    from bot.app import open_terminal
    from bot.evaluating import read_set, run_sets
    from bot.questions import read_bytes

    terminal = open_terminal(json=as_json)
    sets = [read_set(str(path), read_bytes(path, cli_inputs.stdin())) for path in files]
    if calibrate:
        from bot.calibrating import run_calibration

        labels = [label for each in sets for label in each.labels]
        raise typer.Exit(_program(ctx).with_library(lambda library: run_calibration(library, terminal, labels)))
    raise typer.Exit(_program(ctx).with_library(lambda library: run_sets(library, terminal, sets)))


@app.command()
def doctor(ctx: typer.Context, as_json: Json = False) -> None:
    """Looks at settings, platforms, clock, disk, store, index and models, and says how to mend what is wrong.

    Example: `advisor doctor`
    """
    import asyncio

    from bot.app import open_terminal
    from bot.assembly import now
    from bot.doctor import run_doctor

    program = _program(ctx)
    terminal = open_terminal(json=as_json)
    raise typer.Exit(asyncio.run(run_doctor(program.load, terminal, now=now, platforms=program.examinations())))


cli_operators.add_to(app)
cli_risks.add_to(app)
cli_digest.add_to(app)
app.add_typer(cli_sources.inputs_app(), name="inputs")
cli_admin.add_to(app)


def _program(ctx: typer.Context) -> Program:
    from bot.app import Program

    return Program(**ctx.obj)


def _fail(error: BaseException, message: str) -> NoReturn:
    from bot.settings import debug_wanted
    from bot.terminal import printable

    if debug_wanted():
        traceback.print_exception(error)
    typer.echo(printable(f"advisor: {message}"), err=True)
    raise typer.Exit(1) from error
