#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <stdexcept>
#include <string>
#include <vector>

#include "aver/aver.h"

// aver.h for C++: nothing but what frees, throws and iterates. It needs C++20 and any compiler,
// whichever the library was built with.
namespace aver {

/// What could not be done, in one sentence.
class Failure : public std::runtime_error {
 public:
  explicit Failure(aver_status status, const std::string& what = aver_error())
      : std::runtime_error(what), status_(status) {}
  aver_status status() const { return status_; }

 private:
  aver_status status_;
};

/// Which models; what is empty is not given. As aver_choice.
struct Choice {
  std::string visual = {};
  std::string audio = {};
  std::string rule = {};
  std::string fusion = {};
  std::string encoder = {};
  std::string enrol_from = {};
  std::string device = {};
  std::size_t threads = 0;
};

/// What to take from a clip. As aver_reading.
struct Reading {
  double window = 0;
  double hop = 0;
  bool picture = true;
  bool sound = true;
};

/// A clip that a program has decoded or recorded itself. As aver_clip; what it points to must
/// outlive the call.
struct Clip {
  std::string name = "the clip";
  std::span<const float> samples = {};  ///< of all channels in turn
  int channels = 1;
  int sample_rate_hz = 0;
  std::span<const std::uint8_t* const> pictures = {};
  int width = 0;
  int height = 0;
  std::size_t row_bytes = 0;
  double pictures_per_second = 0;
};

/// What models say of one clip: of the whole of it, part 0, and of each window.
class Answer {
 public:
  explicit Answer(aver_answer* answer, std::size_t classes)
      : answer_(answer, aver_answer_free), classes_(classes) {}

  std::size_t parts() const { return aver_part_count(answer_.get()); }
  double start(std::size_t part = 0) const { return aver_part_start(answer_.get(), part); }
  double end(std::size_t part = 0) const { return aver_part_end(answer_.get(), part); }
  std::string emotion(std::size_t part = 0) const { return aver_part_emotion(answer_.get(), part); }
  double confidence(std::size_t part = 0) const {
    return aver_part_confidence(answer_.get(), part);
  }
  std::string decided_by(std::size_t part = 0) const {
    return aver_part_decided_by(answer_.get(), part);
  }
  /// The probability of each class; empty for a modality that is missing.
  std::span<const double> distribution(std::size_t part = 0,
                                       aver_modality modality = AVER_FUSED) const {
    const double* values = aver_part_distribution(answer_.get(), part, modality);
    return values == nullptr ? std::span<const double>() : std::span(values, classes_);
  }
  std::vector<std::string> remarks() const {
    std::vector<std::string> all;
    while (const char* remark = aver_remark(answer_.get(), all.size())) all.emplace_back(remark);
    return all;
  }

 private:
  std::unique_ptr<aver_answer, decltype(&aver_answer_free)> answer_;
  std::size_t classes_;
};

/// Models that are open.
class Models {
 public:
  explicit Models(const Choice& choice) {
    const auto given = [](const std::string& text) {
      return text.empty() ? nullptr : text.c_str();
    };
    aver_choice plain = {};
    plain.size = sizeof plain;
    plain.visual = given(choice.visual);
    plain.audio = given(choice.audio);
    plain.rule = given(choice.rule);
    plain.fusion = given(choice.fusion);
    plain.encoder = given(choice.encoder);
    plain.enrol_from = given(choice.enrol_from);
    plain.device = given(choice.device);
    plain.threads = choice.threads;
    aver_models* models = nullptr;
    require(aver_open(&plain, &models));
    models_.reset(models);
  }

  std::vector<std::string> classes() const {
    std::vector<std::string> names;
    while (const char* name = aver_class_name(models_.get(), names.size()))
      names.emplace_back(name);
    return names;
  }

  Answer predict(const std::string& file, const Reading& reading = {}) {
    return answer_of(reading, [&](const aver_reading& checked, aver_answer** answer) {
      return aver_predict_file(models_.get(), file.c_str(), &checked, answer);
    });
  }
  /// `name` is what errors call the bytes.
  Answer predict(std::span<const std::byte> bytes, const std::string& name,
                 const Reading& reading = {}) {
    return answer_of(reading, [&](const aver_reading& checked, aver_answer** answer) {
      return aver_predict_bytes(models_.get(), bytes.data(), bytes.size(), name.c_str(), &checked,
                                answer);
    });
  }
  Answer predict(const Clip& clip, const Reading& reading = {}) {
    const std::size_t channels = clip.channels < 1 ? 1 : static_cast<std::size_t>(clip.channels);
    if (clip.samples.size() % channels != 0) {
      throw Failure(AVER_BAD_USAGE, clip.name + ": its samples are not as many for each channel");
    }
    aver_clip plain = {};
    plain.size = sizeof plain;
    plain.name = clip.name.c_str();
    plain.samples = clip.samples.data();
    plain.frames = clip.samples.size() / channels;
    plain.channels = clip.channels;
    plain.sample_rate_hz = clip.sample_rate_hz;
    plain.pictures = clip.pictures.data();
    plain.picture_count = clip.pictures.size();
    plain.width = clip.width;
    plain.height = clip.height;
    plain.row_bytes = clip.row_bytes;
    plain.pictures_per_second = clip.pictures_per_second;
    return answer_of(reading, [&](const aver_reading& checked, aver_answer** answer) {
      return aver_predict_clip(models_.get(), &plain, &checked, answer);
    });
  }

 private:
  static void require(aver_status status) {
    if (status != AVER_OK) throw Failure(status);
  }

  template <typename Ask>
  Answer answer_of(const Reading& reading, Ask&& ask) {
    aver_reading plain = {};
    plain.size = sizeof plain;
    plain.window = reading.window;
    plain.hop = reading.hop;
    plain.without_picture = reading.picture ? 0 : 1;
    plain.without_sound = reading.sound ? 0 : 1;
    aver_answer* answer = nullptr;
    require(ask(plain, &answer));
    return Answer(answer, aver_class_count(models_.get()));
  }

  std::unique_ptr<aver_models, decltype(&aver_close)> models_{nullptr, aver_close};
};

}  // namespace aver
