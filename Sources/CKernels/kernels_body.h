// The kernels, written once with vector extensions. Each kernels_*.c includes this body after defining for its
// instruction set
//   KERNELS, KERNELS_NAME   the table that this file ends with, and its name
//   LANES                   floats in a vector
//   TILE_ROWS               rows of the largest tile of the matrix product, 2 vectors wide
//   PACKED_B                floats of B that a large product keeps in the second-level cache
//   SPARSE_VECTORS          the widest panel of output columns of the sparse products, in vectors
//   SPARSE_PAIRS            1 if there are registers for two rows of sums of such a panel at once
//   CONVOLUTION_SUMS, CONVOLUTION_CHANNELS              the tiles of convolutions, see convolution_body.h
//   first_lanes, first(), load_first(), store_first()   the first 1...LANES lanes of a vector

typedef float vec __attribute__((ext_vector_type(LANES)));
typedef int32_t ivec __attribute__((ext_vector_type(LANES)));
typedef uint8_t bvec __attribute__((ext_vector_type(LANES)));

// Multiply-adds written as one expression are fused wherever the processor can.
#pragma STDC FP_CONTRACT ON

#define INLINE static inline __attribute__((always_inline))
#define UNROLL _Pragma("clang loop unroll(full)")

INLINE vec load(const float *p) {
    vec v;
    memcpy(&v, p, sizeof v);
    return v;
}

INLINE void store(float *p, vec v) {
    memcpy(p, &v, sizeof v);
}

INLINE ptrdiff_t smaller(ptrdiff_t a, ptrdiff_t b) {
    return a < b ? a : b;
}

INLINE vec relu_of(vec v) {
    return v > 0 ? v : (vec)0;
}

/// One step of inkling_sgd. Every update goes through here, so that all of them round alike.
INLINE void momentum_step(inkling_sgd sgd, vec gradient, vec *velocity, vec *weights) {
    gradient = sgd.weight_decay * *weights + gradient;
    *velocity = sgd.momentum * *velocity + gradient;
    *weights = -sgd.learning_rate * *velocity + *weights;
}

/// Register-only multiply-adds, the measure of what this core can do; returns the number of operations.
static double fma_operations(long repetitions) {
    volatile float unknown = 0.5f;
    vec sums[12], factor = unknown, term = unknown;
    UNROLL for (int i = 0; i < 12; i += 1) sums[i] = (float)i * unknown;
    for (long r = 0; r < repetitions; r += 1) {
        UNROLL for (int i = 0; i < 12; i += 1) sums[i] = sums[i] * factor + term;
    }
    vec total = 0;
    UNROLL for (int i = 0; i < 12; i += 1) total += sums[i];
    unknown = total[0];
    return 2.0 * 12 * LANES * (double)repetitions;
}

#pragma mark Dense products

/// What a matrix product does with a tile of C once its sums are complete.
struct product {
    ptrdiff_t k;
    ptrdiff_t a_row_stride, a_column_stride, b_row_stride, c_row_stride;
    bool accumulate, relu;
    inkling_sgd sgd;  // for weight updates
};

/// Where a tile lies. `bias` may be NULL; `velocity` makes it a weight update, C being the weights.
struct tile {
    const float *a, *b, *bias;
    float *c, *velocity;
    first_lanes lanes;  // of the last vector, when that is a part
};

/// A tile of C [rows × vectors · LANES], its sums in registers over the whole of k. The last three parameters are
/// constants wherever this is inlined. Scalars of A broadcast straight from memory; B is read a row at a time.
INLINE void multiply_tile(const struct product *product, const struct tile *tile,
                          const int rows, const int vectors, const bool partial) {
    const ptrdiff_t a_row_stride = product->a_row_stride, a_column_stride = product->a_column_stride;
    const ptrdiff_t b_row_stride = product->b_row_stride, c_row_stride = product->c_row_stride;
    const first_lanes lanes = tile->lanes;
#define LOAD(p, v) (partial && (v) == vectors - 1 ? load_first((p) + (v) * LANES, lanes) : load((p) + (v) * LANES))
#define STORE(p, v, value) \
    if (partial && (v) == vectors - 1) store_first((p) + (v) * LANES, lanes, value); \
    else store((p) + (v) * LANES, value)

    vec sums[TILE_ROWS][2];
    if (product->accumulate) {
        UNROLL for (int i = 0; i < rows; i += 1) {
            UNROLL for (int v = 0; v < vectors; v += 1) sums[i][v] = LOAD(tile->c + i * c_row_stride, v);
        }
    } else {
        UNROLL for (int v = 0; v < vectors; v += 1) {
            vec start = 0;
            if (tile->bias != NULL) start = LOAD(tile->bias, v);
            UNROLL for (int i = 0; i < rows; i += 1) sums[i][v] = start;
        }
    }

    const float *a = tile->a, *b = tile->b;
    for (ptrdiff_t p = product->k; p > 0; p -= 1) {
        vec b_row[2];
        UNROLL for (int v = 0; v < vectors; v += 1) b_row[v] = LOAD(b, v);
        UNROLL for (int i = 0; i < rows; i += 1) {
            UNROLL for (int v = 0; v < vectors; v += 1) sums[i][v] = a[i * a_row_stride] * b_row[v] + sums[i][v];
        }
        a += a_column_stride;
        b += b_row_stride;
    }

    UNROLL for (int i = 0; i < rows; i += 1) {
        UNROLL for (int v = 0; v < vectors; v += 1) {
            float *c = tile->c + i * c_row_stride;
            vec sum = sums[i][v];
            if (tile->velocity != NULL) {
                float *velocity = tile->velocity + i * c_row_stride;
                vec new_velocity = LOAD(velocity, v), weights = LOAD(c, v);
                momentum_step(product->sgd, sum, &new_velocity, &weights);
                STORE(velocity, v, new_velocity);
                sum = weights;
            } else if (product->relu) {
                sum = relu_of(sum);
            }
            STORE(c, v, sum);
        }
    }
#undef LOAD
#undef STORE
}

