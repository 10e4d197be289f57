#include "robustness/evaluate_robustness.h"

#include <spdlog/spdlog.h>

#include <algorithm>
#include <map>
#include <set>

#include "base/durable_file.h"
#include "base/error.h"
#include "base/fingerprint.h"
#include "base/json_bytes.h"
#include "base/options.h"
#include "base/parallel.h"
#include "base/spreadsheet.h"
#include "base/text.h"
#include "conditions/sound_under_conditions.h"
#include "eval/fusion_rules.h"
#include "fusion/fits.h"
#include "fusion/input.h"
#include "prediction/answer_journal.h"
#include "report/tables.h"
#include "report/words.h"
#include "robustness/clip_answers.h"
#include "robustness/curve_output.h"
#include "robustness/curves.h"
#include "runs/run_folder.h"
#include "store/cleared_folder.h"
#include "train/blas_buffers.h"

namespace aver {
namespace {

constexpr const char* kOwnRules[] = {"max-confidence", "product"};
constexpr const char* kFittedRule = "calibrated-product";

/// The recordings of a folder, by the key of their clip.
struct Recordings {
  std::map<std::string, DatasetClip> audio, visual;
};

Recordings recordings_in(const EvaluateRobustnessConfig& config, const Corpus& corpus) {
  ChosenClips chosen(config.choice);
  Catalog catalog =
      corpus.scan(config.input, recording_extensions(), chosen, doubles_of(config.keep_first));
  for (const std::string& sentence : chosen.left_out()) spdlog::info(sentence);
  const std::string_view heard = config.modality == "av" ? kAudioVideo : kAudioOnly;
  Recordings recordings;
  for (DatasetClip& clip : catalog.clips) {
    const std::string& modality = clip.recording.modality;
    const std::string& key = clip.recording.clip.key;
    if (modality == heard) recordings.audio.emplace(key, clip);
    // A clip's picture without its sound is the same picture.
    if (modality == kAudioVideo) recordings.visual.insert_or_assign(key, clip);
    if (modality == kVideoOnly) recordings.visual.emplace(key, clip);
  }
  return recordings;
}

std::size_t model_of(const std::vector<FoldModel>& models, const Prediction& row,
                     const fs::path& run) {
  if (models.size() == 1) return 0;
  const auto found = std::ranges::find(models, row.fold, &FoldModel::fold);
  if (found == models.end()) {
    throw Error("{} has no model of the fold that tests {}: join its folds again", run.string(),
                row.clip);
  }
  return static_cast<std::size_t>(found - models.begin());
}

class Evaluation {
 public:
  Evaluation(const EvaluateRobustnessConfig& config, Progress& progress)
      : config_(config), progress_(progress), corpus_(config.corpus) {}

  EvaluateRobustnessReport run() {
    read_tables_of_runs();
    load_models();
    find_recordings();
    choose_columns();
    choose_systems();
    const FolderLock lock = lock_cleared(config_.output);
    ask_models();
    const ScoredClips scored{inputs_, clips_, scored_, fits_, classes_};
    const Curves curves = curves_of(scored, answers_, systems_, columns_,
                                    {config_.draws, config_.seed, config_.workers});
    auto report = report_of(curves);
    journal_->remove();
    return report;
  }

 private:
  void read_tables_of_runs() {
    std::vector<ModalitySource> sources;
    for (const auto& [name, run] :
         {std::pair{"audio", config_.audio}, {"visual", config_.visual}}) {
      if (!run.empty()) sources.push_back({name, run, true});
    }
    const ClipTable known = clips_of(sources, corpus_);
    const auto tables = read_tables(sources, {}, /*logits=*/false, corpus_, known);
    require_same_classes(tables);
    for (std::size_t i = 0; i < sources.size(); ++i) {
      inputs_.push_back(read_modality(sources[i], tables[i].table, config_.choice.channel, known));
    }
    classes_ = inputs_.front().predictions.classes;
    clips_ = join(inputs_);
    fits_.note = "there is one modality";
    if (inputs_.size() > 1) {
      const std::vector<std::string> modalities = {"audio", "visual"};
      fits_ = fit_fusion_rules(clips_, classes_, modalities, {}, config_.workers);
    }
  }

  void load_models() {
    const std::size_t threads = threads_of_workers();
    if (!config_.audio.empty()) {
      audio_ = fold_models(config_.audio, true, config_.encoder, config_.faces, threads);
    }
    if (!config_.visual.empty()) {
      visual_ = fold_models(config_.visual, false, config_.encoder, config_.faces, threads);
    }
  }

