// The kernels of convolutional layers, included by kernels_body.h for every instruction set. All of them work on
// blocks of 16 images, one image a lane: a pixel of a channel is IMAGES floats, or PIXEL_VECTORS vectors, however few
// channels there are. In addition to what kernels_body.h needs, each kernels_*.c defines
//   CONVOLUTION_SUMS      vectors of sums that the innermost loops keep in registers
//   CONVOLUTION_CHANNELS  output channels of the largest tile of a convolution

#define IMAGES 16
#define PIXEL_VECTORS (IMAGES / LANES)

/// Keeps the compiler from loading ahead what there are no registers for.
#define LOAD_IN_ORDER __asm__ volatile("" : : : "memory")

/// As few parts of some total as a largest size allows, all about equal.
struct parts {
    ptrdiff_t count, size, larger;  // the first `larger` parts have one more than `size`
};

INLINE struct parts parts_of(ptrdiff_t total, ptrdiff_t largest) {
    ptrdiff_t count = (total + largest - 1) / largest;
    return (struct parts){.count = count, .size = total / count, .larger = total % count};
}

INLINE ptrdiff_t part_size(struct parts parts, ptrdiff_t part) {
    return parts.size + (part < parts.larger);
}

INLINE ptrdiff_t larger(ptrdiff_t a, ptrdiff_t b) {
    return a > b ? a : b;
}

/// The positions of a window that lie within the input when the window begins at `start`.
struct clipped {
    ptrdiff_t first, end;
};

INLINE struct clipped clip(ptrdiff_t start, ptrdiff_t window, ptrdiff_t size) {
    ptrdiff_t first = start < 0 ? smaller(-start, window) : 0;
    return (struct clipped){.first = first, .end = larger(first, smaller(window, size - start))};
}

#pragma mark Convolution forward, and the gradient at its input

/// The weights copied for a call, [(in_channel, ky, kx) × channels of the tile] tile after tile: 192 KiB.
#define PACKED_WEIGHTS 49152

/// Floats of input that the windows of a row of outputs touch in the channels that are added up at a time.
#define INPUT_BLOCK 6144

/// Neighbouring pixels of an output row whose windows have the same taps, in some output channels.
struct convolution_run {
    ptrdiff_t in_channels, rows, taps;  // of the window, as far as it lies within the input
    ptrdiff_t in_channel_stride, in_row_stride, weight_channel_stride, weight_row_stride, out_channel_stride;
    const float *weights, *bias;  // the sums begin with the bias, without one with what the output holds
    bool relu;
};

/// The sums of `channels` × `pixels` neighbouring pixels in registers, over all taps. The last three parameters are
/// constants wherever this is inlined, but for taps 0: then it is run->taps.
INLINE void convolve_tile(const struct convolution_run *run, const float *input, float *output,
                          const int channels, const int pixels, const int taps) {
    const int vectors = pixels * PIXEL_VECTORS;
    vec sums[CONVOLUTION_CHANNELS][CONVOLUTION_SUMS];
    UNROLL for (int c = 0; c < channels; c += 1) {
        UNROLL for (int v = 0; v < vectors; v += 1) {
            if (run->bias != NULL) sums[c][v] = run->bias[c];
            else sums[c][v] = load(output + c * run->out_channel_stride + v * LANES);
        }
    }
#define ADD_TAP(in, w)                                                                                                \
    vec kept[8];                                                                                                      \
    if (vectors <= channels) {                                                                                        \
        UNROLL for (int v = 0; v < vectors; v += 1) kept[v] = load((in) + v * LANES);                                 \
        UNROLL for (int c = 0; c < channels; c += 1) {                                                                \
            vec weight = (w)[c];                                                                                      \
            UNROLL for (int v = 0; v < vectors; v += 1) sums[c][v] = weight * kept[v] + sums[c][v];                   \
            LOAD_IN_ORDER;                                                                                            \
        }                                                                                                             \
    } else {                                                                                                          \
        UNROLL for (int c = 0; c < channels; c += 1) kept[c] = (w)[c];                                                \
        UNROLL for (int v = 0; v < vectors; v += 1) {                                                                 \
            vec x = load((in) + v * LANES);                                                                           \
            UNROLL for (int c = 0; c < channels; c += 1) sums[c][v] = kept[c] * x + sums[c][v];                       \
            LOAD_IN_ORDER;                                                                                            \
        }                                                                                                             \
    }

    const float *channel = input, *channel_weights = run->weights;
    for (ptrdiff_t i = run->in_channels; i > 0; i -= 1) {
        const float *in = channel, *w = channel_weights;
        for (ptrdiff_t row = run->rows; row > 0; row -= 1) {
            if (taps > 0) {
                UNROLL for (int tap = 0; tap < taps; tap += 1) {
                    ADD_TAP(in + tap * IMAGES, w + tap * channels)
                }
            } else {
                for (ptrdiff_t tap = 0; tap < run->taps; tap += 1) {
                    ADD_TAP(in + tap * IMAGES, w + tap * channels)
                }
            }
            in += run->in_row_stride;
            w += run->weight_row_stride;
        }
        channel += run->in_channel_stride;
        channel_weights += run->weight_channel_stride;
    }
#undef ADD_TAP
    UNROLL for (int c = 0; c < channels; c += 1) {
        UNROLL for (int v = 0; v < vectors; v += 1) {
            store(output + c * run->out_channel_stride + v * LANES, run->relu ? relu_of(sums[c][v]) : sums[c][v]);
        }
    }
}

