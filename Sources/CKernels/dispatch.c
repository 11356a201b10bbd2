// Chooses the kernels at run time and forwards to them.
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "kernels.h"

#if defined(__x86_64__)
#include <xmmintrin.h>
#endif

/// The kernels of that name, NULL when there are none or this processor cannot run them.
static const struct inkling_kernels *kernels_named(const char *name) {
    if (strcmp(name, "portable") == 0) return &inkling_kernels_portable;
#if defined(__x86_64__)
    __builtin_cpu_init();
    bool avx2 = __builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma") && __builtin_cpu_supports("bmi")
        && __builtin_cpu_supports("bmi2") && __builtin_cpu_supports("lzcnt");
    if (strcmp(name, "avx2") == 0 && avx2) return &inkling_kernels_avx2;
    bool avx512 = avx2 && __builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512bw")
        && __builtin_cpu_supports("avx512dq") && __builtin_cpu_supports("avx512vl");
    if (strcmp(name, "avx512") == 0 && avx512) return &inkling_kernels_avx512;
#elif defined(__aarch64__)
    if (strcmp(name, "neon") == 0) return &inkling_kernels_neon;
#endif
    return NULL;
}

static const struct inkling_kernels *best_kernels(void) {
    static const char *const best_first[] = {"avx512", "avx2", "neon", "portable"};
    const struct inkling_kernels *kernels = NULL;
    for (int i = 0; kernels == NULL; i += 1) kernels = kernels_named(best_first[i]);
    return kernels;
}

static _Atomic(const struct inkling_kernels *) chosen;

static const struct inkling_kernels *kernels(void) {
    const struct inkling_kernels *kernels = atomic_load_explicit(&chosen, memory_order_relaxed);
    if (__builtin_expect(kernels != NULL, 1)) return kernels;
    // Threads that come here together all choose the same.
    const char *request = getenv("INKLING_KERNELS");
    if (request != NULL) kernels = kernels_named(request);
    if (kernels == NULL) kernels = best_kernels();
    atomic_store_explicit(&chosen, kernels, memory_order_relaxed);
    return kernels;
}

const char *inkling_kernels_name(void) {
    return kernels()->name;
}

bool inkling_kernels_supported(const char *name) {
    return kernels_named(name) != NULL;
}

bool inkling_kernels_select(const char *name) {
    const struct inkling_kernels *kernels = kernels_named(name);
    if (kernels != NULL) atomic_store_explicit(&chosen, kernels, memory_order_relaxed);
    return kernels != NULL;
}

const char *inkling_kernels_unusable_request(void) {
    const char *request = getenv("INKLING_KERNELS");
    return request != NULL && kernels_named(request) == NULL ? request : NULL;
}

static double seconds_now(void) {
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (double)now.tv_sec + 1e-9 * (double)now.tv_nsec;
}

double inkling_fma_peak(double seconds) {
    const struct inkling_kernels *set = kernels();
    double best = 0;
    double end = seconds_now() + seconds;
    double start;
    do {
        start = seconds_now();
        double operations = set->fma_operations(20000);
        double rate = operations / (seconds_now() - start);
        if (rate > best) best = rate;
    } while (start < end);
    return best * 1e-9;
}

void inkling_pause(void) {
#if defined(__x86_64__)
    _mm_pause();
#elif defined(__aarch64__)
    __asm__ volatile("yield");
#endif
}

bool inkling_flush_denormals(bool flush) {
#if defined(__x86_64__)
    const unsigned bits = 0x8040;  // MXCSR: flush to zero (results), denormals are zero (operands)
    unsigned control = _mm_getcsr();
    _mm_setcsr(flush ? control | bits : control & ~bits);
    return (control & bits) == bits;
#elif defined(__aarch64__)
    const uint64_t bit = 1u << 24;  // FPCR.FZ, operands and results
    uint64_t control;
    __asm__ volatile("mrs %0, fpcr" : "=r"(control));
    uint64_t changed = flush ? control | bit : control & ~bit;
    __asm__ volatile("msr fpcr, %0" : : "r"(changed));
    return (control & bit) != 0;
#else
    (void)flush;
    return false;
#endif
}

