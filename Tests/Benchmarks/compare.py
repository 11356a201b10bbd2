"""How fast Inkling is beside PyTorch, JAX and NumPy, on this machine, in one run. See the README, "Speed".

    compare.py [--rounds 5] [--accuracy] [--markdown]

Everybody takes turns, epoch by epoch, so that what disturbs one disturbs all; figures are medians of the rounds. Where a
framework can keep the channels of an image first or last, both are measured and the faster one counts. --accuracy also
trains the recipes to their end with several seeds, which takes half an hour. The exit status is 1 when a figure misses
its aim.
"""

import argparse
import fcntl
import gzip
import json
import os
import pathlib
import platform
import pty
import signal
import statistics
import struct
import subprocess
import sys
import tempfile
import termios
import threading
import time
from typing import NamedTuple

HERE = pathlib.Path(__file__).parent
ROOT = HERE.parents[1]
INKLING = ROOT / ".build" / "release" / "inkling"
CORES = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count()


ALL_IMAGES = 60_000
LENET = "conv6x5,pool2,conv16x5v,pool2,120,84"


class Network(NamedTuple):
    layers: str
    batch: int
    frameworks: list
    # That an epoch is measured on; its seconds are scaled to those of 60,000.
    images: int = ALL_IMAGES

    @property
    def rate(self):
        return "0.01" if "conv" in self.layers else "0.1"  # as in peers.py


DENSE, CONVOLUTIONS = ["torch", "jax", "numpy"], ["torch", "torch-last", "jax", "jax-last"]
NETWORKS = {
    "784-128-64-10": Network("128,64", 64, DENSE),
    "784-800-10": Network("800", 128, DENSE),
    "LeNet-5": Network(LENET, 128, CONVOLUTIONS, images=15_360),
    "small": Network("conv16x3,pool2,conv32x3,pool2,128", 128, CONVOLUTIONS, images=15_360),
    "wide": Network("conv32x3,conv32x3,pool2,conv64x3,conv64x3,pool2,128", 128, CONVOLUTIONS, images=3840),
}


class Peer:
    """A framework in a process of its own, which trains one epoch whenever it is asked to."""

    def __init__(self, framework, network):
        self.process = subprocess.Popen(
            [sys.executable, HERE / "peers.py", framework, network.layers, str(network.batch), str(network.images)],
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
        )
        self.name = self.process.stdout.readline().strip()

    def epoch(self):
        print("epoch", file=self.process.stdin, flush=True)
        return float(self.process.stdout.readline())

    def close(self):
        self.process.stdin.close()
        self.process.wait()


def inkling(*arguments):
    """The JSON lines of `inkling`, and its largest resident set in MB."""
    process = subprocess.Popen([INKLING, *arguments, "--json"], stdout=subprocess.PIPE, text=True)
    lines = [json.loads(line) for line in process.stdout]
    _, status, usage = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode != 0:
        sys.exit(f"inkling {' '.join(arguments)}: exit status {process.returncode}")
    scale = 1e6 if sys.platform == "darwin" else 1e3
    return lines, usage.ru_maxrss / scale


def inkling_epoch(network, threads=CORES, epochs=3, options=(), dataset="mnist"):
    lines, _ = inkling(
        "train", "--layers", network.layers, "--batch-size", str(network.batch), "--learning-rate", network.rate,
        "--threads", str(threads), "--epochs", str(epochs), "--dataset", dataset, *options,
    )
    return statistics.median(line["seconds"] for line in lines)


def first_images(count, folder):
    """A data set of the first so many training images of MNIST."""
    for name, header, size in [("images-idx3", 16, 784), ("labels-idx1", 8, 1)]:
        for part, images in [("train", count), ("t10k", 100)]:
            with gzip.open(ROOT / "Assets" / "mnist" / f"{part}-{name}-ubyte.gz") as file:
                content = bytearray(file.read(header + images * size))
            content[4:8] = struct.pack(">I", images)
            (pathlib.Path(folder) / f"{part}-{name}-ubyte").write_bytes(content)
    return folder