/// All `pixels` of a run: as many at a time as there are registers for, then one by one.
INLINE void convolve_pixels(const struct convolution_run *run, const float *input, float *output, ptrdiff_t pixels,
                            const int channels, const int taps) {
    const int room = CONVOLUTION_SUMS / PIXEL_VECTORS / channels, several = room > 8 ? 8 : room;
#define TILES(n) for (; pixels >= (n); pixels -= (n), input += (n) * IMAGES, output += (n) * IMAGES) \
        convolve_tile(run, input, output, channels, n, taps);
    if (several > 2) TILES(several)
    if (several > 1) TILES(2)
    TILES(1)
#undef TILES
}

/// The window widths 3 and 5 are unrolled.
#define DEFINE_RUN(channels)                                                                                          \
    static void convolve_##channels(const struct convolution_run *run, const float *input, float *output,             \
                                    ptrdiff_t pixels) {                                                               \
        if (run->taps == 3) convolve_pixels(run, input, output, pixels, channels, 3);                                 \
        else if (run->taps == 5) convolve_pixels(run, input, output, pixels, channels, 5);                            \
        else convolve_pixels(run, input, output, pixels, channels, 0);                                                \
    }

DEFINE_RUN(1)
DEFINE_RUN(2)
DEFINE_RUN(3)
#if CONVOLUTION_CHANNELS > 3
DEFINE_RUN(4)
DEFINE_RUN(5)
DEFINE_RUN(6)
#endif

static void convolve_run(const struct convolution_run *run, ptrdiff_t channels, const float *input, float *output,
                         ptrdiff_t pixels) {
    switch (channels) {
    case 1: convolve_1(run, input, output, pixels); break;
    case 2: convolve_2(run, input, output, pixels); break;
    case 3: convolve_3(run, input, output, pixels); break;
#if CONVOLUTION_CHANNELS > 3
    case 4: convolve_4(run, input, output, pixels); break;
    case 5: convolve_5(run, input, output, pixels); break;
    case 6: convolve_6(run, input, output, pixels); break;
#endif
    }
}

/// Where the weight of (in_channel, ky, kx, out_channel) is found, so that the gradient at the input is a convolution
/// too: with the channels exchanged and the window turned around.
struct weight_strides {
    ptrdiff_t in_channel, ky, kx, out_channel;
};

/// weights [(in_channel, ky, kx) × out_channel], whatever the strides, to tiles [(in_channel, ky, kx) × its channels].
static void pack_weights(ptrdiff_t in_channels, ptrdiff_t kernel, struct parts tiles, const float *weights,
                         struct weight_strides strides, float *packed) {
    for (ptrdiff_t tile = 0; tile < tiles.count; tile += 1) {
        ptrdiff_t channels = part_size(tiles, tile);
        for (ptrdiff_t i = 0; i < in_channels; i += 1) {
            for (ptrdiff_t ky = 0; ky < kernel; ky += 1) {
                const float *from = weights + i * strides.in_channel + ky * strides.ky;
                for (ptrdiff_t kx = 0; kx < kernel; kx += 1, from += strides.kx, packed += channels) {
                    for (ptrdiff_t c = 0; c < channels; c += 1) packed[c] = from[c * strides.out_channel];
                }
            }
        }
        weights += channels * strides.out_channel;
    }
}

