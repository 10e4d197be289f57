#include "prediction/c_api.h"

#include <algorithm>
#include <exception>
#include <functional>
#include <limits>
#include <new>
#include <string>

#include "aver/emotion_recogniser.h"
#include "base/error.h"

struct aver_models {
  aver::EmotionRecogniser recogniser;
};

struct aver_answer {
  aver::ClipEstimate clip;
};

namespace aver {
namespace {

thread_local std::string last_error;

aver_status failed(aver_status status, const char* what) noexcept {
  try {
    last_error = what;
  } catch (const std::bad_alloc&) {
    last_error.clear();
  }
  return status;
}

/// Nothing that is thrown may pass through a function of C.
template <typename Do>
aver_status guarded(Do&& what) noexcept {
  try {
    what();
    return AVER_OK;
  } catch (const UsageError& error) {
    return failed(AVER_BAD_USAGE, error.what());
  } catch (const std::bad_alloc&) {
    return failed(AVER_FAILED, "the memory does not suffice");
  } catch (const std::exception& error) {
    return failed(AVER_FAILED, error.what());
  } catch (...) {
    return failed(AVER_FAILED, "something unknown was thrown");
  }
}

/// A struct of the caller's as this library knows it. One of a later header may be longer, as long
/// as nothing is said in what this library does not know. Throws UsageError for others.
template <typename Struct>
Struct known(const Struct* given, const char* name) {
  if (given == nullptr) return {};
  const auto* bytes = reinterpret_cast<const unsigned char*>(given);
  constexpr std::size_t kLongest = 4096;  // a size beyond it is none
  const std::size_t size = given->size;
  if (size < sizeof(Struct) || size > kLongest ||
      std::any_of(bytes + sizeof(Struct), bytes + size, [](unsigned char b) { return b != 0; })) {
    throw UsageError("{}.size is {}, and this libaver knows {} bytes of it: set it to sizeof({})",
                     name, size, sizeof(Struct), name);
  }
  return *given;
}

void require_there(const void* pointer, const char* what) {
  if (pointer == nullptr) throw UsageError("{} is a null pointer", what);
}

std::string text_or(const char* text, const char* otherwise) {
  return text == nullptr ? otherwise : text;
}

ReadOptions options_of(const aver_reading* given) {
  const aver_reading reading = known(given, "aver_reading");
  ReadOptions options;
  options.window = reading.window;
  options.hop = reading.hop;
  options.picture = reading.without_picture == 0;
  options.sound = reading.without_sound == 0;
  return options;
}

RawClip clip_of(const aver_clip* given) {
  require_there(given, "the clip");
  const aver_clip clip = known(given, "aver_clip");
  if (clip.frames > 0) require_there(clip.samples, "aver_clip.samples");
  if (clip.picture_count > 0) require_there(clip.pictures, "aver_clip.pictures");
  RawClip raw;
  if (clip.name != nullptr) raw.name = clip.name;
  if (clip.frames > 0) {
    // What cannot be a number of channels is refused where the clip is read.
    const auto channels = static_cast<std::size_t>(std::max(clip.channels, 1));
    constexpr std::size_t kMost = std::numeric_limits<std::ptrdiff_t>::max() / sizeof(float);
    if (clip.frames > kMost / channels) {
      throw UsageError("aver_clip.frames is {}, which no memory holds", clip.frames);
    }
    raw.samples = {clip.samples, clip.frames * channels};
  }
  raw.channels = clip.channels;
  raw.sample_rate_hz = clip.sample_rate_hz;
  raw.pictures.assign(clip.pictures, clip.pictures + clip.picture_count);
  raw.width = clip.width;
  raw.height = clip.height;
  raw.row_bytes = clip.row_bytes;
  raw.pictures_per_second = clip.pictures_per_second;
  return raw;
}

aver_status answered(
    aver_models* models, const aver_reading* reading, aver_answer** answer,
    const std::function<ClipEstimate(EmotionRecogniser&, const ReadOptions&)>& ask) {
  return guarded([&] {
    require_there(models, "the models");
    require_there(answer, "where the answer goes");
    *answer = nullptr;
    *answer = new aver_answer{ask(models->recogniser, options_of(reading))};
  });
}

/// A part of an answer; an empty one for what is none.
const EmotionEstimate& part_at(const aver_answer* answer, size_t part) {
  static const EmotionEstimate kNone;
  if (answer == nullptr || part > answer->clip.windows.size()) return kNone;
  return part == 0 ? answer->clip.whole : answer->clip.windows[part - 1];
}

}  // namespace
}  // namespace aver

