"""Byte-level BPE: training and encoding, as GPT-2 does it, for ASCII text.

The pre-tokenizer is GPT-2's published expression (GGUF name `gpt-2`); Python's `re` has no \\p classes,
so letters and digits are written in classes that are the same for the text we use.
"""
import collections
import re

PIECES = re.compile(r"'s|'t|'re|'ve|'m|'ll|'d| ?[^\W\d_]+| ?\d+| ?(?:[^\s\w]|_)+|\s+(?!\S)|\s+")
SPECIAL = ["<|endoftext|>", "<|im_start|>", "<|im_end|>"]


def byte_symbols():
    """GPT-2's table: each byte as a printable character."""
    keep = list(range(33, 127)) + list(range(161, 173)) + list(range(174, 256))
    table, extra = {}, 0
    for byte in range(256):
        if byte in keep:
            table[byte] = chr(byte)
        else:
            table[byte] = chr(256 + extra)
            extra += 1
    return table


SYMBOLS = byte_symbols()


def symbols(piece):
    return [SYMBOLS[b] for b in piece.encode("utf-8")]


def merge_pair(parts, pair):
    merged, i = [], 0
    while i < len(parts):
        if i + 1 < len(parts) and (parts[i], parts[i + 1]) == pair:
            merged.append(parts[i] + parts[i + 1])
            i += 2
        else:
            merged.append(parts[i])
            i += 1
    return merged


def train(texts, vocabulary):
    """The merges that bring the vocabulary to the asked size; ties go to the smaller pair, so the result is repeatable."""
    counts = collections.Counter(piece for text in texts for piece in PIECES.findall(text))
    words = [(symbols(piece), count) for piece, count in sorted(counts.items())]
    merges = []
    while 256 + len(merges) + len(SPECIAL) < vocabulary:
        pairs = collections.Counter()
        for parts, count in words:
            for pair in zip(parts, parts[1:]):
                pairs[pair] += count
        best, _ = min(pairs.items(), key=lambda item: (-item[1], item[0]))
        merges.append(best)
        words = [(merge_pair(parts, best), count) for parts, count in words]
    return merges


class Tokenizer:
    def __init__(self, merges):
        self.merges = [tuple(m) for m in merges]
        self.ranks = {pair: rank for rank, pair in enumerate(self.merges)}
        self.tokens = [SYMBOLS[b] for b in range(256)] + ["".join(m) for m in self.merges] + SPECIAL
        self.ids = {token: i for i, token in enumerate(self.tokens)}
        self.bytes = {symbol: byte for byte, symbol in SYMBOLS.items()}
        self.cache = {}

    def piece(self, piece):
        if piece not in self.cache:
            parts = symbols(piece)
            while len(parts) > 1:
                pair = min(zip(parts, parts[1:]), key=lambda p: self.ranks.get(p, 1 << 30))
                if pair not in self.ranks:
                    break
                parts = merge_pair(parts, pair)
            self.cache[piece] = [self.ids[p] for p in parts]
        return self.cache[piece]

    def encode(self, text):
        """Ids of plain text: special tokens are added by the caller."""
        return [i for piece in PIECES.findall(text) for i in self.piece(piece)]

    def decode(self, ids):
        text = bytearray()
        for i in ids:
            if i < len(self.tokens) - len(SPECIAL):
                text += bytes(self.bytes[c] for c in self.tokens[i])
        return text.decode("utf-8", "replace")