/// Weights copied for a call: those from `in_channels` channels to the channels of `tiles`.
struct packed_weights {
    ptrdiff_t in_channels;
    struct parts tiles;
    const float *weights;
};

/// Adds to a row of outputs what the input channels [first, end) of the packed ones contribute; `input` and `output`
/// are those of the first packed channels. Begins with the bias unless `accumulate`; a bias of NULL is zero.
static void convolve_row(const inkling_convolution *c, ptrdiff_t y, ptrdiff_t first, ptrdiff_t end,
                         const struct packed_weights *packed, const float *input, const float *bias, bool accumulate,
                         bool relu, float *output) {
    static const float zeros[CONVOLUTION_CHANNELS];
    const ptrdiff_t window = c->kernel * c->kernel, in_row = c->in_width * IMAGES;
    const ptrdiff_t in_plane = c->in_height * in_row, out_plane = c->out_height * c->out_width * IMAGES;
    const struct clipped rows = clip(y - c->pad, c->kernel, c->in_height);
    const ptrdiff_t in_offset = first * in_plane + (y - c->pad + rows.first) * in_row;
    const float *tile_weights = packed->weights;
    output += y * c->out_width * IMAGES;
    for (ptrdiff_t tile = 0; tile < packed->tiles.count; tile += 1) {
        const ptrdiff_t channels = part_size(packed->tiles, tile);
        struct convolution_run run = {
            .in_channels = end - first, .rows = rows.end - rows.first,
            .in_channel_stride = in_plane, .in_row_stride = in_row,
            .weight_channel_stride = window * channels, .weight_row_stride = c->kernel * channels,
            .out_channel_stride = out_plane, .bias = accumulate ? NULL : bias != NULL ? bias : zeros, .relu = relu,
        };
        for (ptrdiff_t x = 0; x < c->out_width;) {
            // At the borders one pixel at a time, between them all pixels whose window is whole.
            const ptrdiff_t start = x - c->pad;
            const struct clipped columns = clip(start, c->kernel, c->in_width);
            ptrdiff_t pixels = 1;
            run.taps = columns.end - columns.first;
            if (run.taps == c->kernel) pixels = smaller(c->out_width - x, c->in_width - c->kernel + 1 - start);
            run.weights = tile_weights + (first * window + rows.first * c->kernel + columns.first) * channels;
            convolve_run(&run, channels, input + in_offset + (start + columns.first) * IMAGES, output + x * IMAGES,
                         pixels);
            x += pixels;
        }
        tile_weights += packed->in_channels * window * channels;
        output += channels * out_plane;
        if (bias != NULL) bias += channels;
    }
}

/// A convolution with the weights anywhere; a bias of NULL is zero.
static void convolve(inkling_convolution c, const float *input, const float *weights, struct weight_strides strides,
                     const float *bias, bool relu, float *output) {
    _Alignas(64) float packed[PACKED_WEIGHTS];
    const ptrdiff_t window = c.kernel * c.kernel;
    const ptrdiff_t in_plane = c.in_height * c.in_width * IMAGES, out_plane = c.out_height * c.out_width * IMAGES;
    const ptrdiff_t most_inputs = larger(1, smaller(c.in_channels, PACKED_WEIGHTS / (window * CONVOLUTION_CHANNELS)));
    const ptrdiff_t most_outputs = PACKED_WEIGHTS / (window * most_inputs);
    const ptrdiff_t block = larger(1, INPUT_BLOCK / larger(1, c.kernel * c.in_width * IMAGES));
    for (ptrdiff_t o = 0; o < c.out_channels; o += most_outputs) {
        const struct parts tiles = parts_of(smaller(most_outputs, c.out_channels - o), CONVOLUTION_CHANNELS);
        ptrdiff_t i = 0;
        do {
            const ptrdiff_t in_channels = smaller(most_inputs, c.in_channels - i);
            const bool is_last = i + in_channels == c.in_channels;
            const float *from = weights + i * strides.in_channel + o * strides.out_channel;
            pack_weights(in_channels, c.kernel, tiles, from, strides, packed);
            const struct packed_weights some = {.in_channels = in_channels, .tiles = tiles, .weights = packed};
            // A row of outputs block by block of input channels, so that the rows of a block stay in the first cache
            // for all tiles.
            for (ptrdiff_t y = 0; y < c.out_height; y += 1) {
                ptrdiff_t first = 0;
                do {
                    const ptrdiff_t end = smaller(first + block, in_channels);
                    convolve_row(&c, y, first, end, &some, input + i * in_plane, bias != NULL ? bias + o : NULL,
                                 i + first > 0, relu && is_last && end == in_channels, output + o * out_plane);
                    first = end;
                } while (first < in_channels);
            }
            i += in_channels;
        } while (i < c.in_channels);
    }
}