void inkling_multiply(ptrdiff_t m, ptrdiff_t n, ptrdiff_t k,
                      const float *a, ptrdiff_t a_row_stride, ptrdiff_t a_column_stride,
                      const float *b, ptrdiff_t b_row_stride,
                      const float *bias, bool accumulate, bool relu,
                      float *c, ptrdiff_t c_row_stride) {
    kernels()->multiply(m, n, k, a, a_row_stride, a_column_stride, b, b_row_stride, bias, accumulate, relu,
                        c, c_row_stride);
}

void inkling_transpose(ptrdiff_t rows, ptrdiff_t columns, const float *source, ptrdiff_t source_row_stride,
                       float *destination, ptrdiff_t destination_row_stride) {
    kernels()->transpose(rows, columns, source, source_row_stride, destination, destination_row_stride);
}

void inkling_weight_update(ptrdiff_t batch, ptrdiff_t first_input, ptrdiff_t end_input, ptrdiff_t outputs,
                           const float *x, ptrdiff_t x_row_stride, const float *delta, ptrdiff_t delta_row_stride,
                           inkling_sgd sgd, float *velocity, float *weights, ptrdiff_t weight_row_stride) {
    kernels()->weight_update(batch, first_input, end_input, outputs, x, x_row_stride, delta, delta_row_stride, sgd,
                             velocity, weights, weight_row_stride);
}

void inkling_gather(const uint8_t *images, const int32_t *indices, ptrdiff_t count, ptrdiff_t pixels, float scale,
                    float *out, ptrdiff_t out_row_stride) {
    kernels()->gather(images, indices, count, pixels, scale, out, out_row_stride);
}

void inkling_add(ptrdiff_t rows, ptrdiff_t columns, const float *a, ptrdiff_t a_row_stride,
                 const float *b, ptrdiff_t b_row_stride, bool relu, float *sums, ptrdiff_t sums_row_stride) {
    kernels()->add(rows, columns, a, a_row_stride, b, b_row_stride, relu, sums, sums_row_stride);
}

void inkling_relu_backward(ptrdiff_t rows, ptrdiff_t columns, const float *activation, ptrdiff_t activation_row_stride,
                           float *gradient, ptrdiff_t gradient_row_stride) {
    kernels()->relu_backward(rows, columns, activation, activation_row_stride, gradient, gradient_row_stride);
}

void inkling_momentum_update(ptrdiff_t count, inkling_sgd sgd, const float *gradient, float *velocity, float *weights) {
    kernels()->momentum_update(count, sgd, gradient, velocity, weights);
}

void inkling_adaptive_update(ptrdiff_t count, inkling_adaptive adaptive, const float *gradient, float *mean,
                             float *square, float *weights) {
    kernels()->adaptive_update(count, adaptive, gradient, mean, square, weights);
}

void inkling_column_sums(ptrdiff_t rows, ptrdiff_t columns, const float *delta, ptrdiff_t delta_row_stride,
                         bool accumulate, float *sums) {
    kernels()->column_sums(rows, columns, delta, delta_row_stride, accumulate, sums);
}

void inkling_softmax_cross_entropy(ptrdiff_t rows, ptrdiff_t classes, const float *logits, ptrdiff_t logits_row_stride,
                                   const uint8_t *labels, float scale, float *gradient, ptrdiff_t gradient_row_stride,
                                   float *losses, int32_t *predictions) {
    kernels()->softmax_cross_entropy(rows, classes, logits, logits_row_stride, labels, scale, gradient,
                                     gradient_row_stride, losses, predictions);
}

void inkling_find_lit(ptrdiff_t count, ptrdiff_t pixels, const uint8_t *images, uint64_t *lit) {
    kernels()->find_lit(count, pixels, images, lit);
}

/// Asks for the cache lines of some bytes.
static void prefetch(const void *bytes, ptrdiff_t count) {
    const uintptr_t line = 64, start = (uintptr_t)bytes, end = start + (uintptr_t)count;
    for (uintptr_t p = start / line * line; p < end; p += line) __builtin_prefetch((const void *)p, 0, 2);
}

void inkling_sparse_prefetch(const inkling_sparse_batch *batch, ptrdiff_t first_row, ptrdiff_t end_row) {
    const ptrdiff_t words = (batch->pixels + 63) / 64;
    for (ptrdiff_t row = first_row; row < end_row; row += 1) {
        ptrdiff_t image = batch->indices != NULL ? batch->indices[row] : row;
        prefetch(batch->images + image * batch->pixels, batch->pixels);
        prefetch(batch->lit + image * words, words * 8);
    }
}

