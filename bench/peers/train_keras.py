#!/usr/bin/env python3
"""Trains one of the paper's two networks in Keras over TensorFlow, on a stage folder."""

import argparse
import os
import time

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "2")

import keras
import numpy
import tensorflow
from keras import layers

import data


def visual_net():
    """The paper's, for pictures of 64 x 64."""
    network = [layers.Input((64, 64, 3))]
    for filters in (32, 64, 128, 256):
        network += [layers.Conv2D(filters, 3, activation="relu"), layers.MaxPooling2D()]
    network.append(layers.Flatten())
    for units in (256, 128):
        network += [layers.Dense(units, activation="relu"), layers.Dropout(0.5)]
    return keras.Sequential([*network, layers.Dense(8, activation="softmax")])


def audio_net(steps, coefficients):
    """The paper's, with batch normalisation after the third convolution too."""
    network = [layers.Input((steps, coefficients, 1))]
    for filters in (64, 128, 256):
        network += [
            layers.Conv2D(filters, 3, padding="same", activation="relu"),
            layers.BatchNormalization(),
        ]
        if filters > 64:
            network += [layers.MaxPooling2D(), layers.Dropout(0.3)]
    network += [
        layers.Reshape((steps // 4, coefficients // 4 * 256)),
        layers.LSTM(256, return_sequences=True),
        layers.LSTM(128, return_sequences=True),
        layers.LSTM(64),
        layers.Dense(64, activation="relu"),
        layers.Dropout(0.3),
    ]
    return keras.Sequential([*network, layers.Dense(8, activation="softmax")])


class Rates(keras.callbacks.Callback):
    """Prints a line per epoch, with the items per second of its training."""

    def __init__(self, items):
        super().__init__()
        self.items = items

    def on_epoch_begin(self, epoch, logs=None):
        self.started = time.monotonic()

    def on_epoch_end(self, epoch, logs=None):
        seconds = time.monotonic() - self.started
        print(
            f"epoch {epoch + 1}/{self.params['epochs']}: loss {logs['loss']:.4f}, {seconds:.1f} s, "
            f"{self.items / seconds:.1f} items/s",
            flush=True,
        )


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("kind", choices=["audio", "visual"])
    parser.add_argument("input", help="stage folder")
    parser.add_argument("--epochs", type=int, default=3)
    parser.add_argument("--threads", type=int, required=True)
    parser.add_argument("--max-frames", type=int, default=228)
    arguments = parser.parse_args()
    tensorflow.config.threading.set_intra_op_parallelism_threads(arguments.threads)

    if arguments.kind == "audio":
        inputs, _, labels = data.training_sounds(arguments.input, arguments.max_frames)
        inputs = inputs[..., numpy.newaxis]
        network, batch_size, rate = audio_net(*inputs.shape[1:3]), 32, 1e-3
    else:
        inputs, labels = data.training_pictures(arguments.input)
        network, batch_size, rate = visual_net(), 8, 1e-4
    print(
        f"parameters {network.count_params()}, {inputs[0].size} values each, {len(inputs)} items, "
        f"batch {batch_size}"
    )
    network.compile(
        keras.optimizers.Adam(rate), loss=keras.losses.SparseCategoricalCrossentropy()
    )
    network.fit(
        inputs,
        numpy.array(labels),
        batch_size=batch_size,
        epochs=arguments.epochs,
        verbose=0,
        callbacks=[Rates(len(inputs))],
    )


if __name__ == "__main__":
    main()