def epochs(title, network, rounds):
    """Seconds an epoch for each framework in its faster layout, for inkling on all cores and on one."""
    peers = [Peer(framework, network) for framework in network.frameworks]
    times = [[] for _ in peers]
    ours, alone = [], []
    with tempfile.TemporaryDirectory() as folder:
        dataset = "mnist" if network.images == ALL_IMAGES else first_images(network.images, folder)
        for round in range(rounds):
            print(f"{title}, batch {network.batch}: round {round + 1} of {rounds}", file=sys.stderr)
            for peer, values in zip(peers, times):
                values.append(peer.epoch())
            ours.append(inkling_epoch(network, dataset=dataset))
            alone.append(inkling_epoch(network, threads=1, dataset=dataset))
    for peer in peers:
        peer.close()
    scale = ALL_IMAGES / network.images
    medians = {}
    for peer, framework, values in zip(peers, network.frameworks, times):
        median = scale * statistics.median(values)
        if "conv" in network.layers:
            print(f"{title}: {framework} {median:.3f} s an epoch", file=sys.stderr)
        medians[peer.name] = min(median, medians.get(peer.name, median))
    return medians | {
        "Inkling": scale * statistics.median(ours), "Inkling, one thread": scale * statistics.median(alone)}


def race(ours, theirs, aim, rounds, longest=6):
    """Seconds from the start of the process to a test accuracy, of inkling and of PyTorch, each with the least epochs
    that got it there, from 3 on; the two in turns. Also these epochs.

    `ours` and `theirs` are commands but for the number of epochs, which comes last.
    """
    commands = {"PyTorch": theirs, "Inkling": ours}
    times, needed = {name: [] for name in commands}, {name: 3 for name in commands}
    for round in range(rounds):
        print(f"process start to {aim:.1%}: round {round + 1} of {rounds}", file=sys.stderr)
        for name, command in commands.items():
            while (reached := first_time(command + [str(needed[name])], aim)) is None and needed[name] < longest:
                needed[name] += 1
            times[name].append(reached or float("inf"))
    return statistics.median(times["Inkling"]), statistics.median(times["PyTorch"]), needed


def accuracies(command):
    """The test accuracy after each epoch, and when it came: seconds from the start of the process."""
    start = time.perf_counter()
    process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
    for line in process.stdout:
        value = json.loads(line)
        yield value["testAccuracy"] if isinstance(value, dict) else value, time.perf_counter() - start
    process.wait()


def first_time(command, aim):
    """When the accuracy is reached; None where it is not."""
    return next((seconds for accuracy, seconds in list(accuracies(command)) if accuracy >= aim), None)


def torch_command(what, network):
    return [sys.executable, HERE / "peers.py", what, network.layers, str(network.batch)]


def final(*options):
    """The last test accuracy in percent of a run, and the seconds from its start to its end."""
    print("inkling train", *options, file=sys.stderr)
    accuracy, seconds = list(accuracies([INKLING, "train", *options, "--json"]))[-1]
    return 100 * accuracy, seconds


def mean_accuracy(seeds, *options):
    return statistics.mean(final(*options, "--seed", str(seed))[0] for seed in seeds)


def accuracy_results():
    """What the recipes reach."""
    fashion, lenet = ["--dataset", "fashion-mnist", "--network", "small"], ["--network", "lenet"]
    distorted = ["--distort", "--optimizer", "adamw", "--learning-rate", "0.003", "--weight-decay", "0.001",
                 "--schedule", "one-cycle", "--batch-size", "128"]
    wide, seconds = final("--layers", "800", *distorted, "--epochs", "60")
    return [
        ("LeNet-5 with distortions, its recipe, seeds 0 to 4: MNIST", mean_accuracy(range(5), *lenet), ">=", 99.5, "%"),
        ("small, its recipe, 12 epochs, seeds 0 to 2: Fashion-MNIST", mean_accuracy(range(3), *fashion), ">=", 91.5, "%"),
        ("784-128-64-10 with distortions, 6 epochs",
         final("--layers", "128,64", *distorted, "--epochs", "6")[0], ">=", 98.5, "%"),
        ("784-800-10 with distortions", wide, ">=", 99.2, "%"),
        ("the same, from process start to its end", seconds, "<=", 60, "s"),
    ]


