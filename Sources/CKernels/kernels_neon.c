// The kernels for 64-bit ARM: 32 registers of 4 floats. Advanced SIMD is always there, so no attributes are needed.
#if defined(__aarch64__)

#include <string.h>

#include "kernels.h"

#define KERNELS inkling_kernels_neon
#define KERNELS_NAME "NEON"
#define LANES 4
#define TILE_ROWS 12       // × 2 vectors = 24 accumulators, 2 vectors of B and the scalars of A
#define PACKED_B 65536    // 256 KiB
#define SPARSE_VECTORS 8  // 32 columns
#define SPARSE_PAIRS 1
#define CONVOLUTION_SUMS 24
#define CONVOLUTION_CHANNELS 6

#include "partial_vectors.h"

#include "kernels_body.h"

#endif
