"""Loads what the stages of aver wrote, as a researcher's script would: everything into memory."""

from pathlib import Path

import cv2
import numpy
import torch

EMOTIONS = ["neutral", "calm", "happy", "sad", "angry", "fearful", "disgust", "surprised"]


def label_of(path):
    return EMOTIONS.index(path.parent.name)


def load_mfccs(paths, max_frames):
    """[N, max_frames, coefficients], zero-padded, and the lengths."""
    arrays = [numpy.load(path).T[:max_frames] for path in paths]
    inputs = numpy.zeros((len(arrays), max_frames, arrays[0].shape[1]), numpy.float32)
    for row, array in zip(inputs, arrays):
        row[: len(array)] = array
    return inputs, [len(array) for array in arrays]


def normalise(inputs, lengths, mean, deviation):
    """Standardises each coefficient; the padding stays zero."""
    for row, length in zip(inputs, lengths):
        row[:length] = (row[:length] - mean) / deviation


def load_pictures(paths, size=64):
    """[N, 3, size, size], BGR / 255"""
    pictures = [cv2.resize(cv2.imread(str(path)), (size, size)) for path in paths]
    values = numpy.stack(pictures).astype(numpy.float32) / 255
    return torch.from_numpy(values).permute(0, 3, 1, 2).contiguous()


def mfcc_files(stage):
    return sorted(Path(stage).rglob("*.npy"))


def frame_files(stage):
    return sorted((Path(stage) / "by-actor").rglob("*.jpg"))