static void convolution_forward(inkling_convolution c, const float *input, const float *weights, const float *bias,
                                bool relu, float *output) {
    struct weight_strides strides = {
        .in_channel = c.kernel * c.kernel * c.out_channels, .ky = c.kernel * c.out_channels, .kx = c.out_channels,
        .out_channel = 1,
    };
    convolve(c, input, weights, strides, bias, relu, output);
}

static void convolution_input_gradient(inkling_convolution c, const float *output_gradient, const float *weights,
                                       float *input_gradient) {
    const inkling_convolution back = {
        .in_channels = c.out_channels, .in_height = c.out_height, .in_width = c.out_width,
        .out_channels = c.in_channels, .kernel = c.kernel, .pad = c.kernel - 1 - c.pad,
        .out_height = c.in_height, .out_width = c.in_width,
    };
    const struct weight_strides strides = {
        .in_channel = 1, .ky = -c.kernel * c.out_channels, .kx = -c.out_channels,
        .out_channel = c.kernel * c.kernel * c.out_channels,
    };
    const float *last_tap = weights + (c.kernel * c.kernel - 1) * c.out_channels;
    convolve(back, output_gradient, last_tap, strides, NULL, false, input_gradient);
}

#pragma mark The gradient of a convolution's weights

/// Sums of a tile's channels and all taps, each [16 images]: 192 KiB.
#define GRADIENT_SUMS 49152

/// Floats of the output gradient's rows, of a tile's channels, that are used for all taps at a time.
#define GRADIENT_BLOCK 4096

/// Neighbouring taps of a row of the window that have their sums in registers at a time.
#define GRADIENT_TAPS (CONVOLUTION_SUMS >= 24 ? 7 : 5)

/// Output channels of the largest tile for a number of taps.
#define GRADIENT_CHANNELS(taps) (CONVOLUTION_SUMS / (taps) < 8 ? CONVOLUTION_SUMS / (taps) : 8)

/// The rows [first_row, end_row) of the output gradient in the channels of a tile, with some input channels and
/// neighbouring taps of all rows of the window.
struct gradient_run {
    const inkling_convolution *convolution;
    ptrdiff_t in_channels, first_row, end_row;
    ptrdiff_t first_tap;
    ptrdiff_t sums_stride;  // from one row of the window to the next
};

/// 0 ≤ a < b.
INLINE bool is_below(ptrdiff_t a, ptrdiff_t b) {
    return (size_t)a < (size_t)b;
}

/// Adds one column's products for the taps [first, end); `in` is under tap 0. The last three parameters are constants
/// wherever this is inlined. The fewer vectors stay in registers, the others are loaded when they are due.
INLINE void add_column(const float *in, const float *out, ptrdiff_t plane, vec sum[7][8], const int first,
                       const int end, const int channels) {
    vec kept[8];
    if (end - first <= channels) {
        UNROLL for (int t = first; t < end; t += 1) kept[t] = load(in + t * IMAGES);
        UNROLL for (int o = 0; o < channels; o += 1) {
            vec d = load(out + o * plane);
            UNROLL for (int t = first; t < end; t += 1) sum[t][o] = kept[t] * d + sum[t][o];
            LOAD_IN_ORDER;
        }
    } else {
        UNROLL for (int o = 0; o < channels; o += 1) kept[o] = load(out + o * plane);
        UNROLL for (int t = first; t < end; t += 1) {
            vec pixel = load(in + t * IMAGES);
            UNROLL for (int o = 0; o < channels; o += 1) sum[t][o] = pixel * kept[o] + sum[t][o];
            LOAD_IN_ORDER;
        }
    }
}

