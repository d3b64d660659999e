"""`proposals`: experts' answers that are proposed for the library, for admins, who take them in or decline them."""

from __future__ import annotations

from collections.abc import Mapping

from bot.channel_rules import server_key
from bot.chat import Press, Submission
from bot.commands.call import Call
from bot.commands.registry import Argument, ArgumentKind, Command, Level
from bot.errors import PublishingFailed
from bot.expert_records import Proposal
from bot.offers import Verb
from bot.payloads import Payload
from bot.publishing import readers_of, title_of
from bot.records import AuditEntry
from bot.replies import Button, FieldKind, Form, FormField, Style
from bot.saying_experts import ExpertSay
from bot.wording import Say
from rag.types import PUBLIC

_READ = 200
_REASON = "reason"
_MOST_REASON = 500


def command() -> Command:
    """The command."""
    return Command(
        name="proposals",
        run=run,
        arguments=(
            Argument(name="action", kind=ArgumentKind.CHOICE, choices=("show", "approve", "decline")),
            Argument(name="number", kind=ArgumentKind.WORD),
            Argument(name=_REASON),
        ),
        level=Level.ADMIN,
    )


async def run(call: Call, arguments: Mapping[str, str]) -> None:
    """Shows the oldest proposal, or decides on one."""
    typed = arguments.get("number", "")
    match arguments.get("action", "show"):
        case "approve" if typed:
            await _approve(call, typed)
        case "decline" if typed:
            await _decline(call, typed, arguments.get(_REASON, ""))
        case _:
            await _show(call, typed)


async def approve(call: Call, press: Press) -> None:
    """Takes a proposal into the library."""
    await _approve(call, press.payload.subject)


async def open_form(call: Call, press: Press) -> None:
    """Asks why a proposal is declined."""
    proposal = await _known(call, press.payload.subject)
    if proposal is None:
        return
    field = FormField(
        name=_REASON,
        label=call.words(ExpertSay.REASON),
        kind=FieldKind.TEXT,
        hint=call.words(ExpertSay.REASON_HINT),
        required=True,
    )
    payload = Payload(verb=Verb.PROPOSAL_DECLINE, subject=str(proposal.number), argument=call.language.value)
    title = call.words(ExpertSay.DECLINE_FORM)
    await call.open_form(Form(title=title, payload=payload, fields=(field,), submit=call.words(Say.SEND)))


async def submit(call: Call, submission: Submission) -> None:
    """Declines a proposal for the reason in the form."""
    await _decline(call, submission.payload.subject, submission.values.get(_REASON, ""))


async def _show(call: Call, typed: str) -> None:
    visible = await _visible(call)
    chosen = next((each for each in visible if str(each.number) == typed), None) if typed else None
    if not visible or (typed and chosen is None):
        none = call.words(ExpertSay.UNKNOWN, number=typed[:20]) if typed else call.words(ExpertSay.PROPOSALS_NONE)
        await call.whisper(none)
        return
    proposal = chosen or visible[0]
    head = call.words(
        ExpertSay.PROPOSAL,
        number=proposal.number,
        name=proposal.author,
        date=proposal.at.date().isoformat(),
        readers=_readers(call, proposal),
    )
    quoted = "\n".join(f"> {line}".rstrip() for line in proposal.question.splitlines())
    blocks = [head, quoted, proposal.answer]
    notes = (call.words(ExpertSay.PROPOSALS_MORE, more=len(visible) - 1),) if len(visible) > 1 else ()
    await call.whisper("\n\n".join(blocks), actions=(_buttons(call, proposal),), notes=notes)


def _buttons(call: Call, proposal: Proposal) -> tuple[Button, ...]:
    told = {"subject": str(proposal.number), "argument": call.language.value}
    yes = Button(
        label=call.words(ExpertSay.APPROVE), payload=Payload(verb=Verb.PROPOSAL_APPROVE, **told), style=Style.PRIMARY
    )
    no = Button(label=call.words(ExpertSay.DECLINE), payload=Payload(verb=Verb.PROPOSAL_OPEN, **told))
    return (yes, no) if call.adapter.capabilities.forms else (yes,)


async def _approve(call: Call, typed: str) -> None:
    proposal, publishing = await _known(call, typed), call.means.publishing
    if proposal is None:
        return
    books = call.means.store.proposals
    if publishing is None:
        await call.whisper(call.words(Say.UNKNOWN_ACTION))
        return
    if not await books.start(proposal.number):
        await call.whisper(call.words(ExpertSay.DECIDED))
        return
    await _note(call, proposal, "approved")
    try:
        title = await publishing.publish(proposal)
    except PublishingFailed:
        # Unless another admin took it in meanwhile.
        if await books.finish(proposal.number, approved=False):
            await publishing.withdraw(proposal)
        raise
    await books.finish(proposal.number, approved=True)
    await call.whisper(call.words(ExpertSay.APPROVED, title=title, readers=_readers(call, proposal)))
    await _tell(call, proposal, ExpertSay.TOLD_APPROVED, title=title)


async def _decline(call: Call, typed: str, reason: str) -> None:
    proposal = await _known(call, typed)
    if proposal is None:
        return
    reason = " ".join(reason.split())[:_MOST_REASON]
    if not reason:
        words = call.means.wording.command("proposals", call.language)
        usage = (
            f"{call.adapter.capabilities.admin_prefix}{words.name} {words.arguments['action'].choices['decline']}"
            f" {proposal.number} <{words.arguments[_REASON].name}>"
        )
        await call.whisper(call.words(ExpertSay.REASON_NEEDED, usage=usage))
        return
    if not await call.means.store.proposals.decline(proposal.number, reason):
        await call.whisper(call.words(ExpertSay.DECIDED))
        return
    await _note(call, proposal, "declined")
    await call.whisper(call.words(ExpertSay.DECLINED))
    await _tell(call, proposal, ExpertSay.TOLD_DECLINED, title=title_of(proposal), reason=reason)


async def _known(call: Call, typed: str) -> Proposal | None:
    """An undecided proposal that may be read here, by its number; tells when there is none."""
    found = next((each for each in await _visible(call) if str(each.number) == typed.strip()), None)
    if found is None:
        await call.whisper(call.words(ExpertSay.UNKNOWN, number=typed[:20]))
    return found


async def _visible(call: Call) -> list[Proposal]:
    """Undecided proposals of the workspace whose readers all read along here: the least-privileged reader decides."""
    labels = await call.labels()
    server = server_key(call.place.channel_key)
    return [
        each
        for each in await call.means.store.proposals.open(limit=_READ)
        if server_key(each.channel_key) == server and each.audience <= labels
    ]


async def _note(call: Call, proposal: Proposal, what: str) -> None:
    entry = AuditEntry(
        at=call.means.now(),
        actor=call.means.pseudonym(call.person.key),
        action="proposal",
        subject=proposal.id,
        details={"after": what, "audience": ", ".join(readers_of(proposal.audience))},
    )
    await call.means.store.audit.append(entry)


async def _tell(call: Call, proposal: Proposal, text: ExpertSay, **values: object) -> None:
    """Tells the expert what became of the answer."""
    request = await call.means.store.experts.get(proposal.request_id)
    if request is not None and request.expert != call.person.key:
        await call.means.experts.tell(request, text, **values)


def _readers(call: Call, proposal: Proposal) -> str:
    readers = readers_of(proposal.audience)
    if readers == (PUBLIC,):
        return call.means.wording.word("readers", PUBLIC, call.language)
    return call.words(Say.LIST_SEPARATOR).join(readers)
