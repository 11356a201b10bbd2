"""What training over ranks gains and costs, measured on this machine, and reckoned for others. See the README.

    ranks.py [--rounds 3] [--hosts]

Needs Open MPI's mpirun and a release build. Each figure is a median of rounds in turns. --hosts, as root, makes two hosts
of network namespaces with a virtual cable of 1 Gbit/s and 1 ms between them, and compares a step there with the reckoning.
"""

import argparse
import contextlib
import json
import os
import pathlib
import statistics
import subprocess
import sys
import tempfile
from typing import NamedTuple

from compare import INKLING, first_images

ENVIRONMENT = os.environ | {"OMPI_ALLOW_RUN_AS_ROOT": "1", "OMPI_ALLOW_RUN_AS_ROOT_CONFIRM": "1"}


class Network(NamedTuple):
    """Sizes of what each rank gives the others, beside the options that train it."""

    layers: str
    batch: int
    images: int
    # Numbers a row: what neurons give and the gradients at their sums, and the loss.
    row: int
    # Weights of dense layers, each updated by one rank.
    weights: int
    # Messages that a step waits for one after the other: the order to begin, rows, weights.
    messages: int
    # Weights and biases of convolutions, whose gradients go around for each 16 rows.
    convolutions: int = 0

    def bytes(self):
        rows = self.batch * self.row + (self.batch + 15) // 16 * self.convolutions
        return 4 * (rows + self.weights)


def dense(layers, batch, images):
    sizes = [784, *map(int, layers.split(",")), 10]
    row = 2 * sum(sizes[1:-1]) + sizes[-1] + 2
    return Network(layers, batch, images, row, sum(a * b for a, b in zip(sizes, sizes[1:])), messages=5)


NETWORKS = {
    "784-128-64-10, batch 64": dense("128,64", 64, 15_360),
    "784-2048-2048-10, batch 128": dense("2048,2048", 128, 5_120),
    "784-2048-2048-10, batch 1024": dense("2048,2048", 1024, 8_192),
    "LeNet-5, batch 128": Network(
        "conv6x5,pool2,conv16x5v,pool2,120,84", 128, 7_680, row=400 + 2 * 204 + 12, weights=400 * 120 + 120 * 84 + 840,
        messages=3, convolutions=156 + 2416),
    "wide, batch 128": Network(
        "conv32x3,conv32x3,pool2,conv64x3,conv64x3,pool2,128", 128, 1_280, row=3136 + 2 * 128 + 12,
        weights=3136 * 128 + 1280, messages=3, convolutions=320 + 9248 + 18496 + 36928),
}
# Names, bits a second, and seconds from one program to the other.
WIRES = {"1 Gbit/s": (1e9, 50e-6), "10 Gbit/s": (10e9, 25e-6), "100 Gbit/s": (100e9, 5e-6)}


def train(network, folder, launcher=()):
    """The seconds of a step in the last of some epochs, and what the ranks report."""
    command = [
        *launcher, str(INKLING), "train", "--dataset", folder, "--layers", network.layers, "--batch-size",
        str(network.batch), "--learning-rate", "0.01", "--epochs", "3", "--threads", "1", "--json",
    ]
    lines = subprocess.run(command, env=ENVIRONMENT, check=True, capture_output=True, text=True).stdout.splitlines()
    objects = [json.loads(line) for line in lines if line.startswith("{")]
    steps = (network.images + network.batch - 1) // network.batch
    seconds = [line["seconds"] / steps for line in objects if "epoch" in line]
    return min(seconds[1:]), next((line["ranks"] for line in objects if "ranks" in line), [])


def mpirun(ranks, *options):
    return ["mpirun", "-n", str(ranks), "--oversubscribe", "--bind-to", "none", *options]


def reckoned(network, ranks, alone, bits, latency):
    """The seconds of a step: the arithmetic shared, what others have computed received, and waits for messages.

    Ranks take 16 rows at a time; a third of the arithmetic of dense layers is the gradients of weights, which go by the
    weights.
    """
    if ranks == 1:
        return alone
    groups = (network.batch + 15) // 16
    rows = (groups + ranks - 1) // ranks / groups
    arithmetic = alone * (rows if network.convolutions else 2 / 3 * rows + 1 / 3 / ranks)
    received = network.bytes() * (ranks - 1) / ranks
    return arithmetic + received * 8 / bits + network.messages * latency


