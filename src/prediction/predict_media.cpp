#include "prediction/predict_media.h"

#include <algorithm>
#include <cmath>
#include <fstream>
#include <optional>
#include <random>

#include "base/durable_file.h"
#include "base/error.h"
#include "base/fingerprint.h"
#include "base/options.h"
#include "base/output_place.h"
#include "corpus/catalog.h"
#include "eval/fitted_fusion.h"
#include "prediction/answer_formats.h"
#include "prediction/answer_journal.h"
#include "prediction/asked_clips.h"
#include "prediction/emotion_recogniser.h"
#include "prediction/output_shards.h"
#include "runs/chosen_model.h"
#include "stages/sampled_frames.h"

namespace aver {
namespace {

/// Answers must not take the place of what they are about.
void refuse_output_onto_clip(const fs::path& output, const std::vector<std::string>& clips) {
  if (output.empty() || !fs::exists(output)) return;
  for (const std::string& clip : clips) {
    if (clip != kStandardInput && same_file(clip, output)) {
      throw UsageError("--output {} would overwrite one of the clips", output.string());
    }
  }
}

using Answer = EmotionRecogniser::Answer;

void note(PredictMediaReport& report, const Answer& answer) {
  if (!answer.estimate) {
    report.failed.push_back(answer.failure);
    return;
  }
  ++report.clips;
  for (const FaceEstimate& face : answer.estimate->every_face) {
    ++report.emotions[face.whole.emotion];
    ++report.decided_by[face.whole.decided_by];
  }
  if (!answer.estimate->every_face.empty()) return;
  const EmotionEstimate& whole = answer.estimate->whole;
  ++report.emotions[whole.emotion];
  ++report.decided_by[whole.decided_by];
  if (!whole.set.empty()) ++report.sure[whole.set.size() == 1 ? "sure" : "not sure"];
  if (const auto& faces = answer.estimate->faces) {
    for (const auto& [name, frames] : stage_counts(*faces, FaceMode::haar)) {
      report.faces[name] += frames;
    }
  }
}

AnswerShape shape_of(const PredictConfig& config, const EmotionRecogniser& models) {
  return {models.classes(), models.makes_sets(), config.smoother_in_use(), config.read.every_face};
}

/// Asks the models about some of the clips and hands each answer on, with its index and its text.
/// `before` of the clips that progress tells of have been answered earlier.
void answer_clips(const PredictConfig& config, const EmotionRecogniser& models,
                  const std::vector<std::string>& clips, const std::vector<std::size_t>& items,
                  std::size_t before, Progress& progress,
                  const std::function<void(std::size_t, const std::string&, const Answer&)>& use) {
  const AnswerFormat& format = answer_format(config.format);
  const AnswerShape shape = shape_of(config, models);
  std::vector<EmotionRecogniser::Source> sources;
  for (const std::size_t item : items) {
    const bool piped = clips[item] == kStandardInput;
    sources.push_back(piped ? EmotionRecogniser::Source{"standard input", config.standard_input}
                            : EmotionRecogniser::Source{clips[item]});
  }
  progress.start("predicting", before + items.size());
  models.predict(sources, config.read, config.workers, [&](std::size_t i, const Answer& answer) {
    use(items[i],
        answer.estimate ? format.clip(*answer.estimate, shape)
                        : format.failure(clips[items[i]], answer.failure, shape),
        answer);
    progress.update(before + i + 1);
  });
  progress.finish();
}

/// What the answers of a file must have in common, those of its shards and those of an interrupted
/// run.
nlohmann::json settings_of(const PredictConfig& config, const EmotionRecogniser& models) {
  const auto& [visual, audio, second_head, rule, fusion, enrol_from, enrol, encoder,
               face_as_trained, face, device, threads] = config.models;
  nlohmann::json settings = Options::of(config).to_json();
  settings.update(
      {{"predicts", "clips"},
       {"visual", visual.empty() ? "" : fingerprint_of_model(visual)},
       {"audio", audio.empty() ? "" : fingerprint_of_model(audio)},
       {"classes", models.classes()},
       {"face-cascade", face.files.cascade.string()},
       {"face-model", face.files.model.empty() ? "" : fingerprint_of_file(face.files.model)}});
  if (!enrol_from.empty()) settings["enrolled"] = fingerprint_of_files(enrol_from);
  if (enrol > 0) settings["enrol"] = enrol;
  if (!fusion.empty()) settings["fusion"] = json_of(read_fitted_fusion(fusion));
  if (const auto smoother = config.smoother_in_use()) settings["smoother"] = json_of(*smoother);
  return settings;
}

/// What all answers of a file must have seen alike.
std::string fingerprint_of(const std::vector<std::string>& clips) {
  Fingerprint fingerprint;
  for (const std::string& clip : clips) {
    if (clip == kStandardInput) {
      fingerprint.add(clip + std::to_string(std::random_device()()));  // it is another each time
    } else {
      // One that is not there fails by itself when it is read.
      fingerprint.add(clip, fs::exists(clip) ? stamp_of(clip) : FileStamp{});
    }
  }
  return fingerprint.text();
}

OutputShard run_of(const PredictConfig& config, const EmotionRecogniser& models,
                   const std::vector<std::string>& clips) {
  return {config.shard.value_or(Shard{}), settings_of(config, models),
          fingerprint_of(clips),          clips.size(),
          nlohmann::json::array(),        {}};
}

PredictMediaReport hand_out_answers(const PredictConfig& config,
                                    const std::vector<std::string>& clips, Progress& progress,
                                    const std::function<void(std::string_view)>& write) {
  const EmotionRecogniser models = open_recogniser(config.models, config.read, clips);
  write(answer_format(config.format).head(shape_of(config, models)));
  PredictMediaReport report;
  answer_clips(config, models, clips, items_of_shard({}, clips.size()), 0, progress,
               [&](std::size_t, const std::string& text, const Answer& answer) {
                 write(text);
                 note(report, answer);
               });
  return report;
}

/// Into a pipe or a device, which keeps nothing to go on with.
PredictMediaReport pour_answers(const PredictConfig& config, const std::vector<std::string>& clips,
                                Progress& progress) {
  std::ofstream out(config.output, std::ios::binary | std::ios::app);
  const auto require_good = [&] {
    if (!out.flush()) throw Error("cannot write {}", config.output.string());
  };
  require_good();
  return hand_out_answers(config, clips, progress, [&](std::string_view text) {
    out << text;
    require_good();
  });
}

/// Answers what the journal has no answer to yet; the report is of all that is in it then.
PredictMediaReport answer_into(AnswerJournal& journal, const PredictConfig& config,
                               const EmotionRecogniser& models,
                               const std::vector<std::string>& clips, Progress& progress) {
  std::vector<std::size_t> items = items_of_shard(config.shard.value_or(Shard{}), clips.size());
  const std::size_t before =
      std::erase_if(items, [&](std::size_t item) { return journal.answered().contains(item); });
  answer_clips(config, models, clips, items, before, progress,
               [&](std::size_t item, const std::string& text, const Answer& answer) {
                 PredictMediaReport one;
                 note(one, answer);
                 nlohmann::json done = {{"text", text}, {"counts", counts_json(one)}};
                 if (!answer.estimate) done["failed"] = answer.failure;
                 journal.add(item, done);
               });
  PredictMediaReport report;
  journal.for_each([&](std::size_t, const nlohmann::json& done) {
    add_counts(report, done.at("counts"));
    if (done.contains("failed")) report.failed.push_back(done.at("failed"));
  });
  return report;
}

PredictMediaReport write_answers(const PredictConfig& config, const std::vector<std::string>& clips,
                                 Progress& progress) {
  const fs::path place = output_place(config.output);
  const EmotionRecogniser models = open_recogniser(config.models, config.read, clips);
  AnswerJournal journal(journal_of(config.output, {}), run_of(config, models, clips),
                        config.resume);
  remove_temporaries_of(place);
  auto report = answer_into(journal, config, models, clips, progress);
  if (answer_format(config.format).of_one_clip && !report.failed.empty()) {
    journal.remove();  // a file without the answer would be none of its kind
    return report;
  }
  write_file_in_parts(place, [&](const AppendPart& append) {
    append(answer_format(config.format).head(shape_of(config, models)));
    journal.for_each([&](std::size_t, const nlohmann::json& done) {
      append(done.at("text").get<std::string>());
    });
  });
  journal.remove();
  return report;
}

PredictMediaReport write_share(const PredictConfig& config, const std::vector<std::string>& clips,
                               Progress& progress) {
  const EmotionRecogniser models = open_recogniser(config.models, config.read, clips);
  OutputShard shard = run_of(config, models, clips);
  check_output_shard(config.output, shard);
  AnswerJournal journal(journal_of(config.output, config.shard), shard, config.resume);
  auto report = answer_into(journal, config, models, clips, progress);
  journal.for_each([&](std::size_t item, nlohmann::json done) {
    done.erase("counts");
    shard.done.push_back({item, std::move(done)});
  });
  shard.report = counts_json(report);
  write_output_shard(config.output, shard);
  journal.remove();
  return report;
}

}  // namespace

nlohmann::json counts_json(const PredictMediaReport& report) {
  nlohmann::json counts = {{"clips", report.clips},
                           {"emotions", report.emotions},
                           {"decided_by", report.decided_by},
                           {"faces", report.faces}};
  if (!report.sure.empty()) counts["sure"] = report.sure;
  return counts;
}

void add_counts(PredictMediaReport& report, const nlohmann::json& counts) {
  report.clips += counts.at("clips").get<std::size_t>();
  const auto add = [&](const char* name, std::map<std::string, std::size_t>& sums) {
    for (const auto& [key, count] : counts.at(name).items()) sums[key] += count.get<std::size_t>();
  };
  add("emotions", report.emotions);
  add("decided_by", report.decided_by);
  add("faces", report.faces);
  if (counts.contains("sure")) add("sure", report.sure);
}

PredictMediaReport run_predict_media(const PredictConfig& told, Progress& progress,
                                     const std::function<void(std::string_view)>& write) {
  told.validate();
  PredictConfig config = told;
  config.read = config.windows();
  const AskedClips asked = asked_clips(config.paths);
  refuse_output_onto_clip(config.output, asked.clips);
  if (asked.clips.size() > 1 && answer_format(config.format).of_one_clip) {
    throw UsageError("--format {} is of one recording, and {} are asked about: name one",
                     config.format, asked.clips.size());
  }
  PredictMediaReport report;
  if (config.shard) {
    report = write_share(config, asked.clips, progress);
  } else if (config.output.empty()) {
    report = hand_out_answers(config, asked.clips, progress, write);
  } else if (is_stream(config.output)) {
    report = pour_answers(config, asked.clips, progress);
  } else {
    refuse_unjoined_output(config.output);
    report = write_answers(config, asked.clips, progress);
  }
  report.left_out = asked.left_out;
  return report;
}

}  // namespace aver