  std::size_t threads_of_workers() const {
    const std::size_t threads =
        config_.threads > 0 ? static_cast<std::size_t>(config_.threads) : available_cpus();
    return std::max<std::size_t>(threads / std::max<std::size_t>(config_.workers, 1), 1);
  }

  /// What a modality is asked of a clip; nothing where its table lacks the clip.
  std::optional<AskedRecording> asked_of(const FusionClip& clip, std::size_t modality,
                                         const std::map<std::string, DatasetClip>& recordings,
                                         bool& lacking) const {
    const Prediction* row = clip.answers[modality].row;
    if (row == nullptr) return std::nullopt;
    const bool audio = inputs_[modality].name == "audio";
    const auto found = recordings.find(clip.clip);
    if (found == recordings.end()) {
      lacking = true;
      return std::nullopt;
    }
    return AskedRecording{found->second, model_of(audio ? audio_ : visual_, *row,
                                                  audio ? config_.audio : config_.visual)};
  }

  void find_recordings() {
    const Recordings recordings = recordings_in(config_, corpus_);
    for (const auto& [key, clip] : recordings.audio) {
      voices_.push_back({key, clip.recording.clip.speaker, clip.path, clip.start, clip.end});
    }
    std::size_t held_out = 0;
    std::vector<std::string> lacking;
    for (std::size_t i = 0; i < clips_.size(); ++i) {
      const FusionClip& clip = clips_[i];
      if (!clip.held_out()) continue;
      ++held_out;
      AskedClip asked{clip.clip, {}, {}};
      bool lacks = false;
      for (std::size_t m = 0; m < inputs_.size(); ++m) {
        const bool audio = inputs_[m].name == "audio";
        (audio ? asked.audio : asked.visual) =
            asked_of(clip, m, audio ? recordings.audio : recordings.visual, lacks);
      }
      if (lacks) {
        lacking.push_back(clip.clip);
        continue;
      }
      scored_.push_back(i);
      asked_.push_back(std::move(asked));
    }
    if (held_out == 0) {
      throw Error(
          "no clip is held out by {}: conditions are looked at on clips that no model has seen; "
          "train with a split that keeps whole clips apart",
          inputs_.size() == 1 ? "the model" : "both models");
    }
    if (scored_.empty()) {
      throw Error(
          "{} has no recording of the {} that the models leave for testing ({} …) that --filter, "
          "--channel and --modality {} leave{}",
          config_.input.string(), counted(held_out, "clips"), lacking.front(), config_.modality,
          config_.modality == "av" && !config_.audio.empty()
              ? "; for the sound of .wav and .flac files say --modality audio-only"
              : "");
    }
    if (!lacking.empty()) {
      notes_.push_back(fmt::format("{} of {} test clips are not scored, having no recording here",
                                   lacking.size(), held_out));
    }
  }

  void choose_columns() {
    others_.emplace(config_.noise, voices_, config_.limits, config_.tracks);
    const auto known = condition_scales(!audio_.empty(), !visual_.empty());
    if (!config_.conditions.empty()) {
      columns_ = columns_of(config_.conditions, known);
      for (const Column& column : columns_) require_possible(column);
      return;
    }
    std::vector<std::string> names, missing;
    for (const Column& column : columns_of(names_of(known), known)) {
      if (column.condition == nullptr) continue;
      const std::string name = column.name();
      auto& list = is_possible(column) ? names : missing;
      if (list.empty() || list.back() != name) list.push_back(name);
    }
    columns_ = columns_of(names, known);
    for (const std::string& name : missing) {
      notes_.push_back(fmt::format("Not looked at: {}, which needs {}", name,
                                   name == "noise" ? "--noise" : "clips of two speakers or more"));
    }
  }

  static std::vector<std::string> names_of(const std::vector<const ConditionScale*>& scales) {
    std::vector<std::string> names;
    for (const ConditionScale* scale : scales) names.emplace_back(scale->name);
    return names;
  }

  bool is_possible(const Column& column) const {
    if (column.condition->sound == nullptr) return true;
    const Mixes mixes = column.condition->sound->mixes;
    return mixes == Mixes::nothing ||
           (mixes == Mixes::noise ? others_->has_noise() : others_->has_other_speakers());
  }

  void require_possible(const Column& column) const {
    if (column.condition == nullptr || column.condition->sound == nullptr) return;
    require_others({{column.condition->scale, column.level}}, *others_);
  }

