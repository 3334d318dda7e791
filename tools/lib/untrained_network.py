"""Writes networks whose weights are all zero as ONNX, to be trained with 'modelpacker train --init'. Needs onnx and NumPy."""
import numpy as np
from onnx import TensorProto, checker, helper, numpy_helper


class UntrainedNetwork:
    """Builds a network from its input on; values are named by strings, maps are NCHW."""

    def __init__(self):
        self.nodes, self.weights = [], []

    def node(self, kind, inputs, output, **attributes):
        self.nodes.append(helper.make_node(kind, inputs, [output], name=output, **attributes))
        return output

    def zeros(self, name, *shape):
        self.weights.append(numpy_helper.from_array(np.zeros(shape, np.float32), name))
        return name

    def convolution(self, name, x, inputs, outputs, side=3):
        """A convolution of stride 1 whose output is as large as its input; side is odd."""
        return self.node("Conv", [x, self.zeros(name + ".weight", outputs, inputs, side, side), self.zeros(name + ".bias", outputs)], name, pads=[side // 2] * 4)

    def relu(self, x):
        return self.node("Relu", [x], x + "/relu")

    def halve(self, x):
        return self.node("MaxPool", [x], x + "/pool", kernel_shape=[2, 2], strides=[2, 2])

    def residual(self, name, x, width):
        return self.node("Add", [x, self.convolution(name, x, width, width)], name + "/sum")

    def mean(self, x):
        return self.node("Flatten", [self.node("GlobalAveragePool", [x], "mean")], "flat")

    def flat(self, x):
        return self.node("Flatten", [x], "flat")

    def dense(self, name, x, inputs, outputs, output=None):
        return self.node("Gemm", [x, self.zeros(name + ".weight", outputs, inputs), self.zeros(name + ".bias", outputs)], output or name, transB=1)

    def model(self, name, side, classes, producer):
        """The model: 'input' [1, 3, side, side] to 'logits' [1, classes]."""
        graph = helper.make_graph(
            self.nodes, name, [helper.make_tensor_value_info("input", TensorProto.FLOAT, [1, 3, side, side])],
            [helper.make_tensor_value_info("logits", TensorProto.FLOAT, [1, classes])], self.weights)
        model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 13)], producer_name=producer)
        model.ir_version = 7
        checker.check_model(model)
        return model


def description(side, labels, classes, mean, std, resize):
    """The input specification that goes beside the model (docs/input-spec.md). labels is a list of names, or the name of a known set."""
    return {
        "input": {"name": "input", "width": side, "height": side, "color": "rgb", "scale": 1 / 255, "mean": mean, "std": std, "resize": resize},
        "task": "classification",
        "labels": labels,
        "first_class": 0,
        "output": {"name": "logits", "kind": "logits", "classes": classes},
    }
