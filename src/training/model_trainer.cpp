#include "training/model_trainer.h"

#include <spdlog/spdlog.h>

#include <numeric>
#include <set>

#include "base/error.h"
#include "base/fingerprint.h"
#include "base/interruption.h"
#include "base/printable.h"
#include "base/random.h"
#include "corpus/emotions.h"
#include "corpus/frame_name.h"
#include "corpus/spelling.h"
#include "features/speaker_states.h"
#include "nn/mirrored_answers.h"
#include "nn/network.h"
#include "nn/two_heads.h"
#include "protocol/untrained.h"
#include "runs/outcome.h"
#include "runs/second_head.h"
#include "runs/trained_on.h"
#include "training/fit.h"
#include "training/training_setup.h"

namespace aver {
namespace {

NetworkChoice with_second_head(NetworkChoice network, const TrainingConfig& run) {
  network.as<NetworkOptions>().classes += static_cast<int>(run.second_head.steps());
  return network;
}

FoldRoles fold_of_run(const TrainingInput& input, const TrainingItems& items, TrainingConfig run) {
  if (run.folds.numbers.empty()) run.folds = input.fold_by_default();
  FoldRoles fold;
  fold.split = choose_split(run, items.split, items.items, items.clips);
  fold.roles = input.roles(fold.split.split);
  fold.parts = parts_of(fold.split.split, fold.roles, items.unit);
  return fold;
}

/// Says of each item which picture it is, as the network sees it: what is equal there cannot be
/// told apart. One of a single colour is nobody's copy.
void identify_pictures(TrainingItems& items, const TrainingInput& input) {
  for (std::size_t i = 0; i < items.items.size(); ++i) {
    const auto bytes = input.content(i);
    if (is_one_colour(bytes, 3)) continue;
    Fingerprint print;
    print.add(bytes);
    items.items[i].sound = print.text();
  }
}

/// The clips that train, or those that test or validate. Pictures of a folder are nobody's clips.
std::vector<Clip> clips_of(const TrainingItems& items, const Roles& roles, bool that_train) {
  std::set<std::string> names;  // a clip has many frames
  for (std::size_t i = 0; i < items.items.size(); ++i) {
    if (roles[i] && (*roles[i] == Role::train) == that_train) {
      names.insert(clip_of_item(items.items[i].item));
    }
  }
  std::vector<Clip> clips;
  for (const std::string& name : names) {
    if (auto clip = items.clips.find(name)) clips.push_back(std::move(*clip));
  }
  return clips;
}

/// What the model remembers of its training part.
TrainedOn people_of(const TrainingItems& items, const Roles& roles) {
  TrainedOn people;
  for (const Clip& clip : clips_of(items, roles, /*that_train=*/true)) {
    people.clips.insert(clip.key);
    if (const auto speaker = items.clips.speaker(clip); !speaker.empty()) {
      people.speakers.insert(speaker);
    }
    if (const auto corpus = clip.value("corpus"); !corpus.empty()) people.corpora.insert(corpus);
  }
  return people;
}

/// Of what is learned, by item: its label, and where it stands along the second head's levels.
std::string fingerprint_of(const TrainingInput& input, const TrainingItems& items,
                           const Roles& roles, const std::vector<std::int64_t>& levels) {
  Fingerprint data;
  for (std::size_t i = 0; i < items.items.size(); ++i) {
    data.add(items.items[i].item);
    data.add(std::string(name_of(roles[i])));
    data.add(items.items[i].label);
    data.add(std::to_string(levels[i]));
    data.add(input.content(i));
  }
  return data.text();
}

/// Classes that this fold tests and trains nothing of.
UntrainedClasses untrained_by(const TrainingItems& items, const FoldRoles& fold) {
  Split split;
  std::map<std::string, std::string> labels;
  for (std::size_t i = 0; i < items.items.size(); ++i) {
    if (!fold.roles[i]) continue;
    split.rows.push_back({fold.split.fold, items.items[i].item, *fold.roles[i]});
    labels[items.items[i].item] = items.items[i].label;
  }
  return untrained_classes(split, [&](const std::string& item) { return labels.at(item); });
}

/// The same with the levels of the second head as labels.
Predictions labelled_by_level(Predictions predictions, const std::vector<std::int64_t>& levels) {
  for (std::size_t i = 0; i < levels.size(); ++i) {
    const auto level = levels[i];
    predictions.rows[i].label =
        level < 0 ? "" : predictions.classes[static_cast<std::size_t>(level)];
  }
  return predictions;
}

Predictions predict_all(const TrainingItems& items, const std::vector<std::string>& classes,
                        const FoldRoles& fold, Network& network, const Dataset& dataset,
                        const Runtime& runtime, Progress& progress) {
  std::vector<std::size_t> all(dataset.size());
  std::iota(all.begin(), all.end(), std::size_t{0});
  progress.start("predicting", all.size());
  const auto distributions = predict(
      network, dataset, all, torch::Device(runtime.device),
      [&](std::size_t done) { progress.update(done); }, *runtime.group);
  progress.finish();
  Predictions predictions{classes, {}};
  for (const std::size_t i : all) {
    predictions.rows.push_back({items.items[i].item, fold.split.fold, fold.roles[i],
                                items.items[i].label, distributions[i]});
  }
  return predictions;
}

/// Where each item stands along the levels of the second head; -1 where its clip does not say.
/// Throws UsageError when none does, Error for a value that is no level.
std::vector<std::int64_t> levels_of(const TrainingItems& items, const SecondHead& head) {
  std::vector<std::int64_t> levels(items.items.size(), -1);
  if (head.none()) return levels;
  for (std::size_t i = 0; i < levels.size(); ++i) {
    const auto clip = items.clips.find(clip_of_item(items.items[i].item));
    const std::string value = clip ? clip->value(head.column) : std::string();
    if (value.empty()) continue;
    const auto found = std::ranges::find(head.levels, value);
    if (found == head.levels.end()) {
      throw UsageError("--second-head: the {} of {} is \"{}\", which is none of {}", head.column,
                       items.items[i].item, value, fmt::join(head.levels, ", "));
    }
    levels[i] = found - head.levels.begin();
  }
  if (std::ranges::count(levels, -1) == std::ssize(levels)) {
    throw UsageError("--second-head: no clip says its {}; what is known of them is {}", head.column,
                     fmt::join(items.clips.attributes(), ", "));
  }
  return levels;
}

/// What a run predicts: item by item, and clip by clip where the items are parts of clips.
struct RunPredictions {
  Predictions items;
  std::optional<Predictions> clips;
  std::optional<Predictions> levels;  ///< of the second head, of clips

