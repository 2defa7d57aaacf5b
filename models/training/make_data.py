"""Questions and answers for training: the topics of data/topics.txt, reworded, and questions about anything else."""
import json
import pathlib
import random
import re

HERE = pathlib.Path(__file__).parent
OPENERS = ["", "", "", "", "", "", "Hey, ", "Hi, ", "Hello, ", "So ", "And ", "OK, ", "Well, ", "Please: ", "Please tell me: ", "One question: ", "Quick question: ",
           "A question: ", "Tell me: ", "I wonder: ", "Another question: ", "Now, ", "Sorry, but ", "Could you say: ", "I am new here. ", "Just curious: ", "In Exo, ", "With Exo, ",
           "My friend asks: ", "I have three laptops. ", "I read the README. ", "Out of curiosity, ", "Before I install it: ", "Silly question: ", "Stupid question maybe, but ", "OK so ", "Right, ", "By the way, ", "Next question: ", "Quick one: ", "Good morning! ", "Hello Exo, ", "Thanks! ", "Great. ", "I am a student. ", "Excuse me, ",
           "Maybe you know: ", "One more thing: ", "Hmm, ", "Honestly, ", "Good. ", "Assume I am a beginner. ", "We are two friends. ", "For my homework: ", "Yes, but ", "And then, ", "Also, ", "In practice, ", "In general, ", "I am confused. ", "Question: ", "Q: ", "Not sure if you know, but ", "Sorry for the silly question: "]
CLOSERS = ["", "", "", "", "", "", "", " please", " exactly", " again", " in short", " in Exo", " here", " really", " then", " actually", " for me", " thanks", " briefly", " in simple words", " at all", " right now", " today", ", do you know", ", any idea", ", if I may ask", " in practice", " normally", " in general", " by default", " by any chance", " at the moment", " in your view", ", please", " with your software", " on my machine", " properly", " in detail", " usually", ", friend", ", Exo", " anyway", " too", " as well"]
SWAPS = [(r"\bdevices\b", ["nodes", "machines", "computers", "devices"]), (r"\bdevice\b", ["node", "machine", "computer", "device"]), (r"\bdies\b", ["crashes", "fails", "goes down", "is killed", "stops working", "breaks", "dies"]),
         (r"\bstart\b", ["launch", "start", "fire up", "bring up"]), (r"\bsee\b", ["view", "look at", "see", "inspect", "check"]), (r"\bshow\b", ["display", "print", "show"]), (r"\banswer\b", ["reply", "response", "answer"]),
         (r"\bwork\b", ["work", "function", "operate"]), (r"\bcommand\b", ["command", "instruction"]), (r"\bsupported\b", ["supported", "possible", "accepted"]), (r"\badd\b", ["add", "attach", "include", "connect"]),
         (r"\buse\b", ["use", "employ", "work with", "use"]), (r"\bneed\b", ["need", "require", "need"]), (r"\bfast\b", ["fast", "quick"]), (r"\bfaster\b", ["faster", "quicker"]), (r"\bhappens\b", ["happens", "goes on", "occurs", "happens"]),
         (r"\bdifferent from\b", ["different from", "better than", "not like"]), (r"\bit\b", ["it", "Exo", "it"]), (r"\bmodel\b", ["model", "LLM", "model", "model"]), (r"\bcut\b", ["cut", "split", "divided"]), (r"\bfind\b", ["find", "discover", "meet"]),
         (r"\bspeed\b", ["speed", "pace"]), (r"\btest\b", ["test", "check", "try"]), (r"\bmany\b", ["many", "several", "a lot of"]),
         (r"\bdevices\b", ["PCs", "laptops", "boxes", "hosts", "devices"]), (r"\bdevice\b", ["PC", "laptop", "box", "host", "device"]), (r"\bHow do I\b", ["How can I", "How do you", "How could I", "How does one", "How to", "How should I", "How do we", "How do I"]), (r"\bCan I\b", ["Could I", "May I", "Can we", "Am I able to", "Can one", "Can I"]),
         (r"\bWhat is\b", ["What's", "What is", "What exactly is", "Whats"]), (r"\bWhich\b", ["What", "Which"]), (r"\bDoes\b", ["Does", "Will", "Can"]), (r"\bI want to\b", ["I'd like to", "I would like to", "We want to", "I want to", "I wish to"]), (r"\bget\b", ["get", "obtain", "receive"]), (r"\bmachine\b", ["computer", "PC", "machine"]), (r"\bmachines\b", ["computers", "PCs", "machines"])]