  void choose_systems() {
    for (std::size_t m = 0; m < inputs_.size(); ++m) {
      systems_.push_back({inputs_[m].name, m, nullptr});
    }
    if (inputs_.size() < 2) return;
    std::vector<std::string> rules = config_.rules;
    if (rules.empty()) {
      rules.assign(std::begin(kOwnRules), std::end(kOwnRules));
      if (can_fit()) rules.emplace_back(kFittedRule);
    }
    for (const std::string& name : rules) {
      const FusionRule& rule = fusion_rule(name);
      if (rule.fitted && !can_fit()) {
        throw Error(
            "the rule '{}' has to be fitted on clips that are not scored. {}", name,
            fits_.possible() ? "Some of the scored clips are what it was fitted on." : fits_.note);
      }
      systems_.push_back({name, std::nullopt, &rule});
    }
  }

  bool can_fit() const {
    return fits_.possible() && std::ranges::all_of(scored_, [&](std::size_t i) {
             return fits_.fit_of_clip[i].has_value();
           });
  }

  /// What kept answers must have been asked for.
  OutputShard identity() const {
    std::vector<std::string> models, columns;
    for (const auto* modality : {&audio_, &visual_}) {
      for (const FoldModel& model : *modality) models.push_back(model.fingerprint);
    }
    for (const Column& column : columns_) columns.push_back(column.words());
    Fingerprint input;
    for (const Voice& voice : voices_) input.add(voice.file, stamp_of(voice.file));
    for (const AskedClip& clip : asked_) {
      input.add(clip.key);
      if (!clip.visual) continue;
      const std::string& file = clip.visual->recording.path;
      input.add(file, stamp_of(file));
    }
    nlohmann::json settings = {{"asks", "robustness"},
                               {"models", fmt::format("{}", fmt::join(models, " "))},
                               {"conditions", fmt::format("{}", fmt::join(columns, ", "))},
                               {"seed", config_.seed},
                               {"modality", config_.modality},
                               {"audio-track", config_.tracks.audio},
                               {"video-track", config_.tracks.video}};
    if (!config_.noise.empty()) settings["noise"] = fingerprint_of_files(config_.noise);
    return {{}, std::move(settings), input.text(), asked_.size(), {}, {}};
  }

  void ask_models() {
    journal_.emplace(config_.output / "answers.part", identity(), /*resume=*/false);
    std::vector<std::size_t> open;
    for (std::size_t i = 0; i < asked_.size(); ++i) {
      if (!journal_->answered().contains(i)) open.push_back(i);
    }
    const std::size_t before = asked_.size() - open.size();
    const std::size_t side_by_side =
        std::clamp<std::size_t>(config_.workers, 1, std::max<std::size_t>(open.size(), 1));
    const Questions questions{audio_,       visual_,        columns_,       *others_,
                              config_.seed, config_.limits, config_.tracks, threads_of_workers()};
    reserve_blas_buffers(side_by_side);
    progress_.start("asking under conditions", asked_.size());
    parallel_map(
        open.size(), side_by_side,
        [&] {
          return [&, asker = std::make_shared<ClipAsker>(questions)](std::size_t i) {
            const AskedClip& clip = asked_[open[i]];
            try {
              return json_of(asker->ask(clip));
            } catch (const Error& error) {
              const auto& recording = clip.audio ? clip.audio->recording : clip.visual->recording;
              const std::string reason = error.what();
              return nlohmann::json{{"failed", reason.find(clip.key) == std::string::npos
                                                   ? fmt::format("{}: {}", recording.path, reason)
                                                   : reason}};
            }
          };
        },
        [&](std::size_t i, const nlohmann::json& answer) {
          journal_->add(open[i], answer);
          progress_.update(before + i + 1, "");
        });
    progress_.finish();
    take_answers();
  }

  void take_answers() {
    std::vector<std::optional<ClipAnswers>> kept(asked_.size());
    std::map<std::size_t, std::string> failed;
    journal_->for_each([&](std::size_t item, const nlohmann::json& answer) {
      if (answer.contains("failed")) {
        failed[item] = answer.at("failed").get<std::string>();
      } else {
        kept[item] = clip_answers_from(answer);
      }
    });
    for (const auto& [item, reason] : failed) failed_.push_back(reason);
    std::vector<std::size_t> scored;
    std::vector<AskedClip> asked;
    for (std::size_t i = 0; i < kept.size(); ++i) {
      if (!kept[i]) continue;
      scored.push_back(scored_[i]);
      asked.push_back(std::move(asked_[i]));
      answers_.push_back(std::move(*kept[i]));
    }
    scored_ = std::move(scored);
    asked_ = std::move(asked);
    if (scored_.empty()) {
      journal_->remove();
      throw Error("none of the clips could be answered: {}", failed_.front());
    }
    compare_with_runs();
    look_for_leaks();
  }

