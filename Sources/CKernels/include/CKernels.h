// The arithmetic of the network in float32, once for every instruction set, chosen at run time.
//
// Conventions
//   Shapes      Matrices are row-major. A stride counts floats (not bytes) from one row to the next and is at least
//               the number of columns. A count of zero is legal everywhere, and its pointers may then be NULL.
//   Alignment   Pointers need only the alignment of their element type. Rows on 64-byte boundaries are fastest.
//   Memory      Nothing is allocated and nothing outside the given arrays is read or written. A destination must not
//               overlap a source unless its function says so.
//   Threads     Every function may run on any number of threads at once, as long as what one writes no other touches;
//               only inkling_kernels_select is for a quiet moment. Large products use up to 480 KiB of stack,
//               convolutions 200 KiB.
//   Rounding    Every sum runs in the order its function states, whatever the tile, the block or the split between
//               workers, so splitting rows or columns never changes a bit. AVX-512, AVX2 and NEON fuse each multiply
//               with its add and agree bit for bit; "portable" rounds after the multiply too when it is compiled for
//               a processor without fused multiply-add.
#ifndef INKLING_CKERNELS_H
#define INKLING_CKERNELS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

#pragma mark Choosing the kernels

/// The kernels in use: "AVX-512", "AVX2", "NEON" or "portable". The first use of any function chooses the best that
/// this processor runs, unless the environment variable INKLING_KERNELS names another.
const char *inkling_kernels_name(void);

/// Switches to "portable", "avx2", "avx512" or "neon"; false, and no change, when this processor cannot run it.
bool inkling_kernels_select(const char *name);

/// Whether there are kernels of that name and this processor runs them.
bool inkling_kernels_supported(const char *name);

/// The value of INKLING_KERNELS when it is unknown or beyond this processor and was therefore passed over, else NULL.
const char *inkling_kernels_unusable_request(void);

/// This core's peak in GFLOP/s for the kernels in use: fused multiply-adds between registers, nothing from memory, the
/// best of many short runs within about `seconds`. A multiply-add counts as two operations.
double inkling_fma_peak(double seconds);

/// Has the calling thread treat denormal numbers as zero, or not. Returns the former setting, to be restored.
bool inkling_flush_denormals(bool flush);

/// Names the calling thread, with at most 15 bytes, for whoever looks at the process. (Foundation's way leaves a thread
/// without that names itself before `start` has returned in the one that made it.)
void inkling_name_thread(const char *name);

/// Gives memory that was freed back to the system. The C library of Linux keeps it for later, apart for each thread that
/// asked for it: run after run, that comes to far more than one run takes.
void inkling_give_freed_memory_back(void);

/// Tells the processor that the calling thread is waiting in a loop, so that it saves power meanwhile.
void inkling_pause(void);

#pragma mark Dense products

/// C = start + A·B, then ReLU if asked.
///
/// A is [m × k] with element (i, p) at a[i * a_row_stride + p * a_column_stride]: strides (k, 1) give A·B, strides
/// (1, m) give Aᵀ·B for an A stored [k × m]. B is [k × n], C is [m × n]. `start` is C itself when `accumulate`, else
/// the bias [n] added to every row, else (bias NULL) zero. Each element is start + a₀b₀ + a₁b₁ + …, p ascending.
void inkling_multiply(ptrdiff_t m, ptrdiff_t n, ptrdiff_t k,
                      const float *a, ptrdiff_t a_row_stride, ptrdiff_t a_column_stride,
                      const float *b, ptrdiff_t b_row_stride,
                      const float *bias, bool accumulate, bool relu,
                      float *c, ptrdiff_t c_row_stride);

/// destination [columns × rows] = sourceᵀ, source [rows × columns]. A·Bᵀ is a transpose, then inkling_multiply.
void inkling_transpose(ptrdiff_t rows, ptrdiff_t columns, const float *source, ptrdiff_t source_row_stride,
                       float *destination, ptrdiff_t destination_row_stride);

/// Stochastic gradient descent with momentum, as PyTorch defines it:
/// g += weight_decay · w;  v = momentum · v + g;  w -= learning_rate · v.
typedef struct {
    float learning_rate;
    float momentum;
    float weight_decay;
} inkling_sgd;