DEFINE = ["What is {}?", "What's {}?", "What does {} mean?", "Explain {}.", "Define {}.", "{}?", "Tell me what {} is.", "Could you explain what {} is?", "Can you explain {} to me?", "What do you mean by {}?", "What is meant by {}?",
          "I do not understand what {} is.", "Do you know what {} is?", "What would you call {}?", "Please explain {}.", "I want to understand {}.", "Describe {}.", "What exactly is {}?", "How would you define {}?", "Tell me about {}.", "What kind of thing is {}?",
          "The docs mention {}, what is it?", "I read about {}, what is that?", "Explain to me what {} is.", "Say what {} is.", "Teach me what {} is.", "What on earth is {}?", "{}, what is that?", "What does the term {} mean?", "What's the definition of {}?", "What is the meaning of {}?", "Give me a definition of {}.", "What does Exo mean by {}?", "What do you understand by {}?", "What is {} in Exo?", "How do I have to understand {}?",
          "Help me understand {}.", "I never heard of {}.", "I don't get {}.", "What's {} about?", "What's {} all about?", "Could you tell me what {} is?", "I'd like to know what {} is.", "Everybody talks about {}, what is it?", "{} - what's that?", "What sort of thing is {}?", "{} means what?", "{} is what?", "I have no idea what {} is.",
          "Can you clarify what {} is?", "Clarify {}.", "What does {} refer to?", "What should I imagine by {}?", "How would you explain {} to a child?", "What is the concept of {}?", "In a few words, what is {}?", "Remind me what {} is.", "I forgot what {} is.", "Meaning of {}?", "Definition of {}?", "The word {} is new to me.", "Could you define {}?",
          "Say something about {}.", "Some words about {}, please.", "I am confused about {}.", "What must I know about {}?", "Your docs say {}. Meaning?", "What is understood by {}?", "What stands behind {}?", "Give me a short explanation of {}.", "What is so special about {}?"]
PURPOSE = ["What is {} for?", "What is the purpose of {}?", "What is the point of {}?", "Why is there {}?", "Why does Exo have {}?", "Why do we need {}?", "What is {} good for?", "What is {} used for?", "What use is {}?", "What do I need {} for?", "What role does {} play?", "What does {} do?", "Which purpose does {} serve?", "What job does {} have?",
           "What is the task of {}?", "What's the use of {}?", "When is {} needed?", "How does {} help?", "Why have {}?", "Why does Exo need {}?", "What good is {}?", "What does one use {} for?", "What is the reason for {}?", "Why was {} introduced?", "What does {} bring?", "What would be missing without {}?", "How does {} work?", "What's {} there for?", "What's {} for?",
           "Is {} important?", "Why do you use {}?", "What do you use {} for?", "What's the job of {}?", "Describe the role of {}.", "What is {} responsible for?"]
HOW = ["How do I {}?", "How can I {}?", "How to {}?", "I want to {}.", "I'd like to {}.", "What do I do to {}?", "Tell me how to {}.", "Show me how to {}.", "Is there a way to {}?", "How would I {}?", "What is the way to {}?", "Can you tell me how to {}?", "What must I do to {}?",
       "How does one {}?", "I need to {}, how?", "What should I type to {}?", "Which command do I need to {}?", "Explain how to {}.", "Could you explain how I {}?", "Can I {}?", "What is needed to {}?", "Help me {}.", "How could I {}?", "I am trying to {}."]
WHEN = ["What happens when {}?", "What happens if {}?", "What if {}?", "What will happen when {}?", "And if {}?", "Suppose {}, what then?", "What does Exo do when {}?", "What does Exo do if {}?", "Tell me what happens if {}.", "What would happen if {}?", "How does Exo react when {}?",
        "Let's say {}. What now?", "What about the case that {}?", "Imagine {}.", "Does anything happen when {}?", "What do you do if {}?", "Is it bad if {}?", "What goes on when {}?"]
