#include "train/network_options.h"

#include "base/error.h"

namespace aver {
namespace {

template <typename Options, typename Read>
Options read_options(const ModelFile& model, Read read) {
  Options options;
  try {
    read(model.network, options);
  } catch (const nlohmann::json::exception& error) {
    throw Error("The model's network options cannot be read: {}", error.what());
  }
  options.classes = static_cast<int>(model.classes.size());
  return options;
}

}  // namespace

nlohmann::json to_json(const VisualNetOptions& options) {
  return {{"picture_size", options.picture_size},
          {"filters", options.filters},
          {"padding", name_of(options.padding)},
          {"dense", options.dense},
          {"dropout", options.dropout}};
}

nlohmann::json to_json(const AudioNetOptions& options) {
  return {{"coefficients", options.coefficients},
          {"max_frames", options.max_frames},
          {"filters", options.filters},
          {"padding", name_of(options.padding)},
          {"third_norm", options.third_norm},
          {"norm_momentum", options.norm_momentum},
          {"dropout", options.dropout},
          {"lstm", options.lstm},
          {"dense", options.dense},
          {"mask_padding", options.mask_padding}};
}

VisualNetOptions visual_options(const ModelFile& model) {
  return read_options<VisualNetOptions>(model, [](const nlohmann::json& from, auto& to) {
    from.at("picture_size").get_to(to.picture_size);
    from.at("filters").get_to(to.filters);
    to.padding = padding_from_name(from.at("padding").get<std::string>());
    from.at("dense").get_to(to.dense);
    from.at("dropout").get_to(to.dropout);
  });
}

AudioNetOptions audio_options(const ModelFile& model) {
  return read_options<AudioNetOptions>(model, [](const nlohmann::json& from, auto& to) {
    from.at("coefficients").get_to(to.coefficients);
    from.at("max_frames").get_to(to.max_frames);
    from.at("filters").get_to(to.filters);
    to.padding = padding_from_name(from.at("padding").get<std::string>());
    from.at("third_norm").get_to(to.third_norm);
    to.norm_momentum = from.value("norm_momentum", to.norm_momentum);
    from.at("dropout").get_to(to.dropout);
    from.at("lstm").get_to(to.lstm);
    from.at("dense").get_to(to.dense);
    from.at("mask_padding").get_to(to.mask_padding);
  });
}

}  // namespace aver