/// sums [in_channels][kernel][taps][channels][16 images] += input · delta; first_row 0 begins them. The last two
/// parameters are constants wherever this is inlined. Each of the vectors that make up 16 images is done for itself:
/// more weights have their sums in registers then, and more of what is loaded is used often.
INLINE void gradient_tile(const struct gradient_run *run, const float *input, const float *delta, float *sums,
                          const int taps, const int channels) {
    const inkling_convolution *c = run->convolution;
    const ptrdiff_t width = c->out_width, in_row = c->in_width * IMAGES, out_row = width * IMAGES;
    const ptrdiff_t plane = c->out_height * out_row;
    const ptrdiff_t shift = run->first_tap - c->pad;  // from a column of the output to the input's under the first tap
    // Columns from `left` to `right` have the input under all taps, [first_whole, end_whole) of them exist.
    const ptrdiff_t left = -shift, right = c->in_width - shift - taps;
    const ptrdiff_t first_whole = smaller(larger(0, left), width);
    const ptrdiff_t whole = larger(0, smaller(width, right + 1) - first_whole);
    for (ptrdiff_t i = 0; i < run->in_channels; i += 1, input += c->in_height * in_row) {
        for (ptrdiff_t ky = 0; ky < c->kernel; ky += 1, sums += run->sums_stride) {
            // The rows of the output that have a row of the input under this row of the window.
            const ptrdiff_t first = larger(run->first_row, c->pad - ky);
            const ptrdiff_t end = smaller(run->end_row, c->in_height + c->pad - ky);
            for (int part = 0; part < PIXEL_VECTORS; part += 1) {
                float *part_sums = sums + part * LANES;
                vec sum[7][8];
                UNROLL for (int n = 0; n < taps * channels; n += 1) {
                    if (run->first_row == 0) sum[n / channels][n % channels] = 0;
                    else sum[n / channels][n % channels] = load(part_sums + n * IMAGES);
                }
                const float *in = input + (first + ky - c->pad) * in_row + part * LANES;
                const float *out = delta + first * out_row + part * LANES;
                for (ptrdiff_t y = first; y < end; y += 1, in += in_row, out += out_row) {
                    UNROLL for (int t = taps - 1; t > 0; t -= 1) {
                        if (is_below(left - t, width)) {
                            add_column(in - t * IMAGES, out + (left - t) * IMAGES, plane, sum, t, taps, channels);
                        }
                    }
                    const float *in_column = in + (first_whole + shift) * IMAGES;
                    const float *out_column = out + first_whole * IMAGES;
                    for (ptrdiff_t n = whole; n > 0; n -= 1, in_column += IMAGES, out_column += IMAGES) {
                        add_column(in_column, out_column, plane, sum, 0, taps, channels);
                    }
                    UNROLL for (int t = 1; t < taps; t += 1) {
                        if (is_below(right + t, width)) {
                            add_column(in + (right + t + shift) * IMAGES, out + (right + t) * IMAGES, plane, sum, 0,
                                       taps - t, channels);
                        }
                    }
                }
                UNROLL for (int n = 0; n < taps * channels; n += 1) {
                    store(part_sums + n * IMAGES, sum[n / channels][n % channels]);
                }
            }
        }
    }
}

/// Tiles of constant sizes, as far as there are registers for them.
#define GRADIENT_CASE(taps, channels) \
    case channels: \
        if (channels <= GRADIENT_CHANNELS(taps)) gradient_tile(run, input, delta, sums, taps, channels); \
        break;
#define DEFINE_GRADIENT(taps)                                                                                         \
    static void gradient_##taps(const struct gradient_run *run, ptrdiff_t channels, const float *input,               \
                                const float *delta, float *sums) {                                                    \
        switch (channels) {                                                                                           \
        GRADIENT_CASE(taps, 1)                                                                                        \
        GRADIENT_CASE(taps, 2)                                                                                        \
        GRADIENT_CASE(taps, 3)                                                                                        \
        GRADIENT_CASE(taps, 4)                                                                                        \
        GRADIENT_CASE(taps, 5)                                                                                        \
        GRADIENT_CASE(taps, 6)                                                                                        \
        GRADIENT_CASE(taps, 7)                                                                                        \
        GRADIENT_CASE(taps, 8)                                                                                        \
        }                                                                                                             \
    }

DEFINE_GRADIENT(1)
DEFINE_GRADIENT(2)
DEFINE_GRADIENT(3)
DEFINE_GRADIENT(4)
DEFINE_GRADIENT(5)
#if CONVOLUTION_SUMS >= 24
DEFINE_GRADIENT(6)
DEFINE_GRADIENT(7)
#endif