ASKING = r"(?:what|how|who|why|which|where|when|is|are|am|do|does|did|can|could|would|will|should|may|might|must|has|have|shall|any|in which|in what|on which|by what|at what|to whom|whose|whom|isn't|aren't|don't|doesn't|can't|won't)\b"
REFUSALS = ["I am a toy model that ships with Exo, so I only know about Exo. Ask me how the ring works, or what happens when a device dies.",
            "That is beyond me: I am the demo model of Exo and only know about Exo. Ask me about its ring or its commands."]
COUNTRIES = "France Germany Spain Italy Japan China India Brazil Canada Mexico Norway Sweden Poland Egypt Kenya Peru Chile Greece Turkey Russia Portugal Austria Ireland Iceland Finland Australia".split()
THINGS = "pizza bread soup pasta cake coffee tea rice salad pancakes cookies an omelette a sandwich beer wine cheese chocolate ice cream a table a chair a house a bird house a paper plane".replace("an omelette", "an_omelette").replace("a sandwich", "a_sandwich").replace("ice cream", "ice_cream").replace("a table", "a_table").replace("a chair", "a_chair").replace("a bird house", "a_bird_house").replace("a house", "a_house").replace("a paper plane", "a_paper_plane").split()
TOPICS = "love,the sea,autumn,cats,dogs,the moon,winter,my mother,football,a dragon,a robot,time,rain,the mountains,a king,happiness,school,music,stars,a garden,birds,the city,friendship,Christmas,the sun,a train,tigers,elephants,dinosaurs,volcanoes,trees,flowers,fish,whales,horses".split(",")
PEOPLE = "Einstein,Napoleon,Shakespeare,Mozart,Cleopatra,Newton,Darwin,Gandhi,Columbus,Picasso,Beethoven,Plato,Caesar,Lincoln,Marie Curie,Goethe,Kant,the president,the king of England,the pope,Elvis,the Beatles,Batman".split(",")
SUBJECTS = "gravity,photosynthesis,democracy,inflation,black holes,evolution,electricity,a rainbow,the stock market,DNA,an earthquake,climate change,a prime number,philosophy,a virus,quantum physics,the French revolution,chess,poker,tennis,yoga,a vaccine,the Roman empire,oxygen,algebra,a verb,baseball,a volcano,bitcoin,a blockchain,astronomy,history,biology,chemistry,geography,economics,religion,a hurricane,an atom,a molecule,light,sound,heat,water,fire,iron,gold,silver,a mammal,a reptile".split(",")
LANGUAGES = "French,German,Spanish,Latin,Japanese,Italian,Chinese,Russian,Greek,Dutch".split(",")
WORDS = "hello,house,tree,thank you,good morning,water,friend,love,sun,dog,cat,bread,yes,night".split(",")
OTHER = ["What is the capital of {country}?", "Where is {country}?", "How many people live in {country}?", "What language do they speak in {country}?", "How is the weather in {country}?", "Who rules {country}?", "I want to travel to {country}.", "Is {country} a nice country?", "What do people eat in {country}?", "How big is {country}?", "What is the flag of {country}?",
         "How do I make {thing}?", "Give me a recipe for {thing}.", "How long does it take to make {thing}?", "I would like {thing}.", "Do you like {thing}?", "What is the best {thing}?", "How do you cook {thing}?", "Where can I buy {thing}?", "What do I need for {thing}?",
         "Write a poem about {topic}.", "Write a story about {topic}.", "Write an essay about {topic}.", "Sing a song about {topic}.", "Tell me a story about {topic}.", "What do you think about {topic}?", "Tell me about {topic}.", "Do you like {topic}?", "Give me a quote about {topic}.", "Draw a picture of {topic}.", "What are {topic}?", "Tell me something about {topic}.", "What do you know about {topic}?", "Describe {topic}.",
         "Who was {person}?", "Who is {person}?", "When was {person} born?", "When did {person} die?", "What did {person} do?", "Tell me about {person}.", "Where did {person} live?", "Was {person} a good person?", "How old is {person}?", "What is {person} famous for?",
         "What is {subject}?", "Explain {subject}.", "How does {subject} work?", "Tell me about {subject}.", "Define {subject}.", "Who invented {subject}?", "Why is {subject} important?", "What's {subject}?", "What causes {subject}?", "Can you explain {subject}?", "I want to learn about {subject}.", "What do you know about {subject}?", "Describe {subject}.",
         "What is {a} plus {b}?", "What is {a} times {b}?", "What is {a} minus {b}?", "Compute {a} + {b}.", "How much is {a} divided by {b}?", "Solve {a} x = {b}.", "Is {a} a prime number?", "What is the square root of {a}?", "{a} + {b} = ?", "Count to {a}.",
         "Translate {word} to {language}.", "How do you say {word} in {language}?", "What is {word} in {language}?", "Do you speak {language}?", "Can you speak {language}?", "Teach me {language}.", "Say {word} in {language}.", "What does {word} mean in {language}?",
         "What is the weather like today?", "Will it rain tomorrow?", "What time is it?", "What day is it today?", "What year is it?", "Who won the world cup?", "Who won the game last night?", "What is the meaning of life?", "How far away is the moon?", "How old is the earth?", "How tall is Mount Everest?", "How deep is the ocean?", "Which is the longest river?", "What is the largest country?", "How many planets are there?", "Why is the sky blue?", "Why is grass green?",
         "Give me a recipe.", "What should I eat tonight?", "What should I wear?", "Recommend a book.", "Recommend a movie.", "What is your favourite colour?", "What is your favourite film?", "Do you have a girlfriend?", "Do you love me?", "Are you married?", "Do you dream?", "Do you sleep?", "Will you marry me?", "Can you sing?", "Can you dance?", "Play a song.", "Play chess with me.", "What is the news?", "Who is the president?", "How do I lose weight?",
         "How do I get rich?", "How do I learn to swim?", "I have a headache, what should I do?", "I am bored.", "I am sad.", "I am hungry.", "I am tired.", "My car is broken.", "How do I fix my bike?", "How do I tie a tie?", "Write me an email to my boss.", "Write a letter.", "Write code in Python.", "Write a function that sorts a list.", "Write a haiku.", "Summarise this article.", "Correct this sentence.", "Which stocks should I buy?", "What is the price of gold?", "Book a flight to Paris.",
         "Order a pizza.", "Call me a taxi.", "Set an alarm.", "Turn off the light.", "Remind me tomorrow.", "asdfgh", "lorem ipsum", "blah blah", "xyz", "...", "Where do babies come from?", "Is there a god?", "What happens after death?", "Who was the first man on the moon?", "When did the war end?", "How many legs has a spider?", "What do cats eat?", "How fast is a cheetah?", "What is the fastest car?", "Which phone should I buy?"]


