// The kernels for any processor: vectors of 4 floats, which the compiler maps to what there is.
#include <string.h>

#include "kernels.h"

#define KERNELS inkling_kernels_portable
#define KERNELS_NAME "portable"
#define LANES 4
#define TILE_ROWS 6       // × 2 vectors = 12 accumulators: fits the 16 registers of SSE2
#define PACKED_B 65536    // 256 KiB
#define SPARSE_VECTORS 8  // 32 columns
#define SPARSE_PAIRS 0
#define CONVOLUTION_SUMS 12
#define CONVOLUTION_CHANNELS 3

#include "partial_vectors.h"

#include "kernels_body.h"
