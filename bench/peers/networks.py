"""The paper's two networks in PyTorch, layer by layer those of aver, and the one training loop."""

import json
import struct
import time

import numpy
import torch
from torch import nn


class VisualNet(nn.Module):
    """[N, 3, 64, 64] -> [N, classes]"""

    def __init__(self, classes=8):
        super().__init__()
        self.conv1 = nn.Conv2d(3, 32, 3)
        self.conv2 = nn.Conv2d(32, 64, 3)
        self.conv3 = nn.Conv2d(64, 128, 3)
        self.conv4 = nn.Conv2d(128, 256, 3)
        self.dense1 = nn.Linear(2 * 2 * 256, 256)
        self.dense2 = nn.Linear(256, 128)
        self.output = nn.Linear(128, classes)
        self.dropout = nn.Dropout(0.5)

    def forward(self, x):
        for conv in (self.conv1, self.conv2, self.conv3, self.conv4):
            x = torch.max_pool2d(torch.relu(conv(x)), 2)
        x = x.permute(0, 2, 3, 1).flatten(1)  # as Keras flattens, so that aver's weights fit
        x = self.dropout(torch.relu(self.dense1(x)))
        x = self.dropout(torch.relu(self.dense2(x)))
        return self.output(x)


class AudioNet(nn.Module):
    """[N, time steps, coefficients] -> [N, classes]"""

    def __init__(self, classes=8, coefficients=40):
        super().__init__()
        self.conv1 = nn.Conv2d(1, 64, 3, padding=1)
        self.conv2 = nn.Conv2d(64, 128, 3, padding=1)
        self.conv3 = nn.Conv2d(128, 256, 3, padding=1)
        # Keras's epsilon and momentum
        self.norm1 = nn.BatchNorm2d(64, eps=1e-3, momentum=0.01)
        self.norm2 = nn.BatchNorm2d(128, eps=1e-3, momentum=0.01)
        self.norm3 = nn.BatchNorm2d(256, eps=1e-3, momentum=0.01)
        self.lstm1 = nn.LSTM(coefficients // 4 * 256, 256, batch_first=True)
        self.lstm2 = nn.LSTM(256, 128, batch_first=True)
        self.lstm3 = nn.LSTM(128, 64, batch_first=True)
        for lstm in (self.lstm1, self.lstm2, self.lstm3):  # Keras has one bias
            nn.init.zeros_(lstm.bias_hh_l0).requires_grad_(False)
        self.dense1 = nn.Linear(64, 64)
        self.output = nn.Linear(64, classes)
        self.dropout = nn.Dropout(0.3)

    def forward(self, x):
        x = self.norm1(torch.relu(self.conv1(x.unsqueeze(1))))
        x = self.norm2(torch.relu(self.conv2(x)))
        x = self.dropout(torch.max_pool2d(x, 2))
        x = self.norm3(torch.relu(self.conv3(x)))
        x = self.dropout(torch.max_pool2d(x, 2))
        x = x.permute(0, 2, 3, 1).flatten(2)
        for lstm in (self.lstm1, self.lstm2, self.lstm3):
            x, _ = lstm(x)
        x = self.dropout(torch.relu(self.dense1(x[:, -1])))
        return self.output(x)


def parameter_count(network):
    """As Keras counts: trained values and running statistics."""
    trained = sum(value.numel() for value in network.parameters() if value.requires_grad)
    return trained + sum(value.numel() for value in network.buffers() if value.is_floating_point())


def train(network, inputs, labels, epochs, batch_size, learning_rate):
    """Prints a line per epoch, with the items per second of its training."""
    print(
        f"parameters {parameter_count(network)}, {inputs[0].numel()} values each, "
        f"{len(inputs)} items, batch {batch_size}"
    )
    optimizer = torch.optim.Adam(network.parameters(), lr=learning_rate, eps=1e-7)
    loss_of = nn.CrossEntropyLoss()
    network.train()
    for epoch in range(1, epochs + 1):
        started = time.monotonic()
        order = torch.randperm(len(inputs))
        total = 0.0
        for items in order.split(batch_size):
            optimizer.zero_grad()
            loss = loss_of(network(inputs[items]), labels[items])
            loss.backward()
            optimizer.step()
            total += loss.item() * len(items)
        seconds = time.monotonic() - started
        print(
            f"epoch {epoch}/{epochs}: loss {total / len(inputs):.4f}, {seconds:.1f} s, "
            f"{len(inputs) / seconds:.1f} items/s",
            flush=True,
        )


def without_test_part(items, share, seed=42):
    """Shuffled, without ceil(share * n) items that are left for testing."""
    order = numpy.random.default_rng(seed).permutation(len(items))
    return [items[i] for i in order[int(numpy.ceil(share * len(items))) :]]


def read_safetensors(path):
    """(tensors by name, metadata) of a model file."""
    with open(path, "rb") as file:
        (size,) = struct.unpack("<Q", file.read(8))
        header = json.loads(file.read(size))
        data = file.read()
    metadata = header.pop("__metadata__", {})
    types = {"F32": numpy.float32, "I64": numpy.int64}
    tensors = {}
    for name, entry in header.items():
        begin, end = entry["data_offsets"]
        values = numpy.frombuffer(data[begin:end], types[entry["dtype"]]).reshape(entry["shape"])
        tensors[name] = torch.from_numpy(values.copy())
    return tensors, metadata


def load_model(network, path):
    """Gives a network the weights of a model that aver trained; returns (classes, mean, deviation)
    with the normalisation of its input, or None."""
    tensors, metadata = read_safetensors(path)
    network.load_state_dict(
        {
            name.removeprefix("network."): value
            for name, value in tensors.items()
            if name.startswith("network.")
        }
    )
    return (
        json.loads(metadata["classes"]),
        tensors.get("normalisation.mean"),
        tensors.get("normalisation.deviation"),
    )