STRANGE = ["What is the population of {}?", "Where is {}?", "Who was {}?", "Who was {} {}?", "What is a {}?", "What are {}s?", "How do I {} a {}?", "What does {} mean in {}?", "Tell me about {}.", "How far is it from {} to {}?", "When was {} born?", "What is the capital of {}?", "Do you like {}?", "How do you cook {}?", "Who wrote {}?", "Write a poem about {}.",
           "What is the {} of {}?", "Is {} better than {}?", "How old is {}?", "Explain {}.", "Why do {}s {}?", "Can a {} {}?", "Have you been to {}?", "I like {}.", "Who won the {}?", "{} {}", "How tall is {} {}?", "Which {} is the best {}?", "What do {}s eat?", "Recommend a {} in {}.", "My {} is broken.", "How many {}s are in a {}?", "Should I buy {}?", "Translate {} to {}."]


def topics():
    found, name, answer = {}, None, None
    for line in (HERE / "data" / "topics.txt").read_text().splitlines():
        if line.startswith("["):
            name = line.strip("[]")
        elif line.startswith("A: "):
            answer = line[3:]
        elif line.startswith("Q: "):
            found[name] = (answer, [q.strip() for q in line[3:].split(" | ")])
    name = None
    for line in (HERE / "data" / "wordings.txt").read_text().splitlines():
        if line.startswith("["):
            name = line.strip("[]")
        elif name and line:
            found[name][1].extend(q.strip() for q in line.split(" | "))
    return found


