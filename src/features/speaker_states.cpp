#include "features/speaker_states.h"

#include <algorithm>
#include <cmath>
#include <cstring>
#include <span>

#include "base/error.h"
#include "base/finite.h"
#include "base/known_file.h"
#include "base/options.h"
#include "features/summary.h"
#include "store/safetensors.h"

namespace aver {
namespace {

constexpr const char* kEncoder = "encoder";

LogMelOptions bands_of(std::size_t inputs, double loudness_db) {
  LogMelOptions options;
  options.sample_rate_hz = 16000;
  options.fft_length = 400;
  options.hop_length = 160;
  options.mel_bands = static_cast<int>(inputs);
  options.top_db = 0;
  options.loudness_db = loudness_db;
  return options;
}

/// A matrix or vector of a file, with [rows] or [rows, columns] (0: any number).
std::vector<float> values_of(const Safetensors& file, const std::string& name, std::size_t rows,
                             std::size_t columns, const std::string& source) {
  const auto found = file.tensors.find(name);
  if (found == file.tensors.end()) throw Error("{} holds no {}", source, name);
  const TensorBytes& tensor = found->second;
  std::vector<std::int64_t> shape{static_cast<std::int64_t>(rows)};
  if (columns > 0) shape.push_back(static_cast<std::int64_t>(columns));
  if (tensor.dtype != "F32" || tensor.shape != shape) {
    throw Error("{}: {} is {} [{}], where F32 [{}] was expected", source, name, tensor.dtype,
                fmt::join(tensor.shape, ", "), fmt::join(shape, ", "));
  }
  std::vector<float> values(tensor.bytes.size() / sizeof(float));
  std::memcpy(values.data(), tensor.bytes.data(), tensor.bytes.size());
  return values;
}

LstmLayer layer_of(const Safetensors& file, int number, const std::string& source) {
  const auto name = [&](const char* what) { return fmt::format("lstm.{}_l{}", what, number - 1); };
  const auto found = file.tensors.find(name("weight_ih"));
  if (found == file.tensors.end() || found->second.shape.size() != 2) {
    throw Error("{} holds no {}: an encoder of speakers with {} layers or more was expected",
                source, name("weight_ih"), number);
  }
  LstmLayer layer;
  const auto width = static_cast<std::size_t>(found->second.shape[0]);
  layer.inputs = static_cast<std::size_t>(found->second.shape[1]);
  layer.units = width / 4;
  if (layer.units == 0 || layer.inputs == 0 || width % 4 != 0) {
    throw Error("{}: {} has the shape [{}], which no LSTM has", source, name("weight_ih"),
                fmt::join(found->second.shape, ", "));
  }
  layer.of_input = values_of(file, name("weight_ih"), width, layer.inputs, source);
  const auto of_state = values_of(file, name("weight_hh"), width, layer.units, source);
  layer.of_state.resize(of_state.size());
  for (std::size_t j = 0; j < width; ++j) {
    for (std::size_t k = 0; k < layer.units; ++k) {
      layer.of_state[k * width + j] = of_state[j * layer.units + k];
    }
  }
  // PyTorch has a bias for the input and one for the state, as cuDNN does.
  layer.bias = values_of(file, name("bias_ih"), width, 0, source);
  const auto second = values_of(file, name("bias_hh"), width, 0, source);
  for (std::size_t j = 0; j < width; ++j) layer.bias[j] += second[j];
  return layer;
}

std::vector<LstmLayer> layers_of(const SpeakerStatesOptions& options) {
  if (options.encoder.empty()) {
    throw UsageError("--encoder is needed: the file of the speaker encoder{}",
                     options.known_by.empty() ? "" : " " + options.known_by);
  }
  const std::string source = options.encoder.string();
  const std::string bytes = read_file(options.encoder);
  const Safetensors file = parse_safetensors(bytes, source);
  if (!options.known_by.empty() && !is_known_by(options.known_by, bytes)) {
    throw Error("{} is another speaker encoder than the one that was used: {}", source,
                options.known_by);
  }
  require_finite(file.tensors, source);
  std::vector<LstmLayer> layers;
  for (int number = 1; number <= options.layer; ++number) {
    layers.push_back(layer_of(file, number, source));
    const std::size_t before = number == 1 ? layers.back().inputs : layers[layers.size() - 2].units;
    if (layers.back().inputs != before) {
      throw Error("{}: layer {} takes {} values, and the one below it gives {}", source, number,
                  layers.back().inputs, before);
    }
  }
  if (layers.front().inputs > 128) {
    throw Error("{}: {} mel bands, where at most 128 were expected", source, layers.front().inputs);
  }
  return layers;
}

}  // namespace

void SpeakerStatesOptions::describe(Options& options) {
  describe_known_file(options, kEncoder, {encoder, known_by},
                      "Speaker encoder: safetensors with LSTM layers (lstm.weight_ih_l0…), as "
                      "scripts/export-encoder.py writes it")
      .command_line_only();
  options.result("layer", layer, "Layer whose states are taken, from 1").from_to(1, 16);
  options
      .result(
          "summary", summary,
          "One column for a clip: mean-deviation of the states over time, course (also quantiles, "
          "and each third of the clip), or none")
      .one_of({"none", "mean-deviation", "course"});
  describe_loudness(options, loudness_db);
  options
      .result("trim-db", trim_db,
              "Keep no state of frames at both ends that are so many dB under the loudest (0 = "
              "keep all)")
      .at_least(0);
}

SpeakerStates::SpeakerStates(const SpeakerStatesOptions& options)
    : options_(options),
      layers_(layers_of(options)),
      levels_(bands_of(layers_.front().inputs, options.loudness_db)) {
  Options::of(options_).require_valid();
  if (options_.sample_rate_hz != 16000) {
    throw UsageError("speaker encoders hear 16000 samples a second, not {}",
                     options_.sample_rate_hz);
  }
}

FloatArray SpeakerStates::compute(std::span<const float> samples) {
  const FloatArray levels = levels_.compute(samples);
  FloatArray states = levels;
  for (float& value : states.values) value = std::pow(10.0F, value / 10.0F);  // their power
  for (const LstmLayer& layer : layers_) states = lstm_states(layer, states);
  if (options_.trim_db > 0) {
    const auto [first, end] = heard_frames(levels, options_.trim_db);
    states = frames_of(states, first, end);
  }
  const auto parts = said_by(options_.summary);
  return parts.empty() ? states : summary_of(states, parts);
}

RowAxis SpeakerStates::row_axis() const {
  return {.name = "unit", .unit = "state", .marks = {}};
}

std::string pretrained_note(const nlohmann::json& settings) {
  const std::string mark = mark_of_known_file(settings, kEncoder);
  return mark.empty() ? "" : "Pre-trained on speakers: " + mark;
}

}  // namespace aver
