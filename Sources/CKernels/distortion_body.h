// Distorted images: a part of kernels_body.h, in a file of its own.
//
// All four neighbours of a place between pixels lie in one word of a table, so that bilinear sampling takes one load
// for each pixel: with four loads of bytes it would be these that take the time.

#pragma mark Distorted images

#define BYTES (LANES < 8 ? 16 : 32)

typedef uint8_t bytes __attribute__((ext_vector_type(BYTES)));
typedef uint16_t wide_bytes __attribute__((ext_vector_type(BYTES)));
typedef uint32_t uvec __attribute__((ext_vector_type(LANES)));

INLINE bytes load_bytes(const uint8_t *p) {
    bytes v;
    memcpy(&v, p, sizeof v);
    return v;
}

INLINE uvec load_words(const uint8_t *p) {
    bvec v;
    memcpy(&v, p, sizeof v);
    return __builtin_convertvector(v, uvec);
}

INLINE vec float_of(ivec v) {
    return __builtin_convertvector(v, vec);
}

INLINE vec within(vec v, float lowest, float highest) {
    v = v > lowest ? v : (vec)lowest;
    return v < highest ? v : (vec)highest;
}

INLINE bytes greater(bytes a, bytes b) {
    return __builtin_elementwise_max(a, b);
}

INLINE bytes lesser(bytes a, bytes b) {
    return __builtin_elementwise_min(a, b);
}

/// The pixels between `low` and `high`, in 256ths of the way up.
INLINE bytes part_of_way(bytes low, bytes high, uint16_t share) {
    wide_bytes distance = __builtin_convertvector(high - low, wide_bytes);
    return low + __builtin_convertvector((distance * share + 128) >> 8, bytes);
}

/// What inkling_distortion's thickness says, not 0. Both pictures have a border and rows of `stride` bytes.
static void thicken(ptrdiff_t height, ptrdiff_t width, float thickness, const uint8_t *picture, ptrdiff_t stride,
                    uint8_t *out) {
    const uint16_t share = (uint16_t)((thickness > 0 ? thickness : -thickness) * 256 + 0.5f);
    for (ptrdiff_t row = 1; row <= height; row += 1) {
        for (ptrdiff_t column = 1; column <= width; column += BYTES) {
            const uint8_t *p = picture + row * stride + column;
            bytes centre = load_bytes(p), left = load_bytes(p - 1), right = load_bytes(p + 1);
            bytes above = load_bytes(p - stride), below = load_bytes(p + stride);
            bytes result;
            if (thickness > 0) {
                bytes most = greater(greater(greater(left, right), greater(above, below)), centre);
                result = part_of_way(centre, most, share);
            } else {
                bytes least = lesser(lesser(lesser(left, right), lesser(above, below)), centre);
                bytes edge = lesser(__builtin_elementwise_add_sat(least, least), centre);
                result = part_of_way(edge, centre, 256 - share);
            }
            memcpy(out + row * stride + column, &result, sizeof result);
        }
        memset(out + row * stride + width + 1, 0, BYTES);  // what spilt over the border
    }
}

/// The displacement along the grid's rows, [2 × grid_rows × field_stride]: what is left is to blend four of them.
static void displace_columns(const inkling_distortion *distortion, ptrdiff_t field_stride, float *field) {
    const ptrdiff_t columns = distortion->grid_columns;
    for (ptrdiff_t row = 0; row < 2 * distortion->grid_rows; row += 1) {
        const float *numbers = distortion->grid + row * columns;
        for (ptrdiff_t x = 0; x < distortion->width; x += LANES) {
            vec sum = 0;
            for (ptrdiff_t c = 0; c < columns; c += 1) {
                sum = numbers[c] * load(distortion->column_weights + c * field_stride + x) + sum;
            }
            store(field + row * field_stride + x, sum);
        }
    }
}

