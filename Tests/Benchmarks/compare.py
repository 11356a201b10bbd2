"""How fast Inkling is beside PyTorch, JAX and NumPy, on this machine, in one run. See the README, "Speed".

    compare.py [--rounds 5] [--markdown]

Everybody takes turns, epoch by epoch, so that what disturbs one disturbs all; figures are medians of the rounds. The
exit status is 1 when a figure misses its aim.
"""

import argparse
import fcntl
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

HERE = pathlib.Path(__file__).parent
ROOT = HERE.parents[1]
INKLING = ROOT / ".build" / "release" / "inkling"
CORES = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count()


class Peer:
    """A framework in a process of its own, which trains one epoch whenever it is asked to."""

    def __init__(self, framework, sizes, batch):
        self.process = subprocess.Popen(
            [sys.executable, HERE / "peers.py", framework, sizes, str(batch)],
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
        )
        self.name = self.process.stdout.readline().strip()

    def epoch(self):
        print("epoch", file=self.process.stdin, flush=True)
        return float(self.process.stdout.readline())

    def close(self):
        self.process.stdin.close()
        self.process.wait()


def layers(sizes):
    return ",".join(sizes.split("-")[1:-1])


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


def inkling_epoch(sizes, batch, threads=CORES, epochs=3):
    lines, _ = inkling(
        "train", "--layers", layers(sizes), "--batch-size", str(batch), "--threads", str(threads),
        "--epochs", str(epochs),
    )
    return statistics.median(line["seconds"] for line in lines)


def epochs(sizes, batch, frameworks, rounds):
    """Seconds an epoch for each framework, for inkling on all cores and on one."""
    peers = [Peer(framework, sizes, batch) for framework in frameworks]
    times = {peer.name: [] for peer in peers}
    times["Inkling"], times["Inkling, one thread"] = [], []
    for round in range(rounds):
        print(f"{sizes}, batch {batch}: round {round + 1} of {rounds}", file=sys.stderr)
        for peer in peers:
            times[peer.name].append(peer.epoch())
        times["Inkling"].append(inkling_epoch(sizes, batch))
        times["Inkling, one thread"].append(inkling_epoch(sizes, batch, threads=1))
    for peer in peers:
        peer.close()
    return {name: statistics.median(values) for name, values in times.items()}


def time_to_accuracy(command, accuracy_of, aim=0.98):
    """Seconds from the start of the process to the line that tells of the accuracy aimed at; None without one."""
    start = time.perf_counter()
    process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
    reached = None
    for line in process.stdout:
        if reached is None and accuracy_of(line) >= aim:
            reached = time.perf_counter() - start
    process.wait()
    return reached


def cold_start(rounds):
    """Of inkling and of PyTorch, each with the least epochs that got it to 98.0 %; the others in turns."""
    ours, theirs = [], []
    recipes = {"inkling": 3, "torch": 3}
    for round in range(rounds):
        print(f"process start to 98.0 %: round {round + 1} of {rounds}", file=sys.stderr)
        for name, times in [("torch", theirs), ("inkling", ours)]:
            while True:
                count = str(recipes[name])
                if name == "inkling":
                    command = [INKLING, "train", "--epochs", count, "--json"]
                    reached = time_to_accuracy(command, lambda line: json.loads(line)["testAccuracy"])
                else:
                    command = [sys.executable, HERE / "peers.py", "torch-cold", "784-128-64-10", "64", count]
                    reached = time_to_accuracy(command, float)
                if reached is not None or recipes[name] >= 6:
                    break
                recipes[name] += 1
            times.append(reached or float("inf"))
    return statistics.median(ours), statistics.median(theirs), recipes


