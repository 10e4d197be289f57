#include "train/plateau.h"

namespace aver {

bool Plateau::cut_after(double loss) {
  if (!state_.seen || loss < state_.best - options_.min_delta) {
    state_ = {true, loss, 0};
    return false;
  }
  if (++state_.waited < options_.patience) return false;
  state_.waited = 0;
  return true;
}

}  // namespace aver
