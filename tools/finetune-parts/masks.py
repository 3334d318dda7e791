"""The JSON that `modelpacker inspect --masks` writes: operating points and their masks (docs/perforation.md)."""
import json
from typing import NamedTuple, Optional, Tuple

import torch

from trouble import MODEL, Trouble

SCHEMA = "modelpacker.masks"


class Point(NamedTuple):
    """size: height and width of its picture, None: those of the network. layers: {layer: (height, width, stands_for)}; stands_for is int64 [height * width]."""

    size: Optional[Tuple[int, int]]
    layers: dict

    @property
    def is_dense(self):
        return self.size is None and not self.layers


def read_masks(path):
    """{name: Point} in the order of the file."""
    try:
        with open(path, "rb") as file:
            document = json.load(file)
        if document.get("schema") != SCHEMA:
            raise Trouble(f"'{path}' holds no masks: its member \"schema\" is not \"{SCHEMA}\". Write it with 'modelpacker inspect --masks TUNED.edge'.", MODEL)
        points = {}
        for point in document["points"]:
            layers = {layer["layer"]: _layer(layer, f"layer '{layer['layer']}' of point '{point['name']}' in '{path}'") for layer in point["layers"]}
            if len(layers) != len(point["layers"]) or point["name"] in points:
                raise Trouble(f"Point '{point['name']}' of '{path}' is there twice, or has two masks for one layer. Write the file again with 'modelpacker inspect --masks'.", MODEL)
            points[point["name"]] = Point(_size(point.get("input"), f"point '{point['name']}' of '{path}'"), layers)
        return points
    except OSError as error:
        raise Trouble(f"Cannot read the masks '{path}': {error.strerror}. Write them with 'modelpacker inspect --masks TUNED.edge > {path}'.") from error
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise Trouble(f"The masks in '{path}' are damaged ({error}). Write them again with 'modelpacker inspect --masks'.", MODEL) from error


def _size(size, where):
    if size is None:
        return None
    sides = [size.get(side) for side in ("height", "width")] if isinstance(size, dict) else []
    # JSON's true is a number to Python.
    if len(sides) != 2 or not all(type(side) is int and side > 0 for side in sides):
        raise Trouble(f"The picture of {where} has no size: its member \"input\" is {json.dumps(size)}, and has to be null or a \"height\" and a \"width\" above 0. "
                      "Write the masks again with 'modelpacker inspect --masks'.", MODEL)
    return tuple(sides)


def _layer(layer, where):
    height, width = int(layer["height"]), int(layer["width"])
    stands_for = torch.tensor(layer["stands_for"], dtype=torch.int64)
    kept = set(layer["kept"])
    if stands_for.shape != (height * width,) or not kept or not all(site in kept for site in stands_for.tolist()) or max(kept) >= height * width or min(kept) < 0:
        raise Trouble(f"The mask of {where} is damaged: 'stands_for' has to name a kept site for each of the {height}×{width}. Write it again with 'modelpacker inspect --masks'.", MODEL)
    return height, width, stands_for
