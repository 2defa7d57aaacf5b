"""Trains the demo model on the CPU. Checkpoints every few minutes; another call goes on from the last one, with a schedule
of its own: warm-up, then a cosine that ends with the call's minutes.

python3 train.py --out /tmp/exo-demo --minutes 60 --threads 1
"""
import argparse
import json
import math
import pathlib
import time

import torch
from torch.nn import functional as F

import bpe
import chat
from make_data import Examples
from model import CONFIG, Model

parser = argparse.ArgumentParser()
parser.add_argument("--out", type=pathlib.Path, required=True)
parser.add_argument("--minutes", type=float, default=60)
parser.add_argument("--threads", type=int, default=1)
parser.add_argument("--batch", type=int, default=32)
parser.add_argument("--rate", type=float, default=2e-3)
parser.add_argument("--whole", type=float, default=0.07, help="share of the examples that keep their whole answer")
args = parser.parse_args()
torch.set_num_threads(args.threads)
torch.manual_seed(1)
args.out.mkdir(parents=True, exist_ok=True)

merges_file = args.out / "merges.json"
if not merges_file.exists():
    sample = Examples(7)
    texts = [text for _ in range(6000) for text in sample.one()]
    merges_file.write_text(json.dumps(bpe.train(texts, CONFIG["vocabulary"])))
tokenizer = bpe.Tokenizer(json.loads(merges_file.read_text()))
model = Model()
decayed = [p for p in model.parameters() if p.dim() > 1]
optimiser = torch.optim.AdamW([{"params": decayed, "weight_decay": 0.05}, {"params": [p for p in model.parameters() if p.dim() == 1], "weight_decay": 0.0}], lr=args.rate, betas=(0.9, 0.98))
step, spent = 0, 0.0
checkpoint = args.out / "checkpoint.pt"
if checkpoint.exists():
    state = torch.load(checkpoint)
    model.load_state_dict(state["model"])
    optimiser.load_state_dict(state["optimiser"])
    step, spent = state["step"], state["spent"]
examples = Examples(1000 + step)
print("parameters", sum(p.numel() for p in model.parameters()), "from step", step, flush=True)


def shorten(ids, learn):
    """Most examples end 8 tokens into their last answer: which answer it is shows there, and short rows are cheap."""
    if examples.rng.random() < args.whole:
        return ids, learn
    start = len(learn) - learn[::-1].index(True)
    while learn[start - 1]:
        start -= 1
    return ids[:start + 8], learn[:start + 8]


def batches():
    """Examples of similar length, padded; an example has one or two turns and now and then a system message."""
    while True:
        rows = []
        for _ in range(args.batch * 6):
            turns = [examples.one()] + ([examples.one()] if examples.rng.random() < 0.05 else [])
            system = examples.rng.choice(chat.SYSTEMS) if examples.rng.random() < 0.06 else None
            rows.append(shorten(*chat.example(tokenizer, turns, system)))
        rows.sort(key=lambda row: len(row[0]))
        groups = [rows[i:i + args.batch] for i in range(0, len(rows), args.batch)]
        examples.rng.shuffle(groups)
        for group in groups:
            longest = max(len(ids) for ids, _ in group)
            ids = torch.zeros(len(group), longest, dtype=torch.long)
            weight = torch.zeros(len(group), longest)
            for i, (row, learn) in enumerate(group):
                ids[i, :len(row)] = torch.tensor(row)
                # The question's own tokens count a little: they teach the words without becoming the goal.
                weight[i, :len(row)] = torch.tensor([1.0 if l else 0.1 for l in learn])
            yield ids, weight


def save():
    torch.save({"model": model.state_dict(), "optimiser": optimiser.state_dict(), "step": step, "spent": spent}, str(checkpoint) + ".new")
    pathlib.Path(str(checkpoint) + ".new").rename(checkpoint)


called, before, first = time.time(), spent, step
saved, shown, seen = called, spent, 0
pool = batches()
while True:
    spent = before + time.time() - called
    done = (time.time() - called) / (args.minutes * 60)
    if done >= 1:
        break
    rate = args.rate * min(1, (step - first + 1) / (20 if first else 100)) * (0.51 + 0.49 * math.cos(math.pi * done))
    for group in optimiser.param_groups:
        group["lr"] = rate
    ids, weight = next(pool)
    logits = model(ids[:, :-1])
    losses = F.cross_entropy(logits.reshape(-1, logits.shape[-1]), ids[:, 1:].reshape(-1), reduction="none").view(ids.shape[0], -1)
    w = weight[:, 1:]
    loss = (losses * w).sum() / w.sum()
    optimiser.zero_grad()
    loss.backward()
    torch.nn.utils.clip_grad_norm_(model.parameters(), 1.0)
    optimiser.step()
    step += 1
    seen += ids.numel()
    if step % 25 == 0:
        answers = w == 1
        print(f"step {step} {spent / 60:.1f} min loss {loss.item():.3f} answers {losses[answers].mean().item():.4f} tokens/s {seen / max(1e-9, spent - shown):.0f}", flush=True)
        shown, seen = spent, 0
    if time.time() - saved > 120:
        save()
        saved = time.time()
save()
