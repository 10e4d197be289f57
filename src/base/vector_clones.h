#pragma once

#include <cstdint>  // brings __GLIBC__ along

/// Before the definition of a function whose loops vectorise: it is compiled once for every x86-64
/// since 2003, once for AVX2 and once for AVX-512, and the CPU at hand decides at start-up. The
/// results of the three may differ in the last bit, since the newer two fuse multiply and add.
/// AVER_WITHOUT_AVX512 leaves the last one out.
/// Elsewhere (other CPUs, other compilers, sanitizers) the function is compiled once.
#if defined(__x86_64__) && defined(__GLIBC__) && defined(__GNUC__) && !defined(__clang__) && \
    !defined(__SANITIZE_ADDRESS__) && !defined(__SANITIZE_THREAD__)
#if defined(AVER_WITHOUT_AVX512)
#define AVER_VECTOR_CLONES __attribute__((target_clones("arch=x86-64-v3", "default")))
#else
#define AVER_VECTOR_CLONES \
  __attribute__((target_clones("arch=x86-64-v4", "arch=x86-64-v3", "default")))
#endif
#else
#define AVER_VECTOR_CLONES
#endif

/// A function that becomes part of every clone that calls it.
#define AVER_INLINE [[gnu::always_inline]] inline

/// Before a loop none of whose iterations reads what another one writes.
#if defined(__GNUC__) && !defined(__clang__)
#define AVER_INDEPENDENT _Pragma("GCC ivdep")
#else
#define AVER_INDEPENDENT
#endif