/// Tiles of a constant number of rows, in the three widths that occur: `columns` is 2 · LANES or less.
#define DEFINE_TILE(rows)                                                                                             \
    static void multiply_tile_##rows(const struct product *product, const struct tile *tile, ptrdiff_t columns) {     \
        if (columns == 2 * LANES) multiply_tile(product, tile, rows, 2, false);                                       \
        else if (columns > LANES) multiply_tile(product, tile, rows, 2, true);                                        \
        else multiply_tile(product, tile, rows, 1, true);                                                             \
    }

#if TILE_ROWS == 14
DEFINE_TILE(14)
#elif TILE_ROWS == 12
DEFINE_TILE(12)
#else
DEFINE_TILE(6)
#endif
#if TILE_ROWS > 8
DEFINE_TILE(8)
#endif
DEFINE_TILE(4)
DEFINE_TILE(2)
DEFINE_TILE(1)

/// Computes as many rows of C as the largest tile within `rows` holds, and returns that number.
static ptrdiff_t multiply_some_rows(const struct product *product, const struct tile *tile,
                                    ptrdiff_t rows, ptrdiff_t columns) {
#define TILE(n) if (rows >= n) { multiply_tile_##n(product, tile, columns); return n; }
#if TILE_ROWS == 14
    TILE(14)
#elif TILE_ROWS == 12
    TILE(12)
#else
    TILE(6)
#endif
#if TILE_ROWS > 8
    TILE(8)
#endif
    TILE(4)
    TILE(2)
    TILE(1)
#undef TILE
    return 0;
}

/// A product's matrices. `velocity` makes it a weight update of C.
struct operands {
    ptrdiff_t m, n;
    const float *a, *b, *bias;
    float *c, *velocity;
};

/// C tile by tile straight from A and B, all of k at a time: right while the panel of B that the tiles of two vectors'
/// columns share stays in the cache.
static void multiply_in_place(const struct product *product, const struct operands *all) {
    for (ptrdiff_t j = 0; j < all->n; j += 2 * LANES) {
        ptrdiff_t columns = smaller(2 * LANES, all->n - j);
        struct tile tile = {.a = all->a, .b = all->b + j, .c = all->c + j};
        tile.lanes = first(columns > LANES ? columns - LANES : columns);
        if (all->bias != NULL) tile.bias = all->bias + j;
        if (all->velocity != NULL) tile.velocity = all->velocity + j;
        ptrdiff_t rows;
        for (ptrdiff_t i = 0; i < all->m; i += rows) {
            rows = multiply_some_rows(product, &tile, all->m - i, columns);
            tile.a += rows * product->a_row_stride;
            tile.c += rows * product->c_row_stride;
            if (all->velocity != NULL) tile.velocity += rows * product->c_row_stride;
        }
    }
}

#define PACKED_K 256    // the most of k that a block takes, when it need not be the whole
#define PACKED_A_ROW (PACKED_K + LANES)
#define CACHE_LINE 16   // floats

/// Copies `depth` rows of B into panels of 2 · LANES columns, one after the other; the last is filled up with zeros.
static void pack_b(ptrdiff_t depth, ptrdiff_t columns, const float *b, ptrdiff_t b_row_stride, float *packed) {
    ptrdiff_t whole = columns / (2 * LANES) * (2 * LANES);
    for (ptrdiff_t p = 0; p < depth; p += 1, b += b_row_stride, packed += 2 * LANES) {
        for (ptrdiff_t j = 0; j < whole; j += 2 * LANES) memcpy(packed + j * depth, b + j, 2 * LANES * sizeof(float));
        if (whole < columns) {
            memset(packed + whole * depth, 0, 2 * LANES * sizeof(float));
            memcpy(packed + whole * depth, b + whole, (size_t)(columns - whole) * sizeof(float));
        }
    }
}

/// The stride of A that is not 1.
INLINE ptrdiff_t long_stride(const struct product *product) {
    return product->a_row_stride == 1 ? product->a_column_stride : product->a_row_stride;
}

/// Copies a tile's part of A, keeping its orientation: [k × TILE_ROWS] if its rows have stride 1, else rows of
/// PACKED_A_ROW.
static void pack_a(const struct product *product, ptrdiff_t rows, const float *a, float *packed) {
    if (product->a_row_stride == 1) {
        for (ptrdiff_t p = 0; p < product->k; p += 1, a += product->a_column_stride, packed += TILE_ROWS) {
            if (rows == TILE_ROWS) memcpy(packed, a, TILE_ROWS * sizeof(float));
            else memcpy(packed, a, (size_t)rows * sizeof(float));
        }
        return;
    }
    for (ptrdiff_t i = 0; i < rows; i += 1, a += product->a_row_stride, packed += PACKED_A_ROW) {
        if (product->a_column_stride == 1) memcpy(packed, a, (size_t)product->k * sizeof(float));
        else for (ptrdiff_t p = 0; p < product->k; p += 1) packed[p] = a[p * product->a_column_stride];
    }
}

/// Asks for the share [from, to) of `of` of the next tile's A while there is arithmetic to do.
static void prefetch_a(const struct product *product, ptrdiff_t rows, const float *a,
                       ptrdiff_t from, ptrdiff_t to, ptrdiff_t of) {
    bool transposed = product->a_row_stride == 1;
    ptrdiff_t lines = transposed ? product->k : rows, length = transposed ? rows : product->k;
    ptrdiff_t end = smaller(lines, lines * to / of);
    for (ptrdiff_t line = lines * from / of; line < end; line += 1) {
        const float *first = a + line * long_stride(product);
        for (ptrdiff_t p = 0; p < length; p += CACHE_LINE) __builtin_prefetch(first + p, 0, 2);
        __builtin_prefetch(first + length - 1, 0, 2);
    }
}