def growth(rounds):
    """The growth of the time per sample from 64 to 4,096 hidden units, as a multiple of the growth of arithmetic."""
    small, large = [], []
    for round in range(rounds):
        print(f"growth: round {round + 1} of {rounds}", file=sys.stderr)
        small.append(inkling_epoch("784-64-10", 64))
        large.append(inkling_epoch("784-4096-10", 64, epochs=1))
    return statistics.median(large) / statistics.median(small) / (4096 / 64)


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
    parser.add_argument("--markdown", action="store_true", help="print tables for the README")
    options = parser.parse_args()
    subprocess.run(["swift", "build", "-c", "release"], cwd=ROOT, check=True, stdout=sys.stderr)

    small = epochs("784-128-64-10", 64, ["torch", "jax", "numpy"], options.rounds)
    wide = epochs("784-800-10", 128, ["torch", "jax", "numpy"], options.rounds)
    torch, jax = (next(name for name in small if name.startswith(start)) for start in ("PyTorch", "JAX"))
    ours_cold, torch_cold, recipes = cold_start(options.rounds)
    _, memory = inkling("train", "--epochs", "3")
    print("inkling bench", file=sys.stderr)
    bench = inkling("bench", "--rounds", str(options.rounds))[0][0]
    lost = dashboard_loss(options.rounds)
    shares = {f"{p['m']}×{p['k']}×{p['n']}, {p['name']}": p["shareOfPeak"] for p in bench["products"]}

    def share(shape):
        return next(100 * value for name, value in shares.items() if name.startswith(shape))

    results = [
        ("epoch, 784-128-64-10, batch 64: PyTorch's time ÷ ours", small[torch] / small["Inkling"], ">=", 6, "×"),
        ("the same: JAX's ÷ ours", small[jax] / small["Inkling"], ">=", 3, "×"),
        ("epoch, 784-800-10, batch 128: PyTorch's ÷ ours", wide[torch] / wide["Inkling"], ">=", 2, "×"),
        ("product 64×784×128 (forward), of a core's peak", share("64×784×128"), ">=", 85, "%"),
        ("product 784×64×128 (weight gradient), of a core's peak", share("784×64×128"), ">=", 85, "%"),
        ("product 2048³, of a core's peak", share("2048×2048×2048"), ">=", 85, "%"),
        (f"{CORES} cores against one, epoch", small["Inkling, one thread"] / small["Inkling"], ">=", 1.8, "×"),
        ("process start to 98.0 % test accuracy: PyTorch's ÷ ours", torch_cold / ours_cold, ">=", 8, "×"),
        ("process start to 98.0 % test accuracy", ours_cold, "<=", 1, "s"),
        ("test pass over 10,000 images", bench["testPassMilliseconds"], "<=", 15, "ms"),
        ("peak memory, inkling train", memory, "<=", 120, "MB"),
        ("throughput lost to the dashboard in a terminal of 120 × 40", 100 * lost, "<=", 3, "%"),
        ("the same, drawing 30 times a second whether needed or not", 100 * bench["dashboard"]["loss"], "<=", 3, "%"),
        ("growth of time ÷ growth of arithmetic, 64 → 4,096 hidden units", growth(options.rounds), "<=", 1.3, "×"),
    ]
    show(small, wide, results, (ours_cold, torch_cold, recipes), options, bench)
    sys.exit(any(not passes(value, relation, aim) for _, value, relation, aim, _ in results))


def passes(value, relation, aim):
    return value >= aim if relation == ">=" else value <= aim


def show(small, wide, results, cold, options, bench):
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
    heading(f"{'seconds an epoch':24}", "784-128-64-10, batch 64", "784-800-10, batch 128")
    for name in small:
        row(f"{name:24}", f"{small[name]:23.3f}", f"{wide[name]:21.3f}")
    print()
    heading(f"{'measure':66}", "     found", "       aim", "      ")
    for name, value, relation, aim, unit in results:
        row(f"{name:66}", f"{value:7.2f} {unit:2}", f"{'≥' if relation == '>=' else '≤'} {aim:g} {unit}".rjust(10),
            "passed" if passes(value, relation, aim) else "MISSED")
    ours, theirs, recipes = cold
    print(f"\nTo 98.0 %: Inkling {ours:.2f} s ({recipes['inkling']} epochs), "
          f"PyTorch {theirs:.2f} s ({recipes['torch']} epochs).")


if __name__ == "__main__":
    main()
