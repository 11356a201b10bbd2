#include "CPictures.h"

#include <setjmp.h>
#include <stdio.h>
#include <stdlib.h>

#include <jpeglib.h>
#include <jerror.h>

/// What the library calls back; `base` comes first, so that a pointer to it is one to the whole.
typedef struct {
    struct jpeg_error_mgr base;
    struct jpeg_progress_mgr progress;
    jmp_buf back;
    CPicture *picture;
    JSAMPLE *row;
} Errors;

static void fail(j_common_ptr info) {
    Errors *errors = (Errors *)info->err;
    char message[JMSG_LENGTH_MAX];
    info->err->format_message(info, message);
    CPicture_fail(errors->picture, message);
    longjmp(errors->back, 1);
}

/// Odd things that leave the picture whole are passed over; of a damaged one the library would make something grey.
static void warn(j_common_ptr info, int level) {
    if (level >= 0) return;
    switch (info->err->msg_code) {
        case JWRN_ADOBE_XFORM:
        case JWRN_EXTRANEOUS_DATA:
        case JWRN_JFIF_MAJOR: return;
        default: fail(info);
    }
}

/// Small files with no end of scans would keep the program busy for hours.
static void limitScans(j_common_ptr info) {
    Errors *errors = (Errors *)info->err;
    if (info->is_decompressor && ((j_decompress_ptr)info)->input_scan_number > 200) {
        CPicture_fail(errors->picture, "more than 200 scans");
        longjmp(errors->back, 1);
    }
}

static void read(Errors *errors, struct jpeg_decompress_struct *info, const uint8_t *bytes, size_t count) {
    CPicture *picture = errors->picture;
    jpeg_create_decompress(info);
    info->progress = &errors->progress;
    // Bytes, of the coefficients of a progressive picture, which are held all at once.
    info->mem->max_memory_to_use = 256 << 20;
    jpeg_mem_src(info, bytes, (unsigned long)count);
    jpeg_read_header(info, TRUE);
    int64_t width = info->image_width, height = info->image_height;
    if (height > picture->most_read / width) {
        CPicture_begin(picture, width, height, 1);
        longjmp(errors->back, 1);
    }
    bool isCMYK = info->jpeg_color_space == JCS_CMYK || info->jpeg_color_space == JCS_YCCK;
    info->out_color_space = isCMYK ? JCS_CMYK : JCS_GRAYSCALE;
    // Of each block of 8 × 8 no more is computed than is kept.
    int scale = 8;
    while (scale > CPicture_cell(picture, width, height)) scale /= 2;
    info->scale_num = 1;
    info->scale_denom = (unsigned)scale;
    jpeg_start_decompress(info);
    int components = info->output_components;
    errors->row = malloc((size_t)info->output_width * (size_t)components);
    if (!errors->row || !CPicture_begin(picture, info->output_width, info->output_height, scale)) {
        CPicture_fail(picture, "more pixels than there is memory for");
        longjmp(errors->back, 1);
    }
    while (info->output_scanline < info->output_height) {
        int32_t y = (int32_t)info->output_scanline;
        jpeg_read_scanlines(info, &errors->row, 1);
        const JSAMPLE *pixel = errors->row;
        for (JDIMENSION x = 0; x < info->output_width; x++, pixel += components) {
            uint32_t grey = pixel[0];
            // Adobe's programs, which write such files, write the four colours inverted.
            if (isCMYK) grey = CPicture_grey(pixel[0], pixel[1], pixel[2]) * pixel[3] / 255;
            CPicture_add(picture, (int32_t)x, y, grey * 255, 255);
        }
    }
    jpeg_finish_decompress(info);
}

bool CPicture_readJPEG(CPicture *picture, const uint8_t *bytes, size_t count) {
    struct jpeg_decompress_struct info = {0};
    Errors errors = {.picture = picture, .progress.progress_monitor = limitScans};
    info.err = jpeg_std_error(&errors.base);
    errors.base.error_exit = fail;
    errors.base.emit_message = warn;
    if (setjmp(errors.back) == 0) read(&errors, &info, bytes, count);
    jpeg_destroy_decompress(&info);
    free(errors.row);
    return !picture->problem[0];
}
