"""The feasibility check on Slack: from the command by its modals to the cited result and the file."""

from __future__ import annotations

from pathlib import Path

from tests.bot.samples import passage
from tests.doubles.slack.people import labels
from tests.doubles.slack.server import slack_server
from tests.doubles.slack.workspace import ADA, CHANNEL, DM, markdown_of

from .at_work import office
from .opened import until


async def test_check_is_filled_in_by_modals_and_shown_with_its_sources(tmp_path: Path) -> None:
    async with slack_server() as slack, office(tmp_path, slack) as bot:
        bot.finding.passages = (passage("Moats", "A moat keeps competitors away from your margin."),)
        slack.people.command(ADA, CHANNEL, "assess")
        (intro,) = await bot.whispered(1)
        assert (intro["user"], intro["channel"]) == (ADA, CHANNEL)
        shown = bot.as_message(intro, "")
        assert labels(shown)[:3] == ["Market demand (0/3)", "Technology (0/3)", "Competition (0/3)"]
        slack.people.press(ADA, shown, "Competition (0/3)")
        await until(lambda: bool(slack.workspace.views))
        ((view, form),) = slack.workspace.views.items()
        assert form["title"]["text"] == "Competition"
        assert [block["element"]["type"] for block in form["blocks"]] == ["static_select"] * 3 + ["plain_text_input"]
        slack.people.submit(ADA, view, {"rivals": "4", "difference": "3", "platform": "0", "note": "asked <!channel>"})
        noted = (await bot.whispered(2))[1]
        assert markdown_of(noted["blocks"]) == "Noted. **Competition** ●●●○○ **3.1 of 5**"
        slack.people.press(ADA, bot.as_message(noted, ""), "Show the result")
        result = (await bot.whispered(3))[2]
        told = markdown_of(result["blocks"])
        assert "A moat keeps competitors away from your margin.”[1]" in told
        assert "<!channel>" not in str(result["blocks"])
        assert "Flywheels · Moats" in str(result["blocks"])
        assert "Competition (2/3)" in labels(bot.as_message(result, ""))


async def test_file_is_given_in_a_direct_message_alone_and_in_the_readers_language(tmp_path: Path) -> None:
    async with slack_server() as slack, office(tmp_path, slack) as bot:
        slack.people.command(ADA, CHANNEL, "评估 回答 数据 4 4 4 有合同")
        await bot.whispered(1)
        slack.people.command(ADA, CHANNEL, "评估 导出")
        told = (await bot.whispered(2))[1]["blocks"]
        assert "评估结果已存为文件。" in str(told)
        assert "文件已发到您与我的私信里" in str(told)
        (file,) = slack.workspace.files.values()
        assert file["channel"] == DM
        slack.people.command(ADA, DM, "评估 导出")
        await until(lambda: len(slack.workspace.files) == 2)
        await bot.quiet()
        assert "评估结果已存为文件。" in str(slack.workspace.own()[-1].blocks)