def growth(rounds):
    """The growth of the time per sample from 64 to 4,096 hidden units, as a multiple of the growth of arithmetic."""
    small, large = [], []
    for round in range(rounds):
        print(f"growth: round {round + 1} of {rounds}", file=sys.stderr)
        small.append(inkling_epoch(Network("64", 64, [])))
        large.append(inkling_epoch(Network("4096", 64, []), epochs=1))
    return statistics.median(large) / statistics.median(small) / (4096 / 64)


def distortion_cost(rounds):
    """What distortions add to the time of an epoch of LeNet-5, in percent."""
    plain, distorted = [], []
    for round in range(rounds):
        print(f"distortions: round {round + 1} of {rounds}", file=sys.stderr)
        plain.append(inkling_epoch(NETWORKS["LeNet-5"]))
        distorted.append(inkling_epoch(NETWORKS["LeNet-5"], options=["--distort"]))
    return 100 * (statistics.median(distorted) / statistics.median(plain) - 1)


def dashboard_loss(rounds, turns=16):
    """The share of the throughput of `inkling train` that the dashboard in a terminal of 120 × 40 takes: the median over
    the turns. Each round has processes of its own, as where in memory their weights lie makes some faster than others."""
    losses = []
    for round in range(rounds):
        print(f"dashboard: round {round + 1} of {rounds}", file=sys.stderr)
        losses += dashboard_losses(turns)
    return statistics.median(losses)


