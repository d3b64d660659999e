"""All that people can call, press and send, and what does it: a new command has its lines here."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping

from bot.chat import Press, Submission
from bot.commands import (
    admin,
    answers,
    assess,
    audit,
    basic,
    case,
    config,
    config_form,
    config_reset,
    digest,
    documents,
    experts,
    gap_work,
    gaps,
    inputs,
    privacy,
    profile,
    proposals,
    quality,
    rating,
    registration,
    remarks,
    resources,
    risk_form,
    risk_work,
    risks,
    saving,
    steering,
    uploads,
)
from bot.commands.call import Call
from bot.commands.home import Home
from bot.commands.registry import Argument, ArgumentKind, Command, Level, Registry
from bot.offers import Verb
from bot.records import Rating
from bot.wording import Wording

OVERSIGHT: Mapping[str, Callable[[Call, Press], Awaitable[None]]] = {
    Verb.GAP_SHOW: gaps.show_chosen,
    Verb.GAP_ADD: gap_work.add,
    Verb.GAP_CHECK: gap_work.check_slip,
    Verb.GAP_DECLINE: gap_work.decline,
    Verb.GAP_DONE: gap_work.done,
    Verb.GAP_REOPEN: gap_work.reopen_slip,
    Verb.LIMIT_SET: steering.set_limit,
    Verb.LABELS_SET: steering.set_labels,
    Verb.EVAL_CANCEL: quality.cancel,
}
"""What admins do by buttons to oversee the bot."""

PRESSES: Mapping[str, Callable[[Call, Press], Awaitable[None]]] = {
    Verb.UP: rating.rate,
    Verb.DOWN: rating.rate,
    Verb.REASON: rating.give_reason,
    Verb.WHY: answers.why,
    Verb.SHORTER: answers.shorter,
    Verb.SHARE: answers.share,
    Verb.SHARE_TOLD: answers.share_told,
    Verb.REGENERATE: answers.regenerate,
    Verb.FOLLOW_UP: answers.follow_up,
    Verb.RETRY: answers.retry,
    Verb.REMARK: remarks.remark,
    Verb.STOP: answers.stop_answer,
    Verb.CASE: case.show,
    Verb.COMPARE: case.compare_with,
    Verb.CONFIG_OPEN: config_form.open_form,
    Verb.CONFIG_RESET: config_reset.press,
    Verb.PROFILE_OPEN: profile.open_form,
    Verb.PROFILE_SWITCH: profile.switch,
    Verb.REINDEX_CANCEL: admin.cancel,
    Verb.PRIVACY: privacy.press,
    Verb.RISK: risk_work.open_item,
    Verb.RISK_ACT: risk_work.act,
    Verb.RISK_VIEW: risks.view,
    Verb.RISK_OPEN: risk_form.open_form,
    Verb.FEEDBACK_OPEN: rating.open_form,
    Verb.EXPERT_ASK: experts.ask,
    Verb.EXPERT_CLAIM: experts.claim,
    Verb.EXPERT_RELEASE: experts.release,
    Verb.EXPERT_CLOSE: experts.close,
    Verb.EXPERT_OPEN: experts.open_form,
    Verb.EXPERT_THIS: experts.confirm,
    Verb.EXPERT_SAVE: experts.propose,
    Verb.UPLOAD_OPEN: uploads.open_files,
    Verb.HAND_IN_OPEN: uploads.open_form,
    Verb.HAND_IN_DROP: uploads.drop,
    Verb.HAND_IN_REVISE: uploads.revise,
    Verb.PROPOSAL_SHOW: proposals.open_one,
    Verb.PROPOSAL_EDIT: proposals.open_edit,
    Verb.SHELF_SHOW: documents.open_one,
    Verb.SHELF_ACT: documents.act,
    Verb.SHELF_ROLL: documents.act,
    Verb.SHELF_EDIT: documents.open_edit,
    Verb.PROPOSAL_APPROVE: proposals.approve,
    Verb.PROPOSAL_OPEN: proposals.open_form,
    Verb.GAP_CLOSE: gaps.close_chosen,
    **OVERSIGHT,
    Verb.INPUT_ADD: inputs.confirm,
    Verb.INPUT_REMOVE: inputs.remove_now,
    Verb.INPUT_OPEN: inputs.open_form,
    Verb.ASSESS_OPEN: assess.open_form,
    Verb.ASSESS_SHOW: assess.show,
    Verb.ASSESS_EXPORT: assess.export,
    Verb.ASSESS_REPEAT: assess.repeat,
    Verb.ASSESS_DELETE: assess.delete,
}
"""What each button and each choice of a menu does."""

FORMS: Mapping[str, Callable[[Call, Submission], Awaitable[None]]] = {
    Verb.EXPLAIN: rating.explain,
    Verb.CONFIG_SAVE: config_form.submit,
    Verb.PROFILE_SAVE: profile.submit,
    Verb.RISK_FORM: risk_work.submit,
    Verb.RISK_SAVE: risk_form.submit,
    Verb.ASSESS_SAVE: assess.submit,
    Verb.EXPERT_ANSWER: experts.submit,
    Verb.PROPOSAL_DECLINE: proposals.submit,
    Verb.SAVE: saving.submit,
    Verb.INPUT_SAVE: inputs.submit,
    Verb.UPLOAD_FILES: uploads.submit_files,
    Verb.HAND_IN_SAVE: uploads.submit,
    Verb.PROPOSAL_SAVE: proposals.save_edit,
    Verb.SHELF_SAVE: documents.save_edit,
}
"""What each form does when it is sent."""

ADMIN_VERBS = frozenset(
    {
        Verb.CONFIG_OPEN,
        Verb.CONFIG_SAVE,
        Verb.CONFIG_RESET,
        Verb.REINDEX_CANCEL,
        Verb.SHELF_SHOW,
        Verb.SHELF_ACT,
        Verb.SHELF_ROLL,
        Verb.SHELF_EDIT,
        Verb.SHELF_SAVE,
        Verb.GAP_CLOSE,
        Verb.SAVE,
        *OVERSIGHT,
        Verb.INPUT_ADD,
        Verb.INPUT_REMOVE,
        Verb.INPUT_OPEN,
        Verb.INPUT_SAVE,
    }
)
"""Buttons and forms that are for admins alone."""

EDITOR_VERBS = frozenset(
    {
        Verb.PROPOSAL_SHOW,
        Verb.PROPOSAL_EDIT,
        Verb.PROPOSAL_SAVE,
        Verb.PROPOSAL_APPROVE,
        Verb.PROPOSAL_OPEN,
        Verb.PROPOSAL_DECLINE,
    }
)
"""Buttons and forms that are for editors and those above them."""

OPEN_VERBS = frozenset(
    {
        Verb.COMMAND,
        Verb.UP,
        Verb.DOWN,
        Verb.REASON,
        Verb.EXPLAIN,
        Verb.FEEDBACK_OPEN,
        Verb.WHY,
        Verb.SHORTER,
        Verb.SHARE,
        Verb.SHARE_TOLD,
        Verb.REGENERATE,
        Verb.FOLLOW_UP,
        Verb.REMARK,
        Verb.RETRY,
        Verb.STOP,
        Verb.CASE,
        Verb.COMPARE,
        Verb.PROFILE_OPEN,
        Verb.PROFILE_SAVE,
        Verb.PROFILE_SWITCH,
        Verb.PRIVACY,
        Verb.RISK,
        Verb.RISK_ACT,
        Verb.RISK_FORM,
        Verb.RISK_OPEN,
        Verb.RISK_SAVE,
        Verb.RISK_VIEW,
        Verb.EXPERT_ASK,
        Verb.EXPERT_CLAIM,
        Verb.EXPERT_RELEASE,
        Verb.EXPERT_CLOSE,
        Verb.EXPERT_OPEN,
        Verb.EXPERT_ANSWER,
        Verb.EXPERT_THIS,
        Verb.EXPERT_SAVE,
        Verb.UPLOAD_OPEN,
        Verb.UPLOAD_FILES,
        Verb.HAND_IN_OPEN,
        Verb.HAND_IN_SAVE,
        Verb.HAND_IN_DROP,
        Verb.HAND_IN_REVISE,
        Verb.ASSESS_OPEN,
        Verb.ASSESS_SAVE,
        Verb.ASSESS_SHOW,
        Verb.ASSESS_EXPORT,
        Verb.ASSESS_REPEAT,
        Verb.ASSESS_DELETE,
    }
)
"""Buttons and forms that everybody may use, each for what is their own or the channel's; a called command has its own
level, and experts are known by their channel."""


def verb_level(verb: str) -> Level:
    """Who may use a button or a form: what nobody has declared is for admins; what nothing does is told to anybody."""
    if verb in EDITOR_VERBS:
        return Level.EDITOR
    done = verb in PRESSES or verb in FORMS
    return Level.EVERYONE if verb in OPEN_VERBS or not done else Level.ADMIN


TYPED: Mapping[str, Callable[[str], Mapping[str, str] | None]] = {"feedback": rating.typed}
"""What reads the words behind a command before they are told apart as arguments; None leaves them to the registry."""


def all_commands(wording: Wording) -> Registry:
    """The commands that everybody has. Raises InvalidSettings where they lack words."""
    made: list[Registry] = []
    overview, library = basic.Help(lambda: made[0]), basic.Sources(lambda: made[0])
    name = Argument(name="command", kind=ArgumentKind.WORD, complete=overview.names)
    topic = Argument(name="topic", complete=library.topics)
    rated = Argument(name="rating", kind=ArgumentKind.CHOICE, required=True, choices=tuple(Rating))
    made.append(
        Registry(
            (
                Command(name="ask", run=basic.ask, arguments=(Argument(name="question", required=True),)),
                Command(name="help", run=overview.run, arguments=(name,)),
                Command(name="sources", run=library.run, arguments=(topic,)),
                Command(name="home", run=Home(library).run),
                Command(name="stop", run=basic.stop),
                Command(name="resume", run=basic.resume),
                Command(name="feedback", run=rating.rate_latest, arguments=(rated, Argument(name="text"))),
                *case.commands(lambda: made[0]),
                resources.command(lambda: made[0]),
                risks.command(),
                digest.command(lambda: made[0]),
                profile.command(lambda: made[0]),
                assess.command(),
                gaps.command(lambda: made[0]),
                *uploads.commands(),
                proposals.command(),
                saving.command(),
                config.command(lambda: made[0]),
                registration.command(),
                admin.command(),
                inputs.command(),
                privacy.command(),
                audit.command(),
            ),
            wording,
        )
    )
    return made[0]
