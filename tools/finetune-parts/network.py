"""An ONNX network as a torch module that runs any of its operating points, and its weights back into the ONNX model."""
import onnx
import torch
from onnx import numpy_helper

from operators import OPERATORS, TRAINED, Node
from resized import compute, is_small, must_be_whole, spread
from trouble import MODEL, Trouble


def _stored(graph):
    """Constants by name: TensorProto, or None where a Constant node holds something else."""
    stored = {tensor.name: tensor for tensor in graph.initializer}
    stored.update({n.output[0]: next((a.t for a in n.attribute if a.name == "value"), None) for n in graph.node if n.op_type == "Constant"})
    return stored


class Network(torch.nn.Module):
    """Runs one node after another. A layer with a mask computes all its sites, then those that are skipped take the values of what stands for them: bit for bit what
    rows and tables give, in fp32 but for the order of sums. A point may take a smaller picture; its masks are laid over the smaller maps (see resized.py)."""

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
        self._points, self._sizes = {}, {name: point.size or (height, width) for name, point in points.items()}
        for point, (_, layers) in points.items():
            self._points[point] = {}
            for layer, (_, _, stands_for) in layers.items():
                self._points[point][layer] = f"mask{len(self._buffers)}"
                self.register_buffer(self._points[point][layer], stands_for, persistent=False)
        # Shapes at the network's own picture, which a smaller one is compared with.
        self._full, self._whole = None, None
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
        channels = dims[1] if len(dims) == 4 and dims[1] else 3
        with torch.no_grad():
            values = self._run(torch.zeros(1, channels, height, width), {}, self._output)
            self.classes = values[self._output].numel()
            self._full = {name: tuple(value.shape) for name, value in values.items()}
            self._whole = must_be_whole(self._nodes, self._output, self._full, self._stored)
            self._check_sizes(height, width)
            grids_at = {(height, width): self._grids(values)}
            grids_at.update({size: self._grids(self._run(torch.zeros(1, channels, *size), {}, self._output)) for size in set(self._sizes.values()) - grids_at.keys()})
        faults = []
        for name, (size, layers) in points.items():
            grids = grids_at[self._sizes[name]]
            at = f" for pictures of {size[1]}×{size[0]}" if size else ""
            faults += [f"there is no convolution '{layer}'" if layer not in grids else f"the map of '{layer}' has {grids[layer][0]}×{grids[layer][1]} sites{at} and its mask {mask[0]}×{mask[1]}"
                       for layer, mask in layers.items() if grids.get(layer) != mask[:2]]
        if faults:
            raise Trouble(f"The masks do not fit this network: {'; '.join(dict.fromkeys(faults))}. They have to come from the same layers, by their ONNX names, at the same input size.", MODEL)

    def _grids(self, values):
        return {node.name: tuple(values[node.output].shape[2:]) for node in self._nodes if node.kind == "Conv" and node.output in values}

    def _check_sizes(self, height, width):
        for name, size in self._sizes.items():
            if size == (height, width):
                continue
            if size[0] > height or size[1] > width or min(height, width) < 2:
                raise Trouble(f"Point '{name}' takes pictures of {size[1]}×{size[0]}, which are no smaller ones to this network: it takes {width}×{height}. "
                              "The masks have to come from this network at the size of its input specification.", MODEL)
            for node in self._nodes:
                before, after = self._full.get(node.inputs[0]), self._full.get(node.output, ())
                if node.kind == "Reshape" and len(after) == 4 and after[2] * after[3] > 1 and before[1:] != after[1:]:
                    node.refuse(f"makes one map out of another, and point '{name}' takes a smaller picture")

    @property
    def has_softmax(self):
        return self._scores is not None

    def size_of(self, point):
        """(height, width) of the pictures that an operating point takes."""
        return self._sizes[point]

    def forward(self, pictures, point):
        """The network's output at an operating point. pictures: [n, C, H, W], of the point's size."""
        return self._value(pictures, point, self._output)

    def log_shares(self, pictures, point, probabilities=False):
        """Logarithms of the shares of the classes, [n, classes]. probabilities: the output is shares already."""
        scores = self._value(pictures, point, self._scores or self._output).flatten(1)
        return torch.log(scores.clamp_min(1e-12)) if probabilities and not self.has_softmax else torch.log_softmax(scores, 1)

    def _value(self, pictures, point, wanted):
        value = self._run(pictures, self._points[point], wanted)[wanted]
        return spread(value, self._full[wanted]) if is_small(value, self._full[wanted]) else value

    def _run(self, pictures, masks, wanted):
        """All values up to the one that is wanted, by name."""
        values = {name: getattr(self, key) for name, key in self._stored.items()}
        values[self._input] = pictures
        for node in self._nodes:
            try:
                y = self._compute(node, [values[name] if name else None for name in node.inputs])
            except (RuntimeError, IndexError, KeyError, TypeError) as error:
                if "out of memory" in str(error):
                    raise
                raise Trouble(f"Node '{node.name}' ({node.kind}) cannot be computed: {str(error).splitlines()[0]}. Check the model and the size in its input specification.", MODEL) from error
            if node.kind == "Conv" and node.name in masks:
                y = y.flatten(2).index_select(2, getattr(self, masks[node.name])).view_as(y)
            values[node.output] = y
            if node.output == wanted:
                break
        return values

    def _compute(self, node, x):
        if self._full is None:
            return OPERATORS[node.kind](node, x)
        full = [None if name in self._stored else self._full.get(name) for name in node.inputs]
        return compute(node, x, full, self._full[node.output], node.output in self._whole)

    def write_to(self, model):
        """Puts the weights into an ONNX model: that from which the network was made, or a copy. All else stays as it is."""
        places = _stored(model.graph)
        for name, key in self._trained.items():
            place = places[name]
            value = getattr(self, key).detach().cpu().numpy().astype(numpy_helper.to_array(place).dtype)
            place.CopyFrom(numpy_helper.from_array(value, place.name))