void inkling_sparse_transpose(const inkling_sparse_batch *batch, ptrdiff_t first_word, ptrdiff_t end_word) {
    kernels()->sparse_transpose(batch, first_word, end_word);
}

void inkling_sparse_forward(const inkling_sparse_batch *batch, ptrdiff_t first_row, ptrdiff_t end_row, float scale,
                            ptrdiff_t outputs, const float *weights, ptrdiff_t weight_row_stride, const float *bias,
                            bool relu, float *out, ptrdiff_t out_row_stride) {
    kernels()->sparse_forward(batch, first_row, end_row, scale, outputs, weights, weight_row_stride, bias, relu, out,
                              out_row_stride);
}

void inkling_sparse_weight_update(const inkling_sparse_batch *batch, ptrdiff_t first_pixel, ptrdiff_t end_pixel,
                                  float scale, ptrdiff_t outputs, const float *delta, ptrdiff_t delta_row_stride,
                                  inkling_sgd sgd, float *velocity, float *weights, ptrdiff_t weight_row_stride) {
    kernels()->sparse_weight_update(batch, first_pixel, end_pixel, scale, outputs, delta, delta_row_stride, sgd,
                                    velocity, weights, weight_row_stride);
}

void inkling_sparse_weight_gradient(const inkling_sparse_batch *batch, ptrdiff_t first_pixel, ptrdiff_t end_pixel,
                                    float scale, ptrdiff_t outputs, const float *delta, ptrdiff_t delta_row_stride,
                                    float *gradient, ptrdiff_t gradient_row_stride) {
    inkling_sgd unused = {0};
    kernels()->sparse_weight_update(batch, first_pixel, end_pixel, scale, outputs, delta, delta_row_stride, unused,
                                    NULL, gradient, gradient_row_stride);
}

size_t inkling_distortion_scratch(ptrdiff_t height, ptrdiff_t width, ptrdiff_t grid_rows) {
    return (size_t)distortion_layout(height, width, grid_rows).size;
}

void inkling_distort(const inkling_distortion *distortion, const uint8_t *image, void *scratch, uint8_t *out) {
    kernels()->distort(distortion, image, scratch, out);
}

void inkling_convolution_forward(inkling_convolution convolution, const float *input, const float *weights,
                                 const float *bias, bool relu, float *output) {
    kernels()->convolution_forward(convolution, input, weights, bias, relu, output);
}

void inkling_convolution_input_gradient(inkling_convolution convolution, const float *output_gradient,
                                        const float *weights, float *input_gradient) {
    kernels()->convolution_input_gradient(convolution, output_gradient, weights, input_gradient);
}

void inkling_convolution_weight_gradient(inkling_convolution convolution, const float *input,
                                         const float *output_gradient, float *gradient, float *bias_gradient) {
    kernels()->convolution_weight_gradient(convolution, input, output_gradient, gradient, bias_gradient);
}

void inkling_max_pool_forward(ptrdiff_t channels, ptrdiff_t height, ptrdiff_t width, ptrdiff_t size,
                              const float *input, float *output, uint8_t *choice) {
    kernels()->max_pool_forward(channels, height, width, size, input, output, choice);
}

void inkling_max_pool_backward(ptrdiff_t channels, ptrdiff_t height, ptrdiff_t width, ptrdiff_t size,
                               const float *output_gradient, const uint8_t *choice, const float *activation,
                               float *input_gradient) {
    kernels()->max_pool_backward(channels, height, width, size, output_gradient, choice, activation, input_gradient);
}

void inkling_lanes_from_bytes(const uint8_t *images, const int32_t *indices, ptrdiff_t count, ptrdiff_t pixels,
                              float scale, float *out) {
    kernels()->lanes_from_bytes(images, indices, count, pixels, scale, out);
}

void inkling_lanes_to_rows(ptrdiff_t features, ptrdiff_t count, const float *lanes, float *rows, ptrdiff_t row_stride) {
    kernels()->transpose(features, count, lanes, 16, rows, row_stride);
}

void inkling_rows_to_lanes(ptrdiff_t features, ptrdiff_t count, const float *rows, ptrdiff_t row_stride, float *lanes) {
    kernels()->rows_to_lanes(features, count, rows, row_stride, lanes);
}

void inkling_lanes_relu_backward(ptrdiff_t count, const float *activation, float *gradient) {
    kernels()->relu_backward(1, count, activation, count, gradient, count);
}
