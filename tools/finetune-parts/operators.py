"""ONNX operators in PyTorch, one function each: (node, inputs) → output. What a node wants beyond that is refused by name."""
import math

import torch
import torch.nn.functional as F

from trouble import MODEL, Trouble


class Node:
    """An ONNX node: name as the packer calls it, operator, names of inputs and output, attributes, opset of the model."""

    def __init__(self, proto, attributes, opset):
        self.name = proto.name or next((o for o in proto.output if o), proto.op_type)
        self.kind, self.inputs, self.output, self.opset = proto.op_type, list(proto.input), proto.output[0], opset
        self.attributes = attributes

    def get(self, name, default):
        return self.attributes.get(name, default)

    def refuse(self, what):
        raise Trouble(f"Node '{self.name}' ({self.kind}) {what}, which this program cannot train. Export the model in another way, or add it to operators.py.", MODEL)


def window(node):
    if node.get("auto_pad", b"NOTSET") not in (b"NOTSET", b"VALID"):
        node.refuse("pads by 'auto_pad'")
    kernel = node.get("kernel_shape", None)
    strides, dilations = node.get("strides", [1, 1]), node.get("dilations", [1, 1])
    pads = node.get("pads", [0, 0, 0, 0])
    if (kernel is not None and len(kernel) != 2) or len(pads) != 4:
        node.refuse("has a window that is not two-dimensional")
    return kernel, strides, dilations, pads, pads[:2] == pads[2:]


def _conv(node, x):
    _, strides, dilations, pads, even = window(node)
    if x[1].dim() != 4:
        node.refuse("is no two-dimensional convolution")
    if not even:
        x = [F.pad(x[0], (pads[1], pads[3], pads[0], pads[2])), *x[1:]]
    return F.conv2d(x[0], x[1], x[2] if len(x) > 2 else None, strides, pads[:2] if even else 0, dilations, node.get("group", 1))


def _max_pool(node, x):
    kernel, strides, dilations, pads, even = window(node)
    ceil = bool(node.get("ceil_mode", 0))
    if not even and ceil:
        node.refuse("pads its sides unevenly and rounds its size up")
    data = x[0] if even else F.pad(x[0], (pads[1], pads[3], pads[0], pads[2]), value=float("-inf"))
    return F.max_pool2d(data, kernel, strides, pads[:2] if even else 0, dilations, ceil)


def _average_pool(node, x):
    kernel, strides, dilations, pads, even = window(node)
    counted = bool(node.get("count_include_pad", 0))
    if list(dilations) != [1, 1]:
        node.refuse("averages a dilated window")
    if not even and (not counted or node.get("ceil_mode", 0)):
        node.refuse("pads its sides unevenly")
    data = x[0] if even else F.pad(x[0], (pads[1], pads[3], pads[0], pads[2]))
    return F.avg_pool2d(data, kernel, strides, pads[:2] if even else 0, bool(node.get("ceil_mode", 0)), counted)


def _gemm(node, x):
    if node.get("transA", 0):
        node.refuse("transposes its first matrix")
    y = node.get("alpha", 1.0) * (x[0] @ (x[1].T if node.get("transB", 0) else x[1]))
    return y + node.get("beta", 1.0) * x[2] if len(x) > 2 else y


def _flatten(node, x):
    if node.get("axis", 1) != 1:
        node.refuse("flattens along another axis than 1")
    return x[0].flatten(1)


def _reshape(node, x):
    shape = node.get("shape", None) if len(x) < 2 else [int(d) for d in x[1].tolist()]
    if shape is None or node.get("allowzero", 0):
        node.refuse("has no constant shape")
    # Models that are exported for one picture say so in their first extent; the others are those of each picture.
    sizes = [x[0].shape[i] if extent == 0 else extent for i, extent in enumerate(shape)][1:]
    if -1 not in sizes and math.prod(sizes) != x[0][0].numel():
        node.refuse("mixes the pictures of a batch")
    return x[0].reshape([x[0].shape[0], *sizes])


def _concat(node, x):
    if node.get("axis", 1) in (0, -x[0].dim()):
        node.refuse("joins pictures of a batch")
    return torch.cat(x, node.get("axis", 1))


def _lrn(node, x):
    size = node.attributes["size"]
    before = (size - 1) // 2
    squares = F.pad((x[0] * x[0]).unsqueeze(1), (0, 0, 0, 0, before, size - 1 - before))
    mean = F.avg_pool3d(squares, (size, 1, 1), stride=1).squeeze(1)
    return x[0] / (node.get("bias", 1.0) + node.get("alpha", 1e-4) * mean) ** node.get("beta", 0.75)


def _batch_norm(node, x):
    # As the packer folds it: with the mean and deviation that the model brings.
    return F.batch_norm(x[0], x[3], x[4], x[1], x[2], training=False, eps=node.get("epsilon", 1e-5))


def _clip(node, x):
    low = x[1] if len(x) > 1 and x[1] is not None else node.get("min", None)
    high = x[2] if len(x) > 2 and x[2] is not None else node.get("max", None)
    return torch.clamp(x[0], None if low is None else float(low), None if high is None else float(high))


def _softmax(node, x):
    # Before opset 13 everything behind the axis was one.
    return F.softmax(x[0].flatten(1), 1).reshape(x[0].shape) if node.opset < 13 and node.get("axis", 1) == 1 else F.softmax(x[0], node.get("axis", -1))


def _pass(node, x):
    # Dropout too: as in the packer, training shows the network that will run.
    return x[0]


OPERATORS = {
    "Conv": _conv, "Relu": lambda node, x: F.relu(x[0]), "MaxPool": _max_pool, "AveragePool": _average_pool, "GlobalAveragePool": lambda node, x: x[0].mean((2, 3), keepdim=True),
    "Gemm": _gemm, "Flatten": _flatten, "Add": lambda node, x: x[0] + x[1], "Concat": _concat, "Dropout": _pass, "LRN": _lrn, "BatchNormalization": _batch_norm, "Clip": _clip,
    "Softmax": _softmax, "Reshape": _reshape, "Identity": _pass,
}

# Inputs that are learnt; others are left as they are.
TRAINED = {"Conv": (1, 2), "Gemm": (1, 2), "BatchNormalization": (1, 2)}