static void prefetch_c(ptrdiff_t rows, ptrdiff_t columns, const float *c, ptrdiff_t c_row_stride) {
    for (ptrdiff_t i = 0; i < rows; i += 1) {
        for (ptrdiff_t j = 0; j < columns; j += CACHE_LINE) __builtin_prefetch(c + i * c_row_stride + j, 0, 2);
    }
}

/// C block by block, with each block of B copied to where it stays in the cache, and each tile's part of A if its rows
/// would compete for the same cache sets. A block starts from the sums that the one before it left in C, so the order
/// of summation is the same.
static __attribute__((noinline)) void multiply_packed(const struct product *product, const struct operands *all) {
    _Alignas(64) float packed_b[PACKED_B];
    _Alignas(64) float packed_a[TILE_ROWS * PACKED_A_ROW];
    // A weight update keeps no partial sums, so its blocks take the whole of k, and fewer columns.
    bool update = all->velocity != NULL;
    ptrdiff_t depth = update ? product->k : smaller(product->k, PACKED_K);
    ptrdiff_t width = PACKED_B / depth / (2 * LANES) * (2 * LANES);
    bool packs_a = depth <= PACKED_K && long_stride(product) % (16 * CACHE_LINE) == 0;
    for (ptrdiff_t j = 0; j < all->n; j += width) {
        ptrdiff_t block_columns = smaller(width, all->n - j);
        for (ptrdiff_t p = 0; p < product->k; p += depth) {
            struct product from = *product;
            from.k = smaller(depth, product->k - p);
            from.accumulate = product->accumulate || p > 0;
            from.relu = product->relu && p + from.k == product->k;
            pack_b(from.k, block_columns, all->b + p * from.b_row_stride + j, from.b_row_stride, packed_b);
            struct product block = from;
            block.b_row_stride = 2 * LANES;
            if (packs_a) {
                block.a_row_stride = from.a_row_stride == 1 ? 1 : PACKED_A_ROW;
                block.a_column_stride = from.a_row_stride == 1 ? TILE_ROWS : 1;
            }
            for (ptrdiff_t i = 0; i < all->m; i += TILE_ROWS) {
                ptrdiff_t rows = smaller(TILE_ROWS, all->m - i), next_rows = smaller(TILE_ROWS, all->m - i - rows);
                const float *a = all->a + i * from.a_row_stride + p * from.a_column_stride;
                const float *next_a = a + rows * from.a_row_stride;
                if (packs_a) {
                    pack_a(&from, rows, a, packed_a);
                    a = packed_a;
                }
                for (ptrdiff_t t = 0; t < block_columns; t += 2 * LANES) {
                    ptrdiff_t columns = smaller(2 * LANES, block_columns - t);
                    ptrdiff_t next_columns = smaller(2 * LANES, block_columns - t - columns);
                    ptrdiff_t offset = i * from.c_row_stride + j + t;
                    struct operands part = {
                        .m = rows, .n = columns, .a = a, .b = packed_b + t * from.k, .c = all->c + offset,
                        .bias = all->bias != NULL ? all->bias + j + t : NULL,
                        .velocity = update ? all->velocity + offset : NULL,
                    };
                    if (next_rows > 0) prefetch_a(&from, next_rows, next_a, t, t + columns, block_columns);
                    prefetch_c(rows, next_columns, part.c + columns, from.c_row_stride);
                    multiply_in_place(&block, &part);
                }
            }
        }
    }
}

/// Copying B costs about as much as one tile's products, so it needs ten tiles to pay, and a B beyond the first
/// caches. Weight updates gain by the order as well: blocks run along the rows of W.
static bool packing_pays(const struct product *product, const struct operands *all) {
    const ptrdiff_t large = 1 << 18;  // floats
    bool enough_rows = all->m >= 10 * TILE_ROWS;
    if (all->velocity == NULL) return enough_rows && product->k * all->n >= large;
    return enough_rows && all->m * all->n >= large && product->k > 0 && product->k <= PACKED_B / (8 * LANES);
}

static void multiply_tiles(const struct product *product, const struct operands *all) {
    if (packing_pays(product, all)) multiply_packed(product, all);
    else multiply_in_place(product, all);
}

static void multiply(ptrdiff_t m, ptrdiff_t n, ptrdiff_t k, const float *a, ptrdiff_t a_row_stride,
                     ptrdiff_t a_column_stride, const float *b, ptrdiff_t b_row_stride, const float *bias,
                     bool accumulate, bool relu, float *c, ptrdiff_t c_row_stride) {
    struct product product = {
        .k = k, .a_row_stride = a_row_stride, .a_column_stride = a_column_stride,
        .b_row_stride = b_row_stride, .c_row_stride = c_row_stride, .accumulate = accumulate, .relu = relu,
    };
    multiply_tiles(&product, &(struct operands){.m = m, .n = n, .a = a, .b = b, .bias = bias, .c = c});
}

static void weight_update(ptrdiff_t batch, ptrdiff_t first_input, ptrdiff_t end_input, ptrdiff_t outputs,
                          const float *x, ptrdiff_t x_row_stride, const float *delta, ptrdiff_t delta_row_stride,
                          inkling_sgd sgd, float *velocity, float *weights, ptrdiff_t weight_row_stride) {
    struct product product = {
        .k = batch, .a_row_stride = 1, .a_column_stride = x_row_stride,
        .b_row_stride = delta_row_stride, .c_row_stride = weight_row_stride, .sgd = sgd,
    };
    ptrdiff_t offset = first_input * weight_row_stride;
    multiply_tiles(&product, &(struct operands){
        .m = end_input - first_input, .n = outputs, .a = x + first_input, .b = delta,
        .c = weights + offset, .velocity = velocity + offset,
    });
}

