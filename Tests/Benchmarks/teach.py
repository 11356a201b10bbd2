"""What teaching a hand comes to: python3 Tests/Benchmarks/teach.py STROKES.jsonl [INKLING]

STROKES.jsonl has lines of {"strokes": …, "label": …}. Of its first half 100 and then 30 drawings are chosen at random, as
many of each digit, and taught to networks of the default kind; the second half tests them. Seconds are of a clock, for
the teaching alone, and of processors, for the whole command, which also reads the data and tests the networks.
"""
import json, os, random, resource, subprocess, sys, tempfile

SEEDS, CHOICES = (0, 1), (1, 2, 3, 4, 5)
binary = sys.argv[2] if len(sys.argv) > 2 else ".build/release/inkling"
lines = open(sys.argv[1]).read().splitlines()
first, second = lines[: len(lines) // 2], lines[len(lines) // 2 :]


def choose(count, seed):
    order, counts, chosen = first[:], {}, []
    random.Random(seed).shuffle(order)
    for line in order:
        label = json.loads(line)["label"]
        if counts.get(label, 0) < count // 10:
            counts[label] = counts.get(label, 0) + 1
            chosen.append(line)
    return chosen


def run(*arguments):
    return json.loads(subprocess.run([binary, *arguments, "--json"], check=True, capture_output=True, text=True).stdout)


def processor_seconds():
    usage = resource.getrusage(resource.RUSAGE_CHILDREN)
    return usage.ru_utime + usage.ru_stime


with tempfile.TemporaryDirectory() as folder:
    path = lambda name: os.path.join(folder, name)
    write = lambda name, rows: open(path(name), "w").write("\n".join(rows) + "\n")
    write("second.jsonl", second)
    evaluate = lambda model: run("evaluate", model, "--drawings", path("second.jsonl"))["testAccuracy"]
    print("network choice drawings | strokes before  after | test set before  after | seconds  of processors")
    results = {}
    for seed in SEEDS:
        model = path(f"{seed}.safetensors")
        subprocess.run([binary, "train", "--seed", str(seed), "--save", model], check=True, capture_output=True)
        before = evaluate(model)
        for count in (100, 30):
            for choice in CHOICES:
                write("taught.jsonl", choose(count, choice))
                start = processor_seconds()
                taught = run("teach", model, "--drawings", path("taught.jsonl"), "--save", path("taught.safetensors"),
                             "--seed", str(choice), "--leave-out", "0")
                spent = processor_seconds() - start
                row = (before, evaluate(path("taught.safetensors")), taught["testAccuracyBefore"],
                       taught["testAccuracyAfter"], taught["seconds"], spent)
                results.setdefault(count, []).append(row)
                print(f"{seed:7} {choice:6} {count:8} | {row[0]:14.1%} {row[1]:6.1%} | {row[2]:15.2%} {row[3]:6.2%} | "
                      f"{row[4]:7.2f} {row[5]:14.2f}", flush=True)
    for count, rows in results.items():
        for name, of in (("mean", lambda values: sum(values) / len(values)), ("least", min), ("most", max)):
            row = [of(values) for values in zip(*rows)]
            lost = of([before - after for _, _, before, after, _, _ in rows])
            print(f"{name:>14} {count:8} | {row[0]:14.1%} {row[1]:6.1%} | {row[2]:15.2%} {row[3]:6.2%} | "
                  f"{row[4]:7.2f} {row[5]:14.2f} | lost of the test set {lost * 100:.2f} points")
