#include "nn/cpu/lstm_layer.h"

#include "nn/cpu/each_item.h"
#include "nn/cpu/lstm_kernels.h"

namespace aver {
namespace {

using torch::Tensor;
using torch::autograd::AutogradContext;
using torch::autograd::variable_list;

class LstmFunction : public torch::autograd::Function<LstmFunction> {
 public:
  static Tensor forward(AutogradContext* context, const Tensor& x, const Tensor& input_weight,
                        const Tensor& recurrent_weight, const Tensor& input_bias,
                        const Tensor& recurrent_bias) {
    const std::int64_t items = x.size(0), steps = x.size(1), units = recurrent_weight.size(1);
    const Tensor flat = x.reshape({items * steps, x.size(2)});
    const Tensor weight = input_weight.to(x.scalar_type());
    Tensor gates = torch::mm(flat, weight.t()).to(torch::kFloat32);
    gates.add_(input_bias + recurrent_bias);
    gates = gates.view({items, steps, 4 * units});

    Tensor hidden = torch::empty({items, steps, units});
    Tensor cell = torch::empty({items, steps, units});
    Tensor recurrent = torch::zeros({items, 4 * units});
    const Tensor zeros = torch::zeros({units});
    const Tensor across = recurrent_weight.t();
    for (std::int64_t t = 0; t < steps; ++t) {
      if (t > 0) torch::mm_out(recurrent, hidden.select(1, t - 1), across);
      for_each_item(items, units, [&](std::int64_t item) {
        const std::int64_t at = item * steps + t;
        float* own_cell = cell.data_ptr<float>() + at * units;
        lstm_forward(units, gates.data_ptr<float>() + at * 4 * units,
                     recurrent.data_ptr<float>() + item * 4 * units,
                     t > 0 ? own_cell - units : zeros.data_ptr<float>(), own_cell,
                     hidden.data_ptr<float>() + at * units);
      });
    }
    context->save_for_backward({flat, weight, recurrent_weight, gates, cell, hidden});
    return hidden;
  }

  static variable_list backward(AutogradContext* context, variable_list gradients) {
    const auto saved = context->get_saved_variables();
    const Tensor &flat = saved[0], &weight = saved[1], &recurrent_weight = saved[2];
    const Tensor &gates = saved[3], &cell = saved[4], &hidden = saved[5];
    const std::int64_t items = hidden.size(0), steps = hidden.size(1), units = hidden.size(2);
    const Tensor hidden_gradient = gradients[0].contiguous();

    const Tensor gate_gradient = torch::empty({items, steps, 4 * units});
    Tensor later = torch::zeros({items, units});
    const Tensor cell_gradient = torch::zeros({items, units});
    const Tensor zeros = torch::zeros({units});
    for (std::int64_t t = steps - 1; t >= 0; --t) {
      if (t + 1 < steps) torch::mm_out(later, gate_gradient.select(1, t + 1), recurrent_weight);
      for_each_item(items, units, [&](std::int64_t item) {
        const std::int64_t at = item * steps + t;
        const float* own_cell = cell.data_ptr<float>() + at * units;
        lstm_backward(units, gates.data_ptr<float>() + at * 4 * units,
                      t > 0 ? own_cell - units : zeros.data_ptr<float>(), own_cell,
                      hidden_gradient.data_ptr<float>() + at * units,
                      later.data_ptr<float>() + item * units,
                      cell_gradient.data_ptr<float>() + item * units,
                      gate_gradient.data_ptr<float>() + at * 4 * units);
      });
    }

    const Tensor all = gate_gradient.view({items * steps, 4 * units});
    const Tensor given = all.to(flat.scalar_type());
    const Tensor x_gradient = torch::mm(given, weight).view({items, steps, flat.size(1)});
    const Tensor input_gradient = torch::mm(given.t(), flat).to(torch::kFloat32);
    const Tensor after = gate_gradient.narrow(1, 1, steps - 1).reshape({-1, 4 * units});
    const Tensor before = hidden.narrow(1, 0, steps - 1).reshape({-1, units});
    return {x_gradient, input_gradient, torch::mm(after.t(), before), all.sum(0), Tensor()};
  }
};

}  // namespace

torch::Tensor lstm_layers(torch::Tensor x, torch::nn::LSTM& lstm) {
  if (!x.is_cpu()) return std::get<0>(lstm(x.to(torch::kFloat32)));
  const auto& weights = lstm->all_weights();
  for (std::size_t i = 0; i < weights.size(); i += 4) {
    x = LstmFunction::apply(x, weights[i], weights[i + 1], weights[i + 2], weights[i + 3]);
  }
  return x;
}

}  // namespace aver
