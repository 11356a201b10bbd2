// The kernels for AVX-512: 32 registers of 16 floats, and masks for partial vectors.
#if defined(__x86_64__)

#include <immintrin.h>
#include <string.h>

#include "kernels.h"

#pragma clang attribute push(__attribute__((target("avx512f,avx512bw,avx512dq,avx512vl,avx2,fma,bmi,bmi2,lzcnt"))), \
                             apply_to = function)

#define KERNELS inkling_kernels_avx512
#define KERNELS_NAME "AVX-512"
#define LANES 16
#define TILE_ROWS 14      // × 2 vectors = 28 accumulators, 2 vectors of B and a broadcast: 31 of 32 registers
#define PACKED_B 114688   // 448 KiB: about half of the cache, and within a stack of 512 KiB
#define SPARSE_VECTORS 8  // 128 columns
#define SPARSE_PAIRS 1
#define CONVOLUTION_SUMS 24
#define CONVOLUTION_CHANNELS 6

typedef __mmask16 first_lanes;

static inline first_lanes first(ptrdiff_t count) {
    return (first_lanes)((1u << count) - 1);
}

static inline __m512 load_first(const float *p, first_lanes lanes) {
    return _mm512_maskz_loadu_ps(lanes, p);
}

static inline void store_first(float *p, first_lanes lanes, __m512 v) {
    _mm512_mask_storeu_ps(p, lanes, v);
}

#include "kernels_body.h"

#pragma clang attribute pop

#endif