using namespace aver;

const char* aver_error() {
  return last_error.c_str();
}

const char* aver_version() {
  return AVER_VERSION;
}

aver_status aver_open(const aver_choice* choice, aver_models** models) {
  return guarded([&] {
    require_there(models, "where the models go");
    *models = nullptr;
    const aver_choice given = known(choice, "aver_choice");
    EmotionModels open;
    open.visual = text_or(given.visual, "");
    open.audio = text_or(given.audio, "");
    open.rule = text_or(given.rule, open.rule.c_str());
    open.fusion = text_or(given.fusion, "");
    open.encoder = text_or(given.encoder, "");
    open.enrol_from = text_or(given.enrol_from, "");
    open.device = text_or(given.device, open.device.c_str());
    open.threads = given.threads;
    *models = new aver_models{EmotionRecogniser(open)};
  });
}

void aver_close(aver_models* models) {
  delete models;
}

size_t aver_class_count(const aver_models* models) {
  return models == nullptr ? 0 : models->recogniser.classes().size();
}

const char* aver_class_name(const aver_models* models, size_t index) {
  return index < aver_class_count(models) ? models->recogniser.classes()[index].c_str() : nullptr;
}

aver_status aver_predict_file(aver_models* models, const char* path, const aver_reading* reading,
                              aver_answer** answer) {
  return answered(models, reading, answer, [&](EmotionRecogniser& ask, const ReadOptions& options) {
    require_there(path, "the path");
    return ask.predict(std::filesystem::path(path), options);
  });
}

aver_status aver_predict_bytes(aver_models* models, const void* bytes, size_t count,
                               const char* name, const aver_reading* reading,
                               aver_answer** answer) {
  return answered(models, reading, answer, [&](EmotionRecogniser& ask, const ReadOptions& options) {
    if (count > 0) require_there(bytes, "the bytes");
    return ask.predict(std::span(static_cast<const std::byte*>(bytes), count),
                       text_or(name, "the clip"), options);
  });
}

aver_status aver_predict_clip(aver_models* models, const aver_clip* clip,
                              const aver_reading* reading, aver_answer** answer) {
  return answered(models, reading, answer, [&](EmotionRecogniser& ask, const ReadOptions& options) {
    return ask.predict(clip_of(clip), options);
  });
}

void aver_answer_free(aver_answer* answer) {
  delete answer;
}

size_t aver_part_count(const aver_answer* answer) {
  return answer == nullptr ? 0 : answer->clip.windows.size() + 1;
}

double aver_part_start(const aver_answer* answer, size_t part) {
  return part_at(answer, part).start;
}

double aver_part_end(const aver_answer* answer, size_t part) {
  return part_at(answer, part).end;
}

const char* aver_part_emotion(const aver_answer* answer, size_t part) {
  return part_at(answer, part).emotion.c_str();
}

double aver_part_confidence(const aver_answer* answer, size_t part) {
  return part_at(answer, part).confidence();
}

const char* aver_part_decided_by(const aver_answer* answer, size_t part) {
  return part_at(answer, part).decided_by.c_str();
}

const double* aver_part_distribution(const aver_answer* answer, size_t part,
                                     aver_modality modality) {
  const EmotionEstimate& estimate = part_at(answer, part);
  const std::vector<double>* values = nullptr;
  if (modality == AVER_FUSED) values = &estimate.fused;
  if (modality == AVER_VISUAL) values = &estimate.visual;
  if (modality == AVER_AUDIO) values = &estimate.audio;
  return values == nullptr || values->empty() ? nullptr : values->data();
}

const char* aver_remark(const aver_answer* answer, size_t index) {
  if (answer == nullptr || index >= answer->clip.remarks.size()) return nullptr;
  return answer->clip.remarks[index].c_str();
}
