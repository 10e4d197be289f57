#include "prediction/predict_stage.h"

#include <spdlog/spdlog.h>

#include <algorithm>
#include <map>
#include <numeric>
#include <set>
#include <span>

#include "base/durable_file.h"
#include "base/error.h"
#include "base/fingerprint.h"
#include "base/finite.h"
#include "base/json_text.h"
#include "base/output_place.h"
#include "base/parallel.h"
#include "base/text.h"
#include "features/speaker_states.h"
#include "prediction/answer_journal.h"
#include "prediction/enrolment.h"
#include "prediction/model_clips.h"
#include "prediction/output_shards.h"
#include "prediction/predict_summary.h"
#include "protocol/split.h"
#include "protocol/split_file.h"
#include "runs/chosen_model.h"
#include "runs/model_file.h"
#include "runs/outcome.h"
#include "runs/run_folder.h"
#include "runs/trained_on.h"
#include "series/series_stage.h"
#include "series/side_by_side.h"
#include "stages/frame_settings.h"
#include "stages/lies_within.h"
#include "stages/mfcc_stage.h"
#include "stages/visual_items.h"
#include "store/settings.h"
#include "train/load_network.h"
#include "train/network_options.h"
#include "train/picture_cache.h"
#include "train/runtime.h"
#include "train/start.h"
#include "train/tensors.h"
#include "train/trainer.h"
#include "training/fit.h"

