"""The Llama architecture at toy size: RMS norm, rotary positions on adjacent pairs, grouped-query attention, SwiGLU."""
import math

import torch
from torch import nn
from torch.nn import functional as F

CONFIG = dict(vocabulary=1024, layers=8, embedding=192, heads=6, kv_heads=2, feed_forward=512, context=1024, rope_base=10000.0, eps=1e-5)


class Norm(nn.Module):
    def __init__(self, size, eps):
        super().__init__()
        self.weight = nn.Parameter(torch.ones(size))
        self.eps = eps

    def forward(self, x):
        return x * torch.rsqrt(x.pow(2).mean(-1, keepdim=True) + self.eps) * self.weight


def rope(x, cos, sin):
    """Rotates adjacent pairs (2i, 2i+1), the order of `llama` in GGUF files."""
    a, b = x[..., 0::2], x[..., 1::2]
    return torch.stack((a * cos - b * sin, a * sin + b * cos), dim=-1).flatten(-2)


class Layer(nn.Module):
    def __init__(self, c):
        super().__init__()
        self.heads, self.kv_heads, self.size = c["heads"], c["kv_heads"], c["embedding"] // c["heads"]
        e, kv, f = c["embedding"], c["kv_heads"] * self.size, c["feed_forward"]
        self.attn_norm, self.ffn_norm = Norm(e, c["eps"]), Norm(e, c["eps"])
        self.q, self.k, self.v, self.o = (nn.Linear(e, n, bias=False) for n in (e, kv, kv, e))
        self.gate, self.up, self.down = nn.Linear(e, f, bias=False), nn.Linear(e, f, bias=False), nn.Linear(f, e, bias=False)

    def forward(self, x, cos, sin, mask):
        b, t, e = x.shape
        h = self.attn_norm(x)
        q = rope(self.q(h).view(b, t, self.heads, self.size).transpose(1, 2), cos, sin)
        k = rope(self.k(h).view(b, t, self.kv_heads, self.size).transpose(1, 2), cos, sin)
        v = self.v(h).view(b, t, self.kv_heads, self.size).transpose(1, 2)
        repeat = self.heads // self.kv_heads
        k, v = k.repeat_interleave(repeat, dim=1), v.repeat_interleave(repeat, dim=1)
        scores = q @ k.transpose(-1, -2) / math.sqrt(self.size) + mask
        x = x + self.o((scores.softmax(-1) @ v).transpose(1, 2).reshape(b, t, e))
        h = self.ffn_norm(x)
        return x + self.down(F.silu(self.gate(h)) * self.up(h))


class Model(nn.Module):
    def __init__(self, c=CONFIG):
        super().__init__()
        self.c = c
        self.embedding = nn.Embedding(c["vocabulary"], c["embedding"])
        self.layers = nn.ModuleList(Layer(c) for _ in range(c["layers"]))
        self.norm = Norm(c["embedding"], c["eps"])
        size = c["embedding"] // c["heads"]
        frequencies = c["rope_base"] ** (-torch.arange(0, size, 2).float() / size)
        angles = torch.outer(torch.arange(c["context"]).float(), frequencies)
        self.register_buffer("cos", angles.cos(), persistent=False)
        self.register_buffer("sin", angles.sin(), persistent=False)
        self.apply(self.initialise)

    def initialise(self, module):
        if isinstance(module, (nn.Linear, nn.Embedding)):
            nn.init.normal_(module.weight, std=0.02 if isinstance(module, nn.Embedding) else 0.6 / math.sqrt(module.weight.shape[1]))

    def forward(self, ids):
        t = ids.shape[1]
        mask = torch.full((t, t), float("-inf")).triu(1)
        x = self.embedding(ids)
        for layer in self.layers:
            x = layer(x, self.cos[:t], self.sin[:t], mask)
        return self.norm(x) @ self.embedding.weight.t()
