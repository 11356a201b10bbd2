"""PyTorch, JAX and NumPy at the work that `inkling train` does. Run by compare.py, each in a process of its own.

    peers.py FRAMEWORK LAYERS BATCH IMAGES    answers each line on standard input with the seconds of one epoch
    peers.py recipe LAYERS BATCH EPOCHS       trains in PyTorch for so many epochs, prints the test accuracy after each
    peers.py distorted LAYERS BATCH EPOCHS    the same with images distorted anew in each epoch

FRAMEWORK is torch, torch-last, jax, jax-last or numpy; "last" keeps the channels of an image last in memory, where
others keep them first. LAYERS are those before the last, as for `inkling train --layers`.

The work: a network with ReLU, softmax and cross-entropy, SGD with momentum 0.9 and a learning rate that changes with
each step, on the first so many MNIST images in memory, in a new order each epoch. The recipe is that of `inkling train
--network`: AdamW and a one-cycle schedule for convolutions, SGD for dense layers.
"""

import gzip
import math
import pathlib
import re
import sys
import time

import numpy as np

ASSETS = pathlib.Path(__file__).parents[2] / "Assets" / "mnist"
MOMENTUM = 0.9
CLASSES = 10
SIDE = 28


def load(name, offset):
    with gzip.open(ASSETS / f"{name}-ubyte.gz") as file:
        return np.frombuffer(file.read(), np.uint8, offset=offset)


def images(which):
    return load(f"{which}-images-idx3", 16).reshape(-1, SIDE * SIDE).astype(np.float32) / 255


def labels(which):
    return load(f"{which}-labels-idx1", 8).astype(np.int64)


class Layers:
    """What `--layers` says: (kind, inputs, outputs, size, padding) each, the last layer included."""

    def __init__(self, words):
        self.list = []
        side, channels, self.has_convolutions = SIDE, 1, "conv" in words
        for word in words.split(",") + [str(CLASSES)]:
            if match := re.fullmatch(r"conv(\d+)x(\d+)(v?)", word):
                size = int(match[2])
                padding = 0 if match[3] else size // 2
                self.list.append(("conv", channels, int(match[1]), size, padding))
                side, channels = side + 2 * padding - size + 1, int(match[1])
            elif match := re.fullmatch(r"pool(\d+)", word):
                size = int(match[1])
                self.list.append(("pool", channels, channels, size, 0))
                side //= size
            else:
                self.list.append(("dense", channels * side * side, int(word), None, None))
                side, channels = 1, int(word)
        self.rate = 0.01 if self.has_convolutions else 0.1


def torch_model(layers, channels_last):
    import torch
    from torch import nn

    torch.manual_seed(0)
    modules, is_flat = [nn.Unflatten(1, (1, SIDE, SIDE))] if layers.has_convolutions else [], not layers.has_convolutions
    for index, (kind, inputs, outputs, size, padding) in enumerate(layers.list):
        if kind == "pool":
            modules.append(nn.MaxPool2d(size))
            continue
        if kind == "dense" and not is_flat:
            modules.append(nn.Flatten())
            is_flat = True
        modules.append(nn.Conv2d(inputs, outputs, size, padding=padding) if kind == "conv" else nn.Linear(inputs, outputs))
        if index < len(layers.list) - 1:
            modules.append(nn.ReLU())
    model = nn.Sequential(*modules)
    return model.to(memory_format=torch.channels_last) if channels_last else model


