"""What a node computes from maps that are smaller than at the network's own picture: the same as the packer lays out (src/ModelPacker/Perforate/ResizedNetwork.cs), map for map.

Windows, strides and paddings go over the smaller map as they went over the full one, and a pooling of the whole map pools the whole of the smaller one. Where that has an end, because what follows
wants all its sites, or another map has kept its size, every site of the full map reads the nearest one there is."""
import math

import torch
import torch.nn.functional as F

from operators import OPERATORS, window

# Each site for itself: these take a map of any size. Softmax is one of them where it goes over the channels.
POINTWISE = ("Relu", "Clip", "BatchNormalization", "LRN", "Dropout", "Identity")


def is_small(x, full):
    """Whether a value is a map of fewer sites than its shape at the network's own picture says; full is None for constants."""
    return full is not None and x is not None and len(full) == 4 and tuple(x.shape[2:]) != tuple(full[2:])


def spread(x, full):
    """A smaller map at its full size: each site reads the one that covers its middle."""
    for axis in (2, 3):
        few = x.shape[axis]
        if few != full[axis]:
            middles = 2 * torch.arange(full[axis], device=x.device) + 1
            x = x.index_select(axis, torch.div(middles * few, 2 * full[axis], rounding_mode="floor"))
    return x


def compute(node, x, full, output, whole):
    """The node's output. full, output: shapes of inputs (None: constant) and output at the network's own picture. whole: the output has to have all its sites."""
    small = [is_small(v, f) for v, f in zip(x, full)]
    if not any(small):
        return OPERATORS[node.kind](node, x)
    if not whole and node.kind in ("Conv", "MaxPool", "AveragePool"):
        y = _windows(node, x, full[0], output)
        if y is not None:
            return y
    if _pools_all(node, full[0], output):
        return x[0].amax((2, 3), keepdim=True) if node.kind == "MaxPool" else x[0].mean((2, 3), keepdim=True)
    if node.kind == "Reshape" and tuple(full[0][1:]) == tuple(output[1:]):
        return x[0]
    if _is_any_size(node, x, full, small, output):
        return OPERATORS[node.kind](node, x)
    return OPERATORS[node.kind](node, [spread(v, f) if s else v for v, f, s in zip(x, full, small)])


def must_be_whole(nodes, output, shapes, constants):
    """Names of the values that have all their sites at every size, as the packer decides it: the answer, what is copied as one run of numbers, and all pointwise nodes in front of them."""
    makers, uses = {node.output: node for node in nodes}, [name for node in nodes for name in node.inputs]
    map_of = lambda node: next((name for name in node.inputs if name and name not in constants), None)
    term_of = lambda node: next((shapes[name] for name in node.inputs if name in constants), None)

    def is_affine(node):
        return node.kind == "BatchNormalization" or (node.kind == "Add" and term_of(node) is not None and math.prod(term_of(node)[-2:]) == 1)

    def folds(name):
        # Scale and shift of every channel go into the convolution in front of them.
        node = makers.get(name)
        return node is not None and uses.count(name) == 1 and (node.kind == "Conv" or (is_affine(node) and folds(map_of(node))))

    whole = {output}
    for node in reversed(nodes):
        source = map_of(node)
        before, after = shapes.get(source, ()), shapes.get(node.output, ())
        if node.kind in ("Softmax", "Concat") and len(after) == 2:
            whole.update(node.inputs)
            continue
        if node.output not in whole:
            continue
        if node.kind in ("Flatten", "Reshape"):
            # The numbers of a map of one channel are one run as they are.
            passes = len(before) != 4 or before[1] == 1 or before == after
        elif node.kind in ("BatchNormalization", "Add"):
            passes = is_affine(node) and (folds(source) or (node.kind == "Add" and math.prod(term_of(node)) == 1))
        else:
            passes = node.kind in POINTWISE or node.kind == "Softmax"
        if passes:
            whole.add(source)
    return whole