  void look_for_leaks() {
    std::vector<FusionClip> clips;
    for (const std::size_t i : scored_) clips.push_back(clips_[i]);
    for (std::size_t m = 0; m < inputs_.size(); ++m) {
      const LeakVerdict leak = verdict(inputs_[m], m, clips);
      if (leak.leaks()) notes_.push_back(fmt::format("{}: {}", inputs_[m].name, leak.sentence()));
    }
  }

  /// Clean answers should be those that the runs wrote of the same clips.
  void compare_with_runs() {
    for (std::size_t m = 0; m < inputs_.size(); ++m) {
      std::size_t others = 0;
      for (std::size_t i = 0; i < scored_.size(); ++i) {
        const auto then = clips_[scored_[i]].answers[m].probabilities();
        const auto& now = inputs_[m].name == "audio" ? answers_[i].audio : answers_[i].visual;
        if (then.empty() || now.empty()) continue;
        others += argmax(then) == argmax(as_in_table(now.front())) ? 0 : 1;
      }
      if (others == 0) continue;
      notes_.push_back(
          fmt::format("Clean, {} says something else of {} than its run did: were those the same "
                      "recordings (--modality), with the same settings?",
                      inputs_[m].name, counted(others, "clips")));
    }
  }

  CsvTable answers_csv() const {
    CsvTable table{{"clip", "label", "modality", "condition", "level"}, {}, {}};
    table.header.insert(table.header.end(), classes_.begin(), classes_.end());
    for (std::size_t i = 0; i < scored_.size(); ++i) {
      const FusionClip& clip = clips_[scored_[i]];
      for (const auto& [modality, answers] :
           {std::pair<const char*, const std::vector<std::vector<double>>&>{"audio",
                                                                            answers_[i].audio},
            {"visual", answers_[i].visual}}) {
        for (std::size_t c = 0; c < answers.size(); ++c) {
          if (answers[c].empty()) continue;
          const Condition* condition = columns_[c].condition;
          auto& row = table.rows.emplace_back();
          row = {clip.clip, clip.label, modality, columns_[c].name(),
                 condition == nullptr ? "" : condition->scale->level_text(columns_[c].level)};
          for (const double p : answers[c]) row.push_back(decimals(p));
        }
      }
    }
    return table;
  }

  std::string heading(const Curves& curves) const {
    std::string text = fmt::format("UAR in percent of {} that no model has seen",
                                   counted(scored_.size(), "clips"));
    if (!curves.bootstrap.empty()) {
      text += fmt::format("; intervals ({}) are in robustness.csv", curves.bootstrap);
    }
    text +=
        ".\nConditions are made, not recorded; an empty cell is as clean, or\nthat of what is "
        "away.\n";
    return text;
  }

  std::string remarks() const {
    std::string text;
    for (const std::string& reason : failed_) text += "left out: " + reason + "\n";
    for (const std::string& note : notes_) text += note + "\n";
    for (const ModalityInput& input : inputs_) {
      if (!input.uses.empty()) text += fmt::format("{}: {}\n", input.name, input.uses);
    }
    return text;
  }

  EvaluateRobustnessReport report_of(const Curves& curves) {
    EvaluateRobustnessReport report;
    report.failed = failed_.size();
    const std::string rest = remarks();
    const std::string table =
        heading(curves) + "\n" + curves_text(curves) + (rest.empty() ? "" : "\n" + rest);
    const fs::path& folder = config_.output;
    write_file_durably(folder / "robustness.csv", spreadsheet_csv(curves_csv(curves)));
    write_file_durably(folder / "areas.csv", spreadsheet_csv(areas_csv(curves)));
    write_file_durably(folder / "answers.csv", spreadsheet_csv(answers_csv()));
    write_file_durably(folder / "table.txt", table);
    write_file_durably(folder / "table.md", curves_markdown(curves) + "\n" + heading(curves));
    report.metrics = curves_json(curves);
    report.metrics.update({{"format", 1},
                           {"clips", scored_.size()},
                           {"classes", classes_},
                           {"seed", config_.seed},
                           {"bootstrap", curves.bootstrap},
                           {"notes", notes_},
                           {"failed", failed_}});
    write_file_durably(folder / "metrics.json", dump_keeping_bytes(report.metrics, 2) + "\n");
    report.text = table + fmt::format("Everything is in {}\n", folder.string());
    if (curves.columns.size() == 1) return report;
    for (const std::string& warning : draw_all(folder, {curves_figure(curves)})) {
      report.text += warning + "\n";
    }
    return report;
  }