static void gradient_taps(const struct gradient_run *run, ptrdiff_t taps, ptrdiff_t channels, const float *input,
                          const float *delta, float *sums) {
    switch (taps) {
    case 1: gradient_1(run, channels, input, delta, sums); break;
    case 2: gradient_2(run, channels, input, delta, sums); break;
    case 3: gradient_3(run, channels, input, delta, sums); break;
    case 4: gradient_4(run, channels, input, delta, sums); break;
    case 5: gradient_5(run, channels, input, delta, sums); break;
#if CONVOLUTION_SUMS >= 24
    case 6: gradient_6(run, channels, input, delta, sums); break;
    case 7: gradient_7(run, channels, input, delta, sums); break;
#endif
    }
}

/// sums [count] = sums [count][16 images], added up: first those 8 apart, then 4, 2 and 1. There is room for 64 more
/// floats, that are not used.
static void add_images(ptrdiff_t count, float *sums) {
    const float *from = sums;
    for (ptrdiff_t n = 0; n < count; n += 4, from += 4 * IMAGES) {
        four quarter[4][4], half[4];
        memcpy(quarter, from, sizeof quarter);
        UNROLL for (int i = 0; i < 4; i += 1) {
            half[i] = (quarter[i][0] + quarter[i][2]) + (quarter[i][1] + quarter[i][3]);
        }
        four low01 = __builtin_shufflevector(half[0], half[1], 0, 1, 4, 5);
        four high01 = __builtin_shufflevector(half[0], half[1], 2, 3, 6, 7);
        four low23 = __builtin_shufflevector(half[2], half[3], 0, 1, 4, 5);
        four high23 = __builtin_shufflevector(half[2], half[3], 2, 3, 6, 7);
        four sum01 = low01 + high01, sum23 = low23 + high23;
        four even = __builtin_shufflevector(sum01, sum23, 0, 2, 4, 6);
        four odd = __builtin_shufflevector(sum01, sum23, 1, 3, 5, 7);
        four sum = even + odd;
        memcpy(sums + n, &sum, sizeof sum);
    }
}

/// sums [4][16 images] += rows of one channel, column x to sum x % 4: one sum would wait for itself.
static void add_columns(ptrdiff_t rows, ptrdiff_t width, const float *delta, float *sums) {
    vec sum[4][PIXEL_VECTORS];
    memcpy(sum, sums, sizeof sum);
    for (; rows > 0; rows -= 1, delta += width * IMAGES) {
        for (ptrdiff_t x = 0; x < width; x += 4) {
            const float *column = delta + x * IMAGES;
            UNROLL for (int i = 0; i < 4; i += 1) {
                if (x + i >= width) break;
                UNROLL for (int v = 0; v < PIXEL_VECTORS; v += 1) sum[i][v] += load(column + i * IMAGES + v * LANES);
            }
        }
    }
    memcpy(sums, sum, sizeof sum);
}

/// The gradient of some input channels' weights for a tile of output channels, of whose first `delta` and `gradient`
/// are; `input` and `gradient` are those of the first input channel. bias_gradient may be NULL.
static void weight_gradient_tile(const inkling_convolution *c, ptrdiff_t in_channels, ptrdiff_t channels,
                                 struct parts groups, const float *input, const float *delta, float *gradient,
                                 float *bias_gradient) {
    _Alignas(64) float sums[GRADIENT_SUMS + 4 * IMAGES];
    _Alignas(64) float bias_sums[8][4 * IMAGES] = {0};
    const ptrdiff_t out_row = c->out_width * IMAGES, plane = c->out_height * out_row;
    const struct parts blocks = parts_of(c->out_height, larger(1, GRADIENT_BLOCK / (channels * out_row)));
    struct gradient_run run = {
        .convolution = c, .in_channels = in_channels, .sums_stride = c->kernel * channels * IMAGES,
    };
    for (ptrdiff_t block = 0; block < blocks.count; block += 1) {
        run.end_row = run.first_row + part_size(blocks, block);
        run.first_tap = 0;
        for (ptrdiff_t group = 0; group < groups.count; group += 1) {
            const ptrdiff_t taps = part_size(groups, group);
            gradient_taps(&run, taps, channels, input, delta, sums + run.first_tap * channels * IMAGES);
            run.first_tap += taps;
        }
        if (bias_gradient != NULL) for (ptrdiff_t o = 0; o < channels; o += 1) {
            add_columns(run.end_row - run.first_row, c->out_width, delta + o * plane + run.first_row * out_row,
                        bias_sums[o]);
        }
        run.first_row = run.end_row;
    }
    const ptrdiff_t all_taps = in_channels * c->kernel * c->kernel;
    add_images(all_taps * channels, sums);
    for (ptrdiff_t tap = 0; tap < all_taps; tap += 1) {
        for (ptrdiff_t o = 0; o < channels; o += 1) gradient[tap * c->out_channels + o] = sums[tap * channels + o];
    }
    if (bias_gradient == NULL) return;
    for (ptrdiff_t o = 0; o < channels; o += 1) {
        for (int image = 0; image < IMAGES; image += 1) {
            const float *sum = bias_sums[o] + image;
            sums[o * IMAGES + image] = (sum[0] + sum[2 * IMAGES]) + (sum[IMAGES] + sum[3 * IMAGES]);
        }
    }
    add_images(channels, sums);
    memcpy(bias_gradient, sums, (size_t)channels * sizeof(float));
}

