"""PyTorch, JAX and NumPy at the work that `inkling train` does. Run by compare.py, each in a process of its own.

    peers.py FRAMEWORK SIZES BATCH        answers each line on standard input with the seconds of one epoch
    peers.py torch-cold SIZES BATCH N     trains for N epochs at once, prints the test accuracy after each

The work: a dense network with ReLU, softmax and cross-entropy, SGD with momentum 0.9 and a learning rate that changes
with each step, on the 60,000 MNIST images in memory, in a new order each epoch.
"""

import gzip
import pathlib
import sys
import time

import numpy as np

ASSETS = pathlib.Path(__file__).parents[2] / "Assets" / "mnist"
RATE, MOMENTUM = 0.1, 0.9


def load(name, offset):
    with gzip.open(ASSETS / f"{name}-ubyte.gz") as file:
        return np.frombuffer(file.read(), np.uint8, offset=offset)


def images(which):
    return load(f"{which}-images-idx3", 16).reshape(-1, 784).astype(np.float32) / 255


def labels(which):
    return load(f"{which}-labels-idx1", 8).astype(np.int64)


def torch_trainer(sizes, batch, epochs=1000):
    import torch

    torch.manual_seed(0)
    x, y = torch.from_numpy(images("train")), torch.from_numpy(labels("train"))
    layers = [torch.nn.Linear(sizes[0], sizes[1])]
    for inputs, outputs in zip(sizes[1:], sizes[2:]):
        layers += [torch.nn.ReLU(), torch.nn.Linear(inputs, outputs)]
    model = torch.nn.Sequential(*layers)
    optimizer = torch.optim.SGD(model.parameters(), lr=RATE, momentum=MOMENTUM)
    steps = epochs * -(-len(x) // batch)
    schedule = torch.optim.lr_scheduler.LambdaLR(optimizer, lambda step: max(0, 1 - step / steps))

    def epoch():
        for rows in torch.randperm(len(x)).split(batch):
            loss = torch.nn.functional.cross_entropy(model(x[rows]), y[rows])
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
            schedule.step()

    def accuracy(x, y):
        with torch.no_grad():
            return (model(torch.from_numpy(x)).argmax(1) == torch.from_numpy(y)).float().mean().item()

    return f"PyTorch {torch.__version__}", epoch, accuracy


def jax_trainer(sizes, batch):
    import jax
    import jax.numpy as jnp

    x, y = jnp.asarray(images("train")), jnp.asarray(labels("train"))
    keys = jax.random.split(jax.random.PRNGKey(0), len(sizes))
    weights = [
        (jax.random.normal(key, (n, m)) * (2 / n) ** 0.5, jnp.zeros(m)) for key, n, m in zip(keys, sizes, sizes[1:])
    ]
    velocity = jax.tree.map(jnp.zeros_like, weights)
    count = len(x) // batch * batch  # scan wants equal batches: 32 images fewer than the others
    steps = 1000 * count // batch

    def loss(weights, x, y):
        for w, b in weights[:-1]:
            x = jax.nn.relu(x @ w + b)
        logits = x @ weights[-1][0] + weights[-1][1]
        return -jnp.take_along_axis(jax.nn.log_softmax(logits), y[:, None], 1).mean()

    def train(state, rows):
        weights, velocity, step = state
        gradient = jax.grad(loss)(weights, x[rows], y[rows])
        velocity = jax.tree.map(lambda v, g: MOMENTUM * v + g, velocity, gradient)
        rate = RATE * (1 - step / steps)
        return (jax.tree.map(lambda w, v: w - rate * v, weights, velocity), velocity, step + 1), None

    @jax.jit
    def run(state, key):
        order = jax.random.permutation(key, len(x))[:count]
        return jax.lax.scan(train, state, order.reshape(-1, batch))[0]

    state, key = [(weights, velocity, 0)], [keys[-1]]

    def epoch():
        key[0], use = jax.random.split(key[0])
        state[0] = jax.block_until_ready(run(state[0], use))

    return f"JAX {jax.__version__}", epoch, None


def numpy_trainer(sizes, batch):
    generator = np.random.default_rng(0)
    x, y = images("train"), labels("train")
    weights = [
        (generator.standard_normal((n, m), np.float32) * np.float32((2 / n) ** 0.5)) for n, m in zip(sizes, sizes[1:])
    ]
    biases = [np.zeros(m, np.float32) for m in sizes[1:]]
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
            rate = np.float32(RATE * (1 - step[0] / steps))
            for p, v, g in zip(weights + biases, velocities, gradients):
                v *= np.float32(MOMENTUM)
                v += g
                p -= rate * v
            step[0] += 1

    return f"NumPy {np.__version__}", epoch, None


if __name__ == "__main__":
    framework, sizes, batch = sys.argv[1], [int(size) for size in sys.argv[2].split("-")], int(sys.argv[3])
    if framework == "torch-cold":
        epochs = int(sys.argv[4])
        name, epoch, accuracy = torch_trainer(sizes, batch, epochs)
        x, y = images("t10k"), labels("t10k")
        for _ in range(epochs):
            epoch()
            print(accuracy(x, y), flush=True)
        sys.exit()
    name, epoch, _ = {"torch": torch_trainer, "jax": jax_trainer, "numpy": numpy_trainer}[framework](sizes, batch)
    epoch()  # compiles, takes memory
    print(name, flush=True)
    for line in sys.stdin:
        start = time.perf_counter()
        epoch()
        print(time.perf_counter() - start, flush=True)
