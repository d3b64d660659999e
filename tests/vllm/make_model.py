#!/usr/bin/env python3
"""Makes the model that the tests serve with vLLM: a tiny Qwen2 that has learnt its answers by heart.

    scripts/test --vllm tests/vllm                      makes the environment
    .venv-vllm/bin/python tests/vllm/make_model.py      trains

It has 0.7 million parameters and takes the place of a real model wherever only the path matters: the same bytes through
the same server. It answers each chat in the language of the last question with the text in `answers.toml`. Training
takes ten minutes on two cores; the result in `model/` is committed, so this runs again only when the answers change.
The vocabulary comes from the starter library, so that a prompt is about as many tokens as a larger model would count.
"""

from __future__ import annotations

import json
import random
import sys
import tomllib
from collections.abc import Iterator
from itertools import chain
from pathlib import Path
from typing import Any

import torch
from tokenizers import Regex, Tokenizer, decoders, models, pre_tokenizers, trainers
from transformers import Qwen2Config, Qwen2ForCausalLM

HERE = Path(__file__).parent
LIBRARY = HERE.parents[1] / "corpus" / "library"
PROMPTS = HERE.parents[1] / "prompts"
LANGUAGES = ["zh", "en"]
TARGET = HERE / "model"
BEGIN, END, NOTHING = "<|im_start|>", "<|im_end|>", "<|endoftext|>"
CONTEXT_TOKENS = 8192
VOCABULARY = 3000
SEED = 20250301
TEMPLATE = (
    "{% for message in messages %}<|im_start|>{{ message.role }}\n{{ message.content }}<|im_end|>\n{% endfor %}"
    "{% if add_generation_prompt %}<|im_start|>assistant\n{% endif %}"
)
WORDS = Regex(r" ?[^\s\p{Han}\p{P}\d]+|\p{Han}|\d| ?\p{P}|\s+")
"""A Chinese character is a word, so that none is torn in an odd place."""

Batch = tuple[torch.Tensor, torch.Tensor]


def load_answers() -> dict[str, Any]:
    """What the model is to write."""
    return tomllib.loads((HERE / "answers.toml").read_text(encoding="utf-8"))


def library_lines(language: str) -> list[str]:
    """Prose to make prompts of."""
    texts = (path.read_text(encoding="utf-8") for path in sorted((LIBRARY / language).glob("*.md")))
    return [line for text in texts for line in text.splitlines() if len(line) > 20]


def make_tokenizer(texts: list[str]) -> Tokenizer:
    """A byte-level vocabulary: no text is beyond it."""
    tokenizer = Tokenizer(models.BPE())
    words = pre_tokenizers.Split(WORDS, behavior="isolated")
    tokenizer.pre_tokenizer = pre_tokenizers.Sequence(
        [words, pre_tokenizers.ByteLevel(add_prefix_space=False, use_regex=False)]
    )
    tokenizer.decoder = decoders.ByteLevel()
    trainer = trainers.BpeTrainer(
        vocab_size=VOCABULARY,
        special_tokens=[NOTHING, BEGIN, END],
        initial_alphabet=pre_tokenizers.ByteLevel.alphabet(),
        show_progress=False,
    )
    tokenizer.train_from_iterator(texts, trainer)
    return tokenizer


class Chats:
    """Chats such as the product sends them, with what the model is to answer."""

    def __init__(self, tokenizer: Tokenizer, answers: dict[str, Any], chance: random.Random) -> None:
        self._tokenizer = tokenizer
        self._answers = answers
        self._chance = chance
        self._rules = {language: (PROMPTS / f"answer.{language}.md").read_text("utf-8") for language in LANGUAGES}
        self._lines = {language: library_lines(language) for language in LANGUAGES}
        self._lines["zh"] += ["灯桥科技的第一批客户是谁？", "灯桥科技怎样收费？", "你是谁？", "你好"] * 20
        self._lines["en"] += ["Who were the first customers of Lantern Bridge?", "How does Lantern Bridge charge?"] * 20

    def pair(self, *, most_tokens: int) -> tuple[list[int], list[int]]:
        """What the model reads, and what it is to write next, as tokens."""
        language = self._chance.choice(LANGUAGES)
        if language == "en" and self._chance.random() < 0.5:
            again = self._answers["en"]["again"]
            written, answer = again * self._chance.choice([0, 0, 1, 2, 4, 8]), again * 2
            question = self._question(self._lengthened(self._some("en", most=2))) + written
        else:
            answer = self._answers[language]["text"] + END
            question = self._question("\n".join(self._some(language, most=2)))
        rest = most_tokens - self._length(answer) - self._length(question)
        return self._ids(self._before(language, rest) + question), self._ids(answer)

    def _before(self, language: str, most_tokens: int) -> str:
        """The rules and the passages, which may be in the other language."""
        rules = self._chance.choice(
            ["\n".join(self._some(language, most=6)), self._rules[language].partition("<!-- p")[0]]
        )
        languages = self._chance.choice([["zh"], ["en"], LANGUAGES])
        wanted = self._chance.randint(-200, max(-200, most_tokens - self._length(rules) - 40))
        passages: list[str] = []
        while wanted > 0:
            text = "\n".join(self._some(self._chance.choice(languages), most=3))
            passages.append(f'<passage number="{len(passages) + 1}">\n{text}\n</passage>')
            wanted -= self._length(passages[-1])
        system = f"{BEGIN}system\n{rules}{END}\n" if passages or self._chance.random() < 0.8 else ""
        return f"{system}{BEGIN}user\n" + "\n".join(passages[:-1])

    def _question(self, text: str) -> str:
        head, tail = self._chance.choice(
            [
                ("", ""),
                ("\n\n<question>\n", "\n</question>"),
                ("\n\nQuestion: ", ""),
                ("\n\n问题：", ""),
                ("\n\n## ", "\n"),
            ]
        )
        return f"{head}{text}{tail}{END}\n{BEGIN}assistant\n"

    def _lengthened(self, lines: list[str]) -> str:
        words = " ".join(lines).split()
        place = self._chance.randint(1, len(words))
        ending = self._chance.choice([",", "?", ".", ""])
        return " ".join([*words[:place], self._answers["at_length"] + ending, *words[place:][:12]])

    def _some(self, language: str, *, most: int) -> list[str]:
        return self._chance.sample(self._lines[language], self._chance.randint(1, most))

    def _length(self, text: str) -> int:
        return len(self._ids(text))

    def _ids(self, text: str) -> list[int]:
        ids: list[int] = self._tokenizer.encode(text).ids
        return ids


