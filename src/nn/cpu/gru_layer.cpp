#include "nn/cpu/gru_layer.h"

#include <algorithm>
#include <vector>

#include "nn/cpu/each_item.h"
#include "nn/cpu/gru_kernels.h"

namespace aver {
namespace {

using torch::Tensor;
using torch::autograd::AutogradContext;
using torch::autograd::variable_list;

constexpr std::int64_t kDirections = 2;
constexpr std::int64_t kGates = 3;

/// The items by their steps, the longest first: those that are still at work in a step stand in
/// front, and one product over them is all it takes.
class Order {
 public:
  explicit Order(const Tensor& steps)
      : ranked_(std::get<1>(steps.sort(/*stable=*/true, 0, /*descending=*/true))),
        steps_(steps.index_select(0, ranked_)) {}

  std::int64_t item(std::int64_t rank) const { return ranked_.data_ptr<std::int64_t>()[rank]; }
  std::int64_t steps(std::int64_t rank) const { return steps_.data_ptr<std::int64_t>()[rank]; }
  std::int64_t longest() const { return steps(0); }

  /// How many items have more than `step` steps.
  std::int64_t at_work(std::int64_t step) const {
    std::int64_t count = steps_.size(0);
    while (count > 0 && steps(count - 1) <= step) --count;
    return count;
  }

  /// Where the direction's n-th step lies in time.
  std::int64_t time(std::int64_t rank, std::int64_t direction, std::int64_t step) const {
    return direction == 0 ? step : steps(rank) - 1 - step;
  }

 private:
  Tensor ranked_, steps_;
};

/// A row of a tensor whose last dimension is `parts` equal ones side by side, from that part on.
float* at(const Tensor& tensor, std::int64_t row, std::int64_t part = 0, std::int64_t parts = 1) {
  const std::int64_t width = tensor.size(-1);
  return tensor.data_ptr<float>() + row * width + part * (width / parts);
}

/// The states that each step began with, [N, T, units] of one direction.
Tensor states_before(const Tensor& states, std::int64_t direction, std::int64_t units) {
  const Tensor own = states.narrow(2, direction * units, units);
  const std::int64_t steps = states.size(1);
  // Beyond an item's end there are zeros, which is what its way back begins with.
  return direction == 0 ? torch::constant_pad_nd(own.narrow(1, 0, steps - 1), {0, 0, 1, 0})
                        : torch::constant_pad_nd(own.narrow(1, 1, steps - 1), {0, 0, 0, 1});
}

class GruFunction : public torch::autograd::Function<GruFunction> {
 public:
  static Tensor forward(AutogradContext* context, const Tensor& x, const Tensor& steps,
                        const Tensor& input_weights, const Tensor& recurrent_weights,
                        const Tensor& input_biases, const Tensor& recurrent_biases) {
    const std::int64_t items = x.size(0), all = x.size(1), units = recurrent_weights.size(2);
    const std::int64_t width = kGates * units;
    const Order order(steps);
    const Tensor flat = x.reshape({items * all, x.size(2)});
    const Tensor weights = input_weights.flatten(0, 1).to(x.scalar_type());
    const Tensor gates = torch::mm(flat, weights.t()).to(torch::kFloat32);
    // The candidate's recurrent bias is inside what the reset gate multiplies.
    Tensor biases = input_biases.clone();
    biases.narrow(1, 0, 2 * units).add_(recurrent_biases.narrow(1, 0, 2 * units));
    gates.add_(biases.flatten());

    const Tensor states = torch::zeros({items, all, kDirections * units});
    const Tensor candidates = torch::empty({items, all, kDirections * units});
    for (std::int64_t direction = 0; direction < kDirections; ++direction) {
      const Tensor across = recurrent_weights[direction].t();
      const float* bias = at(recurrent_biases, direction, 2, kGates);
      const Tensor state = torch::zeros({items, units});
      Tensor recurrent = torch::zeros({items, width});
      for (std::int64_t step = 0; step < order.longest(); ++step) {
        const std::int64_t busy = order.at_work(step);
        Tensor product = recurrent.narrow(0, 0, busy);
        if (step > 0) torch::mm_out(product, state.narrow(0, 0, busy), across);
        for_each_item(busy, units, [&](std::int64_t rank) {
          const std::int64_t row = order.item(rank) * all + order.time(rank, direction, step);
          float* now = at(state, rank);
          gru_forward(units, at(gates, row, direction, kDirections), at(recurrent, rank), bias, now,
                      at(candidates, row, direction, kDirections), now);
          std::copy_n(now, units, at(states, row, direction, kDirections));
        });
      }
    }
    context->save_for_backward(
        {flat, weights, recurrent_weights, gates, candidates, states, steps});
    return states;
  }

