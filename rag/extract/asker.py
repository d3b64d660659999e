"""Whether a question asks for a fact of the asker's own company, which no guide written for everybody can know.

"What is our runway?" wants a number that only their own papers hold; "how long should our runway be?" and "how do we
work out our runway?" want advice, and so does a question that brings its own figures along.
"""

from __future__ import annotations

import re

_ADVICE = re.compile(
    r"\b(?:should|shall|can|could|may|might|must|would|ought|needs?|wants?|have to|has to|if|unless|legal|allowed|"
    r"required|typical|normal|usual|worth|best|better|right|good|enough|safe|real|ideal)\b"
    r"|应该|应当|该|需要|必须|得要|要(?!是谁)|可以|能|怎么(?!.{0,3}的[？?]?$)|如何|怎样|如果|要是|假如|合适|才|算|最好|建议|合理|正常",
    re.IGNORECASE,
)
_FIGURE = re.compile(r"\d")
_DUTY = re.compile(
    r"\b(?:options?|choices?|alternatives?|obligations?|dut(?:y|ies)|rights?|risks?|chances?|roles?|responsibilit\w+"
    r"|liabilit\w+|next steps?)\b|选择|义务|责任|权利|风险|角色|机会|下一步",
    re.IGNORECASE,
)
"""What a guide can tell anybody of their own case."""

_OWN = tuple(
    re.compile(pattern, re.IGNORECASE)
    for pattern in (
        r"\b(?:what|who|where|how (?:much|many|big|large|high|long|old))(?:['’]?s| is| are| was| were) (?:currently )?"
        r"(?:my|our)\b",
        r"\bhow (?:much|many)\b[^?]*\b(?:did|have|had|were) (?:i|we)\b",
        r"\bhow (?:much|many)\b[^?]*\bdo (?:i|we) (?:currently )?(?:have|own|owe|hold|employ|spend|earn|make|burn)\b",
        r"\bhow (?:much|many) (?:of )?(?:my|our)\b",
        r"\b(?:how (?:much|many)|who|which)\b[^?]* (?:on|with|against|from) us\b",
        r"\bwhen (?:do|does|did|is|was|will) (?:my|our)\b[^?]*"
        r"\b(?:expire|end|renew|start|begin|run out|close|due|meet)",
        r"\bwhich (?:one )?of (?:my|our)\b",
        r"\bwhat (?:did|have|had) (?:i|we) (?!learn|miss|forget|overlook)\w+",
        r"(?:我们?|咱们?|我司|本公司)(?:公司|团队|产品|自己|账上|现在|目前|这边|最大|这个?月|上个?月|去年|今年|的)*"
        r"[^，,。；;？?]{0,14}?"
        r"(?:是谁|[是有剩]多少|(?:是|[还只](?:有|剩))几个?[月天年家人]|[了着过]多少|多少了|是怎么[^做算]|是什么|是哪[天个家位])",
        r"(?:我们?|咱们?)(?:上周|昨天|前天|上个?月|上次|之前|刚才)[^，,。；;？?]{0,14}(?:什么|谁|多少|哪)",
        r"(?:我们|咱们?|公司)(?:的)?账上[^，,。；;？?]{0,6}多少",
    )
)

_TO_THE_PROGRAM = re.compile(
    r"^\W*(?:please )?"
    r"(?:(?:ignore|disregard|forget) (?:all |any )?(?:of )?(?:the |your )?(?:previous|prior|above|earlier)\b"
    r"|(?:print|reveal|show|repeat|output|tell) (?:me )?your (?:system |hidden )?(?:prompt|instructions)\b)"
    r"|^\W*(?:请)?(?:忽略|无视|忘掉)(?:掉)?(?:之前|以上|前面|上面|此前)"
    r"|^\W*(?:请)?(?:输出|打印|告诉我|显示|说出)你的(?:系统)?提示词",
    re.IGNORECASE,
)


def commands_the_program(text: str) -> bool:
    """Whether a text orders the program to forget its rules or to show them, which no library answers."""
    return bool(_TO_THE_PROGRAM.search(text))


def asks_own_fact(question: str) -> bool:
    """Whether a question asks what is the case at the asker's own company."""
    if _FIGURE.search(question) or _ADVICE.search(question) or _DUTY.search(question):
        return False
    return any(pattern.search(question) for pattern in _OWN)