def _is_any_size(node, x, full, small, output):
    if node.kind == "Softmax":
        return node.opset >= 13 and node.get("axis", -1) % 4 == 1
    if node.kind == "Concat":
        return node.get("axis", 1) % 4 == 1 and all(small) and len({tuple(v.shape[2:]) for v in x}) == 1
    if node.kind == "Add":
        maps = [i for i, v in enumerate(x) if any(extent > 1 for extent in (full[i] or v.shape)[-2:])]
        values = [i for i, f in enumerate(full) if f is not None]
        return all(small[i] for i in maps) and len({tuple(x[i].shape[2:]) for i in maps}) == 1 and all(x[i].shape[1] == output[1] for i in values)
    return node.kind in POINTWISE or node.kind == "GlobalAveragePool"


def _pools_all(node, full, output):
    if node.kind not in ("MaxPool", "AveragePool") or tuple(output[2:]) != (1, 1) or node.get("count_include_pad", 0):
        return False
    kernel, _, dilations, pads, _ = window(node)
    return all([tap * dilations[i] - pads[i] for tap in range(kernel[i])] == list(range(full[2 + i])) for i in (0, 1))


def _windows(node, x, full, output):
    """The node over the smaller map, or None where the packer finds no windows, or as many as there were."""
    kernel, strides, dilations, pads, _ = window(node)
    kernel = x[1].shape[2:] if node.kind == "Conv" else kernel
    axes = [(full[2 + i], output[2 + i], kernel[i], strides[i], pads[i], dilations[i]) for i in (0, 1)]
    behind = [_padding_behind(*axis) for axis in axes]
    if None in behind:
        return None
    sizes = [(x[0].shape[2 + i] + behind[i] + pads[i] - _extent(kernel[i], dilations[i])) // strides[i] + 1 for i in (0, 1)]
    if any(not 1 <= size <= most for size, most in zip(sizes, output[2:])) or sizes == list(output[2:]):
        return None

    # What the windows reach, and no more: a part of the map that none of them reaches is cut off.
    ends = [(sizes[i] - 1) * strides[i] + _extent(kernel[i], dilations[i]) - pads[i] - x[0].shape[2 + i] for i in (0, 1)]
    edges = (pads[1], ends[1], pads[0], ends[0])
    if node.kind == "Conv":
        return F.conv2d(F.pad(x[0], edges), x[1], x[2] if len(x) > 2 else None, strides, 0, dilations, node.get("group", 1))
    if node.kind == "MaxPool":
        return F.max_pool2d(F.pad(x[0], edges, value=float("-inf")), kernel, strides, 0, dilations)
    mean = F.avg_pool2d(F.pad(x[0], edges), kernel, strides)
    if not node.get("count_include_pad", 0):
        return mean / F.avg_pool2d(F.pad(torch.ones_like(x[0][:1, :1]), edges), kernel, strides)
    divisors = [_divisors(before, after, k, stride, pad, pads[2 + i]) for i, (before, after, k, stride, pad, _) in enumerate(axes)]
    # Windows that are divided by different numbers are a resampling to the packer, which keeps its size.
    return mean * (kernel[0] * kernel[1] / (divisors[0].pop() * divisors[1].pop())) if all(len(d) == 1 for d in divisors) else None


def _extent(kernel, dilation):
    return (kernel - 1) * dilation + 1


def _padding_behind(before, after, kernel, stride, pad, dilation):
    """Along one axis: padding behind, as the packer reads it off the full table; None where the table does not show how windows move, or a tap reads nothing but padding."""
    inside = [[0 <= stride * line + tap * dilation - pad < before for line in range(after)] for tap in range(kernel)]
    if not any(here and there for tap in inside for here, there in zip(tap, tap[1:])) or not all(any(tap) for tap in inside):
        return None
    # The number of windows leaves it open by less than a stride; most often it is that in front.
    least = (after - 1) * stride + _extent(kernel, dilation) - pad - before
    return min(max(pad, least), least + stride - 1)


def _divisors(before, after, kernel, stride, front, end):
    return {sum(-front <= line * stride - front + tap < before + end for tap in range(kernel)) for line in range(after)}