typedef float four __attribute__((ext_vector_type(4)));

static void transpose(ptrdiff_t rows, ptrdiff_t columns, const float *source, ptrdiff_t source_row_stride,
                      float *destination, ptrdiff_t destination_row_stride) {
    for (ptrdiff_t i = 0; i < rows; i += 4) {
        for (ptrdiff_t j = 0; j < columns; j += 4) {
            const float *from = source + i * source_row_stride + j;
            float *to = destination + j * destination_row_stride + i;
            if (i + 4 <= rows && j + 4 <= columns) {
                four r[4];
                UNROLL for (int d = 0; d < 4; d += 1) memcpy(&r[d], from + d * source_row_stride, sizeof(four));
                four low01 = __builtin_shufflevector(r[0], r[1], 0, 4, 1, 5);
                four low23 = __builtin_shufflevector(r[2], r[3], 0, 4, 1, 5);
                four high01 = __builtin_shufflevector(r[0], r[1], 2, 6, 3, 7);
                four high23 = __builtin_shufflevector(r[2], r[3], 2, 6, 3, 7);
                r[0] = __builtin_shufflevector(low01, low23, 0, 1, 4, 5);
                r[1] = __builtin_shufflevector(low01, low23, 2, 3, 6, 7);
                r[2] = __builtin_shufflevector(high01, high23, 0, 1, 4, 5);
                r[3] = __builtin_shufflevector(high01, high23, 2, 3, 6, 7);
                UNROLL for (int d = 0; d < 4; d += 1) memcpy(to + d * destination_row_stride, &r[d], sizeof(four));
            } else {
                for (ptrdiff_t di = 0; di < smaller(4, rows - i); di += 1) {
                    for (ptrdiff_t dj = 0; dj < smaller(4, columns - j); dj += 1) {
                        to[dj * destination_row_stride + di] = from[di * source_row_stride + dj];
                    }
                }
            }
        }
    }
}

#pragma mark Element by element

/// Asks for an image some rows ahead: the rows of a shuffled batch lie anywhere in memory.
INLINE void prefetch_image(const uint8_t *images, const int32_t *indices, ptrdiff_t row, ptrdiff_t end,
                           ptrdiff_t pixels) {
    ptrdiff_t ahead = row + 4;
    if (indices == NULL || ahead >= end) return;
    for (ptrdiff_t p = 0; p < pixels; p += 64) __builtin_prefetch(images + indices[ahead] * pixels + p);
}

static void gather(const uint8_t *images, const int32_t *indices, ptrdiff_t count, ptrdiff_t pixels, float scale,
                   float *out, ptrdiff_t out_row_stride) {
    for (ptrdiff_t i = 0; i < count; i += 1) {
        prefetch_image(images, indices, i, count, pixels);
        const uint8_t *image = images + (indices != NULL ? indices[i] : i) * pixels;
        float *row = out + i * out_row_stride;
        ptrdiff_t p = 0;
        for (; p + LANES <= pixels; p += LANES) {
            bvec bytes;
            memcpy(&bytes, image + p, sizeof bytes);
            store(row + p, __builtin_convertvector(bytes, vec) * scale);
        }
        for (; p < pixels; p += 1) row[p] = (float)image[p] * scale;
    }
}

static void add(ptrdiff_t rows, ptrdiff_t columns, const float *a, ptrdiff_t a_row_stride,
                const float *b, ptrdiff_t b_row_stride, bool relu, float *sums, ptrdiff_t sums_row_stride) {
    for (ptrdiff_t i = 0; i < rows; i += 1, a += a_row_stride, b += b_row_stride, sums += sums_row_stride) {
        for (ptrdiff_t j = 0; j < columns; j += LANES) {
            first_lanes lanes = first(smaller(LANES, columns - j));
            vec sum = load_first(a + j, lanes) + load_first(b + j, lanes);
            store_first(sums + j, lanes, relu ? relu_of(sum) : sum);
        }
    }
}

static void relu_backward(ptrdiff_t rows, ptrdiff_t columns, const float *activation, ptrdiff_t activation_row_stride,
                          float *gradient, ptrdiff_t gradient_row_stride) {
    for (ptrdiff_t i = 0; i < rows; i += 1) {
        const float *active = activation + i * activation_row_stride;
        float *row = gradient + i * gradient_row_stride;
        ptrdiff_t j = 0;
        for (; j + LANES <= columns; j += LANES) store(row + j, load(active + j) > 0 ? load(row + j) : (vec)0);
        if (j < columns) {
            first_lanes lanes = first(columns - j);
            vec activations = load_first(active + j, lanes), gradients = load_first(row + j, lanes);
            store_first(row + j, lanes, activations > 0 ? gradients : (vec)0);
        }
    }
}

static void momentum_update(ptrdiff_t count, inkling_sgd sgd, const float *gradient, float *velocity, float *weights) {
    ptrdiff_t i = 0;
    for (; i + LANES <= count; i += LANES) {
        vec v = load(velocity + i), w = load(weights + i);
        momentum_step(sgd, load(gradient + i), &v, &w);
        store(velocity + i, v);
        store(weights + i, w);
    }
    if (i < count) {
        first_lanes lanes = first(count - i);
        vec v = load_first(velocity + i, lanes), w = load_first(weights + i, lanes);
        momentum_step(sgd, load_first(gradient + i, lanes), &v, &w);
        store_first(velocity + i, lanes, v);
        store_first(weights + i, lanes, w);
    }
}