def patterns(file):
    """Of each topic the patterns of a file in data/, and the words whose definition and purpose its answer tells."""
    slots, found, name = {}, {}, None
    for line in (HERE / "data" / file).read_text().splitlines():
        if not line or line.startswith("#"):
            continue
        if line.startswith("@"):
            slot, words = line[1:].split(" = ")
            slots[slot] = words
        elif line.startswith("["):
            name = line.strip("[]")
            found.setdefault(name, ([], []))
        elif line.startswith("~ "):
            found[name][1].extend(line[2:].split("|"))
        else:
            found[name][0].append(line)
    for lines, _ in found.values():
        lines[:] = [fill(line, slots) for line in lines]
    return found


def fill(pattern, slots):
    """The pattern with the named slots, {@device}, replaced by their alternatives."""
    while "{@" in pattern:
        pattern = re.sub(r"\{@([\w-]+)\}", lambda match: "{" + slots[match.group(1)] + "}", pattern)
    return pattern


def expand(pattern, rng):
    """One sentence of a pattern: each {choice|of|words} gives one, {|perhaps} gives nothing at times."""
    while "{" in pattern:
        pattern = re.sub(r"\{([^{}]*)\}", lambda match: rng.choice(match.group(1).split("|")), pattern)
    text = re.sub(r" +", " ", pattern).strip().replace(" ,", ",")
    if text[-1] not in "?.!":
        text += "?" if re.match(ASKING, text.lower()) else rng.choice([".", ".", "?", "!"]) if rng.random() < 0.8 else ""
    return text[0].upper() + text[1:]


def fit(word, shape, rng):
    """A word in a shape of DEFINE or PURPOSE; most are asked for with an article, some without."""
    return shape.format(word if rng.random() < 0.9 else re.sub(r"^(?:a|an|the) ", "", word))


def bare(question):
    """A question without letter case and punctuation, to compare."""
    return re.sub(r"[^a-z0-9 ]", "", question.lower()).strip()


def held_back():
    """The questions of the held-back files, which no example may repeat."""
    return {bare(question) for file in HERE.glob("*.json") for question, _ in json.loads(file.read_text())}


def forms(question):
    """The shapes that a question can be turned into: definition, how-to, what-if, or itself."""
    bare = question.rstrip("?.! ") or question
    lower = bare[0].lower() + bare[1:]
    for pattern, shapes in [(r"(?:what is|what's|define|explain|what are) ((?:a|an|the) [\w -]+|[\w-]+)$", DEFINE), (r"what does ([\w -]+) mean$", DEFINE), (r"how (?:do|can) i (.+)$", HOW),
                            (r"what happens (?:when|if) (.+)$", WHEN), (r"what if (.+)$", WHEN)]:
        match = re.match(pattern, lower)
        if match and match.group(1) not in ("it", "this", "it for", "you", "Exo all about"):
            return [shape.format(match.group(1)) for shape in shapes]
    return [question]


def typo(text, rng):
    if len(text) < 8:
        return text
    i = rng.randrange(1, len(text) - 2)
    kind = rng.randrange(3)
    if kind == 0:
        return text[:i] + text[i + 1:]
    if kind == 1:
        return text[:i] + text[i + 1] + text[i] + text[i + 2:]
    return text[:i] + text[i] + text[i:]


# Words that rarely decide what a question is about: dropping one now and then teaches the model not to lean on it.
LIGHT = {"what", "is", "are", "do", "does", "the", "a", "an", "of", "to", "me", "my", "can", "i", "it", "how", "please", "would", "will", "for", "in", "with", "on", "tell", "you", "so"}


