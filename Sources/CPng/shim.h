#ifndef CPNG_SHIM_H
#define CPNG_SHIM_H

#include <png.h>
#include <string.h>

/// An image as the functions of libpng want it before they fill it in. They are libpng's simple ones, which report
/// errors by their result; the others do it with longjmp, which Swift cannot survive.
static inline png_image CPng_image(void) {
    png_image image;
    memset(&image, 0, sizeof image);
    image.version = PNG_IMAGE_VERSION;
    return image;
}

/// Two bytes a pixel: grey and alpha.
static inline png_uint_32 CPng_greyAlpha(void) { return PNG_FORMAT_GA; }

/// One byte a pixel.
static inline png_uint_32 CPng_grey(void) { return PNG_FORMAT_GRAY; }

/// Sixteen bits are as bright as eight are, where the file says nothing else; libpng would take them for linear light.
static inline png_uint_32 CPng_sixteenBitsAsEight(void) { return PNG_IMAGE_FLAG_16BIT_sRGB; }

/// What went wrong.
static inline const char *CPng_message(const png_image *image) { return image->message; }

#endif
