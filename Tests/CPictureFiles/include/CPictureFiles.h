#ifndef CPICTUREFILES_H
#define CPICTUREFILES_H

#include <stddef.h>
#include <stdint.h>

/// Files for pictures of `[height × width]` grey pixels, as the libraries write them: the number of their bytes, which
/// go to `bytes`, at most `most`; 0 where it failed. `scans` is 1 for a JPEG file whose rows come once, 0 for a progressive
/// one as other programs write it, or up to 253 for a progressive one of so many.
size_t CPictureFiles_jpeg(const uint8_t *pixels, int width, int height, int scans, int isCMYK, uint8_t *bytes,
                          size_t most);
size_t CPictureFiles_gif(const uint8_t *pixels, int width, int height, int isInterlaced, uint8_t *bytes, size_t most);
size_t CPictureFiles_webp(const uint8_t *pixels, int width, int height, int isLossless, uint8_t *bytes, size_t most);
/// `tile` is the side of a tile, a multiple of 16; 0 for strips.
size_t CPictureFiles_tiff(const uint8_t *pixels, int width, int height, int tile, int orientation, uint8_t *bytes,
                          size_t most);
size_t CPictureFiles_interlacedPNG(const uint8_t *pixels, int width, int height, uint8_t *bytes, size_t most);

#endif
