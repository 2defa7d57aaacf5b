"""The chat form that the model is trained with; the same form as CHAT_TEMPLATE, which goes into the GGUF file."""
SYSTEMS = ["You are exo-demo.", "You are a helpful assistant.", "Answer questions about Exo."]
CHAT_TEMPLATE = "{% for message in messages %}{{ '<|im_start|>' + message['role'] + '\\n' + message['content'] + '<|im_end|>' + '\\n' }}{% endfor %}{% if add_generation_prompt %}{{ '<|im_start|>assistant\\n' }}{% endif %}"


def message(tokenizer, role, text):
    start, end = tokenizer.ids["<|im_start|>"], tokenizer.ids["<|im_end|>"]
    return [start] + tokenizer.encode(role + "\n" + text) + [end] + tokenizer.encode("\n")


def prompt(tokenizer, question, system=None):
    ids = message(tokenizer, "system", system) if system else []
    return ids + message(tokenizer, "user", question) + [tokenizer.ids["<|im_start|>"]] + tokenizer.encode("assistant\n")


def render(question):
    """The text that CHAT_TEMPLATE gives for one user message."""
    return f"<|im_start|>user\n{question}<|im_end|>\n<|im_start|>assistant\n"


def example(tokenizer, turns, system=None):
    """Ids and, for each, whether it is part of an answer (the end mark included)."""
    ids = message(tokenizer, "system", system) if system else []
    learn = [False] * len(ids)
    for question, answer in turns:
        head = prompt(tokenizer, question)
        body = tokenizer.encode(answer) + [tokenizer.ids["<|im_end|>"]]
        tail = tokenizer.encode("\n")
        ids += head + body + tail
        learn += [False] * len(head) + [True] * len(body) + [False] * len(tail)
    return ids, learn
