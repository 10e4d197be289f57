#include "train/trainer.h"

#include <algorithm>
#include <array>
#include <chrono>
#include <cmath>
#include <nlohmann/json.hpp>

#include "base/error.h"
#include "base/json_text.h"
#include "base/parallel.h"
#include "base/random.h"
#include "nn/two_heads.h"
#include "train/runtime.h"
#include "train/tensors.h"

namespace aver {
namespace {

constexpr std::uint64_t kShuffle = 1;  // purposes of derived seeds
constexpr std::uint64_t kDropout = 2;  // 3 is the data sets'
constexpr std::uint64_t kBlend = 4;

torch::Tensor logits_of(Network& network, const Dataset& dataset,
                        std::span<const std::size_t> items, const torch::Device& device) {
  torch::NoGradGuard no_grad;
  const Batch batch = dataset.batch(items, device);
  return network.forward(batch.inputs, batch.lengths).to(torch::kCPU);
}

// Logits on the CPU, one row per item. A matrix product rounds a row by where it stands and by how
// many threads share the work. So that an item has the same logits in any company, it is alone, on
// one thread; items go side by side.
torch::Tensor infer(Network& network, const Dataset& dataset, std::span<const std::size_t> items,
                    const torch::Device& device,
                    const std::function<void(std::size_t)>& progress = {}) {
  network.eval();
  const auto threads = static_cast<std::size_t>(at::get_num_threads());
  const bool side_by_side = device.is_cpu() && threads > 1;
  std::vector<torch::Tensor> logits;
  parallel_map(
      items.size(), side_by_side ? threads : 0,
      [&] {
        if (side_by_side) use_threads(1);
        return
            [&](std::size_t i) { return logits_of(network, dataset, items.subspan(i, 1), device); };
      },
      [&](std::size_t i, torch::Tensor row) {
        logits.push_back(std::move(row));
        if (progress) progress(i + 1);
      });
  if (side_by_side) use_threads(threads);  // what new threads start with is set by the last call
  return torch::cat(logits);
}

// The items that this process of the group takes.
std::span<const std::size_t> own_part(std::span<const std::size_t> items,
                                      const ProcessGroup& group) {
  const std::size_t begin = first_of_rank(items.size(), group.rank(), group.size());
  const std::size_t end = first_of_rank(items.size(), group.rank() + 1, group.size());
  return items.subspan(begin, end - begin);
}

// Does what infer() does, each process of the group its part.
torch::Tensor infer_together(Network& network, const Dataset& dataset,
                             std::span<const std::size_t> items, const torch::Device& device,
                             const std::function<void(std::size_t)>& progress,
                             const ProcessGroup& group) {
  if (group.alone()) return infer(network, dataset, items, device, progress);
  const auto own = own_part(items, group);
  const auto scaled = [&](std::size_t done) {
    if (progress) progress(done * items.size() / own.size());
  };
  torch::Tensor mine;
  if (!own.empty()) mine = infer(network, dataset, own, device, scaled);
  double classes = group.first() ? static_cast<double>(mine.size(1)) : 0.0;
  group.sum(std::span(&classes, 1));
  auto all =
      torch::zeros({static_cast<std::int64_t>(items.size()), static_cast<std::int64_t>(classes)});
  if (!own.empty()) {
    const auto begin = static_cast<std::int64_t>(own.data() - items.data());
    all.narrow(0, begin, mine.size(0)).copy_(mine);
  }
  group.sum(all);
  return all;
}

torch::Tensor labels_of(const Dataset& dataset, std::span<const std::size_t> items) {
  std::vector<std::int64_t> labels;
  for (const std::size_t item : items) labels.push_back(dataset.label(item));
  return torch::tensor(labels, torch::kInt64);
}

/// n / (K · n_c), which is 1 on the average over the items; 0 for a class without items.
std::vector<float> balanced_weights(const Dataset& dataset, std::span<const std::size_t> items) {
  std::vector<float> counts;
  for (const std::size_t item : items) {
    const auto label = static_cast<std::size_t>(dataset.label(item));
    if (label >= counts.size()) counts.resize(label + 1);
    ++counts[label];
  }
  const auto present = std::ranges::count_if(counts, [](float count) { return count > 0; });
  const float all = static_cast<float>(items.size()) / static_cast<float>(present);
  for (float& count : counts) count = count > 0 ? all / count : 0;
  return counts;
}

/// Gamma(alpha, 1) by Marsaglia & Tsang 2000; for alpha below 1 with their power of a uniform.
double draw_gamma(Random& random, double alpha) {
  if (alpha < 1) return draw_gamma(random, alpha + 1) * std::pow(1 - random.uniform(), 1 / alpha);
  const double d = alpha - 1.0 / 3, c = 1 / std::sqrt(9 * d);
  while (true) {
    const double x = random.normal(), v = std::pow(1 + c * x, 3);
    if (v > 0 && std::log(1 - random.uniform()) < x * x / 2 + d - d * v + d * std::log(v)) {
      return d * v;
    }
  }
}

/// Parameters and floating-point buffers, by name.
std::map<std::string, torch::Tensor> state_of(Network& network) {
  std::map<std::string, torch::Tensor> state;
  for (const auto& item : network.named_parameters()) state[item.key()] = item.value();
  for (const auto& item : network.named_buffers()) {
    if (item.value().is_floating_point()) state[item.key()] = item.value();
  }
  return state;
}

double correct_of(const torch::Tensor& logits, const Batch& batch) {
  return static_cast<double>(logits.detach().argmax(1).eq(batch.labels).sum().item<std::int64_t>());
}

nlohmann::json to_json(const EpochRecord& record) {
  return {record.epoch,          record.learning_rate,   record.train_loss,
          record.train_accuracy, record.validation_loss, record.validation_accuracy};
}

EpochRecord record_from(const nlohmann::json& row) {
  return {row.at(0), row.at(1), row.at(2), row.at(3), row.at(4), row.at(5)};
}

// Rank 0's: what follows from it must not differ by a rounding on another kind of machine.
EpochRecord agreed(const EpochRecord& record, const ProcessGroup& group) {
  if (group.alone()) return record;
  std::string text = to_json(record).dump();
  group.broadcast(text);
  return record_from(nlohmann::json::parse(text));
}

std::map<std::string, TensorBytes> with_prefix(const std::map<std::string, TensorBytes>& tensors,
                                               const std::string& prefix) {
  std::map<std::string, TensorBytes> found;
  for (const auto& [name, tensor] : tensors) {
    if (name.starts_with(prefix)) found[name.substr(prefix.size())] = tensor;
  }
  return found;
}

}  // namespace

Trainer::Trainer(std::shared_ptr<Network> network, const Dataset& dataset, TrainParts parts,
                 TrainOptions options, const torch::Device& device,
                 std::shared_ptr<const ProcessGroup> group)
    : network_(std::move(network)),
      dataset_(dataset),
      parts_(std::move(parts)),
      options_(std::move(options)),
      device_(device),
      group_(std::move(group)),
      optimizer_((network_->to(device), *network_), options_.learning_rate,
                 options_.recipe.weight_decay) {
  if (parts_.train.empty()) throw Error("There is nothing to train on: the training part is empty");
  if (options_.plateau && options_.recipe.schedule == "constant") {
    plateau_.emplace(*options_.plateau);
  }
  optimizer_.scale_rate(options_.started, options_.started_rate);
  if (options_.recipe.class_weights == "balanced") {
    class_weights_ = balanced_weights(dataset_, parts_.train);
  }
  if (options_.recipe.average > 0) {
    torch::NoGradGuard no_grad;
    for (const auto& [name, tensor] : state_of(*network_)) average_[name] = tensor.clone();
  }
}

std::size_t Trainer::batches() const {
  const auto size = static_cast<std::size_t>(options_.batch_size);
  return (parts_.train.size() + size - 1) / size;
}

int Trainer::best_epoch() const {
  const auto best = std::min_element(
      history_.begin(), history_.end(),
      [](const auto& a, const auto& b) { return a.validation_loss < b.validation_loss; });
  return best == history_.end() ? 0 : best->epoch;
}

bool Trainer::ends_early() const {
  const int patience = options_.recipe.early_stop;
  return patience > 0 && epochs_done() - best_epoch() >= patience;
}

void Trainer::follow_average() {
  if (average_.empty()) return;
  torch::NoGradGuard no_grad;
  // What the first steps leave behind is soon forgotten.
  const auto steps = static_cast<double>(optimizer_.steps());
  const double stays = std::min(options_.recipe.average, (1 + steps) / (10 + steps));
  for (const auto& [name, tensor] : state_of(*network_)) average_.at(name).lerp_(tensor, 1 - stays);
}

void Trainer::swap_average() const {
  torch::NoGradGuard no_grad;
  for (auto& [name, tensor] : state_of(*network_)) {
    const auto found = average_.find(name);
    if (found == average_.end()) continue;
    const torch::Tensor kept = tensor.clone();
    tensor.copy_(found->second);
    torch::Tensor(found->second).copy_(kept);
  }
}

std::map<std::string, TensorBytes> Trainer::scored_weights() const {
  swap_average();
  auto weights = weights_of(*network_);
  swap_average();
  return weights;
}

void Trainer::keep_scored_weights() {
  swap_average();
  average_.clear();
}

void Trainer::set_rate() {
  const Recipe& recipe = options_.recipe;
  if (recipe.schedule == "constant" && recipe.warmup_epochs == 0) return;
  const auto per_epoch = static_cast<double>(batches());
  const auto step = static_cast<double>(optimizer_.steps());
  // Of a constant rate what the plateau rule left of it goes on when the rise is over.
  if (recipe.schedule == "constant" && step > recipe.warmup_epochs * per_epoch) return;
  optimizer_.set_learning_rate(options_.learning_rate *
                               rate_factor(recipe, step, options_.epochs * per_epoch, per_epoch));
}

std::vector<Blend> Trainer::blends_of(std::span<const std::size_t> items,
                                      std::uint64_t batch) const {
  std::vector<Blend> blends;
  if (options_.recipe.mixup == 0) return blends;
  const auto epoch = static_cast<std::uint64_t>(epochs_done() + 1);
  Random random(derive_seed(options_.seed, {kBlend, epoch, batch}));
  const auto partners = random.permutation(items.size());
  for (std::size_t i = 0; i < items.size(); ++i) {
    const double one = draw_gamma(random, options_.recipe.mixup);
    const double other = draw_gamma(random, options_.recipe.mixup);
    // The larger share is the item's own, whose label the batch is counted by.
    blends.push_back({items[partners[i]],
                      static_cast<float>(std::max(one, other) / std::max(one + other, 1e-300))});
  }
  return blends;
}

// Summed over this process's items. Each target is the item's class, or that and the partner's in
// their shares, of which label smoothing gives a part to all classes.
torch::Tensor Trainer::loss_of(const torch::Tensor& logits, const Batch& batch,
                               std::span<const std::size_t> items,
                               std::span<const Blend> blends) const {
  const auto classes = logits.size(1);
  const auto smoothing = static_cast<float>(options_.recipe.label_smoothing);
  auto targets = torch::full({logits.size(0), classes}, smoothing / static_cast<float>(classes));
  auto* row = targets.data_ptr<float>();
  const auto add = [&](std::int64_t label, float share) {
    const float weight =
        class_weights_.empty() ? 1 : class_weights_[static_cast<std::size_t>(label)];
    row[label] += weight * (1 - smoothing) * share;
  };
  for (std::size_t i = 0; i < items.size(); ++i, row += classes) {
    const float own = blends.empty() ? 1 : blends[i].own;
    add(dataset_.label(items[i]), own);
    if (own < 1) add(dataset_.label(blends[i].partner), 1 - own);
  }
  return -(torch::log_softmax(logits, 1) * targets.to(batch.labels.device())).sum();
}

// This process's share of the mean over the batch's items whose level is known, times its weight.
torch::Tensor Trainer::loss_of_levels(const torch::Tensor& output, std::span<const std::size_t> all,
                                      std::span<const std::size_t> own,
                                      std::span<const Blend> blends) const {
  const LevelTargets& levels = options_.levels;
  const auto known =
      std::ranges::count_if(all, [&](std::size_t item) { return levels.of_items[item] >= 0; });
  auto targets = torch::zeros({output.size(0), levels.steps + 1});
  auto* row = targets.data_ptr<float>();
  for (std::size_t i = 0; i < own.size(); ++i, row += levels.steps + 1) {
    const float share = blends.empty() ? 1 : blends[i].own;
    if (const auto level = levels.of_items[own[i]]; level >= 0) row[level] += share;
    if (share == 1) continue;
    if (const auto level = levels.of_items[blends[i].partner]; level >= 0) row[level] += 1 - share;
  }
  return -(level_logits(output, levels.steps) * targets.to(output.device())).sum() *
         (levels.weight / static_cast<double>(std::max<std::ptrdiff_t>(known, 1)));
}

void Trainer::clip_gradients() {
  if (options_.recipe.clip_norm == 0) return;
  torch::NoGradGuard no_grad;
  double squares = 0;
  for (const auto& parameter : network_->parameters()) {
    if (!parameter.grad().defined()) continue;
    squares += parameter.grad().to(torch::kFloat64).square().sum().item<double>();
  }
  const double length = std::sqrt(squares);
  if (length <= options_.recipe.clip_norm) return;
  for (auto& parameter : network_->parameters()) {
    if (parameter.grad().defined())
      parameter.mutable_grad().mul_(options_.recipe.clip_norm / length);
  }
}

void Trainer::require_finite(double loss, const std::string& where) const {
  if (std::isfinite(loss)) return;
  throw Error(
      "The loss became {} in epoch {}, {}: lower --learning-rate (now {:g}) or look for extreme "
      "values in the input; {}",
      loss, epochs_done() + 1, where, optimizer_.learning_rate(),
      history_.empty() ? "no epoch was finished"
                       : fmt::format("the checkpoint of epoch {} is kept", epochs_done()));
}

void Trainer::train_batch(std::span<const std::size_t> items, Sums& sums) {
  const auto own = own_part(items, *group_);
  const auto first = static_cast<std::size_t>(own.data() - items.data());
  const auto number = static_cast<std::uint64_t>(sums.count);
  const auto blends = blends_of(items, number);
  const auto own_blends =
      std::span(blends).subspan(blends.empty() ? 0 : first, blends.empty() ? 0 : own.size());
  const auto epoch = static_cast<std::uint64_t>(epochs_done() + 1);
  const BatchShare share{own.data() - items.data(), static_cast<std::int64_t>(items.size()),
                         [group = group_](torch::Tensor& values) { group->sum(values); }};
  const Batch batch = dataset_.training_batch(own, device_, {options_.seed, epoch, own_blends});
  optimizer_.zero_grad();
  network_->share = group_->alone() ? nullptr : &share;
  const auto output = network_->forward(batch.inputs, batch.lengths);
  network_->share = nullptr;
  const auto logits = class_logits(output, options_.levels.steps);
  const auto count = static_cast<double>(items.size());
  auto loss =
      options_.recipe.has_soft_targets() ? loss_of(logits, batch, own, own_blends).div(count)
      : group_->alone()                  ? torch::cross_entropy_loss(logits, batch.labels)
                        : torch::cross_entropy_loss(logits, batch.labels, {}, at::Reduction::Sum)
                              .div(count);  // the parts' losses add up to the batch's mean
  if (options_.levels.steps > 0) loss = loss + loss_of_levels(output, items, own, own_blends);
  std::array<double, 2> seen = {loss.item<double>(), own.empty() ? 0.0 : correct_of(logits, batch)};
  group_->sum(seen);
  require_finite(seen[0], fmt::format("after {:.0f} of {} items", sums.count, parts_.train.size()));
  loss.backward();
  sum_gradients();
  clip_gradients();
  set_rate();
  optimizer_.step();
  follow_average();
  sums.loss += seen[0] * count;
  sums.correct += seen[1];
  sums.count += count;
}

// All in one message.
void Trainer::sum_gradients() {
  if (group_->alone()) return;
  std::vector<torch::Tensor> parameters, gradients;
  for (const auto& parameter : network_->parameters()) {
    if (!parameter.requires_grad()) continue;
    const auto& gradient = parameter.grad();
    parameters.push_back(parameter);
    gradients.push_back(
        (gradient.defined() ? gradient : torch::zeros_like(parameter)).contiguous().view({-1}));
  }
  auto all = torch::cat(gradients);
  group_->sum(all);
  std::int64_t begin = 0;
  for (auto& parameter : parameters) {
    parameter.mutable_grad() = all.narrow(0, begin, parameter.numel()).view(parameter.sizes());
    begin += parameter.numel();
  }
}

bool Trainer::train_batches(Sums& sums, const AfterBatch& after_batch) {
  const auto epoch = static_cast<std::uint64_t>(epochs_done() + 1);
  std::vector<std::size_t> order = parts_.train;
  Random random(derive_seed(options_.seed, {kShuffle, epoch}));
  random.shuffle(std::span(order));
  torch::manual_seed(derive_seed(options_.seed, {kDropout, epoch}));
  network_->train();
  const auto size = static_cast<std::size_t>(options_.batch_size);
  for (std::size_t done = 0; done < batches(); ++done) {
    const std::size_t begin = done * size;
    train_batch(std::span(order).subspan(begin, std::min(size, order.size() - begin)), sums);
    if (after_batch &&
        !after_batch(done + 1, batches(), sums.loss / sums.count, sums.correct / sums.count)) {
      return false;
    }
  }
  return true;
}

std::optional<EpochRecord> Trainer::run_epoch(const AfterBatch& after_batch,
                                              const std::function<void(std::size_t)>& validated) {
  Sums sums;
  const auto started = std::chrono::steady_clock::now();
  if (!train_batches(sums, after_batch)) return std::nullopt;
  const std::chrono::duration<double> took = std::chrono::steady_clock::now() - started;
  items_per_second_ = sums.count / took.count();
  EpochRecord record;
  record.epoch = epochs_done() + 1;
  record.learning_rate = optimizer_.learning_rate();
  record.train_loss = sums.loss / sums.count;
  record.train_accuracy = sums.correct / sums.count;
  if (!parts_.validation.empty()) {
    swap_average();
    const auto logits = class_logits(
        infer_together(*network_, dataset_, parts_.validation, device_, validated, *group_),
        options_.levels.steps);
    swap_average();
    const auto labels = labels_of(dataset_, parts_.validation);
    record.validation_loss = torch::cross_entropy_loss(logits, labels).item<double>();
    record.validation_accuracy =
        logits.argmax(1).eq(labels).to(torch::kFloat64).mean().item<double>();
    require_finite(record.validation_loss, "on the validation part");
    record = agreed(record, *group_);
    if (plateau_ && plateau_->cut_after(record.validation_loss)) {
      optimizer_.set_learning_rate(optimizer_.learning_rate() * options_.plateau->factor);
    }
  }
  history_.push_back(record);
  return record;
}

Safetensors Trainer::checkpoint() const {
  Safetensors content;
  for (auto& [name, tensor] : weights_of(*network_)) content.tensors["network." + name] = tensor;
  for (auto& [name, tensor] : optimizer_.state()) content.tensors["adam." + name] = tensor;
  for (const auto& [name, tensor] : average_) content.tensors["average." + name] = to_bytes(tensor);
  nlohmann::json history = nlohmann::json::array();
  for (const auto& record : history_) history.push_back(to_json(record));
  nlohmann::json state = {{"history", history},
                          {"steps", optimizer_.steps()},
                          {"learning_rate", optimizer_.learning_rate()}};
  if (plateau_) {
    const auto& plateau = plateau_->state();
    state["plateau"] = {plateau.seen, plateau.best, plateau.waited};
  }
  content.metadata["format"] = "aver-checkpoint";
  content.metadata["state"] = state.dump();
  return content;
}

void Trainer::restore(const Safetensors& checkpoint, const std::string& source) {
  const auto text = checkpoint.metadata.find("state");
  if (text == checkpoint.metadata.end()) throw Error("{} is no checkpoint of aver", source);
  load_weights(*network_, with_prefix(checkpoint.tensors, "network."), source);
  reading_json(source, "train anew with --force", [&] {
    const auto state = parse_json(text->second);
    const auto steps = whole_number<std::int64_t>(state.at("steps"));
    const double rate = state.at("learning_rate");
    history_.clear();
    for (const auto& row : state.at("history")) history_.push_back(record_from(row));
    const bool in_order =
        history_.empty() ? steps == 0 : steps > 0 && history_.back().epoch == epochs_done();
    const bool sound = in_order && rate > 0 && std::isfinite(rate);
    if (!sound) {
      throw Error(
          "{} is damaged: its steps, rate and history do not belong together; train anew "
          "with --force",
          source);
    }
    optimizer_.restore(steps, with_prefix(checkpoint.tensors, "adam."), source);
    optimizer_.set_learning_rate(rate);
    for (auto& [name, tensor] : average_) {
      restore_tensor(tensor, "average." + name, checkpoint.tensors, source);
    }
    if (plateau_) {
      const auto& plateau = state.at("plateau");
      plateau_->restore({plateau.at(0), plateau.at(1), plateau.at(2)});
    }
  });
}

std::vector<std::vector<double>> predict(Network& network, const Dataset& dataset,
                                         std::span<const std::size_t> items,
                                         const torch::Device& device,
                                         const std::function<void(std::size_t)>& progress,
                                         const ProcessGroup& group) {
  if (items.empty()) return {};
  const auto probabilities =
      torch::softmax(
          infer_together(network, dataset, items, device, progress, group).to(torch::kFloat64), 1)
          .contiguous();
  const auto classes = static_cast<std::size_t>(probabilities.size(1));
  const double* row = probabilities.data_ptr<double>();
  std::vector<std::vector<double>> result;
  for (std::size_t i = 0; i < items.size(); ++i, row += classes) {
    result.emplace_back(row, row + classes);
  }
  return result;
}

}  // namespace aver