/// Weight gradient and momentum update in one, for the rows [first_input, end_input) of W: g[i,:] = Σ_b x[b,i] δ[b,:],
/// b ascending from zero; then the update of inkling_momentum_update. The gradient never leaves the registers.
///
/// x is the layer's input [batch × inputs], δ the gradient at its output [batch × outputs], velocity and weights are
/// [inputs × outputs] and share `weight_row_stride`. All pointers are to row 0, also when first_input is not 0.
void inkling_weight_update(ptrdiff_t batch, ptrdiff_t first_input, ptrdiff_t end_input, ptrdiff_t outputs,
                           const float *x, ptrdiff_t x_row_stride, const float *delta, ptrdiff_t delta_row_stride,
                           inkling_sgd sgd, float *velocity, float *weights, ptrdiff_t weight_row_stride);

#pragma mark Element by element

/// out [count × pixels] = images[indices[i]] · scale, images being uint8 rows of `pixels`; indices NULL takes
/// rows 0..<count. The pixel is converted and multiplied (never divided): Float(pixel) * scale, scale being 1/255 as
/// a float for values 0...1.
void inkling_gather(const uint8_t *images, const int32_t *indices, ptrdiff_t count, ptrdiff_t pixels, float scale,
                    float *out, ptrdiff_t out_row_stride);

/// sums = a + b, then ReLU if asked; all [rows × columns]. The sums may be a or b themselves.
void inkling_add(ptrdiff_t rows, ptrdiff_t columns, const float *a, ptrdiff_t a_row_stride,
                 const float *b, ptrdiff_t b_row_stride, bool relu, float *sums, ptrdiff_t sums_row_stride);

/// gradient[i,j] = 0 where activation[i,j] is not > 0 (so also where it is NaN); both [rows × columns].
void inkling_relu_backward(ptrdiff_t rows, ptrdiff_t columns, const float *activation, ptrdiff_t activation_row_stride,
                           float *gradient, ptrdiff_t gradient_row_stride);

/// The update of inkling_sgd on `count` weights.
void inkling_momentum_update(ptrdiff_t count, inkling_sgd sgd, const float *gradient, float *velocity, float *weights);

/// An optimizer whose step is shorter where gradients have been large (AdaGrad, RMSProp, Adam, AdamW):
/// g += weight_decay · w;  mean = mean_kept · mean + mean_taken · g;  square = square_kept · square + square_taken · g²;
/// w = weight_kept · w − learning_rate · mean / (√square · root_scale + epsilon).
typedef struct {
    float learning_rate, weight_decay, weight_kept;
    float mean_kept, mean_taken;
    float square_kept, square_taken;
    float root_scale, epsilon;
} inkling_adaptive;

/// The update of inkling_adaptive on `count` weights. `mean` may be NULL; then it is mean_taken · g.
void inkling_adaptive_update(ptrdiff_t count, inkling_adaptive adaptive, const float *gradient, float *mean,
                             float *square, float *weights);

/// sums [columns] = (accumulate ? sums : 0) + row 0 + row 1 + …: the bias gradient, δ being [rows × columns].
void inkling_column_sums(ptrdiff_t rows, ptrdiff_t columns, const float *delta, ptrdiff_t delta_row_stride,
                         bool accumulate, float *sums);

/// Softmax and cross-entropy of logits [rows × classes], stable for logits of any finite size. Any output may be NULL.
///   gradient     [rows × classes]  (softmax − onehot(label)) · scale; may be the logits themselves (then a row stride
///                                  that is a multiple of 16 is 2 µs a batch faster than 10: rows share no vectors)
///   losses       [rows]            −ln softmax[label]
///   predictions  [rows]            the class of the largest logit, the lowest among equals
/// labels [rows] are below `classes`; they may be NULL when gradient and losses are. The sum over the classes
/// ascends from class 0.
void inkling_softmax_cross_entropy(ptrdiff_t rows, ptrdiff_t classes, const float *logits, ptrdiff_t logits_row_stride,
                                   const uint8_t *labels, float scale, float *gradient, ptrdiff_t gradient_row_stride,
                                   float *losses, int32_t *predictions);

#pragma mark A first layer on sparse images

/// lit [count × pixels/64, up]: bit p % 64 of word p / 64 says that an image's pixel p is not zero. images is
/// [count × pixels].
void inkling_find_lit(ptrdiff_t count, ptrdiff_t pixels, const uint8_t *images, uint64_t *lit);

