"""Whether the network is as sure as it is right, and what it refuses: honesty.py STROKES.jsonl [INKLING]

STROKES.jsonl has lines of {"strokes": …, "label": …} by other hands; its two halves are reported apart. What is no digit is
made here, in another way than the program makes what it learns to refuse: 250 each of scribbles, letters,
faces and noise. Three networks of the default kind, three epochs each, and others.
"""
import json, math, os, random, subprocess, sys, tempfile

binary = sys.argv[2] if len(sys.argv) > 2 else ".build/release/inkling"
lines = open(sys.argv[1]).read().splitlines()
chance = random.Random(1)
between, normal = chance.uniform, chance.gauss

LETTERS = """0,1 .5,0 1,1;.2,.6 .8,.6|0,0 0,1;0,0 .7,.1 .7,.4 0,.5 .8,.6 .8,.9 0,1|1,.1 .5,0 0,.4 .1,.8 .5,1 1,.9
0,0 0,1 .6,.95 .9,.5 .6,.05 0,0|1,0 0,0 0,1 1,1;0,.5 .8,.5|1,0 0,0 0,1;0,.5 .8,.5|0,0 0,1;1,0 1,1;0,.5 1,.5
.8,0 .8,.8 .5,1 .1,.8|0,0 0,1;.9,0 0,.55 .9,1|0,0 0,1 .8,1|0,1 .1,0 .5,.7 .9,0 1,1|0,1 0,0 1,1 1,0
0,1 0,0 .8,.1 .8,.4 0,.5|0,1 0,0 .8,.1 .8,.4 0,.5 .9,1|0,0 1,0;.5,0 .5,1|0,0 0,.8 .5,1 .9,.8 .9,0|0,0 .5,1 1,0
0,0 .25,1 .5,.3 .75,1 1,0|0,0 1,1;1,0 0,1|0,0 .5,.5 1,0;.5,.5 .5,1|.9,.1 .3,0 0,.5 .3,1 .9,.7 .9,0 1,1
.8,.5 .3,.45 0,.7 .3,1 .8,.8;.8,0 .85,1|0,.5 1,.45 .6,0 .1,.2 0,.6 .4,1 1,.85|.8,.1 .5,0 .35,.3 .35,1;0,.4 .8,.4
0,0 0,1;0,.6 .5,.4 .8,.6 .8,1|0,0 0,1;.7,.4 0,.7 .8,1|0,.1 0,1;0,.3 .25,0 .5,.3 .5,1;.5,.3 .75,0 1,.3 1,1
0,0 0,1;0,.3 .5,0 .9,.3 .9,1|0,0 0,1;0,.4 .3,.05 .8,.1|.4,0 .4,.8 .7,1 1,.9;0,.3 .9,.3|0,0 .45,.5;.9,0 .2,1"""
LETTERS = [[[[float(n) for n in pair.split(",")] for pair in stroke.split()] for stroke in letter.split(";")]
           for letter in LETTERS.replace("\n", "|").split("|")]


def arc(x, y, width, height, start=0.0, end=2 * math.pi, count=16):
    angles = [start + (end - start) * i / (count - 1) for i in range(count)]
    return [[x + width * math.cos(a), y + height * math.sin(a)] for a in angles]


def by_hand(strokes, strength):
    angle, slant, width = normal(0, 0.12 * strength), normal(0, 0.15 * strength), between(0.6, 1)
    def moved(x, y):
        x, y = x + normal(0, 0.04 * strength), y + normal(0, 0.04 * strength)
        x = width * x + slant * y
        return [x * math.cos(angle) - y * math.sin(angle), x * math.sin(angle) + y * math.cos(angle)]
    return [[moved(x, y) for x, y in stroke] for stroke in strokes]


def scribble():
    strokes, kind = [], chance.randrange(4)
    for _ in range(chance.randrange(1, 4)):
        count = chance.randrange(5, 14)
        if kind == 0:
            stroke = [[chance.random(), chance.random()] for _ in range(count)]
        elif kind == 1:
            stroke, x, y = [], 0.0, 0.0
            for _ in range(count):
                x, y = x + normal(0, 0.25), y + normal(0, 0.25)
                stroke.append([x, y])
        elif kind == 2:
            stroke = [[i / (count - 1), between(0, 0.3) if i % 2 else between(0.7, 1)] for i in range(count)]
        else:
            turns, drift, height = between(4, 10) * math.pi, between(0, 1), between(0.5, 1.5)
            stroke = [[0.3 * math.cos(turns * i / 59) + i / 59 * drift, 0.3 * math.sin(turns * i / 59) * height]
                      for i in range(60)]
        angle = between(0, 2 * math.pi)
        strokes.append([[x * math.cos(angle) - y * math.sin(angle), x * math.sin(angle) + y * math.cos(angle)]
                        for x, y in stroke])
    return strokes


