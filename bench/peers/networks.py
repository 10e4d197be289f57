"""The networks of aver in PyTorch, layer by layer and with the same names, and the one training loop.

All take [N, ...] inputs and the time steps of each item, int64 [N], and give logits [N, classes].
"""

import json
import struct
import time

import numpy
import torch
from torch import nn


class VisualNet(nn.Module):
    """The paper's, for pictures [N, 3, 64, 64]."""

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

    def forward(self, x, _):
        for conv in (self.conv1, self.conv2, self.conv3, self.conv4):
            x = torch.max_pool2d(torch.relu(conv(x)), 2)
        x = x.permute(0, 2, 3, 1).flatten(1)  # as Keras flattens, so that aver's weights fit
        x = self.dropout(torch.relu(self.dense1(x)))
        x = self.dropout(torch.relu(self.dense2(x)))
        return self.output(x)


class AudioNet(nn.Module):
    """The paper's, for series [N, time steps, coefficients]."""

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

    def forward(self, x, _):
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


class ResidualNet(nn.Module):
    """What networks of residual blocks have in common."""

    def add_normed(self, name, norm, before, after, side=3, stride=1):
        self.add_module(name, nn.Conv2d(before, after, side, stride, side // 2))
        self.add_module(norm, nn.BatchNorm2d(after))

    def add_block(self, name, before, after, stride, passes_by):
        self.add_normed(f"{name}_conv1", f"{name}_norm1", before, after, stride=stride)
        self.add_normed(f"{name}_conv2", f"{name}_norm2", after, after)
        if passes_by:
            self.add_module(f"{name}_past", nn.Conv2d(before, after, 1, stride))

    def normed(self, name, norm, x):
        return getattr(self, norm)(torch.relu(getattr(self, name)(x)))

    def block(self, name, x, mask):
        past = getattr(self, f"{name}_past", nn.Identity())(x) * mask
        x = self.normed(f"{name}_conv1", f"{name}_norm1", x) * mask
        return self.normed(f"{name}_conv2", f"{name}_norm2", x) * mask + past


class ResnetSmall(ResidualNet):
    """For pictures [N, 3, size, size]."""

    def __init__(self, classes=8, filters=(32, 64, 128), blocks=2):
        super().__init__()
        self.add_normed("stem", "stem_norm", 3, filters[0])
        self.names = []
        before = filters[0]
        for stage, after in enumerate(filters):
            for number in range(blocks):
                halves = stage > 0 and number == 0
                self.names.append(f"block{stage + 1}_{number + 1}")
                self.add_block(self.names[-1], before, after, 1 + halves, halves or before != after)
                before = after
        self.dropout = nn.Dropout(0.3)
        self.output = nn.Linear(before, classes)

    def forward(self, x, _):
        x = torch.max_pool2d(self.normed("stem", "stem_norm", x - 0.5), 2)
        for name in self.names:
            x = self.block(name, x, 1)
        return self.output(self.dropout(x.mean((2, 3))))


def mask_of(steps, count):
    """[N, count], 1 within each item."""
    return (torch.arange(count) < steps.unsqueeze(1)).float()


def states_of(gru, x, steps):
    packed = nn.utils.rnn.pack_padded_sequence(x, steps, batch_first=True, enforce_sorted=False)
    states, _ = nn.utils.rnn.pad_packed_sequence(
        gru(packed)[0], batch_first=True, total_length=x.shape[1]
    )
    return states


class AttentionPooling(nn.Module):
    """Mean and deviation over time [N, steps, features] -> [N, 2 features]"""

    def __init__(self, features, units):
        super().__init__()
        self.weigh = nn.Linear(features, units)
        self.weight = nn.Linear(units, 1)

    def forward(self, states, mask):
        scores = self.weight(torch.tanh(self.weigh(states))).squeeze(2)
        weights = torch.softmax(scores.masked_fill(mask == 0, -1e9), 1).unsqueeze(2)
        mean = (weights * states).sum(1)
        variance = (weights * states.square()).sum(1) - mean.square()
        return torch.cat([mean, variance.clamp_min(1e-6).sqrt()], 1)


class ResGru(ResidualNet):
    """For series [N, time steps, rows] of any length."""

    any_length = True

    def __init__(self, classes=8, coefficients=64, filters=(32, 64, 96), gru=96, attention=64):
        super().__init__()
        self.add_normed("stem", "stem_norm", 1, filters[0], side=5, stride=2)
        rows, before = (coefficients + 1) // 2, filters[0]
        self.names = [f"block{number + 1}" for number in range(len(filters))]
        for name, after in zip(self.names, filters):
            self.add_block(name, before, after, stride=(1, 2), passes_by=True)
            rows, before = (rows + 1) // 2, after
        self.gru = nn.GRU(before * rows, gru, batch_first=True, bidirectional=True)
        self.attention = AttentionPooling(2 * gru, attention)
        self.dropout = nn.Dropout(0.3)
        self.output = nn.Linear(4 * gru, classes)

    def forward(self, x, steps):
        x = nn.functional.pad(x, (0, 0, 0, x.shape[1] % 2))
        x = x.unflatten(1, (-1, 2)).mean(2).unsqueeze(1)  # frames averaged in pairs
        steps = (steps + 3) // 4  # of pairs, and of the stem's stride
        x = self.normed("stem", "stem_norm", x)
        by_step = mask_of(steps, x.shape[2])
        mask = by_step[:, None, :, None]
        x = x * mask
        for name in self.names:
            x = self.block(name, x, mask)
        x = self.dropout(x.permute(0, 2, 3, 1).flatten(2))
        x = self.attention(states_of(self.gru, x, steps), by_step)
        return self.output(self.dropout(x))


class SeriesGru(nn.Module):
    """For series [N, time steps, coefficients] of any length."""

    any_length = True

    def __init__(self, classes=8, coefficients=40, units=64, gru=64, attention=32):
        super().__init__()
        self.first = nn.Linear(coefficients, units)
        self.gru = nn.GRU(units, gru, batch_first=True, bidirectional=True)
        self.attention = AttentionPooling(2 * gru, attention)
        self.output = nn.Linear(4 * gru, classes)
        self.input_dropout, self.dropout = nn.Dropout(0.1), nn.Dropout(0.3)

    def forward(self, x, steps):
        x = self.dropout(torch.relu(self.first(self.input_dropout(x))))
        x = self.attention(states_of(self.gru, x, steps), mask_of(steps, x.shape[1]))
        return self.output(self.dropout(x))


class SeriesTcn(nn.Module):
    """For series [N, time steps, coefficients] of any length."""

    any_length = True

    def __init__(self, classes=8, coefficients=40, units=64, blocks=5, attention=32):
        super().__init__()
        self.first = nn.Linear(coefficients, units)
        self.blocks = blocks
        for number in range(blocks):
            reach = 2**number
            self.add_module(f"norm{number + 1}", nn.LayerNorm(units))
            self.add_module(
                f"conv{number + 1}",
                nn.Conv1d(units, units, 3, dilation=reach, padding=reach),
            )
        self.attention = AttentionPooling(units, attention)
        self.output = nn.Linear(2 * units, classes)
        self.input_dropout, self.dropout = nn.Dropout(0.1), nn.Dropout(0.3)

    def forward(self, x, steps):
        mask = mask_of(steps, x.shape[1])
        x = self.first(self.input_dropout(x))
        for number in range(1, self.blocks + 1):
            normed = getattr(self, f"norm{number}")(x) * mask.unsqueeze(2)
            seen = getattr(self, f"conv{number}")(normed.transpose(1, 2)).transpose(1, 2)
            x = x + self.dropout(torch.relu(seen))
        return self.output(self.dropout(self.attention(x, mask)))


NETWORKS = {
    "visual": {"paper-cnn": VisualNet, "resnet-small": ResnetSmall},
    "audio": {
        "paper-cnn-lstm": AudioNet,
        "resgru": ResGru,
        "gru": SeriesGru,
        "tcn": SeriesTcn,
    },
}
FIRST = {"visual": "paper-cnn", "audio": "paper-cnn-lstm", "features": "gru"}  # need no name
MODES = ("eager", "channels-last", "compiled")


def parameter_count(network):
    """As Keras counts: trained values and running statistics."""
    trained = sum(value.numel() for value in network.parameters() if value.requires_grad)
    return trained + sum(value.numel() for value in network.buffers() if value.is_floating_point())


def batch_of(network, inputs, lengths, items):
    """(inputs, time steps), as far as the longest goes where the network takes any length."""
    x, steps = inputs[items], lengths[items]
    if getattr(network, "any_length", False):
        x = x[:, : int(steps.max())]
    return x, steps


def in_mode(network, mode):
    """The function that training calls: the network, compiled or as it is. What is compiled is in
    channels-last memory too, its fastest."""
    if mode != "eager":
        network.to(memory_format=torch.channels_last)
    return torch.compile(network) if mode == "compiled" else network


def train(network, inputs, lengths, labels, settings, batch_size, learning_rate):
    """Prints a line per epoch, with the items per second of its training. `settings` says how many
    `epochs`, and the `mode`."""
    print(
        f"parameters {parameter_count(network)}, {inputs[0].numel()} values each, "
        f"{len(inputs)} items, batch {batch_size}"
    )
    forward = in_mode(network, settings.mode)
    if settings.mode != "eager" and inputs.dim() == 4:
        inputs = inputs.contiguous(memory_format=torch.channels_last)
    optimizer = torch.optim.Adam(network.parameters(), lr=learning_rate, eps=1e-7)
    loss_of = nn.CrossEntropyLoss()
    network.train()
    for epoch in range(1, settings.epochs + 1):
        started = time.monotonic()
        order = torch.randperm(len(inputs))
        total = 0.0
        for items in order.split(batch_size):
            optimizer.zero_grad()
            loss = loss_of(forward(*batch_of(network, inputs, lengths, items)), labels[items])
            loss.backward()
            optimizer.step()
            total += loss.item() * len(items)
        seconds = time.monotonic() - started
        print(
            f"epoch {epoch}/{settings.epochs}: loss {total / len(inputs):.4f}, {seconds:.1f} s, "
            f"{len(inputs) / seconds:.1f} items/s",
            flush=True,
        )


def add_training_options(parser, kind):
    names = list(NETWORKS[kind])
    parser.add_argument("--architecture", choices=names, default=names[0])
    parser.add_argument("--mode", choices=MODES, default="eager")
    parser.add_argument("--epochs", type=int, default=3)
    parser.add_argument("--threads", type=int, required=True)


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


def load_model(kind, path):
    """The network of a model that aver trained, with its weights: (network, classes, mean,
    deviation), the last two the normalisation of its input, or None."""
    tensors, metadata = read_safetensors(path)
    name = metadata.get("architecture", FIRST[metadata["kind"]])
    architecture = NETWORKS[kind][name]
    sizes = {}
    if kind == "audio":
        sizes["coefficients"] = json.loads(metadata["network"])["coefficients"]
    network = architecture(**sizes)
    network.load_state_dict(
        {
            name.removeprefix("network."): value
            for name, value in tensors.items()
            if name.startswith("network.")
        }
    )
    return (
        network,
        json.loads(metadata["classes"]),
        tensors.get("normalisation.mean"),
        tensors.get("normalisation.deviation"),
    )
