# SPDX-License-Identifier: MIT
"""Emotion recognition with aver's trained models: one file over libaver, nothing to build.

    import aver
    models = aver.Models(audio="runs/audio", visual="runs/visual")
    answer = models.predict("clip.mp4")
    print(answer.emotion, answer.confidence)

Needs numpy and libaver.so: that of the package libaver, or the file that AVER_LIBRARY names.
"""
import ctypes
import ctypes.util
import os

import numpy

__all__ = ["Answer", "Error", "Models", "Part", "version"]


class Error(RuntimeError):
    """What could not be done, in one sentence."""


class _Choice(ctypes.Structure):
    _fields_ = [("size", ctypes.c_size_t)] + [
        (name, ctypes.c_char_p)
        for name in ("visual", "audio", "rule", "fusion", "encoder", "enrol_from", "device")
    ] + [("threads", ctypes.c_size_t)]


class _Reading(ctypes.Structure):
    _fields_ = [("size", ctypes.c_size_t), ("window", ctypes.c_double), ("hop", ctypes.c_double),
                ("without_picture", ctypes.c_int), ("without_sound", ctypes.c_int)]


class _Clip(ctypes.Structure):
    _fields_ = [("size", ctypes.c_size_t), ("name", ctypes.c_char_p),
                ("samples", ctypes.POINTER(ctypes.c_float)), ("frames", ctypes.c_size_t),
                ("channels", ctypes.c_int), ("sample_rate_hz", ctypes.c_int),
                ("pictures", ctypes.POINTER(ctypes.c_void_p)), ("picture_count", ctypes.c_size_t),
                ("width", ctypes.c_int), ("height", ctypes.c_int), ("row_bytes", ctypes.c_size_t),
                ("pictures_per_second", ctypes.c_double)]


def _load():
    path = os.environ.get("AVER_LIBRARY") or ctypes.util.find_library("aver")
    if not path:
        raise Error("libaver is not there: install it, or let AVER_LIBRARY name libaver.so")
    library = ctypes.CDLL(path)
    pointer, size, text = ctypes.c_void_p, ctypes.c_size_t, ctypes.c_char_p
    for name, result, arguments in (
            ("error", text, []),
            ("version", text, []),
            ("open", ctypes.c_int, [pointer, pointer]),
            ("close", None, [pointer]),
            ("class_count", size, [pointer]),
            ("class_name", text, [pointer, size]),
            ("predict_file", ctypes.c_int, [pointer, text, pointer, pointer]),
            ("predict_bytes", ctypes.c_int, [pointer, pointer, size, text, pointer, pointer]),
            ("predict_clip", ctypes.c_int, [pointer, pointer, pointer, pointer]),
            ("answer_free", None, [pointer]),
            ("part_count", size, [pointer]),
            ("part_start", ctypes.c_double, [pointer, size]),
            ("part_end", ctypes.c_double, [pointer, size]),
            ("part_emotion", text, [pointer, size]),
            ("part_confidence", ctypes.c_double, [pointer, size]),
            ("part_decided_by", text, [pointer, size]),
            ("part_distribution", ctypes.POINTER(ctypes.c_double), [pointer, size, ctypes.c_int]),
            ("remark", text, [pointer, size])):
        function = getattr(library, "aver_" + name)
        function.restype, function.argtypes = result, arguments
    return library


_library = _load()


def version():
    """That of libaver."""
    return _library.aver_version().decode()


def _require(status):
    if status != 0:
        raise Error(_library.aver_error().decode(errors="replace"))


def _bytes(path):
    if path is None:
        return None
    name = os.fsencode(path)
    if b"\0" in name:
        raise ValueError("embedded null byte")
    return name


def _whole(number, what):
    """As a C int, which would otherwise take what it can of a larger number."""
    if number != int(number) or not -2**31 <= number < 2**31:
        raise Error(f"{what} must be a whole number, not {number}")
    return int(number)


class Part:
    """What the models say of a clip, or of a window of it.

    start, end      seconds
    emotion         the likeliest; "" where there was nothing to look at or to listen to
    confidence      its probability
    decided_by      "audio", "visual" or "both"
    fused, visual, audio   float64 [classes], in the order of Models.classes; None when missing
    """

    def __init__(self, answer, index, classes):
        lib = _library
        self.start = lib.aver_part_start(answer, index)
        self.end = lib.aver_part_end(answer, index)
        self.emotion = lib.aver_part_emotion(answer, index).decode()
        self.confidence = lib.aver_part_confidence(answer, index)
        self.decided_by = lib.aver_part_decided_by(answer, index).decode()
        for modality, name in enumerate(("fused", "visual", "audio")):
            values = lib.aver_part_distribution(answer, index, modality)
            copy = numpy.ctypeslib.as_array(values, (classes,)).copy() if values else None
            setattr(self, name, copy)


