// The kernels for AVX2 with FMA: 16 registers of 8 floats.
#if defined(__x86_64__)

#include <immintrin.h>
#include <string.h>

#include "kernels.h"

#pragma clang attribute push(__attribute__((target("avx2,fma,bmi,bmi2,lzcnt"))), apply_to = function)

#define KERNELS inkling_kernels_avx2
#define KERNELS_NAME "AVX2"
#define LANES 8
#define TILE_ROWS 6       // × 2 vectors = 12 accumulators, 2 vectors of B and a broadcast: 15 of 16 registers
#define PACKED_B 65536    // 256 KiB
#define SPARSE_VECTORS 8  // 64 columns
#define SPARSE_PAIRS 0
#define CONVOLUTION_SUMS 12
#define CONVOLUTION_CHANNELS 6

typedef __m256i first_lanes;

static inline first_lanes first(ptrdiff_t count) {
    return _mm256_cmpgt_epi32(_mm256_set1_epi32((int)count), _mm256_setr_epi32(0, 1, 2, 3, 4, 5, 6, 7));
}

static inline __m256 load_first(const float *p, first_lanes lanes) {
    return _mm256_maskload_ps(p, lanes);
}

static inline void store_first(float *p, first_lanes lanes, __m256 v) {
    _mm256_maskstore_ps(p, lanes, v);
}

#include "kernels_body.h"

#pragma clang attribute pop

#endif
