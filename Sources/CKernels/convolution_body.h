// The kernels of convolutional layers, included by kernels_body.h for every instruction set. All of them work on
// blocks of 16 images, one image a lane: a pixel of a channel is IMAGES floats, or PIXEL_VECTORS vectors, however few
// channels there are. In addition to what kernels_body.h needs, each kernels_*.c defines
//   CONVOLUTION_SUMS      vectors of sums that the innermost loops keep in registers
//   CONVOLUTION_CHANNELS  output channels of the largest tile of a convolution

#define IMAGES 16
#define PIXEL_VECTORS (IMAGES / LANES)

/// Tells the parts of `total` apart that are all about as large, and none larger than `largest`.
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
    vec x[CONVOLUTION_SUMS];                                                                                          \
    UNROLL for (int v = 0; v < vectors; v += 1) x[v] = load((in) + v * LANES);                                        \
    UNROLL for (int c = 0; c < channels; c += 1) {                                                                    \
        vec weight = (w)[c];                                                                                          \
        UNROLL for (int v = 0; v < vectors; v += 1) sums[c][v] = weight * x[v] + sums[c][v];                          \
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

/// Part of the weight gradient: `rows` rows of the output gradient's channels with the input's rows that one row of
/// the window touches.
struct gradient_run {
    ptrdiff_t rows, out_width, in_width, delta_plane;
    ptrdiff_t shift;  // from a column of the output to the column of the input under the first tap
    bool accumulate;
};

/// sums [taps][channels][16 images] += input · delta. The last two parameters are constants wherever this is inlined.
/// Each of the vectors that make up 16 images is done for itself: more weights have their sums in registers then, and
/// more of what is loaded is used often.
INLINE void gradient_tile(const struct gradient_run *run, const float *input, const float *delta, float *sums,
                          const int taps, const int channels) {
    const ptrdiff_t width = run->out_width, shift = run->shift, plane = run->delta_plane;
    // Columns [left, right) have the input under all taps.
    const ptrdiff_t left = smaller(larger(0, -shift), width);
    const ptrdiff_t right = larger(left, smaller(width, run->in_width - shift - taps + 1));
    for (int part = 0; part < PIXEL_VECTORS; part += 1) {
        vec sum[7][GRADIENT_CHANNELS(1)];
        UNROLL for (int t = 0; t < taps; t += 1) {
            UNROLL for (int c = 0; c < channels; c += 1) {
                sum[t][c] = 0;
                if (run->accumulate) sum[t][c] = load(sums + (t * channels + c) * IMAGES + part * LANES);
            }
        }
        const float *in = input + part * LANES, *out = delta + part * LANES;
#define ADD_BORDER_COLUMN(x)                                                                                          \
        UNROLL for (int t = 0; t < taps; t += 1) {                                                                    \
            ptrdiff_t under = (x) + shift + t;                                                                        \
            if (under < 0 || under >= run->in_width) continue;                                                        \
            vec pixel = load(in + under * IMAGES);                                                                    \
            UNROLL for (int c = 0; c < channels; c += 1) {                                                            \
                sum[t][c] = pixel * load(out + c * plane + (x) * IMAGES) + sum[t][c];                                 \
            }                                                                                                         \
        }
        for (ptrdiff_t row = run->rows; row > 0; row -= 1) {
            for (ptrdiff_t x = 0; x < left; x += 1) {
                ADD_BORDER_COLUMN(x)
            }
            const float *in_column = in + (left + shift) * IMAGES, *out_column = out + left * IMAGES;
            for (ptrdiff_t x = left; x < right; x += 1, in_column += IMAGES, out_column += IMAGES) {
                // The fewer vectors are kept in registers, the more are loaded once the sums that need them are due.
                vec kept[7];
                if (taps <= channels) {
                    UNROLL for (int t = 0; t < taps; t += 1) kept[t] = load(in_column + t * IMAGES);
                    UNROLL for (int c = 0; c < channels; c += 1) {
                        vec d = load(out_column + c * plane);
                        UNROLL for (int t = 0; t < taps; t += 1) sum[t][c] = kept[t] * d + sum[t][c];
                    }
                } else {
                    UNROLL for (int c = 0; c < channels; c += 1) kept[c] = load(out_column + c * plane);
                    UNROLL for (int t = 0; t < taps; t += 1) {
                        vec pixel = load(in_column + t * IMAGES);
                        UNROLL for (int c = 0; c < channels; c += 1) sum[t][c] = pixel * kept[c] + sum[t][c];
                    }
                }
            }
            for (ptrdiff_t x = right; x < width; x += 1) {
                ADD_BORDER_COLUMN(x)
            }
            in += run->in_width * IMAGES;
            out += width * IMAGES;
        }
#undef ADD_BORDER_COLUMN
        UNROLL for (int t = 0; t < taps; t += 1) {
            UNROLL for (int c = 0; c < channels; c += 1) {
                store(sums + (t * channels + c) * IMAGES + part * LANES, sum[t][c]);
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

/// The sum over 16 images: those 8 apart first, then 4, 2 and 1.
INLINE float sum_of_images(const float *sums) {
    four quarter[4];
    memcpy(quarter, sums, sizeof quarter);
    four sum = (quarter[0] + quarter[2]) + (quarter[1] + quarter[3]);
    return (sum[0] + sum[2]) + (sum[1] + sum[3]);
}

/// sums [4][16 images] += rows of one channel, column x to sum x % 4: one sum would wait for itself.
static void add_columns(ptrdiff_t rows, ptrdiff_t width, const float *delta, float *sums) {
    vec sum[4][PIXEL_VECTORS];
    memcpy(sum, sums, sizeof sum);
    for (; rows > 0; rows -= 1, delta += width * IMAGES) {
        ptrdiff_t x = 0;
        for (; x + 4 <= width; x += 4) {
            UNROLL for (int i = 0; i < 4; i += 1) {
                UNROLL for (int v = 0; v < PIXEL_VECTORS; v += 1) sum[i][v] += load(delta + (x + i) * IMAGES + v * LANES);
            }
        }
        UNROLL for (int i = 0; i < 3; i += 1) {
            if (x + i >= width) break;
            UNROLL for (int v = 0; v < PIXEL_VECTORS; v += 1) sum[i][v] += load(delta + (x + i) * IMAGES + v * LANES);
        }
    }
    memcpy(sums, sum, sizeof sum);
}

/// The gradient of some input channels' weights for a tile of output channels. `delta` and `gradient` are those of the
/// tile's first output channel, `input` and `gradient` those of the first input channel.
static void weight_gradient_tile(const inkling_convolution *c, ptrdiff_t in_channels, ptrdiff_t channels,
                                 struct parts groups, const float *input, const float *delta, float *gradient,
                                 float *bias_gradient) {
    _Alignas(64) float sums[GRADIENT_SUMS];
    _Alignas(64) float bias_sums[8][4 * IMAGES] = {0};
    const ptrdiff_t in_row = c->in_width * IMAGES, out_row = c->out_width * IMAGES;
    const ptrdiff_t window = c->kernel * c->kernel, plane = c->out_height * out_row;
    const struct parts blocks = parts_of(c->out_height, larger(1, GRADIENT_BLOCK / (channels * out_row)));
    struct gradient_run run = {.out_width = c->out_width, .in_width = c->in_width, .delta_plane = plane};
    ptrdiff_t y = 0;
    for (ptrdiff_t block = 0; block < blocks.count; block += 1) {
        const ptrdiff_t end = y + part_size(blocks, block);
        float *tap_sums = sums;
        run.accumulate = block > 0;
        for (ptrdiff_t i = 0; i < in_channels; i += 1) {
            for (ptrdiff_t ky = 0; ky < c->kernel; ky += 1) {
                // The rows of the output that have a row of the input under this row of the window.
                const ptrdiff_t first = larger(y, c->pad - ky);
                run.rows = larger(0, smaller(end, c->in_height + c->pad - ky) - first);
                run.shift = -c->pad;
                for (ptrdiff_t group = 0; group < groups.count; group += 1) {
                    const ptrdiff_t taps = part_size(groups, group);
                    gradient_taps(&run, taps, channels,
                                  input + i * c->in_height * in_row + (first + ky - c->pad) * in_row,
                                  delta + first * out_row, tap_sums);
                    tap_sums += taps * channels * IMAGES;
                    run.shift += taps;
                }
            }
        }
        if (bias_gradient != NULL) for (ptrdiff_t o = 0; o < channels; o += 1) {
            add_columns(end - y, c->out_width, delta + o * plane + y * out_row, bias_sums[o]);
        }
        y = end;
    }
    for (ptrdiff_t tap = 0; tap < in_channels * window; tap += 1) {
        for (ptrdiff_t o = 0; o < channels; o += 1) {
            gradient[tap * c->out_channels + o] = sum_of_images(sums + (tap * channels + o) * IMAGES);
        }
    }
    if (bias_gradient != NULL) for (ptrdiff_t o = 0; o < channels; o += 1) {
        float total[IMAGES];
        for (int image = 0; image < IMAGES; image += 1) {
            const float *sum = bias_sums[o] + image;
            total[image] = (sum[0] + sum[2 * IMAGES]) + (sum[IMAGES] + sum[3 * IMAGES]);
        }
        bias_gradient[o] = sum_of_images(total);
    }
}

static void convolution_weight_gradient(inkling_convolution c, const float *input, const float *output_gradient,
                                        float *gradient, float *bias_gradient) {
    if (c.out_channels <= 0) return;
    const ptrdiff_t window = c.kernel * c.kernel;
    const struct parts groups = parts_of(c.kernel, GRADIENT_TAPS);
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