INLINE void adaptive_step(inkling_adaptive adaptive, vec gradient, vec *mean, vec *square, vec *weights) {
    gradient = adaptive.weight_decay * *weights + gradient;
    *mean = adaptive.mean_kept * *mean + adaptive.mean_taken * gradient;
    *square = adaptive.square_kept * *square + adaptive.square_taken * (gradient * gradient);
    vec root = __builtin_elementwise_sqrt(*square) * adaptive.root_scale + adaptive.epsilon;
    *weights = adaptive.weight_kept * *weights - adaptive.learning_rate * *mean / root;
}

static void adaptive_update(ptrdiff_t count, inkling_adaptive adaptive, const float *gradient, float *mean,
                            float *square, float *weights) {
    ptrdiff_t i = 0;
    for (; i + LANES <= count; i += LANES) {
        vec m = 0, s = load(square + i), w = load(weights + i);
        if (mean != NULL) m = load(mean + i);
        adaptive_step(adaptive, load(gradient + i), &m, &s, &w);
        if (mean != NULL) store(mean + i, m);
        store(square + i, s);
        store(weights + i, w);
    }
    if (i < count) {
        first_lanes lanes = first(count - i);
        vec m = 0, s = load_first(square + i, lanes), w = load_first(weights + i, lanes);
        if (mean != NULL) m = load_first(mean + i, lanes);
        adaptive_step(adaptive, load_first(gradient + i, lanes), &m, &s, &w);
        if (mean != NULL) store_first(mean + i, lanes, m);
        store_first(square + i, lanes, s);
        store_first(weights + i, lanes, w);
    }
}

static void column_sums(ptrdiff_t rows, ptrdiff_t columns, const float *delta, ptrdiff_t delta_row_stride,
                        bool accumulate, float *sums) {
    ptrdiff_t j = 0;
    // Four vectors of columns side by side hide the latency of the addition.
    for (; j + 4 * LANES <= columns; j += 4 * LANES) {
        vec sum[4] = {0, 0, 0, 0};
        UNROLL for (int v = 0; v < 4; v += 1) if (accumulate) sum[v] = load(sums + j + v * LANES);
        const float *row = delta + j;
        for (ptrdiff_t i = 0; i < rows; i += 1, row += delta_row_stride) {
            UNROLL for (int v = 0; v < 4; v += 1) sum[v] += load(row + v * LANES);
        }
        UNROLL for (int v = 0; v < 4; v += 1) store(sums + j + v * LANES, sum[v]);
    }
    for (; j < columns; j += LANES) {
        first_lanes lanes = first(smaller(LANES, columns - j));
        vec sum = 0;
        if (accumulate) sum = load_first(sums + j, lanes);
        const float *row = delta + j;
        for (ptrdiff_t i = 0; i < rows; i += 1, row += delta_row_stride) sum += load_first(row, lanes);
        store_first(sums + j, lanes, sum);
    }
}

INLINE vec float_from_bits(ivec bits) {
    vec v;
    memcpy(&v, &bits, sizeof v);
    return v;
}

INLINE ivec bits_of_float(vec v) {
    ivec bits;
    memcpy(&bits, &v, sizeof bits);
    return bits;
}

/// eˣ for x ≤ 0, within 1.2 units in the last place, those of denormal results included.
/// x = n ln 2 + r with |r| ≤ ln 2 / 2, and eʳ by its Taylor series, whose first missing term is below 1e-8.
INLINE vec exp_of(vec x) {
    x = x < -110.0f ? (vec)-110.0f : x;  // e⁻¹¹⁰ is 0 in a float; a NaN stays
    const float round = 12582912;        // 1.5 · 2²³: adding it leaves the nearest integer in the low bits
    vec rounded = x * 1.44269504f + round;
    vec n = rounded - round;
    vec r = n * -0.693359375f + x;       // ln 2 in two parts, the first short enough for exact products
    r = n * 2.12194440e-4f + r;
    vec e = (vec)(1.0f / 5040);
    e = e * r + 1.0f / 720;
    e = e * r + 1.0f / 120;
    e = e * r + 1.0f / 24;
    e = e * r + 1.0f / 6;
    e = e * r + 0.5f;
    e = e * r + 1.0f;
    e = e * r + 1.0f;
    // 2ⁿ in two factors, because n may be below the smallest exponent.
    ivec exponent = bits_of_float(rounded) - bits_of_float((vec)round);
    ivec half = exponent >> 1;
    e *= float_from_bits((half + 127) << 23);
    return e * float_from_bits((exponent - half + 127) << 23);
}

/// ln x for x ≥ 1, within 1.4 units in the last place; an infinity or a NaN stays. Written here, not taken from the C
/// library, so that losses too are the same everywhere.
/// x = 2ⁿ m with m in [√½, √2), and ln m = 2 artanh s = 2 (s + s³/3 + s⁵/5 + …) where s = (m − 1) / (m + 1).
static float log_of(float x) {
    if (!(x < __builtin_inff())) return x;
    uint32_t bits;
    memcpy(&bits, &x, sizeof bits);
    const uint32_t root_half = 0x3f3504f3;
    int32_t n = (int32_t)(bits - root_half) >> 23;
    bits -= (uint32_t)n << 23;
    float m;
    memcpy(&m, &bits, sizeof m);
    float s = (m - 1) / (m + 1), square = s * s;
    float series = square * (1.0f / 9) + 1.0f / 7;
    series = series * square + 1.0f / 5;
    series = series * square + 1.0f / 3;
    series = series * square * s + s;
    return (float)n * 0.693147181f + 2 * series;
}

/// 0, 1, 2, …
INLINE ivec lane_numbers(void) {
    ivec numbers;
    UNROLL for (int lane = 0; lane < LANES; lane += 1) numbers[lane] = lane;
    return numbers;
}