  static variable_list backward(AutogradContext* context, variable_list gradients) {
    const auto saved = context->get_saved_variables();
    const Tensor &flat = saved[0], &weights = saved[1], &recurrent_weights = saved[2];
    const Tensor &gates = saved[3], &candidates = saved[4], &states = saved[5];
    const std::int64_t items = states.size(0), all = states.size(1);
    const std::int64_t units = recurrent_weights.size(2), width = kGates * units;
    const Order order(saved[6]);
    const Tensor given = gradients[0].contiguous();

    const Tensor gate_gradient = torch::zeros({items * all, kDirections * width});
    std::vector<Tensor> recurrent_weight_gradients, recurrent_bias_gradients;
    for (std::int64_t direction = 0; direction < kDirections; ++direction) {
      const Tensor before = states_before(states, direction, units).contiguous();
      const Tensor recurrent_gradient = torch::zeros({items * all, width});
      const Tensor later = torch::zeros({items, units});
      const Tensor product = torch::zeros({items, width});
      for (std::int64_t step = order.longest() - 1; step >= 0; --step) {
        const std::int64_t busy = order.at_work(step);
        for_each_item(busy, units, [&](std::int64_t rank) {
          const std::int64_t row = order.item(rank) * all + order.time(rank, direction, step);
          float* own = at(recurrent_gradient, row);
          gru_backward(units, at(gates, row, direction, kDirections),
                       at(candidates, row, direction, kDirections), at(before, row),
                       at(given, row, direction, kDirections), at(later, rank),
                       at(gate_gradient, row, direction, kDirections), own);
          std::copy_n(own, width, at(product, rank));
        });
        later.narrow(0, 0, busy).addmm_(product.narrow(0, 0, busy), recurrent_weights[direction]);
      }
      recurrent_weight_gradients.push_back(torch::mm(recurrent_gradient.t(), before.flatten(0, 1)));
      recurrent_bias_gradients.push_back(recurrent_gradient.sum(0));
    }

    const Tensor rounded = gate_gradient.to(flat.scalar_type());
    const Tensor x_gradient = torch::mm(rounded, weights).view({items, all, flat.size(1)});
    const Tensor input_gradient = torch::mm(rounded.t(), flat).to(torch::kFloat32);
    return {x_gradient,
            Tensor(),
            input_gradient.view({kDirections, width, flat.size(1)}),
            torch::stack(recurrent_weight_gradients),
            gate_gradient.sum(0).view({kDirections, width}),
            torch::stack(recurrent_bias_gradients)};
  }
};

Tensor packed_states(const Tensor& x, torch::nn::GRU& gru, const Tensor& steps) {
  const auto packed = torch::nn::utils::rnn::pack_padded_sequence(x, steps, /*batch_first=*/true,
                                                                  /*enforce_sorted=*/false);
  const auto states = std::get<0>(gru->forward_with_packed_input(packed));
  return std::get<0>(
      torch::nn::utils::rnn::pad_packed_sequence(states, /*batch_first=*/true, 0.0, x.size(1)));
}

}  // namespace

torch::Tensor gru_layer(const torch::Tensor& x, torch::nn::GRU& gru, const torch::Tensor& steps) {
  if (!x.is_cpu()) return packed_states(x.to(torch::kFloat32), gru, steps);
  const auto weights = gru->all_weights();  // of each direction: input, recurrent, and their biases
  const auto both = [&](std::size_t which) {
    return torch::stack({weights[which], weights[4 + which]});
  };
  return GruFunction::apply(x, steps, both(0), both(1), both(2), both(3));
}

}  // namespace aver