/// A batch of uint8 images, of which the first layer skips the pixels that are zero. Results equal (==) those of the
/// dense functions on gathered images, provided weights and deltas are finite.
typedef struct {
    ptrdiff_t rows;          ///< images of the batch
    ptrdiff_t pixels;        ///< pixels of an image, at least one
    const uint8_t *images;   ///< rows of `pixels` bytes
    const uint64_t *lit;     ///< what inkling_find_lit found in the images
    const int32_t *indices;  ///< [rows]: row i is image indices[i]; NULL: image i
    uint64_t *column_bits;   ///< [pixels × rows/64, up]: the batch's lit bits by pixel, for the weight gradient
} inkling_sparse_batch;

/// Asks for the rows [first_row, end_row) and their lit bits before they are needed: they may lie anywhere in memory.
void inkling_sparse_prefetch(const inkling_sparse_batch *batch, ptrdiff_t first_row, ptrdiff_t end_row);

/// Fills column_bits for the pixels of the words [first_word, end_word), of 64 pixels each.
void inkling_sparse_transpose(const inkling_sparse_batch *batch, ptrdiff_t first_word, ptrdiff_t end_word);

/// out[i,:] = bias + Σ_p (pixel · scale) W[p,:] over the pixels p that are not zero, ascending, then ReLU if asked, for
/// rows i in [first_row, end_row). W is [pixels × outputs], bias [outputs] or NULL, out [rows × outputs]; pointers are
/// to row 0.
void inkling_sparse_forward(const inkling_sparse_batch *batch, ptrdiff_t first_row, ptrdiff_t end_row, float scale,
                            ptrdiff_t outputs, const float *weights, ptrdiff_t weight_row_stride, const float *bias,
                            bool relu, float *out, ptrdiff_t out_row_stride);

/// inkling_weight_update for the pixels [first_pixel, end_pixel) of a sparse batch whose column_bits are filled.
void inkling_sparse_weight_update(const inkling_sparse_batch *batch, ptrdiff_t first_pixel, ptrdiff_t end_pixel,
                                  float scale, ptrdiff_t outputs, const float *delta, ptrdiff_t delta_row_stride,
                                  inkling_sgd sgd, float *velocity, float *weights, ptrdiff_t weight_row_stride);

/// The same weight gradient, stored instead of applied: gradient [pixels × outputs], pointer to row 0.
void inkling_sparse_weight_gradient(const inkling_sparse_batch *batch, ptrdiff_t first_pixel, ptrdiff_t end_pixel,
                                    float scale, ptrdiff_t outputs, const float *delta, ptrdiff_t delta_row_stride,
                                    float *gradient, ptrdiff_t gradient_row_stride);

#pragma mark Distorted images

/// How one image is distorted: strokes thickened, then the picture moved by an affine map and a smooth displacement
/// together. Sources of chance are the caller's; here is only arithmetic.
typedef struct {
    ptrdiff_t height, width;      ///< of the image, in pixels, at least one
    float matrix[6];              ///< [2 × 3]: where the pixel at column x and row y comes from, before displacement:
                                  ///< column m₀x + m₁y + m₂, row m₃x + m₄y + m₅
    float thickness;              ///< 0…1: the share of the way to the greatest of a pixel and its four neighbours;
                                  ///< -1…0: of the way down to twice the least of them, if that is less
    ptrdiff_t grid_rows;          ///< of the grid that the displacement is smoothed from, at least four; 0: none
    ptrdiff_t grid_columns;
    const float *grid;            ///< [2 × grid_rows × grid_columns], in pixels: to the right, then down
    const float *column_weights;  ///< [grid_columns × width, up to a multiple of 16]: those of a grid's row for each x
    const float *row_weights;     ///< [height × 4]: those of four rows of the grid for each y …
    const int32_t *first_rows;    ///< [height]: … and the first of the four
} inkling_distortion;

/// Bytes of scratch memory that inkling_distort takes for images of that size, on any kernels.
size_t inkling_distortion_scratch(ptrdiff_t height, ptrdiff_t width, ptrdiff_t grid_rows);

/// out [height × width] = the image [height × width] distorted: each pixel is read between four others, bilinearly,
/// what is outside of the image being 0, and rounded. The displacement at (x, y) is
/// Σ_k row_weights[y, k] Σ_c column_weights[c, x] grid[first_rows[y] + k, c], for k in 0..<4.
///
/// `scratch` begins on a 64-byte boundary; its contents do not matter. Out must not overlap image or scratch.
void inkling_distort(const inkling_distortion *distortion, const uint8_t *image, void *scratch, uint8_t *out);
#pragma mark Convolution

