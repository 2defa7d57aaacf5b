"""Asks the held-back questions, greedily, with the weights as the GGUF file stores them, and counts sensible answers.

An answer is sensible when it is the topic's answer, word for word or with at least 90 % of its words: the held-back files
name the topics that answer each wording; "other" means one of the refusals. Read the answers too; the rule is only a rule.
heldback-last.json was written after the last wording and pattern; the other sets were looked at before. No example of the
training repeats a question of these files (make_data.py). Also writes the greedy ids of five prompts, so that an engine can be compared
(exo-demo.expected.json).

python3 evaluate.py --run /tmp/exo-demo [--expected ../exo-demo.expected.json] [--sets FILE…]
"""
import argparse
import collections
import json
import pathlib
import tempfile

import torch

import chat
import make_data
from export_gguf import load, write
from model import Model

SETS = ("heldback.json", "heldback-fresh.json", "development.json", "development-2.json", "heldback-last.json")
parser = argparse.ArgumentParser()
parser.add_argument("--run", type=pathlib.Path, required=True)
parser.add_argument("--expected", type=pathlib.Path)
parser.add_argument("--sets", nargs="*", type=pathlib.Path, default=[make_data.HERE / name for name in SETS], help="files of questions and the topics that answer them")
args = parser.parse_args()
torch.set_num_threads(1)
state, tokenizer = load(args.run)
with tempfile.TemporaryDirectory() as folder:
    rounded = write(state, tokenizer, pathlib.Path(folder) / "model.gguf")
model = Model()
model.load_state_dict(rounded)
model.eval()
EXPECTED = ["What is Exo?", "How does the ring work?", "What happens when a device dies?", "How do I start the demo?", "What is the capital of France?"]
END = tokenizer.ids["<|im_end|>"]


@torch.no_grad()
def greedy(ids, count):
    """The ids chosen, up to the end mark, and the smallest lead of a chosen id over the next."""
    ids, chosen, gap = list(ids), [], float("inf")
    while len(chosen) < count:
        logits = model(torch.tensor([ids]))[0, -1]
        best = torch.topk(logits, 2)
        gap = min(gap, (best.values[0] - best.values[1]).item())
        chosen.append(best.indices[0].item())
        ids.append(chosen[-1])
        if chosen[-1] == END:
            break
    return chosen, gap


def share(answer, expected):
    words, wanted = collections.Counter(answer.lower().split()), collections.Counter(expected.lower().split())
    common = sum((words & wanted).values())
    return common / max(sum(wanted.values()), sum(words.values()), 1)


topics = make_data.topics()
training = {q.lower().strip("?.! ") for _, questions in topics.values() for q in questions}
for file in args.sets:
    held = json.loads(file.read_text())
    sensible = 0
    for question, topic in held:
        assert question.lower().strip("?.! ") not in training, question
        answer = tokenizer.decode(greedy(chat.prompt(tokenizer, question), 220)[0])
        accepted = [text for one in topic.split("|") for text in (make_data.REFUSALS if one == "other" else [topics[one][0]])]
        good = max(share(answer, text) for text in accepted) >= 0.9
        sensible += good
        print("ok " if good else "BAD", question, "→", answer)
    print(f"{sensible} of {len(held)} questions of {file.name} answered sensibly")
if args.expected:
    candidates = []
    for question in EXPECTED:
        ids = chat.prompt(tokenizer, question)
        chosen, gap = greedy(ids, 48)
        candidates.append({"question": question, "prompt": chat.render(question), "prompt_ids": ids, "greedy_ids": chosen, "text": tokenizer.decode(chosen), "smallest_gap": round(gap, 4)})
    args.expected.write_text(json.dumps(candidates, indent=1) + "\n")
