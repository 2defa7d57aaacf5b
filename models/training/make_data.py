"""Questions and answers for training: the topics of data/topics.txt, reworded, and questions about anything else."""
import pathlib
import random
import re

HERE = pathlib.Path(__file__).parent
OPENERS = ["", "", "", "", "", "", "Hey, ", "Hi, ", "Hello, ", "So ", "And ", "OK, ", "Well, ", "Please: ", "Please tell me: ", "One question: ", "Quick question: ",
           "A question: ", "Tell me: ", "I wonder: ", "Another question: ", "Now, ", "Sorry, but ", "Could you say: ", "I am new here. ", "Just curious: ", "In Exo, ", "With Exo, "]
CLOSERS = ["", "", "", "", "", "", "", " please", " exactly", " again", " in short", " in Exo", " here", " really", " then", " actually", " for me", " thanks", " briefly", " in simple words", " at all"]
SWAPS = [(r"\bdevices\b", ["nodes", "machines", "computers", "devices"]), (r"\bdevice\b", ["node", "machine", "computer", "device"]), (r"\bdies\b", ["crashes", "fails", "goes down", "is killed", "stops working", "breaks", "dies"]),
         (r"\bstart\b", ["launch", "start", "fire up", "bring up"]), (r"\bsee\b", ["view", "look at", "see", "inspect", "check"]), (r"\bshow\b", ["display", "print", "show"]), (r"\banswer\b", ["reply", "response", "answer"]),
         (r"\bwork\b", ["work", "function", "operate"]), (r"\bcommand\b", ["command", "instruction"]), (r"\bsupported\b", ["supported", "possible", "accepted"]), (r"\badd\b", ["add", "attach", "include", "connect"]),
         (r"\buse\b", ["use", "employ", "work with", "use"]), (r"\bneed\b", ["need", "require", "need"]), (r"\bfast\b", ["fast", "quick"]), (r"\bfaster\b", ["faster", "quicker"]), (r"\bhappens\b", ["happens", "goes on", "occurs", "happens"]),
         (r"\bdifferent from\b", ["different from", "better than", "not like"]), (r"\bit\b", ["it", "Exo", "it"]), (r"\bmodel\b", ["model", "LLM", "model", "model"]), (r"\bcut\b", ["cut", "split", "divided"]), (r"\bfind\b", ["find", "discover", "meet"]),
         (r"\bspeed\b", ["speed", "pace"]), (r"\btest\b", ["test", "check", "try"]), (r"\bmany\b", ["many", "several", "a lot of"])]
DEFINE = ["What is {}?", "What's {}?", "What does {} mean?", "Explain {}.", "Define {}.", "{}?", "Tell me what {} is.", "Could you explain what {} is?", "Can you explain {} to me?", "What do you mean by {}?", "What is meant by {}?",
          "I do not understand what {} is.", "Do you know what {} is?", "What would you call {}?", "Please explain {}.", "I want to understand {}.", "Describe {}.", "What exactly is {}?", "How would you define {}?", "Tell me about {}.", "What kind of thing is {}?",
          "The docs mention {}, what is it?", "I read about {}, what is that?", "Explain to me what {} is.", "Say what {} is.", "Teach me what {} is.", "What on earth is {}?", "{}, what is that?"]
HOW = ["How do I {}?", "How can I {}?", "How to {}?", "I want to {}.", "I'd like to {}.", "What do I do to {}?", "Tell me how to {}.", "Show me how to {}.", "Is there a way to {}?", "How would I {}?", "What is the way to {}?", "Can you tell me how to {}?", "What must I do to {}?",
       "How does one {}?", "I need to {}, how?", "What should I type to {}?", "Which command do I need to {}?", "Explain how to {}.", "Could you explain how I {}?", "Can I {}?", "What is needed to {}?", "Help me {}.", "How could I {}?", "I am trying to {}."]
WHEN = ["What happens when {}?", "What happens if {}?", "What if {}?", "What will happen when {}?", "And if {}?", "Suppose {}, what then?", "What does Exo do when {}?", "What does Exo do if {}?", "Tell me what happens if {}.", "What would happen if {}?", "How does Exo react when {}?",
        "Let's say {}. What now?", "What about the case that {}?", "Imagine {}.", "Does anything happen when {}?", "What do you do if {}?", "Is it bad if {}?", "What goes on when {}?"]
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


def off_topic(rng):
    question = rng.choice(OTHER).format(country=rng.choice(COUNTRIES), thing=rng.choice(THINGS).replace("_", " "), topic=rng.choice(TOPICS), person=rng.choice(PEOPLE), subject=rng.choice(SUBJECTS), a=rng.randrange(1, 200), b=rng.randrange(1, 100), word=rng.choice(WORDS), language=rng.choice(LANGUAGES))
    return question, rng.choice(REFUSALS[:1] * 3 + REFUSALS[1:])


class Examples:
    """An endless stream of (question, answer), the same for the same seed."""

    def __init__(self, seed):
        self.rng = random.Random(seed)
        self.topics = list(topics().values())

    def one(self):
        if self.rng.random() < 0.22:
            question, answer = off_topic(self.rng)
            return reword(question, self.rng, swap=False), answer
        answer, questions = self.rng.choice(self.topics)
        if self.rng.random() < 0.15:
            # The wording that people see first, in the README and the demo, must come out right.
            return questions[0], answer
        return reword(self.rng.choice(questions), self.rng), answer


if __name__ == "__main__":
    examples = Examples(1)
    for _ in range(40):
        print("%s\n    → %s" % examples.one())