namespace aver {
namespace {

struct Context {
  const PredictConfig& config;
  ModelFile model;
  std::shared_ptr<Network> network;
  torch::Device device;
  Split split;  ///< of the run the model comes from, if there is one
  Progress& progress;
  std::vector<std::string> all = {};  ///< clips of the stage, in the order of their rows
  std::optional<AnswerJournal> journal = {};
};

// A table must not take the place of a file of the stage, of a run, or of the model.
void check_output(const PredictConfig& config) {
  if (lies_within(config.output, config.input)) {
    throw UsageError("--output {} lies in the stage folder --input {}: give another place",
                     config.output.string(), config.input.string());
  }
  refuse_output_onto_model(config.output, config.model);
  output_place(config.output);  // refuses a link into nowhere
}

std::vector<std::size_t> indices_below(std::size_t count) {
  std::vector<std::size_t> all(count);
  std::iota(all.begin(), all.end(), std::size_t{0});
  return all;
}

/// The true answer to the model: the label, or a clip's place along the levels that are asked.
std::string truth_of(const ModelFile& model, const std::optional<Clip>& clip,
                     const std::string& label) {
  if (model.class_columns == 0) return label;
  return clip ? clip->value(model.second_head.column) : std::string();
}

// A label the model does not know is left empty: there is no right answer it could give.
std::string known_label(const ModelFile& model, const std::string& label, const std::string& clip,
                        PredictReport& report) {
  const auto& classes = model.classes;
  if (std::find(classes.begin(), classes.end(), label) != classes.end()) return label;
  if (!label.empty()) report.unknown[label].insert(clip);
  return {};
}

nlohmann::json settings_of(const Context& context) {
  const fs::path& enrolled = context.config.models.enrol_from;
  const std::string stage =
      is_of_series(context.model.input)
          ? context.model.input.dump()
          : parse_json(read_file(context.config.input / "stage.json")).at("settings").dump();
  nlohmann::json settings = {{"predicts", "stage"},
                             {"model", fingerprint_of_model(context.config.model)},
                             {"classes", context.model.classes},
                             {"stage", stage},
                             {"channel", name_of(context.config.choice.channel)}};
  if (!enrolled.empty()) settings["enrolled"] = fingerprint_of_series(enrolled);
  if (context.config.models.enrol > 0) settings["enrol"] = context.config.models.enrol;
  return settings;
}

// Of what tells all clips: a manifest has their names, and size and time of what each was made
// from.
std::string fingerprint_of_input(const Context& context) {
  const fs::path& input = context.config.input;
  if (!is_of_series(context.model.input)) return fingerprint_of_file(input / "manifest.csv");
  return fingerprint_of_series(input);
}

// What shards of one table must share.
OutputShard shard_of(const Context& context) {
  return {*context.config.shard, settings_of(context),    fingerprint_of_input(context),
          context.all.size(),    nlohmann::json::array(), nlohmann::json::object()};
}

std::string input_of(const MfccClips& clips) {
  Fingerprint input;
  for (const auto& [clip, array] : clips.clips) {
    input.add(clip.key);
    input.add(std::as_bytes(std::span(array.values)));
  }
  return input.text();
}

std::string input_of(const VisualItems& items) {
  Fingerprint input;
  for (const fs::path& file : items.files()) {
    input.add(file.string(), fs::exists(file) ? stamp_of(file) : FileStamp{});
  }
  return input.text();
}

// Before the networks run in vain.
void check_shard(const Context& context) {
  if (context.config.shard) check_output_shard(context.config.output, shard_of(context));
}

constexpr auto kNoNumbers =
    "the model answers it with values that are infinite or no numbers: look at its features";

// Some at a time, which are kept; each item is alone in the network whatever goes with it.
std::vector<std::vector<double>> predict_items(Context& context, const Dataset& dataset,
                                               const std::vector<std::size_t>& items,
                                               const std::string& input) {
  constexpr std::size_t kAtATime = 64;
  const OutputShard run{{}, settings_of(context), input, dataset.size(), {}, {}};
  context.journal.emplace(journal_of(context.config.output, context.config.shard), run,
                          context.config.resume);
  if (!context.config.shard) remove_temporaries_of(output_place(context.config.output));
  AnswerJournal& journal = *context.journal;
  std::vector<std::size_t> open = items;
  std::erase_if(open, [&](std::size_t item) { return journal.answered().contains(item); });
  context.progress.start("predicting", items.size());
  for (std::size_t begin = 0; begin < open.size(); begin += kAtATime) {
    const auto some = std::span(open).subspan(begin, std::min(kAtATime, open.size() - begin));
    const std::size_t before = items.size() - open.size() + begin;
    const auto result = predict(*context.network, dataset, some, context.device,
                                [&](std::size_t done) { context.progress.update(before + done); });
    if (std::ranges::none_of(result, [](const auto& answer) { return all_finite(answer); })) {
      refuse_answers_of(context.config.model.string());
    }
    for (std::size_t i = 0; i < some.size(); ++i) journal.add(some[i], result[i]);
  }
  context.progress.finish();
  std::map<std::size_t, std::vector<double>> answers;
  journal.for_each(
      [&](std::size_t item, const nlohmann::json& answer) { answer.get_to(answers[item]); });
  std::vector<std::vector<double>> in_order;
  for (const std::size_t item : items) in_order.push_back(std::move(answers.at(item)));
  return in_order;
}

/// Centres the clips of each speaker by some that are drawn, which are not answered; nor are those
/// of a speaker who has no more.
void enrol_speakers(MfccClips& clips, const Context& context, PredictReport& report) {
  require_takes_enrolment(context.model, context.config.model);
  report.enrolled = static_cast<std::size_t>(context.config.models.enrol);
  ClipTable table;
  for (const MfccClip& clip : clips.clips) table.add(clip.clip);
  std::map<std::string, std::vector<std::size_t>> own;
  for (std::size_t i = 0; i < clips.clips.size(); ++i) {
    own[speaker_to_enrol(table, clips.clips[i].clip)].push_back(i);
  }
  EnrolledClips enrolled =
      enrolled_clips(std::move(clips.clips), own, report.enrolled, kDrawSeed, context.model);
  const std::size_t speakers = enrolled.asked.size();
  std::vector<std::string> sentences = {fmt::format("left out {} of {} that are known (--enrol)",
                                                    counted(speakers * report.enrolled, "clips"),
                                                    counted(speakers, "speakers"))};
  if (!enrolled.left_out.empty()) {
    sentences.push_back(fmt::format("left out all clips of {}, no more than --enrol draws",
                                    fmt::join(enrolled.left_out, ", ")));
  }
  for (std::string& sentence : sentences) {
    spdlog::info(sentence);
    report.left_out.push_back(std::move(sentence));
  }
  std::set<std::size_t> asked;
  for (const auto& [speaker, rest] : enrolled.asked) asked.insert(rest.begin(), rest.end());
  clips.clips.clear();
  for (const std::size_t clip : asked) clips.clips.push_back(std::move(enrolled.clips[clip]));
  if (clips.clips.empty()) {
    throw Error("--enrol {}: no speaker of {} has more clips, so that none is left to answer",
                report.enrolled, context.config.input.string());
  }
}

void say_if_seen(const Context& context, const std::vector<Clip>& clips) {
  const auto seen = seen_in_training(trained_on(context.model.training), clips, "the model");
  if (!seen.empty()) spdlog::warn(seen);
}

Predictions predict_mfcc(Context& context, PredictReport& report) {
  const auto network = network_options(context.model);
  const auto& sizes = network.as<SeriesNetworkOptions>();
  auto clips = clips_for_model(context.model, context.config.input, context.config.choice,
                               context.config.workers, context.config.shard, context.progress);
  report.failed = clips.failed;
  report.left_out = clips.left_out;
  context.all = clips.all;
  check_shard(context);
  const auto roles = roles_by_item(context.split);
  // Where the model lies in its run, the table says of the run's clips what they were to it.
  const bool alone = run_of_model(context.config.model).empty();
  std::vector<Clip> asked;
  for (const MfccClip& clip : clips.clips) {
    if (alone || !role_of(roles, clip.clip.key)) asked.push_back(clip.clip);
  }
  say_if_seen(context, asked);
  for (const auto& [clip, array] : clips.clips) {
    if (array.shape[1] <= static_cast<std::size_t>(sizes.max_frames)) continue;
    ++report.shortened;
  }
  if (report.shortened > 0) {
    spdlog::warn("{} longer than the {} frames that the model takes are cut at the end",
                 counted(report.shortened, "clips"), sizes.max_frames);
  }
  if (clips.clips.empty()) return {context.model.classes, {}};  // a shard's share may be none
  if (context.config.models.enrol > 0 && context.config.models.enrol_from.empty()) {
    enrol_speakers(clips, context, report);
  }
  const MfccDataset dataset(clips.features(), std::vector<std::int64_t>(clips.clips.size(), -1),
                            context.model.normalisation,
                            static_cast<std::size_t>(sizes.max_frames));
  const auto distributions =
      predict_items(context, dataset, indices_below(dataset.size()), input_of(clips));
  Predictions predictions{context.model.classes, {}};
  for (std::size_t i = 0; i < clips.clips.size(); ++i) {
    const Clip& clip = clips.clips[i].clip;
    if (!all_finite(distributions[i])) {
      report.failed.push_back({clip.key, kNoNumbers});
      continue;
    }
    predictions.rows.push_back(
        {clip.key, std::nullopt, role_of(roles, clip.key),
         known_label(context.model, truth_of(context.model, clip, clip.label), clip.key, report),
         distributions[i]});
  }
  return predictions;
}

// Indices of the frames of all clips whose frames could be read; the other clips have failed.
std::vector<std::size_t> readable_frames(const VisualItems& items,
                                         const std::map<std::size_t, std::string>& damaged,
                                         const PredictConfig& config, PredictReport& report) {
  std::map<std::string, std::string> reason_of;  // clip -> its first damaged frame
  for (const auto& [i, reason] : damaged) reason_of.emplace(items.items[i].clip, reason);
  for (const auto& [clip, reason] : reason_of) report.failed.push_back({clip, reason});
  std::vector<std::size_t> good;
  for (std::size_t i = 0; i < items.items.size(); ++i) {
    if (!reason_of.contains(items.items[i].clip)) good.push_back(i);
  }
  if (good.empty() && !config.shard) {
    throw Error("{} holds no clip that can be used: {}", config.input.string(),
                damaged.begin()->second);
  }
  return good;
}

// The frames of the clips that are dealt to the shard; of all clips without one. `all` gets the
// clips of the stage.
VisualItems share_of_frames(VisualItems items, const std::optional<Shard>& shard,
                            std::vector<std::string>& all) {
  all = items.clips();
  std::sort(all.begin(), all.end());
  all.erase(std::unique(all.begin(), all.end()), all.end());
  if (!shard) return items;
  std::set<std::string> mine;
  for (const std::size_t i : items_of_shard(*shard, all.size())) mine.insert(all[i]);
  std::erase_if(items.items, [&](const VisualItem& item) { return !mine.contains(item.clip); });
  return items;
}

// Shards write side by side: each has a cache of its own.
fs::path cache_path(const PredictConfig& config) {
  if (config.shard) {
    return output_shards_folder(config.output) /
           fmt::format(".{}.pictures", config.shard->folder_name());
  }
  return config.output.parent_path() /
         fmt::format(".{}.pictures", config.output.filename().string());
}

Predictions predict_frames(Context& context, PredictReport& report) {
  const auto& config = context.config;
  const int size = network_options(context.model).as<PictureNetworkOptions>().picture_size;
  const auto items =
      share_of_frames(frames_of_stage(config.input, config.choice), config.shard, context.all);
  say_choice(items.left_out, items.remarks);
  report.left_out = items.left_out;
  check_shard(context);
  const auto trained = context.model.input.value("frames", nlohmann::json::object());
  require_same_settings(face_settings(trained), face_settings(items.settings), config.input,
                        "extracted", "aver-extract-frames");
  if (items.items.empty()) return {context.model.classes, {}};  // a shard's share may be none
  const auto roles = items.roles(context.split);
  const fs::path pictures = cache_path(config);
  Predictions predictions{context.model.classes, {}};
  std::vector<std::string> clips;
  {
    std::map<std::size_t, std::string> damaged;
    std::vector<std::string> changed;
    const auto cache =
        PictureCache::open(pictures, items.files(), size, config.workers, context.progress,
                           {.limits = {.pixels = config.read.max_pixels},
                            .recorded = items.recorded(),
                            .changed = &changed,
                            .damaged = &damaged});
    if (!changed.empty()) spdlog::warn(changed_text(changed, items.items.size()));
    const auto good = readable_frames(items, damaged, config, report);
    const PictureDataset dataset([&](std::size_t i) { return cache.picture(i); },
                                 std::vector<std::int64_t>(items.items.size(), -1),
                                 static_cast<std::size_t>(size));
    const auto distributions = predict_items(context, dataset, good, input_of(items));
    for (std::size_t n = 0; n < good.size(); ++n) {
      const std::size_t i = good[n];
      if (!all_finite(distributions[n]))
        throw Error("{}: {}", items.items[i].file.string(), kNoNumbers);
      const VisualItem& item = items.items[i];
      const std::string label = truth_of(context.model, items.known.find(item.clip), item.label);
      clips.push_back(item.clip);
      predictions.rows.push_back({item.name, std::nullopt, roles[i],
                                  known_label(context.model, label, item.clip, report),
                                  distributions[n]});
    }
  }
  fs::remove(pictures);
  return mean_by_clip(predictions, clips);
}

// Probabilities keep all their digits: the joined table and its figures are those of one run.
void write_shard(const Context& context, const Predictions& predictions, PredictReport& report) {
  OutputShard shard = shard_of(context);
  std::map<std::string, nlohmann::json> done;  // by clip
  for (const Prediction& row : predictions.rows) {
    done[row.clip] = {{"role", name_of(row.role)}, {"label", row.label}, {"p", row.probabilities}};
  }
  for (const StageRemark& remark : report.failed) done[remark.source]["failed"] = remark.reason;
  for (const auto& [label, clips] : report.unknown) {
    for (const auto& clip : clips) done[clip]["unknown"] = label;
  }
  for (std::size_t i = 0; i < context.all.size(); ++i) {
    const auto found = done.find(context.all[i]);
    if (found == done.end()) continue;
    found->second["clip"] = context.all[i];
    shard.done.push_back({i, std::move(found->second)});
  }
  shard.report["shortened"] = report.shortened;
  if (!predictions.uses.empty()) {
    shard.report.update({{"uses", predictions.uses}, {"enrolled", report.enrolled}});
  }
  write_output_shard(context.config.output, shard);
}

/// Tells the model of the person whose other clips there are, and gives their number.
std::size_t enrol_person(ModelFile& model, const PredictConfig& config, Progress& progress) {
  require_takes_enrolment(model, config.model);
  auto clips = clips_for_model(model, config.models.enrol_from, config.choice, config.workers,
                               std::nullopt, progress);
  keep_drawn(clips.clips, config.models.enrol);
  tell_of_person(model, clips.features());
  return clips.clips.size();
}

PredictReport load_and_predict(const PredictConfig& config, Progress& progress) {
  const Runtime runtime = start_runtime(
      config.models.device, config.models.threads > 0 ? config.models.threads : available_cpus());
  const torch::Device device(runtime.device);
  ModelFile model = read_chosen_model(config.model, "");
  if (config.models.second_head) model = answering_levels(std::move(model), config.model);
  auto network = load_network(model, config.model.string(), device);
  Split split = split_of_model(run_of_model(config.model), model);
  PredictReport report;
  if (model.kind == "visual" && (config.models.enrol > 0 || !config.models.enrol_from.empty())) {
    throw UsageError("{} tells a model of sound or series of a person, and {} is one of pictures",
                     config.models.enrol_from.empty() ? "--enrol" : "--enrol-from",
                     config.model.string());
  }
  if (!config.models.enrol_from.empty()) report.enrolled = enrol_person(model, config, progress);
  Context context{config, std::move(model), std::move(network), device, std::move(split), progress};
  Predictions predictions = context.model.kind == "visual" ? predict_frames(context, report)
                                                           : predict_mfcc(context, report);
  predictions.uses =
      joined_uses({report.enrolled > 0 ? uses_of_enrolled(report.enrolled) : "",
                   pretrained_note(context.model.input), start_note(context.model.training)});
  if (config.shard) {
    write_shard(context, predictions, report);
  } else {
    write_predictions(output_place(config.output), predictions);
  }
  if (context.journal) context.journal->remove();
  summarise_predictions(config.output, predictions, report);
  return report;
}

}  // namespace

PredictReport run_predict(const PredictConfig& config, Progress& progress) {
  config.validate();
  check_output(config);
  if (!config.shard) refuse_unjoined_output(config.output);
  return in_one_sentence("predict", [&] { return load_and_predict(config, progress); });
}

}  // namespace aver