/// out[y, x] = the picture at (x, y) · matrix + displacement. `words` is the table of neighbours.
INLINE void sample(const inkling_distortion *distortion, const struct distortion_layout *layout, const float *field,
                   const uint32_t *words, uint8_t *out, const bool displaced) {
    const ptrdiff_t field_stride = layout->field_stride;
    const ptrdiff_t height = distortion->height, width = distortion->width;
    const float *matrix = distortion->matrix;
    const ptrdiff_t field_size = distortion->grid_rows * field_stride;
    vec lane;
    UNROLL for (int i = 0; i < LANES; i += 1) lane[i] = (float)i;
    for (ptrdiff_t y = 0; y < height; y += 1) {
        // The border is one pixel, so places in the table are one further right and down.
        const float x_start = matrix[1] * (float)y + matrix[2] + 1, y_start = matrix[4] * (float)y + matrix[5] + 1;
        const float *weights = NULL, *rows = NULL;
        if (displaced) {
            weights = distortion->row_weights + 4 * y;
            rows = field + distortion->first_rows[y] * field_stride;
        }
        for (ptrdiff_t next = 0; next < width; next += LANES) {
            // The last pixels of a row are done with some before them again, where there are as many.
            const ptrdiff_t start = next + LANES <= width || width < LANES ? next : width - LANES;
            const vec x = lane + (float)start;
            vec u = matrix[0] * x + x_start, v = matrix[3] * x + y_start;
            if (displaced) {
                UNROLL for (int k = 0; k < 4; k += 1) {
                    const float *row = rows + k * field_stride + start;
                    u = weights[k] * load(row) + u;
                    v = weights[k] * load(row + field_size) + v;
                }
            }
            u = within(u, 0, (float)(width + 1));
            v = within(v, 0, (float)(height + 1));
            const ivec left = __builtin_convertvector(u, ivec), top = __builtin_convertvector(v, ivec);
            const vec right_share = u - float_of(left), bottom_share = v - float_of(top);
            const ivec index = top * (int32_t)layout->word_stride + left;
            ivec word;
            UNROLL for (int i = 0; i < LANES; i += 1) word[i] = (int32_t)words[index[i]];
            const vec top_left = float_of(word & 255), top_right = float_of((word >> 8) & 255);
            const vec bottom_left = float_of((word >> 16) & 255), bottom_right = float_of((word >> 24) & 255);
            const vec above = right_share * (top_right - top_left) + top_left;
            const vec below = right_share * (bottom_right - bottom_left) + bottom_left;
            const vec grey = bottom_share * (below - above) + above;
            const bvec pixels = __builtin_convertvector(__builtin_convertvector(grey + 0.5f, ivec), bvec);
            if (width >= LANES) memcpy(out + y * width + start, &pixels, sizeof pixels);
            else memcpy(out + y * width, &pixels, (size_t)width);
        }
    }
}

static void distort(const inkling_distortion *distortion, const uint8_t *image, void *scratch, uint8_t *out) {
    const ptrdiff_t height = distortion->height, width = distortion->width;
    const struct distortion_layout layout = distortion_layout(height, width, distortion->grid_rows);
    const ptrdiff_t stride = layout.picture_stride;

    // The picture in a border of background: a pixel on the left and above, enough for whole vectors elsewhere.
    uint8_t *picture = scratch;
    memset(picture, 0, (size_t)layout.picture_size);
    for (ptrdiff_t y = 0; y < height; y += 1) {
        memcpy(picture + (y + 1) * stride + 1, image + y * width, (size_t)width);
    }
    if (distortion->thickness != 0) {
        uint8_t *thickened = picture + layout.thickened;
        memset(thickened, 0, (size_t)layout.picture_size);
        thicken(height, width, distortion->thickness, picture, stride, thickened);
        picture = thickened;
    }

    // Each word holds a pixel and those to its right, below it, and below to the right, from the lowest byte up.
    uint32_t *words = (uint32_t *)((uint8_t *)scratch + layout.words);
    for (ptrdiff_t y = 0; y < height + 2; y += 1) {
        const uint8_t *p = picture + y * stride;
        for (ptrdiff_t x = 0; x < width + 2; x += LANES) {
            uvec word = load_words(p + x) | load_words(p + x + 1) << 8 | load_words(p + x + stride) << 16
                | load_words(p + x + stride + 1) << 24;
            memcpy(words + y * layout.word_stride + x, &word, sizeof word);
        }
    }

    float *field = (float *)((uint8_t *)scratch + layout.field);
    if (distortion->grid_rows > 0) {
        displace_columns(distortion, layout.field_stride, field);
        sample(distortion, &layout, field, words, out, true);
    } else {
        sample(distortion, &layout, field, words, out, false);
    }
}
