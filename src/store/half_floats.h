#pragma once

#include "store/safetensors.h"

namespace aver {

/// A tensor of F32 in half the bytes, "F16" (IEEE 754 binary16), each number rounded to the nearest
/// one: to three decimals of its own size. Throws Error for values beyond 65504, which it lacks.
TensorBytes as_f16(const TensorBytes& tensor);

/// A tensor of F16 or BF16 as F32; any other as it is.
TensorBytes as_f32(TensorBytes tensor);

}  // namespace aver
