#!/usr/bin/env python3
"""The oracle of the gradient tests: loss and gradients of an ONNX classifier by PyTorch, which knows nothing of rows and tables.

usage: torch-gradients.py MODEL.onnx INPUT LABELS OUT       needs: python3-torch python3-onnx python3-numpy

INPUT   little-endian fp32, [pictures, C, H, W]
LABELS  one class per picture, with commas between
OUT     takes little-endian fp64: the mean cross-entropy, then for each Conv and Gemm, in the order of the graph, the gradients of
        weights, [outputs, kernel..., inputs], and bias (taken as zeros where the node has none).
"""
import sys

import numpy as np
import onnx
import torch
import torch.nn.functional as F
from onnx import numpy_helper


def pads_of(attributes):
    top, left, bottom, right = attributes.get("pads", [0, 0, 0, 0])
    if (top, left) != (bottom, right):
        raise SystemExit("uneven padding is beyond this oracle")
    return top, left


def window(attributes):
    return {"kernel_size": attributes["kernel_shape"], "stride": attributes.get("strides", [1, 1]), "padding": pads_of(attributes)}


def main(path, input_path, labels, out):
    graph = onnx.load(path).graph
    values = {i.name: torch.tensor(numpy_helper.to_array(i).astype(np.float64)) for i in graph.initializer}
    port = next(i for i in graph.input if i.name not in values)
    extents = [d.dim_value for d in port.type.tensor_type.shape.dim][1:]
    values[port.name] = torch.tensor(np.fromfile(input_path, np.float32).astype(np.float64)).reshape([-1] + extents)
    layers = []

    def layer(node, transposed):
        weights = values[node.input[1]].requires_grad_()
        bias = values[node.input[2]] if len(node.input) > 2 else torch.zeros(weights.shape[1 if transposed else 0], dtype=torch.float64)
        bias.requires_grad_()
        layers.append((weights, bias, transposed))
        return weights, bias

    for node in graph.node:
        attributes = {a.name: onnx.helper.get_attribute_value(a) for a in node.attribute}
        x = values[node.input[0]]
        kind = node.op_type
        if kind == "Conv":
            weights, bias = layer(node, False)
            y = F.conv2d(x, weights, bias, attributes.get("strides", 1), pads_of(attributes), groups=attributes.get("group", 1))
        elif kind == "Gemm":
            transposed = not attributes.get("transB", 0)
            weights, bias = layer(node, transposed)
            y = x @ (weights if transposed else weights.T) + bias
        elif kind == "Relu":
            y = F.relu(x)
        elif kind == "Add":
            y = x + values[node.input[1]]
        elif kind == "MaxPool":
            y = F.max_pool2d(x, ceil_mode=bool(attributes.get("ceil_mode", 0)), **window(attributes))
        elif kind == "AveragePool":
            y = F.avg_pool2d(x, count_include_pad=bool(attributes.get("count_include_pad", 0)), ceil_mode=bool(attributes.get("ceil_mode", 0)), **window(attributes))
        elif kind == "GlobalAveragePool":
            y = x.mean((2, 3), keepdim=True)
        elif kind == "Flatten":
            y = x.flatten(1)
        else:
            raise SystemExit(f"{kind} is beyond this oracle")
        values[node.output[0]] = y

    logits = values[graph.output[0].name].flatten(1)
    loss = F.cross_entropy(logits, torch.tensor([int(label) for label in labels.split(",")]))
    loss.backward()
    parts = [np.array([loss.item()])]
    for weights, bias, transposed in layers:
        gradient = weights.grad.T if transposed else weights.grad.movedim(1, -1)
        parts += [gradient.reshape(-1).numpy(), bias.grad.numpy()]
    np.concatenate(parts).astype("<f8").tofile(out)


if __name__ == "__main__":
    if len(sys.argv) != 5:
        raise SystemExit(__doc__)
    main(*sys.argv[1:])
