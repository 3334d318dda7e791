#!/usr/bin/env python3
"""What the tests of tools/finetune look at.     needs: what tools/finetune needs

usage: finetune-probe.py answers MODEL.onnx MASKS.json SIDE N INPUT OUT       answers of every point to its part of INPUT, fp32 [N, 3, H, W], one point after the other; pictures of SIDE or smaller
       finetune-probe.py pictures DATA OUT HEIGHT WIDTH SPEC.json...          DATA as each specification wants it and then at HEIGHT and WIDTH, one after the other
       finetune-probe.py runs RUNS.json                                       runs tools/finetune with each of a list of arguments; [{code, output, error}] to stdout
       finetune-probe.py ranks OUT ARGUMENTS...                               runs tools/finetune; each process writes its weights to OUT.RANK
"""
import contextlib
import importlib.machinery
import importlib.util
import io
import json
import os
import sys

import numpy as np
import onnx
import torch

TOOL = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "..", "..", "tools", "finetune")
loader = importlib.machinery.SourceFileLoader("finetune", TOOL)
sys.dont_write_bytecode = True
finetune = importlib.util.module_from_spec(importlib.util.spec_from_loader("finetune", loader))
loader.exec_module(finetune)


def answers(model, masks, side, count, given, out):
    points = finetune.read_masks(masks)
    network = finetune.Network(onnx.load(model), points, int(side), int(side))
    shapes = [(int(count), 3, *network.size_of(point)) for point in points]
    parts = np.split(np.fromfile(given, "<f4"), np.cumsum([np.prod(shape) for shape in shapes])[:-1])
    with torch.no_grad():
        np.concatenate([network(torch.from_numpy(part.reshape(shape)), point).numpy().reshape(-1) for point, part, shape in zip(points, parts, shapes)]).astype("<f4").tofile(out)


def pictures(data, out, height, width, *paths):
    prepared = []
    for spec in map(finetune.Spec, paths):
        shown, sizes = finetune.Pictures(data, None, 0, spec), ((spec.height, spec.width), (int(height), int(width)))
        items = [shown[i, None, sizes][0] for i in range(len(shown))]
        prepared += [item[size].numpy().reshape(-1) for size in sizes for item in items]
    np.concatenate(prepared).astype("<f4").tofile(out)


def runs(path):
    results = []
    with open(path, encoding="utf-8") as file:
        for words in json.load(file):
            output, error, code = io.StringIO(), io.StringIO(), 0
            with contextlib.redirect_stdout(output), contextlib.redirect_stderr(error):
                try:
                    finetune.main(words)
                except SystemExit as end:
                    code = end.code
            results.append({"code": code, "output": output.getvalue(), "error": error.getvalue()})
    print(json.dumps(results))


def ranks(out, *words):
    network = finetune.main(list(words))
    np.concatenate([p.detach().numpy().reshape(-1) for p in network.parameters()]).tofile(f"{out}.{os.environ['RANK']}")


if __name__ == "__main__":
    {"answers": answers, "pictures": pictures, "runs": runs, "ranks": ranks}[sys.argv[1]](*sys.argv[2:])