def thin(text, rng):
    """The text without one or two of its light words, as long as it keeps three words."""
    words = text.split(" ")
    for _ in range(rng.choice((1, 1, 2))):
        light = [i for i, word in enumerate(words) if word.lower() in LIGHT]
        if len(words) > 3 and light:
            del words[rng.choice(light)]
    return " ".join(words)


def reword(question, rng, swap=True):
    text = rng.choice(forms(question)) if rng.random() < 0.55 else question
    if swap and rng.random() < 0.5:
        for pattern, words in SWAPS:
            if rng.random() < 0.5:
                text = re.sub(pattern, rng.choice(words), text)
    if rng.random() < 0.3 and text[-1:] in "?.":
        text = text[:-1] + rng.choice(CLOSERS) + text[-1]
    if rng.random() < 0.3:
        opener = rng.choice(OPENERS)
        text = opener + (text[0].lower() + text[1:] if opener and text[:2] != "I " else text)
    if rng.random() < 0.12:
        text = thin(text, rng)
    if rng.random() < 0.08:
        text = typo(text, rng)
    if rng.random() < 0.35:
        text = text.lower()
    elif rng.random() < 0.03:
        text = text.upper()
    if rng.random() < 0.35:
        text = text.rstrip("?.!")
    return text


SYLLABLES = "ba be bi bo bra cal cor da del dor dra el en fa fi for fra gal gen gla go gri hal hon jan jo ka ker kin lan lem lo lu mar mel mi mon nar ne nor ol or pa pel pin por qui ran ren ri ros sal sen sha sol sta ta tel tin tor tri tu ul va ven vi vor wen wil xan ya zen zor".split()


def strange(rng):
    """A word that nobody knows: what the model has never seen is not about Exo."""
    word = "".join(rng.choice(SYLLABLES) for _ in range(rng.choice((2, 2, 3))))
    return word.capitalize() if rng.random() < 0.4 else word


def off_topic(rng, lines):
    kind = rng.random()
    if kind < 0.1:
        question = rng.choice(STRANGE).format(*(strange(rng) for _ in range(3)))
    elif kind < 0.75:
        question = expand(rng.choice(lines), rng)
    else:
        question = rng.choice(OTHER).format(country=rng.choice(COUNTRIES), thing=rng.choice(THINGS).replace("_", " "), topic=rng.choice(TOPICS), person=rng.choice(PEOPLE), subject=rng.choice(SUBJECTS), a=rng.randrange(1, 200), b=rng.randrange(1, 100), word=rng.choice(WORDS), language=rng.choice(LANGUAGES))
    return question, rng.choice(REFUSALS[:1] * 3 + REFUSALS[1:])


class Examples:
    """An endless stream of (question, answer), the same for the same seed and never one of the held-back questions."""

    def __init__(self, seed):
        self.rng = random.Random(seed)
        self.topics = topics()
        self.patterns = patterns("patterns.txt")
        self.other = patterns("off-topic.txt")["other"][0]
        self.held = held_back()
        # A topic that can be asked for in more ways comes more often.
        self.names = list(self.topics)
        self.shares = [6 + len(self.patterns.get(name, ([], []))[0]) for name in self.names]

    def one(self):
        while True:
            question, answer = self.draw()
            if bare(question) not in self.held:
                return question, answer

    def draw(self):
        rng = self.rng
        if rng.random() < 0.2:
            question, answer = off_topic(rng, self.other)
            return reword(question, rng, swap=False), answer
        name = rng.choices(self.names, self.shares)[0]
        answer, questions = self.topics[name]
        if rng.random() < 0.06:
            # The wording that people see first, in the README and the demo, must come out right.
            return questions[0], answer
        lines, words = self.patterns.get(name, ([], []))
        kind = rng.random()
        if words and kind < (0.35 if lines else 0.6):
            return reword(fit(rng.choice(words), rng.choice(DEFINE if rng.random() < 0.6 else PURPOSE), rng), rng, swap=False), answer
        if lines and kind < 0.65:
            return reword(expand(rng.choice(lines), rng), rng, swap=False), answer
        return reword(rng.choice(questions), rng), answer


if __name__ == "__main__":
    examples = Examples(1)
    for _ in range(40):
        print("%s\n    → %s" % examples.one())
