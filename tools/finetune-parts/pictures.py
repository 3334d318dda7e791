"""Folders and archives of pictures, prepared as the runtime prepares them."""
import hashlib
import io
import os
import random
import tarfile

import numpy as np
import torch
import torch.nn.functional as F
from PIL import Image

from trouble import Trouble

EXTENSIONS = (".jpg", ".jpeg", ".png", ".bmp", ".gif", ".ppm")

# Shifts go up to this part of a side.
SHARE = 8


class Pictures(torch.utils.data.Dataset):
    """Names, labels (-1: none) and, by (index, epoch, sizes), ({size: prepared picture}, label), a size being (height, width). With an epoch, which may be None, pictures are mirrored and
    shifted, all sizes alike, by a draw that depends on seed, epoch and index alone."""

    def __init__(self, path, labels, limit, spec, seed=1, flip=True):
        self._spec, self._seed, self._flip, self._path = spec, seed, flip, path
        text = None if labels is None else _read(labels)
        if os.path.isdir(path):
            found = sorted(os.path.relpath(os.path.join(folder, name), path).replace(os.sep, "/") for folder, _, names in os.walk(path) for name in names)
            entries = [(name, None) for name in found if name.lower().endswith(EXTENSIONS)]
            beside = os.path.join(path, "labels.csv")
            text = _read(beside) if text is None and os.path.isfile(beside) else text
        else:
            entries, text = self._open_archive(path, text)
        if not entries:
            raise Trouble(f"'{path}' holds no pictures ({', '.join(EXTENSIONS)}).")
        names = [name for name, _ in entries]
        label = _from_csv(text, labels or path) if text is not None else _from_folders(names)
        chosen = range(len(entries)) if limit <= 0 or limit >= len(entries) else [i * len(entries) // limit for i in range(limit)]
        self.names = [names[i] for i in chosen]
        self.labels = [label(name) for name in self.names]
        self._places = [entries[i][1] for i in chosen]

    def __len__(self):
        return len(self.names)

    @property
    def fingerprint(self):
        return hashlib.sha256("".join(f"{n}\n{v}\n" for n, v in zip(self.names, self.labels)).encode()).hexdigest()

    def __getitem__(self, key):
        index, epoch, sizes = key
        try:
            with Image.open(io.BytesIO(self._bytes(index))) as picture:
                pixels = np.asarray(picture.convert("RGB"))
        except (OSError, ValueError, SyntaxError) as error:
            raise Trouble(f"Cannot read the picture '{self.names[index]}' of '{self._path}': {error}. Take it out of the set.") from error
        height, width = pixels.shape[:2]
        mirror, right, down = False, 0, 0
        if epoch is not None:
            draw = random.Random(f"{self._seed}/{epoch}/{index}")
            mirror = draw.random() < 0.5 and self._flip
            right, down = (draw.randint(-(side // SHARE), side // SHARE) for side in (width, height))
        return {size: prepare(pixels, self._spec.at(size), mirror, right, down) for size in sizes}, self.labels[index]

    def _bytes(self, index):
        if self._places[index] is None:
            with open(os.path.join(self._path, self.names[index]), "rb") as file:
                return file.read()
        offset, size = self._places[index]
        # One position for all processes that share the file would be moved under their feet.
        return os.pread(self._archive.fileno(), size, offset)

    def _open_archive(self, path, text):
        entries = []
        try:
            self._archive = open(path, "rb")
            with tarfile.open(path, "r:") as archive:
                for member in archive:
                    name = member.name.lstrip("./")
                    if member.isfile() and os.path.basename(name) == "labels.csv" and text is None:
                        text = archive.extractfile(member).read().decode("utf-8-sig")
                    elif member.isfile() and name.lower().endswith(EXTENSIONS):
                        entries.append((name, (member.offset_data, member.size)))
        except FileNotFoundError as error:
            raise Trouble(f"There is no folder or archive '{path}'. Give a folder of pictures or a .tar file.") from error
        except (OSError, tarfile.TarError, UnicodeDecodeError) as error:
            raise Trouble(f"Cannot read the archive '{path}': {error}. Give an uncompressed .tar file or a folder.") from error
        return entries, text


def prepare(pixels, spec, mirror=False, right=0, down=0):
    """[height, width, 3] uint8 → [C, H, W] as the input specification says: plain bilinear with half-pixel centres, the edge repeated, no antialiasing."""
    height, width = pixels.shape[:2]
    if spec.color == "gray":
        pixels = (pixels.astype(np.int32) @ np.array([[77], [150], [29]]) + 128) >> 8
    elif spec.color == "bgr":
        pixels = pixels[..., ::-1]
    x = torch.from_numpy(np.ascontiguousarray(pixels.transpose(2, 0, 1))).float().unsqueeze(0)
    cover = min(width / spec.width, height / spec.height)
    crop = spec.resize == "shorter-side-crop"
    share_x, share_y = (spec.width * cover / width, spec.height * cover / height) if crop else (1.0, 1.0)
    if mirror or right or down or (height, width) != (spec.height, spec.width):
        change = torch.tensor([[[-share_x if mirror else share_x, 0, 2 * right / width], [0, share_y, 2 * down / height]]])
        grid = F.affine_grid(change, [1, x.shape[1], spec.height, spec.width], align_corners=False)
        x = F.grid_sample(x, grid, mode="bilinear", padding_mode="border", align_corners=False)
    mean, std = (torch.tensor(values).view(-1, 1, 1) for values in (spec.mean, spec.std))
    return (x[0] * spec.scale - mean) / std


def _read(path):
    try:
        with open(path, encoding="utf-8-sig") as file:
            return file.read()
    except (OSError, UnicodeDecodeError) as error:
        raise Trouble(f"Cannot read the labels '{path}': {error}.") from error


def _from_csv(text, source):
    labels = {}
    for number, line in enumerate(text.split("\n"), 1):
        line = line.strip()
        name, comma, label = line.rpartition(",")
        if not line or (number == 1 and line.lower().endswith("label")):
            continue
        if not comma or not name or not label.strip().isdigit():
            raise Trouble(f"Line {number} of the labels of '{source}' is not 'file,class number': '{line}'.")
        labels[name.strip('"')] = int(label)

    def find(name):
        found = labels.get(name, labels.get(os.path.basename(name)))
        if found is None:
            raise Trouble(f"The labels of '{source}' have no line for '{name}'.")
        return found
    return find


def _from_folders(names):
    folder = lambda name: os.path.basename(os.path.dirname(name))
    folders = sorted({folder(name) for name in names})
    return (lambda name: -1) if len(folders) < 2 else (lambda name: folders.index(folder(name)))