class Answer(Part):
    """What the models say of the whole of a clip; `windows` are Parts, `remarks` what a person must
    know to judge it."""

    def __init__(self, answer, classes):
        super().__init__(answer, 0, classes)
        count = _library.aver_part_count(answer)
        self.windows = [Part(answer, index, classes) for index in range(1, count)]
        self.remarks = []
        while remark := _library.aver_remark(answer, len(self.remarks)):
            self.remarks.append(remark.decode(errors="replace"))


class Models:
    """Models that are open; from several threads they answer one after another.

    visual, audio   a model file or the folder of a finished run; one of the two must be given
    rule            "max-confidence", "mean" or "product"; or fusion, a fusion.json
    encoder         the speaker encoder that an audio model needs
    enrol_from      other clips of the one person that is asked about
    device          "auto", "cpu" or "cuda"
    threads         0 = the CPUs this process may use

    close() frees them, and so does the end of a `with`; answers stay.
    """

    def __init__(self, visual=None, audio=None, *, rule=None, fusion=None, encoder=None,
                 enrol_from=None, device=None, threads=0):
        self._models = ctypes.c_void_p()
        choice = _Choice(ctypes.sizeof(_Choice), *map(_bytes, (visual, audio, rule, fusion, encoder,
                                                              enrol_from, device)),
                         _whole(threads, "threads") if threads >= 0 else 2**32)
        _require(_library.aver_open(ctypes.byref(choice), ctypes.byref(self._models)))
        self.classes = []
        while name := _library.aver_class_name(self._models, len(self.classes)):
            self.classes.append(name.decode())

    def close(self):
        if getattr(self, "_models", None):
            _library.aver_close(self._models)
            self._models = None

    __del__ = close

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.close()

    def __reduce__(self):
        raise TypeError("open models cannot be copied: open them again")

    def predict(self, file, **reading):
        """Answers a recording or picture in any format that aver reads: its path, or its bytes.

        window, hop     seconds of each window of a timeline, and from one to the next
        picture, sound  False = without it
        """
        if isinstance(file, (bytes, bytearray, memoryview)):
            data = bytes(file)
            return self._answer(_library.aver_predict_bytes, (data, len(data), b"the bytes"), reading)
        return self._answer(_library.aver_predict_file, (_bytes(file),), reading)

    def predict_samples(self, samples, rate, **reading):
        """Answers sound: [n] or [n, channels], int16, or float whose full scale is [-1, 1)."""
        return self.predict_clip(samples=samples, rate=rate, **reading)

    def predict_pictures(self, pictures, per_second, **reading):
        """Answers pictures in their order, uint8 [n, height, width, 3]: blue, green, red."""
        return self.predict_clip(pictures=pictures, per_second=per_second, **reading)

    def predict_clip(self, samples=None, rate=0, pictures=None, per_second=0, **reading):
        """Answers sound and pictures that begin at the same moment, as described above."""
        clip = _Clip(size=ctypes.sizeof(_Clip), name=b"the clip")
        if samples is not None:
            sound = numpy.asarray(samples)
            if sound.dtype.kind == "i" and sound.dtype.itemsize == 2:
                sound = sound.astype(numpy.float32) / 32768
            elif sound.dtype.kind != "f":
                raise Error(f"samples must be int16 or float, not {sound.dtype}")
            if sound.ndim not in (1, 2):
                raise Error(f"samples must be [n] or [n, channels], not of {sound.ndim} dimensions")
            sound = numpy.ascontiguousarray(sound, numpy.float32)
            clip.samples = sound.ctypes.data_as(ctypes.POINTER(ctypes.c_float))
            clip.frames = len(sound)
            clip.channels = 1 if sound.ndim == 1 else sound.shape[1]
            clip.sample_rate_hz = _whole(rate, "rate")
        if pictures is not None:
            frames = [numpy.ascontiguousarray(picture) for picture in pictures]
            if any(f.dtype != numpy.uint8 or f.ndim != 3 or f.shape[2] != 3
                   or f.shape != frames[0].shape for f in frames):
                raise Error("pictures must be uint8 [height, width, 3], all of one size")
            clip.pictures = (ctypes.c_void_p * len(frames))(*(f.ctypes.data for f in frames))
            clip.picture_count = len(frames)
            if frames:
                clip.height, clip.width = frames[0].shape[:2]
            clip.pictures_per_second = per_second
        return self._answer(_library.aver_predict_clip, (ctypes.byref(clip),), reading)

    def _answer(self, ask, about, reading):
        options = _Reading(ctypes.sizeof(_Reading), reading.pop("window", 0), reading.pop("hop", 0),
                           not reading.pop("picture", True), not reading.pop("sound", True))
        if reading:
            raise TypeError(f"unknown option {sorted(reading)[0]!r}")
        if not self._models:
            raise Error("the models are closed")
        answer = ctypes.c_void_p()
        _require(ask(self._models, *about, ctypes.byref(options), ctypes.byref(answer)))
        try:
            return Answer(answer, len(self.classes))
        finally:
            _library.aver_answer_free(answer)
