#include "synthesis/expression.h"

namespace aver {
namespace {

constexpr std::array<Expression, 8> kExpressions = {{
    {},
    {.brow_inner = .12,
     .brow_outer = .12,
     .lids = -.42,
     .smile = .26,
     .stretch = -.05,
     .press = .25,
     .nod = .1,
     .tilt = .25,
     .speed = -.5},
    {.brow_inner = .1,
     .brow_outer = .25,
     .lids = -.1,
     .squint = .7,
     .smile = 1.0,
     .stretch = .45,
     .open = .28,
     .lip_raise = .25,
     .blush = .9,
     .nod = -.15,
     .tilt = .2,
     .speed = .6},
    {.brow_inner = .95,
     .brow_outer = -.35,
     .lids = -.55,
     .gaze = .6,
     .smile = -.85,
     .stretch = -.12,
     .press = .15,
     .nod = .75,
     .tilt = -.35,
     .speed = -.4},
    {.brow_outer = .25,
     .brow_lower = 1.0,
     .lids = .25,
     .squint = .45,
     .smile = -.45,
     .stretch = .2,
     .open = .12,
     .lip_raise = .35,
     .press = .2,
     .nose = .35,
     .blush = .5,
     .nod = .35,
     .lean = .6,
     .speed = .8},
    {.brow_inner = .95,
     .brow_outer = .45,
     .brow_lower = .2,
     .lids = .85,
     .smile = -.35,
     .stretch = .65,
     .open = .30,
     .blush = -.5,
     .nod = -.25,
     .lean = -.6,
     .speed = .3,
     .tremble = 1.0},
    {.brow_outer = -.1,
     .brow_lower = .6,
     .lids = -.3,
     .squint = .8,
     .smile = -.5,
     .stretch = .05,
     .open = .08,
     .lip_raise = 1.0,
     .nose = 1.0,
     .nod = -.5,
     .tilt = .5,
     .lean = -.3},
    {.brow_inner = 1.0,
     .brow_outer = 1.1,
     .lids = 1.0,
     .stretch = -.38,
     .open = .85,
     .nod = -.35,
     .lean = .1,
     .speed = .2},
}};

template <typename Visit>
void for_each_movement(Expression& a, const Expression& b, Visit visit) {
  for (const auto member :
       {&Expression::brow_inner, &Expression::brow_outer, &Expression::brow_lower,
        &Expression::lids, &Expression::squint, &Expression::gaze, &Expression::smile,
        &Expression::stretch, &Expression::open, &Expression::lip_raise, &Expression::press,
        &Expression::nose, &Expression::blush, &Expression::nod, &Expression::tilt,
        &Expression::lean, &Expression::speed, &Expression::tremble}) {
    visit(a.*member, b.*member);
  }
}

}  // namespace

Expression operator*(double factor, const Expression& expression) {
  Expression scaled = expression;
  for_each_movement(scaled, scaled, [&](double& value, double) { value *= factor; });
  return scaled;
}

Expression operator+(const Expression& a, const Expression& b) {
  Expression sum = a;
  for_each_movement(sum, b, [](double& value, double other) { value += other; });
  return sum;
}

Expression mixed_expression(const EmotionWeights& weights) {
  Expression sum;
  for (std::size_t i = 0; i < weights.size(); ++i) sum = sum + weights[i] * kExpressions[i];
  return sum;
}

}  // namespace aver