/// (softmax − onehot(label)) · scale, the label counted from the first lane.
INLINE vec softmax_gradient(vec exponentials, float inverse_sum, int32_t label, float scale) {
    vec onehot = lane_numbers() == label ? (vec)1 : (vec)0;
    return (exponentials * inverse_sum - onehot) * scale;
}

static void softmax_cross_entropy(ptrdiff_t rows, ptrdiff_t classes, const float *logits, ptrdiff_t logits_row_stride,
                                  const uint8_t *labels, float scale, float *gradient, ptrdiff_t gradient_row_stride,
                                  float *losses, int32_t *predictions) {
    if (classes <= 0) return;
    for (ptrdiff_t i = 0; i < rows; i += 1) {
        const float *logit = logits + i * logits_row_stride;
        ptrdiff_t best = 0;
        for (ptrdiff_t c = 1; c < classes; c += 1) best = logit[c] > logit[best] ? c : best;
        if (predictions != NULL) predictions[i] = (int32_t)best;
        if (gradient == NULL && losses == NULL) continue;

        // The exponentials wait where the gradient will be, except the last vector of them, which stays in a register:
        // ten classes on AVX-512 need no memory at all.
        float *out = gradient != NULL ? gradient + i * gradient_row_stride : NULL;
        int32_t label = labels[i];
        float largest = logit[best], own_logit = logit[label] - largest;
        float sum = 0;
        vec e = 0;
        for (ptrdiff_t c = 0; c < classes; c += LANES) {
            ptrdiff_t count = smaller(LANES, classes - c);
            if (c > 0 && out != NULL) store(out + c - LANES, e);
            e = exp_of(load_first(logit + c, first(count)) - largest);
            e = lane_numbers() < (int32_t)count ? e : (vec)0;
            UNROLL for (int lane = 0; lane < LANES; lane += 1) sum += e[lane];
        }
        if (losses != NULL) losses[i] = log_of(sum) - own_logit;
        if (out == NULL) continue;
        float inverse = 1 / sum;
        ptrdiff_t last = (classes - 1) / LANES * LANES;
        for (ptrdiff_t c = 0; c < last; c += LANES) {
            store(out + c, softmax_gradient(load(out + c), inverse, label - (int32_t)c, scale));
        }
        store_first(out + last, first(classes - last), softmax_gradient(e, inverse, label - (int32_t)last, scale));
    }
}

#pragma mark A first layer on sparse images

typedef uint8_t bytes64 __attribute__((ext_vector_type(64)));
typedef bool bits64 __attribute__((ext_vector_type(64)));

static void find_lit(ptrdiff_t count, ptrdiff_t pixels, const uint8_t *images, uint64_t *lit) {
    for (ptrdiff_t image = 0; image < count; image += 1, images += pixels) {
        for (ptrdiff_t p = 0; p < pixels; p += 64, lit += 1) {
            bytes64 some = 0;
            if (pixels - p >= 64) memcpy(&some, images + p, 64);
            else memcpy(&some, images + p, (size_t)(pixels - p));
            bits64 bits = __builtin_convertvector(some != 0, bits64);
            memcpy(lit, &bits, 8);
        }
    }
}

/// The value of every pixel byte: rounds as inkling_gather does.
INLINE void tabulate(float scale, float values[256]) {
    for (int i = 0; i < 256; i += 1) values[i] = (float)i * scale;
}

/// A panel of output columns: `vectors` vectors, the last one in part if `partial`. Constants wherever inlined.
struct panel {
    ptrdiff_t column;
    int vectors;
    bool partial;
    first_lanes lanes;
};

INLINE vec load_panel(const float *p, const struct panel *panel, int v) {
    return panel->partial && v == panel->vectors - 1 ? load_first(p + v * LANES, panel->lanes) : load(p + v * LANES);
}

INLINE void store_panel(float *p, const struct panel *panel, int v, vec value) {
    if (panel->partial && v == panel->vectors - 1) store_first(p + v * LANES, panel->lanes, value);
    else store(p + v * LANES, value);
}

struct sparse_product {
    const inkling_sparse_batch *batch;
    ptrdiff_t first, end;    // rows of the batch forward, pixels in the weight gradient
    const float *values;     // of the 256 bytes
    const float *source;     // W forward, δ in the weight gradient
    ptrdiff_t source_row_stride;
    float *destination;      // the activations, or the weights or their gradient
    ptrdiff_t destination_row_stride;
    const float *bias;
    bool relu;
    inkling_sgd sgd;
    float *velocity;
};

INLINE ptrdiff_t words_of_bits(ptrdiff_t bits) {
    return (bits + 63) / 64;
}

INLINE ptrdiff_t image_of(const inkling_sparse_batch *batch, ptrdiff_t row) {
    return batch->indices != NULL ? batch->indices[row] : row;
}

/// Words of pixels whose products with an image are done at a time; meanwhile the sums stay in registers.
#define WORDS_AT_ONCE 4

/// An image on its way forward through some words of its pixels.
struct sparse_row {
    const uint8_t *bytes;
    const uint64_t *lit;
    float *out;
    vec sums[SPARSE_VECTORS];
};

/// The sums so far wait in the destination, or begin with the bias.
INLINE void begin_row(const struct sparse_product *product, const struct panel *panel, ptrdiff_t row, ptrdiff_t word,
                      ptrdiff_t words, struct sparse_row *state) {
    const inkling_sparse_batch *batch = product->batch;
    state->bytes = batch->images + image_of(batch, row) * batch->pixels;
    state->lit = batch->lit + image_of(batch, row) * words;
    state->out = product->destination + row * product->destination_row_stride + panel->column;
    UNROLL for (int v = 0; v < panel->vectors; v += 1) {
        if (word > 0) state->sums[v] = load_panel(state->out, panel, v);
        else if (product->bias != NULL) state->sums[v] = load_panel(product->bias + panel->column, panel, v);
        else state->sums[v] = 0;
    }
}