def face():
    strokes = [arc(0.5, 0.5, 0.5 * between(0.8, 1.2), 0.5)]
    height, apart, kind = between(0.3, 0.42), between(0.13, 0.22), chance.randrange(3)
    for x in (0.5 - apart, 0.5 + apart):
        strokes.append([[x, height]] if kind == 0 else arc(x, height, 0.05, 0.06, count=8) if kind == 1
                       else [[x, height - 0.06], [x, height + 0.06]])
    smiles = chance.random() < 0.75
    strokes.append(arc(0.5, 0.6, between(0.2, 0.32), between(0.1, 0.2), 0.15 * math.pi, 0.85 * math.pi) if smiles
                   else arc(0.5, 0.8, 0.25, between(0.1, 0.2), 1.15 * math.pi, 1.85 * math.pi))
    return by_hand(strokes, 0.5)


def noise():
    kind = chance.randrange(3)
    if kind == 0:
        return bytes(chance.randrange(256) for _ in range(784))
    if kind == 1:
        share = between(0.05, 0.5)
        return bytes(255 if chance.random() < share else 0 for _ in range(784))
    waves = [(between(-1, 1), between(-1, 1), between(0, 6.3)) for _ in range(6)]
    values = [sum(math.sin(a * (i % 28) + b * (i // 28) + c) for a, b, c in waves) for i in range(784)]
    return bytes(int(255 * (v - min(values)) / (max(values) - min(values))) for v in values)


def run(*arguments):
    done = subprocess.run([binary, *arguments], check=True, capture_output=True, text=True)
    return [json.loads(line) for line in done.stdout.splitlines() if line.startswith("{")]


with tempfile.TemporaryDirectory() as folder:
    path = lambda name: os.path.join(folder, name)
    def write(name, drawings):
        open(path(name), "w").write("".join(json.dumps({"strokes": d}) + "\n" for d in drawings))
    kinds = {"scribbles": scribble, "letters": lambda: by_hand(chance.choice(LETTERS), 1), "faces": face}
    for name, kind in kinds.items():
        write(name, [kind() for _ in range(250)])
    images = b"".join(noise() for _ in range(250))
    size = lambda number: number.to_bytes(4, "big")
    open(path("noise"), "wb").write(b"\0\0\x08\x03" + size(250) + size(28) + size(28) + images)
    half = len(lines) // 2
    for name, part in (("first", lines[:half]), ("second", lines[half:])):
        open(path(name), "w").write("\n".join(part) + "\n")
    print("in %           | off by: MNIST first  second | refused: MNIST first  second "
          "| scribbles letters faces noise, all | strokes right")
    for name, options in [(f"seed {seed}", ["--epochs", "3", "--seed", str(seed)]) for seed in (0, 1, 2)] + [
            ("10 epochs", []), ("--distort", ["--distort", "--epochs", "6"]),
            ("LeNet-5", ["--network", "lenet", "--epochs", "3"])]:
        model = path("model.safetensors")
        subprocess.run([binary, "train", *options, "--save", model], check=True, capture_output=True)
        tests = [run("evaluate", model, "--json", *more)[0]
                 for more in ([], ["--drawings", path("first")], ["--drawings", path("second")])]
        refused = []
        for kind in list(kinds) + ["noise"]:
            answers = run("classify", "--model", model, "--json",
                          *(["--as-is", path(kind)] if kind == "noise" else ["--strokes", path(kind)]))
            refused.append(sum(not a["accepted"] for a in answers) / len(answers))
        off = "%13.2f %6.2f %6.2f" % tuple(100 * t["calibrationError"] for t in tests)
        wrong = "%14.2f %6.2f %6.2f" % tuple(100 * t["refused"] for t in tests)
        kinds_refused = "%9.1f %7.1f %5.1f %5.1f %4.1f" % tuple(100 * r for r in refused + [sum(refused) / 4])
        print(f"{name:14} |{off}   |{wrong}   | {kinds_refused} | {100 * tests[2]['testAccuracy']:.1f}", flush=True)
