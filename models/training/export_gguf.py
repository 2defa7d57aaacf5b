"""Writes a checkpoint as a GGUF file (version 3): matrices as Q8_0, norms as F32, tokenizer and chat template inside.

python3 export_gguf.py --run /tmp/exo-demo --out ../exo-demo.gguf
"""
import argparse
import json
import pathlib
import struct

import numpy as np
import torch

import bpe
import chat
from model import CONFIG

UINT32, FLOAT32, BOOL, STRING, ARRAY, INT32 = 4, 6, 7, 8, 9, 5
F32, Q8_0 = 0, 8
ALIGNMENT = 32


def text(value):
    data = value.encode("utf-8")
    return struct.pack("<Q", len(data)) + data


def entry(key, kind, value):
    pack = {UINT32: lambda v: struct.pack("<I", v), FLOAT32: lambda v: struct.pack("<f", v), BOOL: lambda v: struct.pack("<B", v), STRING: text, INT32: lambda v: struct.pack("<i", v)}
    if isinstance(value, list):
        return text(key) + struct.pack("<IIQ", ARRAY, kind, len(value)) + b"".join(pack[kind](v) for v in value)
    return text(key) + struct.pack("<I", kind) + pack[kind](value)


def quantise(matrix):
    """Q8_0: blocks of 32 along the row; f16 scale = max|x| / 127, then 32 signed bytes."""
    blocks = matrix.reshape(-1, 32).astype(np.float32)
    scale = (np.abs(blocks).max(axis=1) / 127).astype(np.float16)
    divisor = scale.astype(np.float32)
    codes = np.where(divisor[:, None] > 0, np.rint(blocks / np.where(divisor, divisor, 1)[:, None]), 0).clip(-127, 127).astype(np.int8)
    packed = np.zeros((len(blocks), 34), dtype=np.uint8)
    packed[:, :2] = scale.view(np.uint8).reshape(-1, 2)
    packed[:, 2:] = codes.view(np.uint8)
    return packed.tobytes(), (codes * divisor[:, None]).reshape(matrix.shape)


def tensors(state):
    names = {"q": "attn_q", "k": "attn_k", "v": "attn_v", "o": "attn_output", "gate": "ffn_gate", "up": "ffn_up", "down": "ffn_down", "attn_norm": "attn_norm", "ffn_norm": "ffn_norm"}
    yield "token_embd.weight", "embedding.weight", state["embedding.weight"]
    for i in range(CONFIG["layers"]):
        for ours, theirs in names.items():
            yield f"blk.{i}.{theirs}.weight", f"layers.{i}.{ours}.weight", state[f"layers.{i}.{ours}.weight"]
    yield "output_norm.weight", "norm.weight", state["norm.weight"]


def write(state, tokenizer, path):
    c = CONFIG
    kinds = [1] * (len(tokenizer.tokens) - len(bpe.SPECIAL)) + [3] * len(bpe.SPECIAL)
    metadata = [entry("general.architecture", STRING, "llama"), entry("general.name", STRING, "exo-demo"), entry("general.license", STRING, "mit"), entry("general.alignment", UINT32, ALIGNMENT),
                entry("general.description", STRING, "A toy that ships with Exo and knows a little about it."), entry("general.file_type", UINT32, 7),
                entry("llama.block_count", UINT32, c["layers"]), entry("llama.context_length", UINT32, c["context"]), entry("llama.embedding_length", UINT32, c["embedding"]),
                entry("llama.feed_forward_length", UINT32, c["feed_forward"]), entry("llama.attention.head_count", UINT32, c["heads"]), entry("llama.attention.head_count_kv", UINT32, c["kv_heads"]),
                entry("llama.attention.layer_norm_rms_epsilon", FLOAT32, c["eps"]), entry("llama.rope.freq_base", FLOAT32, c["rope_base"]), entry("llama.rope.dimension_count", UINT32, c["embedding"] // c["heads"]),
                entry("llama.vocab_size", UINT32, c["vocabulary"]), entry("tokenizer.ggml.model", STRING, "gpt2"), entry("tokenizer.ggml.pre", STRING, "gpt-2"),
                entry("tokenizer.ggml.tokens", STRING, tokenizer.tokens), entry("tokenizer.ggml.token_type", INT32, kinds), entry("tokenizer.ggml.merges", STRING, [" ".join(m) for m in tokenizer.merges]),
                entry("tokenizer.ggml.bos_token_id", UINT32, tokenizer.ids["<|endoftext|>"]), entry("tokenizer.ggml.eos_token_id", UINT32, tokenizer.ids["<|im_end|>"]),
                entry("tokenizer.ggml.add_bos_token", BOOL, 0), entry("tokenizer.ggml.add_eos_token", BOOL, 0), entry("tokenizer.chat_template", STRING, chat.CHAT_TEMPLATE)]
    infos, data, rounded = b"", b"", {}
    count = 0
    for name, own, tensor in tensors(state):
        matrix = tensor.float().numpy()
        stored, rounded[own] = quantise(matrix) if matrix.ndim == 2 else (matrix.astype("<f4").tobytes(), matrix)
        infos += text(name) + struct.pack("<I", matrix.ndim) + b"".join(struct.pack("<Q", d) for d in reversed(matrix.shape)) + struct.pack("<IQ", Q8_0 if matrix.ndim == 2 else F32, len(data))
        data += stored + b"\0" * (-len(stored) % ALIGNMENT)
        count += 1
    head = b"GGUF" + struct.pack("<IQQ", 3, count, len(metadata)) + b"".join(metadata) + infos
    path.write_bytes(head + b"\0" * (-len(head) % ALIGNMENT) + data)
    return {name: torch.from_numpy(np.ascontiguousarray(value)) for name, value in rounded.items()}


def load(run):
    tokenizer = bpe.Tokenizer(json.loads((run / "merges.json").read_text()))
    return torch.load(run / "checkpoint.pt", map_location="cpu")["model"], tokenizer


if __name__ == "__main__":
    parser = argparse.ArgumentParser()
    parser.add_argument("--run", type=pathlib.Path, required=True)
    parser.add_argument("--out", type=pathlib.Path, required=True)
    args = parser.parse_args()
    write(*load(args.run), args.out)
    print(args.out, args.out.stat().st_size, "bytes")
