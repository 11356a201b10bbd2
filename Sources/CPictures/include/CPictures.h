#ifndef CPICTURES_H
#define CPICTURES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/// A picture that is being read, in grey and opacity. Large ones are shrunk while they are read: each pixel that is
/// kept sums those that fall on it, which may come in any order.
///
/// The libraries behind `CPicture_read…` report what is wrong by jumping (setjmp), which Swift cannot survive; here the
/// jumps end in C, and what is wrong becomes a line in `problem`.
typedef struct {
    /// Of the file, at most so many pixels.
    int64_t most_read;
    /// Where a library has to hold all of a picture at once, at most so many pixels.
    int64_t most_held;
    /// At most so many pixels are kept.
    int64_t most_kept;

    /// What was kept. In pixels.
    int32_t width, height;
    /// How many pixels of the file, across and down, became one.
    int32_t shrink;
    /// `[height × width]` sums of grey × opacity, and of opacity, 255 being white and opaque; freed by
    /// `CPicture_free`.
    uint32_t *light, *opacity;
    /// What was added, in pixels: the size in the file, unless the library has shrunk the picture already.
    int32_t read_width, read_height;
    /// How many of those, across and down, fall on one that is kept.
    int32_t cell;

    /// What is wrong, in English; empty where all is well.
    char problem[200];
} CPicture;

/// Each reads a whole file. False with a `problem` where that cannot be done; nothing needs to be freed then, but may.
bool CPicture_readPNG(CPicture *picture, const uint8_t *bytes, size_t count);
bool CPicture_readJPEG(CPicture *picture, const uint8_t *bytes, size_t count);
bool CPicture_readGIF(CPicture *picture, const uint8_t *bytes, size_t count);
bool CPicture_readWebP(CPicture *picture, const uint8_t *bytes, size_t count);
bool CPicture_readTIFF(CPicture *picture, const uint8_t *bytes, size_t count);

/// The least number of pixels, across and down, that have to become one, so that no more are kept than may be.
int32_t CPicture_cell(const CPicture *picture, int64_t width, int64_t height);

/// Makes room for a picture of which a library has already made one pixel of `shrunk` × `shrunk`.
bool CPicture_begin(CPicture *picture, int64_t width, int64_t height, int32_t shrunk);

/// Adds a pixel of the file; `light` is grey × opacity, 0…255 × 255.
static inline void CPicture_add(CPicture *picture, int32_t x, int32_t y, uint32_t light, uint32_t opacity) {
    size_t place = (size_t)(y / picture->cell) * (size_t)picture->width + (size_t)(x / picture->cell);
    picture->light[place] += light;
    picture->opacity[place] += opacity;
}

/// How bright a colour is (Rec. 601), 0…255.
static inline uint32_t CPicture_grey(uint32_t red, uint32_t green, uint32_t blue) {
    return (299 * red + 587 * green + 114 * blue + 500) / 1000;
}

/// Notes what is wrong; false, so that a reader can return it.
bool CPicture_fail(CPicture *picture, const char *problem);

void CPicture_free(CPicture *picture);

/// The PNG file for `[height × width]` grey pixels, in at most `*count` bytes, which becomes their number.
bool CPicture_writePNG(const uint8_t *pixels, uint32_t width, uint32_t height, uint8_t *bytes, size_t *count);

#endif
