"""The flags that scripts/serve_vllm chooses, held against vLLM's own command line."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

pytestmark = pytest.mark.vllm

SCRIPTS = Path(__file__).parents[2] / "scripts"
PLANS = f"""
import json, sys
sys.path.insert(0, {str(SCRIPTS)!r})
from serve_parts.gpus import Gpu
from serve_parts.models import TABLE
from serve_parts.plan import Wishes, make_plan

def gpu(capability):
    return Gpu(index=0, uuid="", name="x", total_gb=80.0, free_gb=80.0, driver="580.1", capability=capability)

machines = [[gpu(9.0)], [gpu(9.0)] * 8]
wishes = Wishes(has_key=True)
plans = [make_plan(model, gpus, wishes) for model in TABLE for gpus in machines if model.weights_gb < 60 * len(gpus)]
plans.append(make_plan(TABLE[0], [gpu(7.5)], wishes))
print(json.dumps([plan.command()[1:] for plan in plans]))
"""
PARSING = """
import json, sys
from vllm.entrypoints.launchers.cli_args import make_arg_parser, validate_parsed_serve_args
from vllm.utils.argparse_utils import FlexibleArgumentParser

parser = make_arg_parser(FlexibleArgumentParser())
parsed = [parser.parse_args(command) for command in json.load(sys.stdin)]
for each in parsed:
    validate_parsed_serve_args(each)
names = ["model_tag", "enable_prefix_caching", "enable_prompt_tokens_details", "data_parallel_size", "dtype"]
print(json.dumps([{name: getattr(each, name) for name in names} for each in parsed]))
"""


def test_vllm_takes_every_command_that_is_chosen(vllm_python: str) -> None:
    plans = subprocess.run([sys.executable, "-c", PLANS], check=True, capture_output=True, text=True).stdout
    done = subprocess.run([vllm_python, "-c", PARSING], input=plans, capture_output=True, text=True, check=False)

    assert done.returncode == 0, done.stderr[-2000:]
    parsed = json.loads(done.stdout.splitlines()[-1])
    assert [each["model_tag"] for each in parsed] == [command[0] for command in json.loads(plans)]
    assert all(each["enable_prefix_caching"] and each["enable_prompt_tokens_details"] for each in parsed)
    assert {each["data_parallel_size"] for each in parsed} > {1}
    assert {each["dtype"] for each in parsed} == {"auto", "half"}
