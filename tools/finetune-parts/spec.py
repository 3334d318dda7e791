"""The input specification, a JSON file beside the model (docs/input-spec.md)."""
import copy
import json
import os
import re

from trouble import Trouble

_TEXT = r'("(?:\\.|[^"\\])*")'


class Spec:
    def __init__(self, path):
        self.path = path
        try:
            with open(path, encoding="utf-8-sig") as file:
                text = file.read()
            # Comments and trailing commas are allowed.
            text = re.sub(_TEXT + r"|//[^\n]*|/\*.*?\*/", lambda m: m.group(1) or " ", text, flags=re.DOTALL)
            self.document = json.loads(re.sub(_TEXT + r"|,(?=\s*[}\]])", lambda m: m.group(1) or "", text))
            picture = self.document["input"]
            self.width, self.height = int(picture["width"]), int(picture["height"])
            self.color = picture.get("color", "rgb")
            channels = 1 if self.color == "gray" else 3
            self.scale = float(picture.get("scale", 1))
            self.mean = [float(v) for v in picture.get("mean", [0] * channels)]
            self.std = [float(v) for v in picture.get("std", [1] * channels)]
            self.resize = picture.get("resize", "stretch")
            self.first_class = int(self.document.get("first_class", 0))
            self.probabilities = self.document.get("output", {}).get("kind", "probabilities") == "probabilities"
            if self.color not in ("rgb", "bgr", "gray") or self.resize not in ("stretch", "shorter-side-crop") or len(self.mean) != channels or len(self.std) != channels:
                raise ValueError("color, resize, mean or std is not one of those that docs/input-spec.md lists")
        except OSError as error:
            raise Trouble(f"There is no input specification '{path}' ({error.strerror}). Put it beside the model or name one with '--input-spec'; see docs/input-spec.md.") from error
        except (ValueError, KeyError, TypeError, AttributeError) as error:
            raise Trouble(f"The input specification '{path}' is damaged ({error}). See docs/input-spec.md.") from error
        if self.document.get("task", "classification") != "classification":
            raise Trouble(f"'{path}' is not the input specification of a classifier (\"task\": \"classification\"), and this program trains nothing else.")

    def at(self, size):
        """The same for pictures of another height and width, as a point may take them."""
        other = copy.copy(self)
        other.height, other.width = size
        return other

    def save_beside(self, model):
        """A model is of little use without its description; one that is there stays."""
        path = os.path.splitext(model)[0] + ".json"
        if os.path.exists(path):
            return
        labels = self.document.get("labels")
        folder = os.path.dirname(os.path.abspath(self.path))
        for place in (folder, os.path.join(folder, "..", "images")):
            if isinstance(labels, str) and os.path.isfile(os.path.join(place, labels)):
                # The list may not lie beside the copy.
                with open(os.path.join(place, labels), encoding="utf-8") as file:
                    self.document["labels"] = [re.sub(r"^n\d{8} ", "", line.strip()) for line in file if line.strip()]
                break
        with open(path, "w", encoding="utf-8") as file:
            json.dump(self.document, file, indent=2, ensure_ascii=False)
