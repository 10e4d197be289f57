#pragma once

// For the loops that must vectorise; see aver/base/vector_clones.h.

/// A function that is part of every clone that calls it.
#define AVER_INLINE [[gnu::always_inline]] inline

/// Before a loop none of whose iterations reads what another one writes.
#if defined(__GNUC__) && !defined(__clang__)
#define AVER_INDEPENDENT _Pragma("GCC ivdep")
#else
#define AVER_INDEPENDENT
#endif