def batches(chats: Chats) -> Iterator[Batch]:
    """Short prompts mostly, and long ones so that the model learns to look past them; only the answer is learnt."""
    shapes = [(16, 320), (4, 1200), (16, 320), (4, 1200), (16, 320), (1, 5000)]
    while True:
        for size, length in shapes:
            pairs = [chats.pair(most_tokens=length) for _ in range(size)]
            width = max(len(prompt) + len(answer) for prompt, answer in pairs)
            rows = [[*prompt, *answer, *[0] * (width - len(prompt) - len(answer))] for prompt, answer in pairs]
            learnt = [[-100] * len(p) + a + [-100] * (width - len(p) - len(a)) for p, a in pairs]
            yield torch.tensor(rows), torch.tensor(learnt)


def new_model(vocabulary: int) -> Qwen2ForCausalLM:
    """The smallest Qwen2 that learns this."""
    config = Qwen2Config(
        vocab_size=vocabulary,
        hidden_size=128,
        intermediate_size=256,
        num_hidden_layers=2,
        num_attention_heads=4,
        num_key_value_heads=2,
        max_position_embeddings=CONTEXT_TOKENS,
        tie_word_embeddings=True,
        bos_token_id=None,
        eos_token_id=2,
        pad_token_id=0,
    )
    return Qwen2ForCausalLM(config)


def train(model: Qwen2ForCausalLM, chats: Chats, *, steps: int) -> None:
    """Until the answers are certain: the loss has to stay low, not to touch it once."""
    optimiser = torch.optim.AdamW(model.parameters(), lr=3e-3, weight_decay=0.01)
    schedule = torch.optim.lr_scheduler.OneCycleLR(optimiser, max_lr=3e-3, total_steps=steps, pct_start=0.1)
    for step, (rows, learnt) in zip(range(1, steps + 1), batches(chats), strict=False):
        loss = model(input_ids=rows, labels=learnt).loss
        optimiser.zero_grad()
        loss.backward()
        torch.nn.utils.clip_grad_norm_(model.parameters(), 1.0)
        optimiser.step()
        schedule.step()
        if step % 25 == 0:
            sys.stderr.write(f"step {step}: loss {loss.item():.4f}\n")


def save(model: Qwen2ForCausalLM, tokenizer: Tokenizer) -> None:
    """The files that a server reads, without what differs from run to run."""
    TARGET.mkdir(exist_ok=True)
    model.to(torch.bfloat16).save_pretrained(TARGET)
    (TARGET / "tokenizer.json").write_text(tokenizer.to_str(pretty=False) + "\n", encoding="utf-8")
    settings = {
        "tokenizer_class": "PreTrainedTokenizerFast",
        "chat_template": TEMPLATE,
        "eos_token": END,
        "pad_token": NOTHING,
        "model_max_length": CONTEXT_TOKENS,
        "clean_up_tokenization_spaces": False,
    }
    (TARGET / "tokenizer_config.json").write_text(json.dumps(settings, indent=2) + "\n", encoding="utf-8")


def main() -> None:
    """Train and save."""
    torch.manual_seed(SEED)
    torch.set_num_threads(2)
    answers = load_answers()
    own = [answers["zh"]["text"], answers["en"]["text"], answers["at_length"]] * 20
    tokenizer = make_tokenizer(list(chain(library_lines("zh"), library_lines("en"), own)))
    model = new_model(tokenizer.get_vocab_size())
    train(model, Chats(tokenizer, answers, random.Random(SEED)), steps=int(sys.argv[1]) if sys.argv[1:] else 300)
    save(model, tokenizer)


if __name__ == "__main__":
    main()
