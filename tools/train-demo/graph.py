"""Writes the demo network, untrained, as ONNX, and what it expects as JSON. Needs onnx and NumPy.

Six 3x3 convolutions, two of them residual; the last sees most of the picture. All widths are multiples of 16, as vector units like them.
"""
import argparse
import json
import os
import sys

from onnx import save

sys.dont_write_bytecode = True
sys.path.insert(0, os.path.join(os.path.dirname(os.path.dirname(os.path.realpath(__file__))), "lib"))
from untrained_network import UntrainedNetwork, description  # noqa: E402

SIDE = 64

# Of the pictures that the parts generator draws, per channel.
MEAN = [0.284, 0.288, 0.287]
STD = [0.173, 0.166, 0.166]


def build(classes):
    net = UntrainedNetwork()
    x = net.halve(net.relu(net.convolution("stem", "input", 3, 16)))
    x = net.relu(net.convolution("widen1", x, 16, 32))
    x = net.halve(net.relu(net.residual("refine1", x, 32)))
    x = net.relu(net.convolution("widen2", x, 32, 64))
    x = net.halve(net.relu(net.residual("refine2", x, 64)))
    x = net.relu(net.convolution("widen3", x, 64, 96))
    net.dense("head", net.mean(x), 96, classes, "logits")
    return net.model("conveyor", SIDE, classes, "tools/train-demo")


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--classes", required=True, help="file with a class name per line")
    parser.add_argument("--out", required=True, help="folder for conveyor.onnx and conveyor.json")
    options = parser.parse_args()
    with open(options.classes, encoding="utf-8") as file:
        classes = file.read().split()
    save(build(len(classes)), os.path.join(options.out, "conveyor.onnx"))
    with open(os.path.join(options.out, "conveyor.json"), "w", encoding="utf-8") as file:
        json.dump(description(SIDE, classes, len(classes), MEAN, STD, "shorter-side-crop"), file, indent=2)
        file.write("\n")


if __name__ == "__main__":
    main()
