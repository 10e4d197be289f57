#!/usr/bin/env python3
"""Makes tests/golden/explanations.json: Grad-CAM by pytorch-grad-cam on the networks of bench/peers.

Weights and inputs follow from a formula, which the test knows too, so that no weights are stored.

    pip install torch grad-cam
    python3 scripts/make_golden_explanations.py
"""

import importlib.metadata
import json
import math
import pathlib
import sys

import numpy
import torch
from pytorch_grad_cam import GradCAM, HiResCAM
from pytorch_grad_cam.utils.model_targets import ClassifierOutputTarget

ROOT = pathlib.Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT / "bench" / "peers"))
import networks  # noqa: E402


def wave(count, step, phase):
    return torch.tensor([math.sin(step * i + phase) for i in range(count)], dtype=torch.float32)


def scattered(count, number):
    """-1 … 1, as good as at random."""
    values = [43758.5453 * math.sin(12.9898 * i + 78.233 * number) for i in range(count)]
    return torch.tensor([2 * (v - math.floor(v)) - 1 for v in values], dtype=torch.float32)


def fill(network):
    """Tensors in the order of their names, which gives each its number."""
    with torch.no_grad():
        named = {**dict(network.named_parameters()), **dict(network.named_buffers())}
        floats = {name: tensor for name, tensor in named.items() if tensor.is_floating_point()}
        for number, name in enumerate(sorted(floats)):
            tensor = floats[name]
            values = 0.3 * scattered(tensor.numel(), number)
            around_one = "norm" in name and name.endswith((".weight", ".running_var"))
            tensor.copy_((values + around_one).view_as(tensor))
    return network.eval()


class OneInput(torch.nn.Module):
    """A network as pytorch-grad-cam calls it, series as pictures of one channel, without padding."""

    def __init__(self, network):
        super().__init__()
        self.network = network

    def forward(self, x):
        x = x.squeeze(1)
        return self.network(x, torch.full((x.shape[0],), x.shape[1]))


class Kept(torch.nn.Module):
    """The sum at the end of a block as a layer, which pytorch-grad-cam can be told of."""

    def forward(self, x):
        return x


def keep_block(network, name):
    network.kept = Kept()
    block = type(network).block

    def kept_block(own, x, mask):
        x = block(network, own, x, mask)
        return network.kept(x) if own == name else x

    network.block = kept_block
    return network.kept


def explained(network, layer, x, target, method=GradCAM):
    with method(model=OneInput(network), target_layers=[layer]) as cam:
        maps = cam(input_tensor=x, targets=[ClassifierOutputTarget(target)] * x.shape[0])
    return [[round(float(value), 7) for value in numpy.ravel(one)] for one in maps]


def main():
    pictures = (0.5 + 0.5 * wave(2 * 3 * 32 * 32, 0.013, 0)).view(2, 3, 32, 32)
    face = fill(networks.ResnetSmall(classes=4, filters=(8, 12, 16), blocks=1))
    series = wave(46 * 16, 0.11, 1).view(1, 1, 46, 16)
    voice = fill(
        networks.ResGru(classes=4, coefficients=16, filters=(4, 6), gru=5, attention=4)
    )
    golden = {
        "made with": {
            "script": "scripts/make_golden_explanations.py",
            "grad-cam": importlib.metadata.version("grad-cam"),
            "torch": torch.__version__,
        },
        "face": explained(face, keep_block(face, face.names[-1]), pictures, 2),
        "face, HiResCAM": explained(face, face.kept, pictures, 2, HiResCAM),
        "voice": explained(voice, keep_block(voice, voice.names[-1]), series, 1),
    }
    path = ROOT / "tests" / "golden" / "explanations.json"
    path.write_text(json.dumps(golden) + "\n")
    print(f"{path}: {path.stat().st_size} bytes")


if __name__ == "__main__":
    main()