// Convolutional layers work on "lanes": blocks of 16 images, [channels × height × width × 16 images], so that one
// multiply-add serves one weight and 16 images, however few channels there are. A block with fewer images has anything
// finite in the lanes left over, zeros in the gradients. Here alignment is worth more than elsewhere: let blocks begin
// on 64-byte boundaries.

/// Windows of kernel × kernel pixels, moved by one pixel at a time. Before the first row and column lie `pad` of zeros;
/// behind the last as many as the size of the output asks for: out_height + kernel − 1 − pad − in_height rows.
/// `kernel` is at most 16. Weights are [(in_channel, ky, kx) × out_channel], bias [out_channel].
typedef struct {
    ptrdiff_t in_channels, in_height, in_width;
    ptrdiff_t out_channels;
    ptrdiff_t kernel, pad;
    ptrdiff_t out_height, out_width;
} inkling_convolution;

/// output[o,y,x] = bias[o] + Σ_i Σ_ky Σ_kx input[i, y+ky−pad, x+kx−pad] W[i,ky,kx,o], ascending in this order, then
/// ReLU if asked. input is [in_channels × in_height × in_width × 16], output [out_channels × out_height × out_width × 16].
void inkling_convolution_forward(inkling_convolution convolution, const float *input, const float *weights,
                                 const float *bias, bool relu, float *output);

/// input_gradient[i,y,x] = Σ_o Σ_v Σ_u output_gradient[o,v,u] W[i, y−v+pad, x−u+pad, o], ascending in this order;
/// shapes as in inkling_convolution_forward.
void inkling_convolution_input_gradient(inkling_convolution convolution, const float *output_gradient,
                                        const float *weights, float *input_gradient);

/// gradient[i,ky,kx,o] = Σ_images Σ_y Σ_x input[i, y+ky−pad, x+kx−pad] output_gradient[o,y,x], shaped as the weights,
/// and bias_gradient[o] = Σ_images Σ_y Σ_x output_gradient[o,y,x]. Each image's sum ascends (for the bias in four parts,
/// column x in part x mod 4, added 0 + 2 and 1 + 3 first); then images 8 apart are added, 4 apart, 2 and 1.
void inkling_convolution_weight_gradient(inkling_convolution convolution, const float *input,
                                         const float *output_gradient, float *gradient, float *bias_gradient);

/// The largest value of each window of size × size, 16 × 16 at most, side by side; rows and columns that fill no window
/// are dropped. choice tells which cell of the window it was, 0..<size² row by row, the first among equals. A NaN is
/// larger than any number. input is [channels × height × width × 16], output and choice [channels × height/size ×
/// width/size × 16].
void inkling_max_pool_forward(ptrdiff_t channels, ptrdiff_t height, ptrdiff_t width, ptrdiff_t size,
                              const float *input, float *output, uint8_t *choice);

/// The gradient at each window's largest value, and zero everywhere else; shapes as in inkling_max_pool_forward. If
/// `activation`, the pooled output, is not NULL, then also zero where it is not > 0: the ReLU before the pooling.
void inkling_max_pool_backward(ptrdiff_t channels, ptrdiff_t height, ptrdiff_t width, ptrdiff_t size,
                               const float *output_gradient, const uint8_t *choice, const float *activation,
                               float *input_gradient);

/// out [pixels × 16] = images[indices[lane]] · scale, rounded as by inkling_gather, for lanes 0..<count, at most 16;
/// zero in the others. images are uint8 rows of `pixels`; indices NULL takes rows 0..<count.
void inkling_lanes_from_bytes(const uint8_t *images, const int32_t *indices, ptrdiff_t count, ptrdiff_t pixels,
                              float scale, float *out);

/// rows [count × features] = the first `count` of lanes [features × 16], transposed.
void inkling_lanes_to_rows(ptrdiff_t features, ptrdiff_t count, const float *lanes, float *rows, ptrdiff_t row_stride);

/// lanes [features × 16] = rows [count × features], transposed; zero in the lanes from `count` on.
void inkling_rows_to_lanes(ptrdiff_t features, ptrdiff_t count, const float *rows, ptrdiff_t row_stride, float *lanes);

/// gradient[i] = 0 where activation[i] is not > 0 (so also where it is NaN), for `count` floats.
void inkling_lanes_relu_backward(ptrdiff_t count, const float *activation, float *gradient);

#ifdef __cplusplus
}
#endif

#endif