  const Predictions& of_clips() const { return clips ? *clips : items; }
};

void add_scores(TrainingReport& report, const RunPredictions& predictions,
                const std::string& unit) {
  const std::string prefix = predictions.clips ? unit + ", " : "";
  for (const auto& [role, part] : {std::pair{Role::test, "test part"},
                                   {Role::validation, "validation part"},
                                   {Role::train, "training part"}}) {
    report.text += score_line(prefix + part, predictions.items, role, unit);
  }
  report.metrics[unit] = part_metrics(predictions.items);
  if (!predictions.clips) return;
  for (const auto& [role, part] : {std::pair{std::optional(Role::test), "clips, test part"},
                                   {std::optional(Role::validation), "clips, validation part"},
                                   {std::optional(Role::train), "clips with frames in training"},
                                   {std::nullopt, "clips, all"}}) {
    report.text += score_line(part, *predictions.clips, role, "clips");
  }
  report.metrics["clips"] = part_metrics(*predictions.clips);
}

/// Which part chose the epoch, behind "weights of epoch N"; "" where none did.
std::string chosen_words(const TrainingConfig& run, const FoldRoles& fold,
                         const FitResult& fitted) {
  const std::string_view part = fold.parts.validating;
  std::string words;
  if (run.select == "best") words += fmt::format(", the best on the {} part", part);
  if (run.recipe.early_stop > 0 && static_cast<int>(fitted.history.size()) < run.epochs) {
    words += fmt::format(", ended early by the {} part", part);
  }
  return words;
}

/// What a model knew before it saw its own training part, for every table it is in.
std::string known_before(const TrainingInput& input, const LeakVerdict& verdict,
                         std::string begun) {
  if (verdict.begun_clips + verdict.begun_speakers > 0) {
    begun += ", which had met people who are tested";
  }
  return joined_uses({pretrained_note(input.model_input()), begun});
}

TrainingReport report_of(const TrainingConfig& run, const TrainingInput& input,
                         const TrainingItems& items, const FoldRoles& fold, const FitResult& fitted,
                         const RunPredictions& predictions, const std::string& known) {
  const RunSplit& split = fold.split;
  const bool chosen = run.select == "best" || run.recipe.early_stop > 0;
  const bool chosen_on_test = chosen && fold.parts.validates_on_test();
  const Scores scores = score(confusion_of(predictions.items, Role::test));
  TrainingReport report;
  report.epochs_done = static_cast<int>(fitted.history.size());
  report.test_accuracy = scores.accuracy;
  report.test_uar = scores.uar;
  report.metrics = {{"format", kRunMetricsFormat},
                    {"kind", input.kind()},
                    {"protocol", split.protocol()},
                    {"fold", split.fold},
                    {"split", split.source},
                    {"classes", predictions.items.classes},
                    {"epoch", fitted.scored_epoch},
                    {"select", run.select},
                    {"chosen_on_test_part", chosen_on_test},
                    {"leaks", split.verdict.leaks()},
                    {"leak_check", split.verdict.sentence()}};
  if (input.knows_sounds()) report.metrics["equal_recordings"] = split.equal_recordings;
  if (input.knows_pictures()) report.metrics["equal_pictures"] = split.equal_recordings;
  report.text = fmt::format("{} model, protocol {}, fold {}, weights of epoch {}{}:\n",
                            input.title(), split.protocol(), split.fold, fitted.scored_epoch,
                            chosen_words(run, fold, fitted));
  add_scores(report, predictions, items.unit);
  add_second_scores(report, run.output, run.second_head);
  if (const auto untrained = untrained_by(items, fold); !untrained.empty()) {
    report.metrics["untrained_classes"] = untrained.begin()->second;
  }
  const LeakVerdict& verdict = split.verdict;
  if (verdict.begun_clips + verdict.begun_speakers > 0) {
    report.metrics["begun_with"] = {{"clips", verdict.begun_clips},
                                    {"of_speakers", verdict.begun_speakers}};
  }
  if (!known.empty()) report.metrics["pretrained"] = known;
  report.text += notes_of_run(run.output, report.metrics);
  return report;
}

void write_tables(const TrainingConfig& run, const TrainingInput& input, const TrainingItems& items,
                  const FoldRoles& fold, const FitResult& fitted, const RunPredictions& predictions,
                  RunLog& log) {
  if (!items.clips.clips().empty()) write_clip_table(run.output / "clips.csv", items.clips);
  write_predictions(run.output / "predictions.csv", predictions.of_clips());
  if (predictions.clips) {
    write_predictions(run.output / "frame_predictions.csv", predictions.items);
  }
  if (predictions.levels) write_predictions(run.output / kSecondPredictions, *predictions.levels);
  write_training_figures(
      run.output, fitted.history,
      splits_frames(fold.split.split) ? predictions.items : predictions.of_clips(), Role::test,
      fmt::format("{}, protocol {}", input.title(), fold.split.protocol()), log);
}

}  // namespace

std::vector<std::string> TrainingItems::labels() const {
  std::vector<std::string> labels;
  for (const SplitItem& item : items) labels.push_back(item.label);
  return labels;
}

std::string described_network(const NetworkChoice& choice, const TrainingConfig& run) {
  const auto network = with_second_head(choice, run).make(0);
  return format_layers(std::string(choice.architecture().title), describe(*network));
}

void ModelTrainer::read(Progress& progress) {
  items_ = input_.read(progress);
  for (const std::string& sentence : items_.left_out) spdlog::info(sentence);
  for (const std::string& sentence : items_.remarks) spdlog::warn(sentence);
  classes_ = in_class_order(items_.labels());
  for (const std::string& name : classes_) {
    if (is_utf8(name)) continue;
    throw Error("the class '{}' is no UTF-8, as a model has to keep it: rename it where it stands",
                name);
  }
  for (const std::string& sentence : spelled_twice(classes_)) spdlog::warn(sentence);
}

void ModelTrainer::check(const TrainingConfig& run, Progress& progress) {
  const FoldRoles fold = fold_of_run(input_, items_, run);
  const auto levels = levels_of(items_, run.second_head);  // before what takes long
  input_.prepare(progress, {});
  if (!run.resume) return;
  check_resume(run, identity_of(options(run), fingerprint_of(input_, items_, fold.roles, levels)));
}

TrainingReport ModelTrainer::train(const TrainingConfig& run, const Runtime& runtime,
                                   Progress& progress) {
  FoldRoles fold = fold_of_run(input_, items_, run);
  input_.prepare(progress, *runtime.group);
  if (input_.knows_pictures()) {
    identify_pictures(items_, input_);
    fold = fold_of_run(input_, items_, run);
    fold.split.verdict.pictures = true;
  }
  const Options told = options(run);
  const auto [dataset, normalisation] =
      input_.data(indices_of(items_.labels(), classes_), fold.parts.train);
  const SecondHead& second = run.second_head;
  const auto levels = levels_of(items_, second);
  const NetworkChoice network = with_second_head(input_.network(), run);
  ModelFile model{input_.kind(),
                  classes_,
                  input_.model_input(),
                  network.is_papers() ? "" : std::string(network.architecture().name),
                  network.to_json(),
                  training_record(run, told, fold.split.split, fold.split.fold),
                  normalisation,
                  {},
                  1,
                  second};
  model.mirrored_answers = input_.mirrors_answers();
  const auto built = network.make(derive_seed(run.seed, {0}));
  const Start start = start_from(*built, run.start, model);
  LeakVerdict& verdict = fold.split.verdict;
  const SeenClips met =
      count_seen(start.people, clips_of(items_, fold.roles, /*that_train=*/false));
  verdict.begun_clips = met.clips;
  verdict.begun_speakers = met.of_speakers;
  TrainedOn people = people_of(items_, fold.roles);
  people.merge(start.people);
  if (!people.empty()) model.training["trained_on"] = to_json(people);
  FitRequest request{run,
                     built,
                     *dataset,
                     {fold.parts.train, fold.parts.validation},
                     {run.batch_size,
                      run.learning_rate,
                      run.seed,
                      input_.plateau(),
                      run.recipe,
                      run.epochs,
                      start.taken,
                      run.start.rate,
                      {second.steps(), levels, run.second_head_weight}},
                     model,
                     identity_of(told, fingerprint_of(input_, items_, fold.roles, levels)),
                     torch::Device(runtime.device),
                     fold.parts.validating,
                     runtime.group};
  FolderLock lock = lock_run(run, runtime);  // before what is there is read
  const auto trainer = start_trainer(request);
  RunLog log = start_run(run, {tool(), told.settings()}, fold.split.split, runtime, lock);
  if (const auto sentence = untrained_sentence(untrained_by(items_, fold), false);
      !sentence.empty() && runtime.group->first()) {
    log.warn(sentence);
  }
  if (!start.remark.empty() && trainer->epochs_done() == 0) {
    if (start.is_little)
      log.warn("only " + start.remark);
    else
      log.info(start.remark);
  }
  if (met.clips + met.of_speakers > 0) log.warn(verdict.sentence());
  const FitResult fitted = fit(request, *trainer, log, progress);
  if (fitted.interrupted) return interrupted_report(run, fitted.history.size());

  const auto answers = [&](Head head, const std::vector<std::string>& names) {
    auto asked = head_of(request.network, head, second.steps());
    if (model.mirrored_answers) asked = std::make_shared<MirroredAnswers>(std::move(asked));
    asked->eval();
    return predict_all(items_, names, fold, *asked, *dataset, runtime, progress);
  };
  RunPredictions predictions;
  try {
    predictions.items = answers(Head::classes, classes_);
    if (!second.none()) {
      predictions.levels =
          labelled_by_level(answers(Head::levels, second.levels), request.options.levels.of_items);
    }
  } catch (const Interrupted&) {
    return interrupted_report(run, fitted.history.size());
  }
  if (!runtime.group->first()) return report_elsewhere(fitted.history.size());
  predictions.clips = input_.of_clips(predictions.items);
  if (predictions.levels) {
    if (auto of_clips = input_.of_clips(*predictions.levels)) predictions.levels = of_clips;
  }
  const std::string known = known_before(input_, verdict, start.note);
  predictions.items.uses = known;
  if (predictions.clips) predictions.clips->uses = known;
  if (predictions.levels) predictions.levels->uses = known;
  write_tables(run, input_, items_, fold, fitted, predictions, log);
  auto report = report_of(run, input_, items_, fold, fitted, predictions, known);
  finish_run(run.output, report, log);
  return report;
}

}  // namespace aver
