"""Writes the demo network, untrained, as ONNX, and what it expects as JSON. Needs onnx and NumPy.

Six 3x3 convolutions, two of them residual; the last sees most of the picture. All widths are multiples of 16, as vector units like them.
"""
import argparse
import json
import os

import numpy as np
from onnx import TensorProto, checker, helper, numpy_helper, save

SIDE = 64

# Of the pictures that the parts generator draws, per channel.
MEAN = [0.284, 0.288, 0.287]
STD = [0.173, 0.166, 0.166]


class Network:
    def __init__(self):
        self.nodes, self.weights = [], []

    def node(self, kind, inputs, output, **attributes):
        self.nodes.append(helper.make_node(kind, inputs, [output], name=output, **attributes))
        return output

    def zeros(self, name, *shape):
        self.weights.append(numpy_helper.from_array(np.zeros(shape, np.float32), name))
        return name

    def convolution(self, name, x, inputs, outputs):
        return self.node("Conv", [x, self.zeros(name + ".weight", outputs, inputs, 3, 3), self.zeros(name + ".bias", outputs)], name, pads=[1, 1, 1, 1])

    def relu(self, x):
        return self.node("Relu", [x], x + "/relu")

    def halve(self, x):
        return self.node("MaxPool", [x], x + "/pool", kernel_shape=[2, 2], strides=[2, 2])

    def residual(self, name, x, width):
        return self.node("Add", [x, self.convolution(name, x, width, width)], name + "/sum")


def build(classes):
    net = Network()
    x = net.halve(net.relu(net.convolution("stem", "input", 3, 16)))
    x = net.relu(net.convolution("widen1", x, 16, 32))
    x = net.halve(net.relu(net.residual("refine1", x, 32)))
    x = net.relu(net.convolution("widen2", x, 32, 64))
    x = net.halve(net.relu(net.residual("refine2", x, 64)))
    x = net.relu(net.convolution("widen3", x, 64, 96))
    x = net.node("Flatten", [net.node("GlobalAveragePool", [x], "mean")], "flat")
    net.node("Gemm", [x, net.zeros("head.weight", classes, 96), net.zeros("head.bias", classes)], "logits", transB=1)
    graph = helper.make_graph(
        net.nodes, "conveyor", [helper.make_tensor_value_info("input", TensorProto.FLOAT, [1, 3, SIDE, SIDE])],
        [helper.make_tensor_value_info("logits", TensorProto.FLOAT, [1, classes])], net.weights)
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 13)], producer_name="tools/train-demo")
    model.ir_version = 7
    checker.check_model(model)
    return model


def description(classes):
    return {
        "input": {
            "name": "input", "width": SIDE, "height": SIDE, "color": "rgb", "scale": 1 / 255, "mean": MEAN, "std": STD, "resize": "shorter-side-crop",
        },
        "task": "classification",
        "labels": classes,
        "first_class": 0,
        "output": {"name": "logits", "kind": "logits", "classes": len(classes)},
    }


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--classes", required=True, help="file with a class name per line")
    parser.add_argument("--out", required=True, help="folder for conveyor.onnx and conveyor.json")
    options = parser.parse_args()
    with open(options.classes, encoding="utf-8") as file:
        classes = file.read().split()
    save(build(len(classes)), os.path.join(options.out, "conveyor.onnx"))
    with open(os.path.join(options.out, "conveyor.json"), "w", encoding="utf-8") as file:
        json.dump(description(classes), file, indent=2)
        file.write("\n")


if __name__ == "__main__":
    main()
