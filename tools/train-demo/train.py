"""Trains the demo model on pictures of the parts generator and writes it as ONNX with its description.

Made for one core of a laptop: about ten minutes. Needs PyTorch, NumPy and onnx.
"""
import argparse
import json
import math
import os
import time

import numpy as np
import torch
import torch.nn as nn
import torch.nn.functional as F

SIDE = 64


def block(inputs, outputs):
    return nn.Sequential(nn.Conv2d(inputs, outputs, 3, padding=1, bias=False), nn.BatchNorm2d(outputs))


class PartsNet(nn.Module):
    """Six 3x3 convolutions, two of them residual; the last sees most of the picture. All widths are multiples of 16, as vector units like them."""

    def __init__(self, classes):
        super().__init__()
        self.stem = block(3, 16)
        self.widen1 = block(16, 32)
        self.refine1 = block(32, 32)
        self.widen2 = block(32, 64)
        self.refine2 = block(64, 64)
        self.widen3 = block(64, 96)
        self.head = nn.Linear(96, classes)

    def forward(self, x):
        x = F.max_pool2d(F.relu(self.stem(x)), 2)
        x = F.relu(self.widen1(x))
        x = F.max_pool2d(F.relu(x + self.refine1(x)), 2)
        x = F.relu(self.widen2(x))
        x = F.max_pool2d(F.relu(x + self.refine2(x)), 2)
        x = F.relu(self.widen3(x))
        return self.head(torch.flatten(F.adaptive_avg_pool2d(x, 1), 1))


def read(path):
    pixels = np.fromfile(path, dtype=np.uint8).reshape(-1, SIDE, SIDE, 3)
    labels = np.fromfile(path + ".labels", dtype=np.uint8).astype(np.int64)
    assert len(pixels) == len(labels)
    return pixels, torch.from_numpy(labels)


def prepare(pixels, mean, std):
    x = torch.from_numpy(np.ascontiguousarray(pixels)).permute(0, 3, 1, 2).float() / 255
    return ((x - mean) / std).contiguous(memory_format=torch.channels_last)


def augment(pixels, random):
    """A part may lie any way up: mirror and turn the whole batch; move and light each picture a little."""
    turned = np.rot90(pixels, random.integers(4), axes=(1, 2))
    if random.integers(2):
        turned = turned[:, :, ::-1]
    dy, dx = random.integers(-4, 5, 2)
    moved = np.roll(turned, (dy, dx), axis=(1, 2)).astype(np.float32)
    gain = random.uniform(0.85, 1.15, (len(pixels), 1, 1, 3)).astype(np.float32)
    offset = random.uniform(-12, 12, (len(pixels), 1, 1, 1)).astype(np.float32)
    return np.clip(moved * gain + offset, 0, 255)


def evaluate(model, pixels, labels, mean, std):
    model.eval()
    confusion = np.zeros((8, 8), dtype=int)
    with torch.no_grad():
        for start in range(0, len(pixels), 100):
            guess = model(prepare(pixels[start:start + 100], mean, std)).argmax(1)
            np.add.at(confusion, (labels[start:start + 100].numpy(), guess.numpy()), 1)
    return confusion


def train(model, pixels, labels, check, mean, std, epochs, seed):
    random = np.random.default_rng(seed)
    batch = 64
    steps = epochs * (len(pixels) // batch)
    optimizer = torch.optim.AdamW(model.parameters(), lr=1, weight_decay=0.01)
    step = 0
    for epoch in range(epochs):
        model.train()
        order = random.permutation(len(pixels))
        loss_sum, began = 0.0, time.time()
        for start in range(0, len(order) - batch + 1, batch):
            # A short warm-up, then half a cosine down to nothing.
            rate = 4e-3 * min(1, (step + 1) / 150) * 0.5 * (1 + math.cos(math.pi * step / steps))
            optimizer.param_groups[0]["lr"] = rate
            chosen = order[start:start + batch]
            scores = model(prepare(augment(pixels[chosen], random), mean, std))
            loss = F.cross_entropy(scores, labels[chosen], label_smoothing=0.03)
            optimizer.zero_grad(set_to_none=True)
            loss.backward()
            optimizer.step()
            loss_sum += loss.item()
            step += 1
        confusion = evaluate(model, *check, mean, std)
        print(f"epoch {epoch + 1}/{epochs}: loss {loss_sum / (len(order) // batch):.4f}, "
              f"check {100 * np.trace(confusion) / confusion.sum():.2f} %, {time.time() - began:.0f} s", flush=True)


def description(classes, mean, std, confusion, test_set):
    correct, count = int(np.trace(confusion)), int(confusion.sum())
    return {
        "input": {
            "name": "input", "width": SIDE, "height": SIDE, "color": "rgb", "scale": 1 / 255,
            "mean": [round(float(v), 3) for v in mean.flatten()], "std": [round(float(v), 3) for v in std.flatten()],
            "resize": "shorter-side-crop",
        },
        "task": "classification",
        "labels": classes,
        "first_class": 0,
        "output": {"name": "logits", "kind": "logits", "classes": len(classes)},
        "verified": {
            "set": test_set, "top1": round(100 * correct / count, 2), "n": count, "top1_correct": correct,
            "engine": f"PyTorch {torch.__version__}",
        },
    }


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", required=True, help="folder with train.bin, check.bin, test.bin and classes.txt")
    parser.add_argument("--out", required=True, help="folder for conveyor.onnx and conveyor.json")
    parser.add_argument("--test-set", required=True, help="how the test pictures were made; goes into the description")
    parser.add_argument("--epochs", type=int, default=12)
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()

    torch.set_num_threads(1)
    torch.manual_seed(options.seed)
    with open(os.path.join(options.data, "classes.txt"), encoding="utf-8") as file:
        classes = file.read().split()
    pixels, labels = read(os.path.join(options.data, "train.bin"))
    check = read(os.path.join(options.data, "check.bin"))
    sample = pixels[::8].reshape(-1, 3) / 255
    mean = torch.tensor(np.round(sample.mean(0), 3), dtype=torch.float32).view(1, 3, 1, 1)
    std = torch.tensor(np.round(sample.std(0), 3), dtype=torch.float32).view(1, 3, 1, 1)

    model = PartsNet(len(classes)).to(memory_format=torch.channels_last)
    train(model, pixels, labels, check, mean, std, options.epochs, options.seed)

    # The test pictures are looked at once, here, and nothing is chosen by them.
    confusion = evaluate(model, *read(os.path.join(options.data, "test.bin")), mean, std)
    print("\n".join(f"{name:>8} {row}" for name, row in zip(classes, confusion)))
    facts = description(classes, mean, std, confusion, options.test_set)
    print(f"test: {facts['verified']['top1']} % of {facts['verified']['n']}")
    torch.save(model.state_dict(), os.path.join(options.data, "model.pt"))
    model = model.to(memory_format=torch.contiguous_format)
    torch.onnx.export(
        model, torch.zeros(1, 3, SIDE, SIDE), os.path.join(options.out, "conveyor.onnx"), opset_version=13,
        input_names=["input"], output_names=["logits"], do_constant_folding=True)
    with open(os.path.join(options.out, "conveyor.json"), "w", encoding="utf-8") as file:
        json.dump(facts, file, indent=2)
        file.write("\n")


if __name__ == "__main__":
    main()