/// Adds the product of an image's first lit pixel of a word.
INLINE void add_first_lit(const struct sparse_product *product, const struct panel *panel, ptrdiff_t word,
                          uint64_t lit, struct sparse_row *state) {
    ptrdiff_t pixel = word * 64 + __builtin_ctzll(lit);
    const float *weights = product->source + pixel * product->source_row_stride + panel->column;
    float value = product->values[state->bytes[pixel]];
    UNROLL for (int v = 0; v < panel->vectors; v += 1) {
        state->sums[v] = value * load_panel(weights, panel, v) + state->sums[v];
    }
}

INLINE void end_row(const struct sparse_product *product, const struct panel *panel, bool is_last,
                    const struct sparse_row *state) {
    UNROLL for (int v = 0; v < panel->vectors; v += 1) {
        vec sum = state->sums[v];
        store_panel(state->out, panel, v, is_last && product->relu ? relu_of(sum) : sum);
    }
}

/// The products of one image, or of two at a time, as each sum waits for itself, with some words' rows of W.
INLINE void sparse_forward_rows(const struct sparse_product *product, const struct panel *panel, ptrdiff_t row,
                                const int rows, ptrdiff_t word, ptrdiff_t words) {
    struct sparse_row state[2];
    UNROLL for (int r = 0; r < rows; r += 1) begin_row(product, panel, row + r, word, words, &state[r]);
    ptrdiff_t end = smaller(word + WORDS_AT_ONCE, words);
    for (; word < end; word += 1) {
        uint64_t lit[2] = {state[0].lit[word], rows == 2 ? state[1].lit[word] : 0};
        if (rows == 2) for (; lit[0] != 0 && lit[1] != 0; lit[0] &= lit[0] - 1, lit[1] &= lit[1] - 1) {
            add_first_lit(product, panel, word, lit[0], &state[0]);
            add_first_lit(product, panel, word, lit[1], &state[1]);
        }
        UNROLL for (int r = 0; r < rows; r += 1) {
            for (; lit[r] != 0; lit[r] &= lit[r] - 1) add_first_lit(product, panel, word, lit[r], &state[r]);
        }
    }
    UNROLL for (int r = 0; r < rows; r += 1) end_row(product, panel, end == words, &state[r]);
}

INLINE void sparse_forward_panel(const struct sparse_product *product, const struct panel *panel) {
    const ptrdiff_t together = 16;  // rows: enough to share W, and few enough for their sums to stay near
    ptrdiff_t words = words_of_bits(product->batch->pixels);
    for (ptrdiff_t first = product->first; first < product->end; first += together) {
        ptrdiff_t end = smaller(first + together, product->end);
        for (ptrdiff_t word = 0; word < words; word += WORDS_AT_ONCE) {
            ptrdiff_t row = first;
            if (SPARSE_PAIRS) for (; row + 2 <= end; row += 2) {
                sparse_forward_rows(product, panel, row, 2, word, words);
            }
            for (; row < end; row += 1) sparse_forward_rows(product, panel, row, 1, word, words);
        }
    }
}

/// Transposes 64 × 64 bits: bit j of word i becomes bit i of word j.
static void transpose_bits(uint64_t words[64]) {
    uint64_t low = 0x00000000ffffffff;
    for (int half = 32; half > 0; half /= 2, low ^= low << half) {
        for (int block = 0; block < 64; block += 2 * half) {
            for (int i = block; i < block + half; i += 1) {
                uint64_t swap = (words[i] >> half ^ words[i + half]) & low;
                words[i] ^= swap << half;
                words[i + half] ^= swap;
            }
        }
    }
}

static void sparse_transpose(const inkling_sparse_batch *batch, ptrdiff_t first_word, ptrdiff_t end_word) {
    ptrdiff_t pixel_words = words_of_bits(batch->pixels), row_words = words_of_bits(batch->rows);
    for (ptrdiff_t pixel_word = first_word; pixel_word < end_word; pixel_word += 1) {
        for (ptrdiff_t row_word = 0; row_word < row_words; row_word += 1) {
            uint64_t words[64] = {0};
            for (ptrdiff_t i = 0; i < smaller(64, batch->rows - row_word * 64); i += 1) {
                words[i] = batch->lit[image_of(batch, row_word * 64 + i) * pixel_words + pixel_word];
            }
            transpose_bits(words);
            for (ptrdiff_t i = 0; i < smaller(64, batch->pixels - pixel_word * 64); i += 1) {
                batch->column_bits[(pixel_word * 64 + i) * row_words + row_word] = words[i];
            }
        }
    }
}