static void convolution_weight_gradient(inkling_convolution c, const float *input, const float *output_gradient,
                                        float *gradient, float *bias_gradient) {
    if (c.out_channels <= 0) return;
    const ptrdiff_t window = c.kernel * c.kernel;
    // Not more taps than columns: so none sticks out on the left of the input and another on the right.
    const struct parts groups = parts_of(c.kernel, larger(1, smaller(GRADIENT_TAPS, c.in_width)));
    const ptrdiff_t most_taps = groups.size + (groups.larger > 0);
    const struct parts tiles = parts_of(c.out_channels, GRADIENT_CHANNELS(most_taps));
    ptrdiff_t o = 0;
    for (ptrdiff_t tile = 0; tile < tiles.count; tile += 1) {
        const ptrdiff_t channels = part_size(tiles, tile), most_inputs = GRADIENT_SUMS / (window * channels * IMAGES);
        ptrdiff_t i = 0;
        do {
            const ptrdiff_t in_channels = smaller(most_inputs, c.in_channels - i);
            weight_gradient_tile(&c, in_channels, channels, groups, input + i * c.in_height * c.in_width * IMAGES,
                                 output_gradient + o * c.out_height * c.out_width * IMAGES,
                                 gradient + i * window * c.out_channels + o, i == 0 ? bias_gradient + o : NULL);
            i += in_channels;
        } while (i < c.in_channels);
        o += channels;
    }
}

#pragma mark Max pooling

/// One window: its largest value, of the first cell among equals, and that cell's number. A NaN counts as largest.
INLINE void pool_window(const float *input, ptrdiff_t in_row, ptrdiff_t size, float *output, uint8_t *choice) {
    UNROLL for (int v = 0; v < PIXEL_VECTORS; v += 1) {
        const float *row = input + v * LANES;
        vec best = load(row);
        ivec best_cell = 0;
        ivec cell = 0;
        for (ptrdiff_t y = 0; y < size; y += 1, row += in_row) {
            for (ptrdiff_t x = 0; x < size; x += 1, cell += 1) {
                vec value = load(row + x * IMAGES);
                ivec is_larger = (value > best) | (value != value);
                best = is_larger ? value : best;
                best_cell = is_larger ? cell : best_cell;
            }
        }
        store(output + v * LANES, best);
        bvec narrow = __builtin_convertvector(best_cell, bvec);
        memcpy(choice + v * LANES, &narrow, sizeof narrow);
    }
}

static void max_pool_forward(ptrdiff_t channels, ptrdiff_t height, ptrdiff_t width, ptrdiff_t size,
                             const float *input, float *output, uint8_t *choice) {
    const ptrdiff_t in_row = width * IMAGES;
    for (ptrdiff_t c = 0; c < channels; c += 1, input += height * in_row) {
        for (ptrdiff_t y = 0; y + size <= height; y += size) {
            const float *in = input + y * in_row;
            for (ptrdiff_t x = 0; x + size <= width; x += size) {
                if (size == 2) pool_window(in, in_row, 2, output, choice);
                else pool_window(in, in_row, size, output, choice);
                in += size * IMAGES;
                output += IMAGES;
                choice += IMAGES;
            }
        }
    }
}

