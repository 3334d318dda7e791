"""An ONNX network as a torch module that runs any of its operating points, and its weights back into the ONNX model."""
import onnx
import torch
from onnx import numpy_helper

from operators import OPERATORS, TRAINED, Node
from trouble import MODEL, Trouble


def _stored(graph):
    """Constants by name: TensorProto, or None where a Constant node holds something else."""
    stored = {tensor.name: tensor for tensor in graph.initializer}
    stored.update({n.output[0]: next((a.t for a in n.attribute if a.name == "value"), None) for n in graph.node if n.op_type == "Constant"})
    return stored


class Network(torch.nn.Module):
    """Runs one node after another. A layer with a mask computes all its sites, then those that are skipped take the values of what stands for them: bit for bit what
    rows and tables give, in fp32 but for the order of sums."""

    def __init__(self, model, points, height, width):
        super().__init__()
        graph = model.graph
        opset = next((o.version for o in model.opset_import if o.domain in ("", "ai.onnx")), 1)
        self._stored = _stored(graph)
        unknown = sorted({n.op_type for n in graph.node if n.op_type not in OPERATORS and n.op_type != "Constant"})
        if unknown:
            raise Trouble(f"The model has operators that this program cannot train: {', '.join(unknown)}. It knows {', '.join(OPERATORS)}.", MODEL)
        self._nodes = [Node(n, {a.name: onnx.helper.get_attribute_value(a) for a in n.attribute}, opset) for n in graph.node if n.op_type != "Constant"]
        inputs = [i.name for i in graph.input if i.name not in self._stored]
        if len(inputs) != 1 or len(graph.output) != 1:
            raise Trouble(f"The model has {len(inputs)} inputs and {len(graph.output)} outputs; this program trains classifiers with one of each.", MODEL)
        self._input, self._output = inputs[0], graph.output[0].name
        self._register()
        self._scores = self._before_softmax()
        self._points = {}
        for point, layers in points.items():
            self._points[point] = {}
            for layer, (_, _, stands_for) in layers.items():
                self._points[point][layer] = f"mask{len(self._buffers)}"
                self.register_buffer(self._points[point][layer], stands_for, persistent=False)
        self._check(points, next(i for i in graph.input if i.name == self._input), height, width)

    def _register(self):
        names = {node.inputs[i]: None for node in self._nodes for i in TRAINED.get(node.kind, ()) if i < len(node.inputs) and node.inputs[i]}
        missing = [name for name in names if name not in self._stored or self._stored[name] is None]
        if missing:
            raise Trouble(f"These weights are computed and not stored in the model: {', '.join(missing[:8])}. Export it with constant folding.", MODEL)
        self._trained = {}
        for name, tensor in self._stored.items():
            if tensor is None:
                raise Trouble(f"The constant '{name}' is not stored as a tensor. Export the model with constant folding.", MODEL)
            value = torch.from_numpy(numpy_helper.to_array(tensor).copy())
            value = value.float() if value.is_floating_point() else value
            key = f"tensor{len(self._parameters) + len(self._buffers)}"
            if name in names:
                self._trained[name] = key
                self.register_parameter(key, torch.nn.Parameter(value))
            else:
                self.register_buffer(key, value, persistent=False)
            self._stored[name] = key

    def _before_softmax(self):
        makers = {node.output: node for node in self._nodes}
        name = self._output
        while name in makers and makers[name].kind in ("Softmax", "Identity", "Dropout", "Flatten", "Reshape"):
            if makers[name].kind == "Softmax":
                return makers[name].inputs[0]
            name = makers[name].inputs[0]
        return None

    def _check(self, points, port, height, width):
        dims = [d.dim_value for d in port.type.tensor_type.shape.dim]
        sizes = {}
        with torch.no_grad():
            self.classes = self._run(torch.zeros(1, dims[1] if len(dims) == 4 and dims[1] else 3, height, width), {}, self._output, sizes).numel()
        faults = [f"there is no convolution '{layer}'" if layer not in sizes else f"the map of '{layer}' has {sizes[layer][0]}×{sizes[layer][1]} sites and its mask {mask[0]}×{mask[1]}"
                  for layers in points.values() for layer, mask in layers.items() if sizes.get(layer) != mask[:2]]
        if faults:
            raise Trouble(f"The masks do not fit this network: {'; '.join(dict.fromkeys(faults))}. They have to come from the same layers, by their ONNX names, at the same input size.", MODEL)

    @property
    def has_softmax(self):
        return self._scores is not None

    def forward(self, pictures, point):
        """The network's output at an operating point. pictures: [n, C, H, W]."""
        return self._run(pictures, self._points[point], self._output)

    def log_shares(self, pictures, point, probabilities=False):
        """Logarithms of the shares of the classes, [n, classes]. probabilities: the output is shares already."""
        scores = self._run(pictures, self._points[point], self._scores or self._output).flatten(1)
        return torch.log(scores.clamp_min(1e-12)) if probabilities and not self.has_softmax else torch.log_softmax(scores, 1)

    def _run(self, pictures, masks, wanted, sizes=None):
        values = {name: getattr(self, key) for name, key in self._stored.items()}
        values[self._input] = pictures
        for node in self._nodes:
            try:
                y = OPERATORS[node.kind](node, [values[name] if name else None for name in node.inputs])
            except (RuntimeError, IndexError, KeyError, TypeError) as error:
                if "out of memory" in str(error):
                    raise
                raise Trouble(f"Node '{node.name}' ({node.kind}) cannot be computed: {str(error).splitlines()[0]}. Check the model and the size in its input specification.", MODEL) from error
            if node.kind == "Conv":
                if sizes is not None:
                    sizes[node.name] = tuple(y.shape[2:])
                if node.name in masks:
                    y = y.flatten(2).index_select(2, getattr(self, masks[node.name])).view_as(y)
            values[node.output] = y
            if node.output == wanted:
                return y
        return values[wanted]

    def write_to(self, model):
        """Puts the weights into an ONNX model: that from which the network was made, or a copy. All else stays as it is."""
        places = _stored(model.graph)
        for name, key in self._trained.items():
            place = places[name]
            value = getattr(self, key).detach().cpu().numpy().astype(numpy_helper.to_array(place).dtype)
            place.CopyFrom(numpy_helper.from_array(value, place.name))