  const EvaluateRobustnessConfig& config_;
  Progress& progress_;
  Corpus corpus_;
  std::vector<ModalityInput> inputs_;
  std::vector<std::string> classes_;
  std::vector<FusionClip> clips_;
  FusionFits fits_;
  std::vector<FoldModel> audio_, visual_;
  std::vector<Voice> voices_;
  std::optional<OtherSounds> others_;
  std::vector<std::size_t> scored_;  ///< of clips_
  std::vector<AskedClip> asked_;     ///< the same
  std::vector<Column> columns_;
  std::vector<RobustSystem> systems_;
  std::optional<AnswerJournal> journal_;
  std::vector<ClipAnswers> answers_;  ///< of the scored clips
  std::vector<std::string> failed_, notes_;
};

}  // namespace

void EvaluateRobustnessConfig::describe(Options& options) {
  options.heading("Input and output");
  options.place("input", input, "Dataset folder: the recordings that the models were tested on")
      .required();
  options.place("output", output, "Folder for the tables and the figure").required();
  describe_corpus(options, corpus);
  options
      .result(
          "modality", modality,
          "Whose sound is heard: av (of the audio-video clips) or audio-only (the dataset's own "
          ".wav or .flac files), as aver-extract-audio was told")
      .one_of({"av", "audio-only"});
  choice.describe(options, Effect::result);
  Tracks::describe(options, tracks.audio, "audio");
  Tracks::describe(options, tracks.video, "video");
  options.heading("Models");
  options.place("audio", audio, "Finished run of aver-train-audio, or the folder of its folds");
  options.place("visual", visual, "Finished run of aver-train-visual, likewise");
  options.result("rules", rules,
                 "How the two become one: " + fusion_rules_help(true) +
                     ". None given: max-confidence, product and, where clips can fit it, "
                     "calibrated-product; fits are made on clean answers, as aver-evaluate-fusion "
                     "makes them");
  options.place("encoder", encoder,
                "Speaker encoder of an audio model that was trained on its states");
  faces.describe(options);
  options.heading("Conditions");
  options.result("conditions", conditions,
                 "NAME for all its levels or NAME=LEVEL, several with commas between; none given: "
                 "all that the models and recordings allow. " +
                     conditions_help(condition_scales(true, true)));
  options.place("noise", noise, "Folder of noises, or one, that the condition noise mixes in");
  options.result("seed", seed, "Seed of what is drawn for conditions, and of the bootstrap");
  options.result("draws", draws, "Bootstrap draws over speakers for the intervals (0 = none)");
  options.heading("Running");
  options.control("threads", threads, "Threads of LibTorch (0 = the CPUs this process may use)")
      .at_least(0);
  describe_workers(options, workers);
  limits.describe(options);
  describe_keep_first(options, keep_first);
  options.control("keep-going", keep_going, "Exit with 0 although clips failed");
  options.check([this](std::vector<std::string>& problems) {
    const auto note = [&](const std::function<void()>& look) {
      try {
        look();
      } catch (const UsageError& error) {
        problems.emplace_back(error.what());
      }
    };
    if (audio.empty() && visual.empty()) {
      problems.emplace_back("--audio, --visual or both are required");
      return;
    }
    note([&] { columns_of(conditions, condition_scales(!audio.empty(), !visual.empty())); });
    for (const std::string& rule : rules) note([&] { fusion_rule(rule); });
    if (!rules.empty() && (audio.empty() || visual.empty())) {
      problems.emplace_back("--rules needs two modalities: --audio and --visual");
    }
  });
}

void EvaluateRobustnessConfig::validate() const {
  EvaluateRobustnessConfig copy = *this;
  Options::of(std::move(copy)).require_valid();
}

EvaluateRobustnessReport run_evaluate_robustness(const EvaluateRobustnessConfig& config,
                                                 Progress& progress) {
  config.validate();
  for (const fs::path& run : {config.audio, config.visual}) {
    if (run.empty() || is_run_folder(run) || !folds_in(run).empty()) continue;
    throw UsageError(
        "{} is no training run: give the folder of a finished one, whose split says which clips "
        "its model has not seen",
        run.string());
  }
  if (is_run_folder(config.output)) {
    throw UsageError("--output {} is the folder of a training run: name another",
                     config.output.string());
  }
  return Evaluation(config, progress).run();
}

}  // namespace aver