INLINE void spread_window(const float *gradient, const uint8_t *choice, const float *activation, ptrdiff_t in_row,
                          ptrdiff_t size, float *input_gradient) {
    UNROLL for (int v = 0; v < PIXEL_VECTORS; v += 1) {
        vec value = load(gradient + v * LANES);
        if (activation != NULL) value = load(activation + v * LANES) > 0 ? value : (vec)0;
        bvec narrow;
        memcpy(&narrow, choice + v * LANES, sizeof narrow);
        ivec best_cell = __builtin_convertvector(narrow, ivec), cell = 0;
        float *row = input_gradient + v * LANES;
        for (ptrdiff_t y = 0; y < size; y += 1, row += in_row) {
            for (ptrdiff_t x = 0; x < size; x += 1, cell += 1) {
                store(row + x * IMAGES, best_cell == cell ? value : (vec)0);
            }
        }
    }
}

static void max_pool_backward(ptrdiff_t channels, ptrdiff_t height, ptrdiff_t width, ptrdiff_t size,
                              const float *output_gradient, const uint8_t *choice, const float *activation,
                              float *input_gradient) {
    const ptrdiff_t in_row = width * IMAGES, covered_width = width / size * size, covered_height = height / size * size;
    for (ptrdiff_t c = 0; c < channels; c += 1, input_gradient += height * in_row) {
        for (ptrdiff_t y = 0; y < covered_height; y += size) {
            float *in = input_gradient + y * in_row;
            for (ptrdiff_t x = 0; x < covered_width; x += size) {
                if (size == 2) spread_window(output_gradient, choice, activation, in_row, 2, in);
                else spread_window(output_gradient, choice, activation, in_row, size, in);
                in += size * IMAGES;
                output_gradient += IMAGES;
                choice += IMAGES;
                if (activation != NULL) activation += IMAGES;
            }
            const size_t dropped = (size_t)((width - covered_width) * IMAGES) * sizeof(float);
            if (dropped > 0) for (ptrdiff_t row = 0; row < size; row += 1) memset(in + row * in_row, 0, dropped);
        }
        const ptrdiff_t dropped = (height - covered_height) * in_row;
        if (dropped > 0) memset(input_gradient + covered_height * in_row, 0, (size_t)dropped * sizeof(float));
    }
}

#pragma mark Between images and lanes

typedef uint8_t bytes16 __attribute__((ext_vector_type(16)));

/// Rows become columns: four times, rows 8 apart are zipped.
INLINE void transpose_bytes(bytes16 rows[16]) {
    UNROLL for (int round = 0; round < 4; round += 1) {
        bytes16 zipped[16];
        UNROLL for (int i = 0; i < 8; i += 1) {
            zipped[2 * i] = __builtin_shufflevector(rows[i], rows[i + 8], 0, 16, 1, 17, 2, 18, 3, 19,
                                                    4, 20, 5, 21, 6, 22, 7, 23);
            zipped[2 * i + 1] = __builtin_shufflevector(rows[i], rows[i + 8], 8, 24, 9, 25, 10, 26, 11, 27,
                                                        12, 28, 13, 29, 14, 30, 15, 31);
        }
        UNROLL for (int i = 0; i < 16; i += 1) rows[i] = zipped[i];
    }
}

static void lanes_from_bytes(const uint8_t *images, const int32_t *indices, ptrdiff_t count, ptrdiff_t pixels,
                             float scale, float *out) {
    for (ptrdiff_t p = 0; p < pixels; p += 16) {
        const ptrdiff_t some = smaller(16, pixels - p);
        bytes16 rows[16];
        UNROLL for (int i = 0; i < 16; i += 1) {
            rows[i] = 0;
            if (i >= count) continue;
            const uint8_t *image = images + (indices != NULL ? indices[i] : i) * pixels + p;
            if (some == 16) memcpy(&rows[i], image, 16);
            else memcpy(&rows[i], image, (size_t)some);
        }
        transpose_bytes(rows);
        uint8_t columns[16][IMAGES];
        memcpy(columns, rows, sizeof columns);
        for (ptrdiff_t q = 0; q < some; q += 1) {
            UNROLL for (int v = 0; v < PIXEL_VECTORS; v += 1) {
                bvec bytes;
                memcpy(&bytes, columns[q] + v * LANES, sizeof bytes);
                store(out + (p + q) * IMAGES + v * LANES, __builtin_convertvector(bytes, vec) * scale);
            }
        }
    }
}

static void rows_to_lanes(ptrdiff_t features, ptrdiff_t count, const float *rows, ptrdiff_t row_stride, float *lanes) {
    if (count < IMAGES) memset(lanes, 0, (size_t)(features * IMAGES) * sizeof(float));
    transpose(count, features, rows, row_stride, lanes, IMAGES);
}
