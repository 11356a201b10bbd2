#include "CPictures.h"

#include <png.h>
#include <stdlib.h>
#include <string.h>

typedef struct {
    CPicture *picture;
    const uint8_t *bytes;
    size_t left;
    png_bytep row;
} Source;

static void fail(png_structp png, png_const_charp message) {
    CPicture_fail(((Source *)png_get_error_ptr(png))->picture, message);
    png_longjmp(png, 1);
}

static void passOver(png_structp png, png_const_charp message) {
    (void)png;
    (void)message;
}

static void take(png_structp png, png_bytep bytes, size_t count) {
    Source *source = png_get_io_ptr(png);
    if (count > source->left) png_error(png, "the end of the file before that of the picture");
    memcpy(bytes, source->bytes, count);
    source->bytes += count;
    source->left -= count;
}

/// Adds a row of one to four channels, the last of two and of four being opacity.
static void add(CPicture *picture, png_const_bytep row, int channels, int32_t y, png_uint_32 count, int32_t first,
                int32_t step) {
    for (png_uint_32 index = 0; index < count; index++, row += channels) {
        uint32_t grey = channels < 3 ? row[0] : CPicture_grey(row[0], row[1], row[2]);
        uint32_t opacity = channels % 2 ? 255 : row[channels - 1];
        CPicture_add(picture, first + (int32_t)index * step, y, grey * opacity, opacity);
    }
}

static void read(Source *source, png_structp png, png_infop info) {
    CPicture *picture = source->picture;
    png_set_read_fn(png, source, take);
    png_set_user_limits(png, 1000000, 1000000);
    png_set_chunk_malloc_max(png, 8 << 20);
    png_set_chunk_cache_max(png, 128);
    png_read_info(png, info);
    png_uint_32 width = png_get_image_width(png, info), height = png_get_image_height(png, info);
    png_set_expand(png);
    // Sixteen bits are as bright as eight are, where the file says nothing else.
    png_set_scale_16(png);
    png_set_alpha_mode(png, PNG_ALPHA_PNG, PNG_DEFAULT_sRGB);
    bool isInterlaced = png_get_interlace_type(png, info) == PNG_INTERLACE_ADAM7;
    png_read_update_info(png, info);
    int channels = png_get_channels(png, info);
    if (png_get_bit_depth(png, info) != 8 || channels < 1 || channels > 4) png_error(png, "an unknown kind of pixels");
    if (!CPicture_begin(picture, width, height, 1)) png_longjmp(png, 1);
    source->row = malloc(png_get_rowbytes(png, info));
    if (!source->row) png_error(png, "more pixels than there is memory for");
    if (isInterlaced) {
        // Each pass goes straight to its places, so that no more of the picture is held than is kept.
        for (int pass = 0; pass < PNG_INTERLACE_ADAM7_PASSES; pass++) {
            png_uint_32 columns = PNG_PASS_COLS(width, pass), rows = PNG_PASS_ROWS(height, pass);
            for (png_uint_32 row = 0; columns > 0 && row < rows; row++) {
                png_read_row(png, source->row, NULL);
                add(picture, source->row, channels, (int32_t)PNG_ROW_FROM_PASS_ROW(row, pass), columns,
                    PNG_PASS_START_COL(pass), 1 << PNG_PASS_COL_SHIFT(pass));
            }
        }
    } else {
        for (png_uint_32 row = 0; row < height; row++) {
            png_read_row(png, source->row, NULL);
            add(picture, source->row, channels, (int32_t)row, width, 0, 1);
        }
    }
    png_read_end(png, NULL);
}

bool CPicture_readPNG(CPicture *picture, const uint8_t *bytes, size_t count) {
    Source source = {picture, bytes, count, NULL};
    png_structp png = png_create_read_struct(PNG_LIBPNG_VER_STRING, &source, fail, passOver);
    png_infop info = png ? png_create_info_struct(png) : NULL;
    if (!info) {
        CPicture_fail(picture, "more than there is memory for");
    } else if (setjmp(png_jmpbuf(png)) == 0) {
        read(&source, png, info);
    }
    free(source.row);
    png_destroy_read_struct(&png, &info, NULL);
    return !picture->problem[0];
}

bool CPicture_writePNG(const uint8_t *pixels, uint32_t width, uint32_t height, uint8_t *bytes, size_t *count) {
    png_image image;
    memset(&image, 0, sizeof image);
    image.version = PNG_IMAGE_VERSION;
    image.width = width;
    image.height = height;
    image.format = PNG_FORMAT_GRAY;
    bool isWritten = png_image_write_to_memory(&image, bytes, count, 0, pixels, 0, NULL);
    png_image_free(&image);
    return isWritten;
}
