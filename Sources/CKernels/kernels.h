// What every instruction set provides; dispatch.c chooses among them.
#ifndef INKLING_KERNELS_H
#define INKLING_KERNELS_H

#include "CKernels.h"

struct inkling_kernels {
    const char *name;
    double (*fma_operations)(long repetitions);
    void (*multiply)(ptrdiff_t m, ptrdiff_t n, ptrdiff_t k, const float *a, ptrdiff_t a_row_stride,
                     ptrdiff_t a_column_stride, const float *b, ptrdiff_t b_row_stride, const float *bias,
                     bool accumulate, bool relu, float *c, ptrdiff_t c_row_stride);
    void (*weight_update)(ptrdiff_t batch, ptrdiff_t first_input, ptrdiff_t end_input, ptrdiff_t outputs,
                          const float *x, ptrdiff_t x_row_stride, const float *delta, ptrdiff_t delta_row_stride,
                          inkling_sgd sgd, float *velocity, float *weights, ptrdiff_t weight_row_stride);
    void (*transpose)(ptrdiff_t rows, ptrdiff_t columns, const float *source, ptrdiff_t source_row_stride,
                      float *destination, ptrdiff_t destination_row_stride);
    void (*gather)(const uint8_t *images, const int32_t *indices, ptrdiff_t count, ptrdiff_t pixels, float scale,
                   float *out, ptrdiff_t out_row_stride);
    void (*add)(ptrdiff_t rows, ptrdiff_t columns, const float *a, ptrdiff_t a_row_stride, const float *b,
                ptrdiff_t b_row_stride, bool relu, float *sums, ptrdiff_t sums_row_stride);
    void (*relu_backward)(ptrdiff_t rows, ptrdiff_t columns, const float *activation, ptrdiff_t activation_row_stride,
                          float *gradient, ptrdiff_t gradient_row_stride);
    void (*momentum_update)(ptrdiff_t count, inkling_sgd sgd, const float *gradient, float *velocity, float *weights);
    void (*adaptive_update)(ptrdiff_t count, inkling_adaptive adaptive, const float *gradient, float *mean,
                            float *square, float *weights);
    void (*column_sums)(ptrdiff_t rows, ptrdiff_t columns, const float *delta, ptrdiff_t delta_row_stride,
                        bool accumulate, float *sums);
    void (*softmax_cross_entropy)(ptrdiff_t rows, ptrdiff_t classes, const float *logits, ptrdiff_t logits_row_stride,
                                  const uint8_t *labels, float scale, float *gradient, ptrdiff_t gradient_row_stride,
                                  float *losses, int32_t *predictions);
    void (*find_lit)(ptrdiff_t count, ptrdiff_t pixels, const uint8_t *images, uint64_t *lit);
    void (*sparse_transpose)(const inkling_sparse_batch *batch, ptrdiff_t first_word, ptrdiff_t end_word);
    void (*sparse_forward)(const inkling_sparse_batch *batch, ptrdiff_t first_row, ptrdiff_t end_row, float scale,
                           ptrdiff_t outputs, const float *weights, ptrdiff_t weight_row_stride, const float *bias,
                           bool relu, float *out, ptrdiff_t out_row_stride);
    // Without a velocity the gradient is stored in `weights`, else it updates both.
    void (*sparse_weight_update)(const inkling_sparse_batch *batch, ptrdiff_t first_pixel, ptrdiff_t end_pixel,
                                 float scale, ptrdiff_t outputs, const float *delta, ptrdiff_t delta_row_stride,
                                 inkling_sgd sgd, float *velocity, float *weights, ptrdiff_t weight_row_stride);
    void (*distort)(const inkling_distortion *distortion, const uint8_t *image, void *scratch, uint8_t *out);
    void (*convolution_forward)(inkling_convolution c, const float *input, const float *weights, const float *bias,
                                bool relu, float *output);
    void (*convolution_input_gradient)(inkling_convolution c, const float *output_gradient, const float *weights,
                                       float *input_gradient);
    void (*convolution_weight_gradient)(inkling_convolution c, const float *input, const float *output_gradient,
                                        float *gradient, float *bias_gradient);
    void (*max_pool_forward)(ptrdiff_t channels, ptrdiff_t height, ptrdiff_t width, ptrdiff_t size,
                             const float *input, float *output, uint8_t *choice);
    void (*max_pool_backward)(ptrdiff_t channels, ptrdiff_t height, ptrdiff_t width, ptrdiff_t size,
                              const float *output_gradient, const uint8_t *choice, const float *activation,
                              float *input_gradient);
    void (*lanes_from_bytes)(const uint8_t *images, const int32_t *indices, ptrdiff_t count, ptrdiff_t pixels,
                             float scale, float *out);
    void (*rows_to_lanes)(ptrdiff_t features, ptrdiff_t count, const float *rows, ptrdiff_t row_stride, float *lanes);
};

/// How inkling_distort divides its scratch memory: where each part begins, in bytes, and how long its rows are, in
/// elements. Every part has room for the vectors of any instruction set beyond what it holds.
struct distortion_layout {
    ptrdiff_t picture_stride, picture_size;  // [height + 3 × stride] bytes, the image from row 1 and column 1
    ptrdiff_t thickened;                     // a picture like that at 0
    ptrdiff_t words, word_stride;            // [height + 2 × stride] of uint32
    ptrdiff_t field, field_stride;           // [2 × grid_rows × stride] of float
    ptrdiff_t size;                          // of all
};

static inline struct distortion_layout distortion_layout(ptrdiff_t height, ptrdiff_t width, ptrdiff_t grid_rows) {
    struct distortion_layout layout;
    layout.picture_stride = (width + 2 + 32 + 15) / 16 * 16;
    layout.word_stride = (width + 2 + 15) / 16 * 16;
    layout.field_stride = (width + 15) / 16 * 16;
    layout.picture_size = ((height + 3) * layout.picture_stride + 63) / 64 * 64;
    layout.thickened = layout.picture_size;
    layout.words = 2 * layout.picture_size;
    layout.field = layout.words + (height + 2) * layout.word_stride * 4;
    layout.size = layout.field + 2 * grid_rows * layout.field_stride * 4;
    return layout;
}

extern const struct inkling_kernels inkling_kernels_portable;
#if defined(__x86_64__)
extern const struct inkling_kernels inkling_kernels_avx2;
extern const struct inkling_kernels inkling_kernels_avx512;
#elif defined(__aarch64__)
extern const struct inkling_kernels inkling_kernels_neon;
#endif

#endif