AGENT = """#!/bin/sh
# mpirun's way to the other host: its name, then a command.
shift
exec ip netns exec inkling-b unshare --uts sh -c 'hostname inkling-b; exec sh -c "$*"' sh "$@"
"""


@contextlib.contextmanager
def two_hosts(delay, bits):
    """Options of mpirun for a rank on each of two hosts, with a cable between them."""
    names, addresses = ["inkling-a", "inkling-b"], ["10.77.0.1", "10.77.0.2"]
    for name in names:
        subprocess.run(["ip", "netns", "add", name], check=True)
    cable = [sys.executable, str(pathlib.Path(__file__).parent / "cable.py")]
    cable += [text for end in zip(names, addresses) for text in end]
    try:
        with (
            subprocess.Popen([*cable, str(delay), str(bits)], stdout=subprocess.PIPE, text=True) as relay,
            tempfile.TemporaryDirectory() as folder,
        ):
            try:
                if relay.stdout.readline() != "ready\n":
                    raise SystemExit("The cable between the two hosts does not work.")
                agent = pathlib.Path(folder) / "agent.sh"
                agent.write_text(AGENT)
                agent.chmod(0o755)
                network = "10.77.0.0/24"
                yield [
                    "ip", "netns", "exec", names[0], "unshare", "--uts", "sh", "-c",
                    'hostname inkling-a; exec "$@"', "sh",
                    *mpirun(
                        2, "--host", ",".join(f"{address}:1" for address in addresses), "--mca", "plm_rsh_agent",
                        str(agent), "--mca", "btl", "tcp,self", "--mca", "btl_tcp_if_include", network, "--mca",
                        "oob_tcp_if_include", network),
                ]
            finally:
                relay.kill()
    finally:
        for name in names:
            subprocess.run(["ip", "netns", "delete", name], check=False)


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--hosts", action="store_true")
    options = parser.parse_args()

    alone = {}
    print("Microseconds a step, one thread each: alone | one rank | two ranks here, of which at work")
    for name, network in NETWORKS.items():
        with tempfile.TemporaryDirectory() as folder:
            first_images(network.images, folder)
            rounds = [
                [train(network, folder), train(network, folder, mpirun(1)), train(network, folder, mpirun(2))]
                for _ in range(options.rounds)
            ]
        times = [statistics.median(run[0] for run in runs) for runs in zip(*rounds)]
        ranks = rounds[-1][2][1]
        work = statistics.mean(1 - rank["secondsWaited"] / rank["seconds"] for rank in ranks)
        alone[name] = times[0]
        print(
            f"{name:30} {times[0] * 1e6:9.0f} | {times[1] * 1e6:9.0f} ({times[1] / times[0] - 1:+.1%})"
            f" | {times[2] * 1e6:9.0f} ({times[0] / times[2]:.2f} ×), {work:.0%}", flush=True)

    if options.hosts:
        print("\nTwo hosts, 1 Gbit/s and 1 ms: microseconds a step, measured | reckoned")
        with two_hosts(1e-3, 1e9) as launcher:
            for name, network in NETWORKS.items():
                with tempfile.TemporaryDirectory() as folder:
                    first_images(network.images, folder)
                    times = [train(network, folder, launcher)[0] for _ in range(options.rounds)]
                expected = reckoned(network, 2, alone[name], 1e9, 1e-3)
                measured = statistics.median(times)
                print(f"{name:30} {measured * 1e6:9.0f} | {expected * 1e6:9.0f} ({measured / expected:.2f})", flush=True)

    counts = [2, 4, 8, 16, 32, 64]
    print("\nTimes as fast as one rank, reckoned, with one core a rank:\n")
    print("| network | wire | " + " | ".join(map(str, counts)) + " ranks |")
    print("|---|---|" + "---|" * len(counts))
    for name, network in NETWORKS.items():
        for wire, (bits, latency) in WIRES.items():
            gains = [alone[name] / reckoned(network, ranks, alone[name], bits, latency) for ranks in counts]
            print(f"| {name} | {wire} | " + " | ".join(f"{gain:.2g}" for gain in gains) + " |")


if __name__ == "__main__":
    sys.exit(main())