def torch_trainer(layers, batch, count, channels_last=False, epochs=1000, recipe=False, distorts=False):
    """The name, a function that trains an epoch, and one that gives the accuracy on the test images."""
    import torch

    x, y = torch.from_numpy(images("train")[:count]), torch.from_numpy(labels("train")[:count])
    model = torch_model(layers, channels_last)
    steps = epochs * -(-len(x) // batch)
    if recipe and layers.has_convolutions:
        optimizer = torch.optim.AdamW(model.parameters(), lr=0.003, weight_decay=0.001)
        schedule = torch.optim.lr_scheduler.OneCycleLR(optimizer, 0.003, total_steps=steps + 1)
    else:
        optimizer = torch.optim.SGD(model.parameters(), lr=layers.rate, momentum=MOMENTUM)
        schedule = torch.optim.lr_scheduler.LambdaLR(optimizer, lambda step: max(0, 1 - step / steps))
    distort = torch_distortion() if distorts else lambda x: x

    def epoch():
        for rows in torch.randperm(len(x)).split(batch):
            loss = torch.nn.functional.cross_entropy(model(distort(x[rows])), y[rows])
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
            schedule.step()

    def accuracy():
        with torch.no_grad():
            tests = torch.from_numpy(images("t10k"))
            guesses = torch.cat([model(part).argmax(1) for part in tests.split(1000)])
            return (guesses == torch.from_numpy(labels("t10k"))).float().mean().item()

    return f"PyTorch {torch.__version__}", epoch, accuracy


def torch_distortion():
    """Turns, scales, slants, shifts and bends a batch of images `[batch, 784]` with the strengths of `inkling train
    --distort`, and makes strokes thicker or thinner."""
    import torch
    from torch.nn import functional as F

    places = torch.arange(SIDE, dtype=torch.float32)
    smoothing = torch.exp(-((places[:, None] - places) ** 2) / (2 * 4**2))  # σ = 4 pixels
    smoothing /= smoothing.pow(2).sum(1, keepdim=True).sqrt()  # a deviation of 1 pixel after both directions

    def uniform(n, limit):
        return (2 * torch.rand(n) - 1) * limit

    @torch.no_grad()
    def distort(x):
        n = len(x)
        picture = x.view(n, 1, SIDE, SIDE)
        amount = uniform((n, 1, 1, 1), 0.5)
        padded = F.pad(picture, (1, 1, 1, 1))
        cross = torch.cat([picture, padded[..., :-2, 1:-1], padded[..., 2:, 1:-1], padded[..., 1:-1, :-2],
                           padded[..., 1:-1, 2:]], 1)
        most, least = cross.amax(1, keepdim=True), cross.amin(1, keepdim=True)
        # The darkest counts twice, as strokes of two pixels would fade instead of getting thinner.
        edge = torch.where(amount > 0, most, torch.minimum(2 * least, picture))
        picture = torch.lerp(picture, edge, amount.abs())
        angle, slant = uniform(n, math.radians(15)), uniform(n, 0.2)
        width, height = 1 + uniform(n, 0.15), 1 + uniform(n, 0.15)
        shift = uniform((2, n), 0.2)  # of half an image
        cosine, sine = angle.cos(), angle.sin()
        matrix = torch.stack([
            torch.stack([cosine / width, (slant * cosine - sine) / width, shift[0]], 1),
            torch.stack([sine / height, (slant * sine + cosine) / height, shift[1]], 1),
        ], 1)
        bend = smoothing @ torch.randn(n, 2, SIDE, SIDE) @ smoothing.T * (2 / SIDE)
        grid = F.affine_grid(matrix, (n, 1, SIDE, SIDE), align_corners=False) + bend.permute(0, 2, 3, 1)
        return F.grid_sample(picture, grid, align_corners=False).view(n, -1)

    return distort


def jax_trainer(layers, batch, count, channels_last=True):
    import jax
    import jax.numpy as jnp

    x, y = jnp.asarray(images("train")[:count]), jnp.asarray(labels("train")[:count])
    if layers.has_convolutions:
        x = x.reshape((-1, SIDE, SIDE, 1) if channels_last else (-1, 1, SIDE, SIDE))
    order = ("NHWC", "HWIO", "NHWC") if channels_last else ("NCHW", "OIHW", "NCHW")
    keys = iter(jax.random.split(jax.random.PRNGKey(0), len(layers.list) + 1))
    weights = []
    for kind, inputs, outputs, size, _ in layers.list:
        if kind == "pool":
            continue
        if kind == "dense":
            shape, fan = (inputs, outputs), inputs
        else:
            shape = (size, size, inputs, outputs) if channels_last else (outputs, inputs, size, size)
            fan = inputs * size * size
        bias = jnp.zeros((outputs, 1, 1) if kind == "conv" and not channels_last else outputs)
        weights.append((jax.random.normal(next(keys), shape) * (2 / fan) ** 0.5, bias))
    velocity = jax.tree.map(jnp.zeros_like, weights)
    count = len(x) // batch * batch  # scan wants equal batches: 32 images fewer than the others
    steps = 1000 * count // batch

    def pool(x, size):
        h, w = (x.shape[1:3] if channels_last else x.shape[2:])
        if channels_last:
            x = x[:, : h // size * size, : w // size * size]
            return x.reshape(len(x), h // size, size, w // size, size, -1).max((2, 4))
        x = x[:, :, : h // size * size, : w // size * size]
        return x.reshape(len(x), -1, h // size, size, w // size, size).max((3, 5))

    def loss(weights, x, y):
        rest = iter(weights)
        for index, (kind, _, _, size, padding) in enumerate(layers.list):
            if kind == "pool":
                x = pool(x, size)
                continue
            w, b = next(rest)
            if kind == "dense":
                x = x.reshape(len(x), -1) @ w + b
            else:
                x = jax.lax.conv_general_dilated(x, w, (1, 1), [(padding, padding)] * 2, dimension_numbers=order) + b
            if index < len(layers.list) - 1:
                x = jax.nn.relu(x)
        return -jnp.take_along_axis(jax.nn.log_softmax(x), y[:, None], 1).mean()

    def train(state, rows):
        weights, velocity, step = state
        gradient = jax.grad(loss)(weights, x[rows], y[rows])
        velocity = jax.tree.map(lambda v, g: MOMENTUM * v + g, velocity, gradient)
        rate = layers.rate * (1 - step / steps)
        return (jax.tree.map(lambda w, v: w - rate * v, weights, velocity), velocity, step + 1), None

    @jax.jit
    def scan(state, key):
        order = jax.random.permutation(key, len(x))[:count]
        return jax.lax.scan(train, state, order.reshape(-1, batch))[0]

    step = jax.jit(train, donate_argnums=0)

    def run(state, key):
        if not layers.has_convolutions:
            return scan(state, key)
        # Within a scan, convolutions use one thread only.
        for rows in jax.random.permutation(key, len(x))[:count].reshape(-1, batch):
            state, _ = step(state, rows)
        return state

    state, key = [(weights, velocity, jnp.asarray(0))], [next(keys)]

    def epoch():
        key[0], use = jax.random.split(key[0])
        state[0] = jax.block_until_ready(run(state[0], use))

    return f"JAX {jax.__version__}", epoch


def numpy_trainer(layers, batch, count):
    generator = np.random.default_rng(0)
    x, y = images("train")[:count], labels("train")[:count]
    shapes = [(inputs, outputs) for _, inputs, outputs, _, _ in layers.list]
    weights = [(generator.standard_normal(shape, np.float32) * np.float32((2 / shape[0]) ** 0.5)) for shape in shapes]
    biases = [np.zeros(outputs, np.float32) for _, outputs in shapes]
    velocities = [np.zeros_like(p) for p in weights + biases]
    steps, step = 1000 * -(-len(x) // batch), [0]

    def epoch():
        order = generator.permutation(len(x))
        for start in range(0, len(x), batch):
            rows = order[start : start + batch]
            activations = [x[rows]]
            for w, b in zip(weights[:-1], biases[:-1]):
                activations.append(np.maximum(activations[-1] @ w + b, 0))
            logits = activations[-1] @ weights[-1] + biases[-1]
            delta = np.exp(logits - logits.max(1, keepdims=True))
            delta /= delta.sum(1, keepdims=True)
            delta[np.arange(len(rows)), y[rows]] -= 1
            delta /= len(rows)
            gradients = [None] * (2 * len(weights))
            for layer in reversed(range(len(weights))):
                gradients[layer] = activations[layer].T @ delta
                gradients[len(weights) + layer] = delta.sum(0)
                if layer:
                    delta = (delta @ weights[layer].T) * (activations[layer] > 0)
            rate = np.float32(layers.rate * (1 - step[0] / steps))
            for p, v, g in zip(weights + biases, velocities, gradients):
                v *= np.float32(MOMENTUM)
                v += g
                p -= rate * v
            step[0] += 1

    return f"NumPy {np.__version__}", epoch


def main():
    what, layers, batch, count = sys.argv[1], Layers(sys.argv[2]), int(sys.argv[3]), int(sys.argv[4])
    if what in ("recipe", "distorted"):
        _, epoch, accuracy = torch_trainer(
            layers, batch, None, epochs=count, recipe=True, distorts=what == "distorted")
        for _ in range(count):
            epoch()
            print(accuracy(), flush=True)
        return
    framework, _, layout = what.partition("-")
    trainers = {
        "torch": lambda: torch_trainer(layers, batch, count, layout == "last")[:2],
        "jax": lambda: jax_trainer(layers, batch, count, layout == "last"),
        "numpy": lambda: numpy_trainer(layers, batch, count),
    }
    name, epoch = trainers[framework]()
    epoch()  # compiles, takes memory
    print(name, flush=True)
    for line in sys.stdin:
        start = time.perf_counter()
        epoch()
        print(time.perf_counter() - start, flush=True)


if __name__ == "__main__":
    main()