def dashboard_losses(turns, seconds=0.6):
    """Both run, one is stopped while the other has its turn, and their logs tell the steps."""
    options = ["--epochs", "100000", "--schedule", "constant", "--learning-rate", "0.01"]

    def drain(terminal):
        try:
            while os.read(terminal, 1 << 16):
                pass
        except OSError:  # the program is gone
            pass

    def last_step(log):
        with open(log, "rb") as lines:
            lines.seek(max(0, os.path.getsize(log) - 4096))
            steps = [json.loads(line)["step"] for line in lines.read().split(b"\n")[1:-1]]
        return steps[-1]

    with tempfile.TemporaryDirectory() as folder:
        logs = {name: os.path.join(folder, name) for name in ("train", "dashboard")}
        train = subprocess.Popen(
            [INKLING, "train", *options, "--log", logs["train"]], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        dashboard, terminal = pty.fork()
        if dashboard == 0:
            os.environ["TERM"] = "xterm-256color"
            os.execv(INKLING, [INKLING, "dashboard", *options, "--log", logs["dashboard"]])
        fcntl.ioctl(terminal, termios.TIOCSWINSZ, struct.pack("HHHH", 40, 120, 0, 0))
        threading.Thread(target=drain, args=(terminal,), daemon=True).start()
        processes = {"train": train.pid, "dashboard": dashboard}
        time.sleep(4)  # at first there is more to look at
        for process in processes.values():
            os.kill(process, signal.SIGSTOP)
        losses = []
        for turn in range(turns):
            rates = {}
            for name in ("train", "dashboard") if turn % 2 else ("dashboard", "train"):
                os.kill(processes[name], signal.SIGCONT)
                time.sleep(0.15)
                first, start = last_step(logs[name]), time.perf_counter()
                time.sleep(seconds)
                rates[name] = (last_step(logs[name]) - first) / (time.perf_counter() - start)
                os.kill(processes[name], signal.SIGSTOP)
            losses.append(1 - rates["dashboard"] / rates["train"])
        for process in processes.values():
            os.kill(process, signal.SIGKILL)
            os.waitpid(process, 0)
    return losses


def processor():
    try:
        lines = pathlib.Path("/proc/cpuinfo").read_text().splitlines()
        return next(line.split(":")[1].strip() for line in lines if line.startswith("model name"))
    except (OSError, StopIteration):
        return platform.processor() or platform.machine()


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--rounds", type=int, default=5, help="5 or more for figures to be shown")
    parser.add_argument("--accuracy", action="store_true", help="train the recipes to their end, too: half an hour")
    parser.add_argument("--markdown", action="store_true", help="print tables for the README")
    options = parser.parse_args()
    rounds = options.rounds
    subprocess.run(["swift", "build", "-c", "release"], cwd=ROOT, check=True, stdout=sys.stderr)

    times = {title: epochs(title, network, rounds) for title, network in NETWORKS.items()}
    torch, jax = (next(n for n in times["LeNet-5"] if n.startswith(start)) for start in ("PyTorch", "JAX"))
    dense, lenet = NETWORKS["784-128-64-10"], NETWORKS["LeNet-5"]
    to98 = race([INKLING, "train", "--json", "--epochs"], torch_command("recipe", dense), 0.98, rounds)
    to99 = race(
        [INKLING, "train", "--network", "lenet", "--no-distort", "--json", "--epochs"], torch_command("recipe", lenet),
        0.99, rounds)
    print("the whole recipe of LeNet-5, in PyTorch, too", file=sys.stderr)
    whole_accuracy, whole = final("--network", "lenet")
    torch_accuracy, torch_whole = list(accuracies(torch_command("distorted", lenet) + ["20"]))[-1]
    _, memory = inkling("train", "--epochs", "3")
    print("inkling bench", file=sys.stderr)
    bench = inkling("bench", "--rounds", str(rounds))[0][0]
    shares = {f"{p['m']}×{p['k']}×{p['n']}, {p['name']}": p["shareOfPeak"] for p in bench["products"]}
    ways = {way["name"]: 100 * way["shareOfPeak"] for way in bench["convolutions"]}

    def ratio(title, name=torch):
        return times[title][name] / times[title]["Inkling"]

    def gain(title):
        return times[title]["Inkling, one thread"] / times[title]["Inkling"]

    def share(shape):
        return next(100 * value for name, value in shares.items() if name.startswith(shape))

    results = [
        ("epoch, 784-128-64-10, batch 64: PyTorch's time ÷ ours", ratio("784-128-64-10"), ">=", 6, "×"),
        ("the same: JAX's ÷ ours", ratio("784-128-64-10", jax), ">=", 3, "×"),
        ("epoch, 784-800-10, batch 128: PyTorch's ÷ ours", ratio("784-800-10"), ">=", 2, "×"),
        ("epoch, LeNet-5, batch 128: PyTorch's (its faster layout) ÷ ours", ratio("LeNet-5"), ">=", 4, "×"),
        ("epoch, small network of convolutions: the same", ratio("small"), ">=", 3, "×"),
        ("epoch, wide network of convolutions: the same", ratio("wide"), ">=", 1.3, "×"),
        ("product 64×784×128 (forward), of a core's peak", share("64×784×128"), ">=", 85, "%"),
        ("product 784×64×128 (weight gradient), of a core's peak", share("784×64×128"), ">=", 85, "%"),
        ("product 2048³, of a core's peak", share("2048×2048×2048"), ">=", 85, "%"),
        ("convolution 16→32, 3×3, 14×14, forward, of a core's peak", ways["forward"], ">=", 65, "%"),
        ("the same, input gradient", ways["input gradient"], ">=", 65, "%"),
        ("the same, weight gradient", ways["weight gradient"], ">=", 65, "%"),
        (f"{CORES} cores against one, epoch of 784-128-64-10", gain("784-128-64-10"), ">=", 1.8, "×"),
        (f"{CORES} cores against one, epoch of LeNet-5", gain("LeNet-5"), ">=", 1.8, "×"),
        ("process start to 98.0 % test accuracy: PyTorch's ÷ ours", to98[1] / to98[0], ">=", 8, "×"),
        ("process start to 98.0 % test accuracy", to98[0], "<=", 1, "s"),
        ("process start to 99.0 %, LeNet-5: PyTorch's ÷ ours", to99[1] / to99[0], ">=", 4, "×"),
        ("process start to 99.0 %, LeNet-5", to99[0], "<=", 5, "s"),
        ("the whole recipe of LeNet-5, distortions and all: PyTorch's ÷ ours", torch_whole / whole, ">=", 5, "×"),
        ("what distortions add to the time of LeNet-5's epoch", distortion_cost(rounds), "<=", 15, "%"),
        (f"images distorted a second, {CORES} cores", bench["distortedPerSecond"], ">=", 400_000, ""),
        ("test pass over 10,000 images", bench["testPassMilliseconds"], "<=", 15, "ms"),
        ("peak memory, inkling train", memory, "<=", 120, "MB"),
        ("throughput lost to the dashboard in a terminal of 120 × 40", 100 * dashboard_loss(rounds), "<=", 3, "%"),
        ("the same, drawing 30 times a second whether needed or not", 100 * bench["dashboard"]["loss"], "<=", 3, "%"),
        ("growth of time ÷ growth of arithmetic, 64 → 4,096 hidden units", growth(rounds), "<=", 1.3, "×"),
    ] + (accuracy_results() if options.accuracy else [])
    show(times, results, options, bench)
    for aim, (ours, theirs, needed) in [("98.0 %", to98), ("99.0 %", to99)]:
        print(f"To {aim}: Inkling {ours:.2f} s ({needed['Inkling']} epochs), "
              f"PyTorch {theirs:.2f} s ({needed['PyTorch']} epochs).")
    print(f"The recipe of LeNet-5: Inkling {whole:.1f} s and {whole_accuracy:.2f} %, "
          f"PyTorch {torch_whole:.1f} s and {100 * torch_accuracy:.2f} %.")
    sys.exit(any(not passes(value, relation, aim) for _, value, relation, aim, _ in results))


def passes(value, relation, aim):
    return value >= aim if relation == ">=" else value <= aim


def show(times, results, options, bench):
    bar = "| " if options.markdown else ""
    gap = " | " if options.markdown else "  "

    def row(*cells):
        print(bar + gap.join(cells) + (" |" if options.markdown else ""))

    def heading(*cells):
        row(*cells)
        if options.markdown:
            row(*("---" for _ in cells))

    print(f"{processor()}, {CORES} cores, {platform.system()} {platform.release()}, Python {platform.python_version()}; "
          f"{bench['kernels']} kernels, {bench['peakGigaflops']:.0f} GFLOP/s a core; medians of {options.rounds}\n")
    heading(f"{'seconds an epoch':24}", *(f"{title:>13}" for title in times))
    for name in max(times.values(), key=len):
        row(f"{name:24}", *(f"{values[name]:13.3f}" if name in values else f"{'':13}" for values in times.values()))
    parts = [f"{title} on {n.images:,} images, scaled" for title, n in NETWORKS.items() if n.images < ALL_IMAGES]
    print(f"\nBatches of 64 for the first network, 128 for the others; {', '.join(parts)}.\n")
    heading(f"{'measure':66}", "       found", "          aim", "      ")
    for name, value, relation, aim, unit in results:
        row(f"{name:66}", f"{value:9,.2f} {unit:2}", f"{'≥' if relation == '>=' else '≤'} {aim:,g} {unit}".rjust(13),
            "passed" if passes(value, relation, aim) else "MISSED")
    print()


if __name__ == "__main__":
    main()