/// The gradient of `pixels` neighbouring pixels, which are mostly lit in the same images, and its use.
INLINE void sparse_weights_pixels(const struct sparse_product *product, const struct panel *panel, ptrdiff_t pixel,
                                  const int pixels) {
    const inkling_sparse_batch *batch = product->batch;
    const float *delta = product->source + panel->column;
    ptrdiff_t row_words = words_of_bits(batch->rows);
    vec sums[2][SPARSE_VECTORS];
    UNROLL for (int q = 0; q < pixels; q += 1) {
        UNROLL for (int v = 0; v < panel->vectors; v += 1) sums[q][v] = 0;
    }
    for (ptrdiff_t word = 0; word < row_words; word += 1) {
        const float *delta_rows = delta + word * 64 * product->source_row_stride;
        uint64_t lit = 0;
        UNROLL for (int q = 0; q < pixels; q += 1) lit |= batch->column_bits[(pixel + q) * row_words + word];
        for (; lit != 0; lit &= lit - 1) {
            int row = __builtin_ctzll(lit);
            const float *delta_row = delta_rows + row * product->source_row_stride;
            const uint8_t *bytes = batch->images + image_of(batch, word * 64 + row) * batch->pixels + pixel;
            float value[2];
            UNROLL for (int q = 0; q < pixels; q += 1) value[q] = product->values[bytes[q]];
            UNROLL for (int v = 0; v < panel->vectors; v += 1) {
                vec part = load_panel(delta_row, panel, v);
                UNROLL for (int q = 0; q < pixels; q += 1) sums[q][v] = value[q] * part + sums[q][v];
            }
        }
    }
    UNROLL for (int q = 0; q < pixels; q += 1) {
        ptrdiff_t offset = (pixel + q) * product->destination_row_stride + panel->column;
        float *weights = product->destination + offset;
        UNROLL for (int v = 0; v < panel->vectors; v += 1) {
            if (product->velocity != NULL) {
                float *velocity = product->velocity + offset;
                vec new_velocity = load_panel(velocity, panel, v), new_weights = load_panel(weights, panel, v);
                momentum_step(product->sgd, sums[q][v], &new_velocity, &new_weights);
                store_panel(velocity, panel, v, new_velocity);
                store_panel(weights, panel, v, new_weights);
            } else {
                store_panel(weights, panel, v, sums[q][v]);
            }
        }
    }
}

INLINE void sparse_weights_panel(const struct sparse_product *product, const struct panel *panel) {
    ptrdiff_t pixel = product->first;
    if (SPARSE_PAIRS) for (; pixel + 2 <= product->end; pixel += 2) sparse_weights_pixels(product, panel, pixel, 2);
    for (; pixel < product->end; pixel += 1) sparse_weights_pixels(product, panel, pixel, 1);
}

_Static_assert(SPARSE_VECTORS <= 8, "FOR_PANELS has a case for each width.");

/// Calls `kernel` for panels of constant width that cover the output columns.
#define FOR_PANELS(outputs, kernel, product)                                                                          \
    for (ptrdiff_t column = 0; column < (outputs);) {                                                                 \
        ptrdiff_t left = (outputs) - column, full = smaller(left / LANES, SPARSE_VECTORS);                            \
        struct panel part = {.column = column, .vectors = 1, .partial = true, .lanes = first(smaller(left, LANES))};  \
        switch (full) {                                                                                               \
        case 0: kernel(product, &part); break;                                                                        \
        PANEL_CASE(1, kernel, product)                                                                                \
        PANEL_CASE(2, kernel, product)                                                                                \
        PANEL_CASE(3, kernel, product)                                                                                \
        PANEL_CASE(4, kernel, product)                                                                                \
        PANEL_CASE(5, kernel, product)                                                                                \
        PANEL_CASE(6, kernel, product)                                                                                \
        PANEL_CASE(7, kernel, product)                                                                                \
        PANEL_CASE(8, kernel, product)                                                                                \
        }                                                                                                             \
        column += full == 0 ? left : full * LANES;                                                                    \
    }
#define PANEL_CASE(n, kernel, product) \
    case n: kernel(product, &(struct panel){.column = column, .vectors = n}); break;

static void sparse_forward(const inkling_sparse_batch *batch, ptrdiff_t first_row, ptrdiff_t end_row, float scale,
                           ptrdiff_t outputs, const float *weights, ptrdiff_t weight_row_stride,
                           const float *bias, bool relu, float *out, ptrdiff_t out_row_stride) {
    float values[256];
    tabulate(scale, values);
    struct sparse_product product = {
        .batch = batch, .first = first_row, .end = end_row, .values = values, .source = weights,
        .source_row_stride = weight_row_stride,
        .destination = out, .destination_row_stride = out_row_stride, .bias = bias, .relu = relu,
    };
    FOR_PANELS(outputs, sparse_forward_panel, &product)
}

static void sparse_weight_update(const inkling_sparse_batch *batch, ptrdiff_t first_pixel, ptrdiff_t end_pixel,
                                 float scale, ptrdiff_t outputs, const float *delta, ptrdiff_t delta_row_stride,
                                 inkling_sgd sgd, float *velocity, float *weights, ptrdiff_t weight_row_stride) {
    float values[256];
    tabulate(scale, values);
    struct sparse_product product = {
        .batch = batch, .first = first_pixel, .end = end_pixel, .values = values, .source = delta,
        .source_row_stride = delta_row_stride, .destination = weights, .destination_row_stride = weight_row_stride,
        .sgd = sgd, .velocity = velocity,
    };
    FOR_PANELS(outputs, sparse_weights_panel, &product)
}

#include "distortion_body.h"
#include "convolution_body.h"

const struct inkling_kernels KERNELS = {
    .name = KERNELS_NAME,
    .fma_operations = fma_operations,
    .multiply = multiply,
    .weight_update = weight_update,
    .transpose = transpose,
    .gather = gather,
    .add = add,
    .relu_backward = relu_backward,
    .momentum_update = momentum_update,
    .adaptive_update = adaptive_update,
    .column_sums = column_sums,
    .softmax_cross_entropy = softmax_cross_entropy,
    .find_lit = find_lit,
    .sparse_transpose = sparse_transpose,
    .sparse_forward = sparse_forward,
    .sparse_weight_update = sparse_weight_update,
    .distort = distort,
    .convolution_forward = convolution_forward,
    .convolution_input_gradient = convolution_input_gradient,
    .convolution_weight_gradient = convolution_weight_gradient,
    .max_pool_forward = max_pool_forward,
    .max_pool_backward = max_pool_backward,
    .lanes_from_bytes = lanes_from_bytes,
    .rows_to_lanes = rows_to_lanes,
};
