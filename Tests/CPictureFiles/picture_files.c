#include "CPictureFiles.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <gif_lib.h>
#include <jpeglib.h>
#include <png.h>
#include <tiffio.h>
#include <webp/encode.h>

/// A file in memory.
typedef struct {
    uint8_t *bytes;
    size_t most, size, place;
} Sink;

static size_t append(Sink *sink, const void *bytes, size_t count) {
    if (count > sink->most - sink->place) return 0;
    memcpy(sink->bytes + sink->place, bytes, count);
    sink->place += count;
    if (sink->place > sink->size) sink->size = sink->place;
    return count;
}

/// The first `count` scans of a grey picture whose every frequency is sent by itself, and then again for each of its three
/// lowest bits.
static void chooseScans(struct jpeg_compress_struct *info, int count) {
    static jpeg_scan_info scans[1 + 63 * 4];
    scans[0] = (jpeg_scan_info){1, {0}, 0, 0, 0, 0};
    for (int i = 1; i < 1 + 63 * 4; i++) {
        int frequency = 1 + (i - 1) % 63, pass = (i - 1) / 63;
        scans[i] = (jpeg_scan_info){1, {0}, frequency, frequency, pass ? 4 - pass : 0, 3 - pass};
    }
    info->scan_info = scans;
    info->num_scans = count;
}

size_t CPictureFiles_jpeg(const uint8_t *pixels, int width, int height, int scans, int isCMYK, uint8_t *bytes,
                          size_t most) {
    struct jpeg_compress_struct info;
    struct jpeg_error_mgr errors;
    info.err = jpeg_std_error(&errors);
    jpeg_create_compress(&info);
    uint8_t *made = NULL;
    unsigned long size = 0;
    jpeg_mem_dest(&info, &made, &size);
    info.image_width = (JDIMENSION)width;
    info.image_height = (JDIMENSION)height;
    info.input_components = isCMYK ? 4 : 1;
    info.in_color_space = isCMYK ? JCS_CMYK : JCS_GRAYSCALE;
    jpeg_set_defaults(&info);
    jpeg_set_quality(&info, 95, TRUE);
    if (scans == 0) jpeg_simple_progression(&info);
    if (scans > 1) chooseScans(&info, scans);
    jpeg_start_compress(&info, TRUE);
    uint8_t *inks = malloc((size_t)width * 4);
    while (inks && info.next_scanline < info.image_height) {
        const uint8_t *grey = pixels + (size_t)info.next_scanline * (size_t)width;
        for (int x = 0; isCMYK && x < width; x++) {
            // Inverted, as Adobe's programs write them: what the coloured inks leave of the light, and the black.
            int colours = 128 + grey[x] / 2;
            memset(inks + 4 * x, colours, 3);
            inks[4 * x + 3] = (uint8_t)(grey[x] * 255 / colours);
        }
        JSAMPROW row = isCMYK ? inks : (JSAMPROW)grey;
        jpeg_write_scanlines(&info, &row, 1);
    }
    if (inks) jpeg_finish_compress(&info);
    jpeg_destroy_compress(&info);
    free(inks);
    if (size > most) size = 0;
    memcpy(bytes, made, size);
    free(made);
    return size;
}

static int putGIF(GifFileType *gif, const GifByteType *bytes, int count) {
    return (int)append(gif->UserData, bytes, (size_t)count);
}

size_t CPictureFiles_gif(const uint8_t *pixels, int width, int height, int isInterlaced, uint8_t *bytes, size_t most) {
    Sink sink = {bytes, most, 0, 0};
    int error = 0;
    GifFileType *gif = EGifOpen(&sink, putGIF, &error);
    ColorMapObject *greys = GifMakeMapObject(256, NULL);
    if (!gif || !greys) return 0;
    for (int index = 0; index < 256; index++) {
        GifByteType grey = (GifByteType)index;
        greys->Colors[index] = (GifColorType){grey, grey, grey};
    }
    EGifPutScreenDesc(gif, width, height, 8, 0, greys);
    EGifPutImageDesc(gif, 0, 0, width, height, isInterlaced != 0, NULL);
    static const int starts[] = {0, 4, 2, 1}, steps[] = {8, 8, 4, 2};
    for (int pass = 0; pass < (isInterlaced ? 4 : 1); pass++) {
        for (int y = isInterlaced ? starts[pass] : 0; y < height; y += isInterlaced ? steps[pass] : 1) {
            EGifPutLine(gif, (GifPixelType *)pixels + (size_t)y * (size_t)width, width);
        }
    }
    EGifCloseFile(gif, &error);
    GifFreeMapObject(greys);
    return sink.size;
}

size_t CPictureFiles_webp(const uint8_t *pixels, int width, int height, int isLossless, uint8_t *bytes, size_t most) {
    size_t count = (size_t)width * (size_t)height;
    uint8_t *colours = malloc(count * 3), *made = NULL;
    for (size_t index = 0; index < count * 3; index++) colours[index] = pixels[index / 3];
    size_t size = isLossless ? WebPEncodeLosslessRGB(colours, width, height, width * 3, &made)
                             : WebPEncodeRGB(colours, width, height, width * 3, 95, &made);
    if (size > most) size = 0;
    memcpy(bytes, made, size);
    WebPFree(made);
    free(colours);
    return size;
}

static tmsize_t takeTIFF(thandle_t handle, void *bytes, tmsize_t count) {
    Sink *sink = handle;
    size_t left = sink->place < sink->size ? sink->size - sink->place : 0;
    size_t taken = (size_t)count < left ? (size_t)count : left;
    memcpy(bytes, sink->bytes + sink->place, taken);
    sink->place += taken;
    return (tmsize_t)taken;
}

static tmsize_t putTIFF(thandle_t handle, void *bytes, tmsize_t count) {
    return (tmsize_t)append(handle, bytes, (size_t)count);
}

static toff_t seekTIFF(thandle_t handle, toff_t offset, int whence) {
    Sink *sink = handle;
    sink->place = (size_t)offset + (whence == SEEK_SET ? 0 : whence == SEEK_CUR ? sink->place : sink->size);
    return (toff_t)sink->place;
}

static int leaveOpen(thandle_t handle) {
    (void)handle;
    return 0;
}

static toff_t sizeTIFF(thandle_t handle) { return (toff_t)((Sink *)handle)->size; }

size_t CPictureFiles_tiff(const uint8_t *pixels, int width, int height, int tile, int orientation, uint8_t *bytes,
                          size_t most) {
    Sink sink = {bytes, most, 0, 0};
    TIFF *tiff = TIFFClientOpen("", "wm", &sink, takeTIFF, putTIFF, seekTIFF, leaveOpen, sizeTIFF, NULL, NULL);
    if (!tiff) return 0;
    TIFFSetField(tiff, TIFFTAG_IMAGEWIDTH, width);
    TIFFSetField(tiff, TIFFTAG_IMAGELENGTH, height);
    TIFFSetField(tiff, TIFFTAG_BITSPERSAMPLE, 8);
    TIFFSetField(tiff, TIFFTAG_SAMPLESPERPIXEL, 1);
    TIFFSetField(tiff, TIFFTAG_PHOTOMETRIC, PHOTOMETRIC_MINISBLACK);
    TIFFSetField(tiff, TIFFTAG_COMPRESSION, COMPRESSION_LZW);
    TIFFSetField(tiff, TIFFTAG_ORIENTATION, orientation);
    if (tile > 0) {
        TIFFSetField(tiff, TIFFTAG_TILEWIDTH, tile);
        TIFFSetField(tiff, TIFFTAG_TILELENGTH, tile);
        uint8_t *part = calloc((size_t)tile * (size_t)tile, 1);
        for (int top = 0; top < height; top += tile) {
            for (int left = 0; left < width; left += tile) {
                for (int y = top; y < top + tile && y < height; y++) {
                    for (int x = left; x < left + tile && x < width; x++) {
                        part[(y - top) * tile + x - left] = pixels[y * width + x];
                    }
                }
                TIFFWriteTile(tiff, part, (uint32_t)left, (uint32_t)top, 0, 0);
            }
        }
        free(part);
    } else {
        TIFFSetField(tiff, TIFFTAG_ROWSPERSTRIP, 3);
        for (int y = 0; y < height; y++) {
            TIFFWriteScanline(tiff, (void *)(pixels + (size_t)y * (size_t)width), (uint32_t)y, 0);
        }
    }
    TIFFClose(tiff);
    return sink.size;
}

static void putPNG(png_structp png, png_bytep bytes, size_t count) {
    if (append(png_get_io_ptr(png), bytes, count) < count) png_error(png, "no room");
}

static void leavePNG(png_structp png) { (void)png; }

size_t CPictureFiles_interlacedPNG(const uint8_t *pixels, int width, int height, uint8_t *bytes, size_t most) {
    Sink sink = {bytes, most, 0, 0};
    png_structp png = png_create_write_struct(PNG_LIBPNG_VER_STRING, NULL, NULL, NULL);
    png_infop info = png_create_info_struct(png);
    if (setjmp(png_jmpbuf(png)) == 0) {
        png_set_write_fn(png, &sink, putPNG, leavePNG);
        png_set_IHDR(png, info, (png_uint_32)width, (png_uint_32)height, 8, PNG_COLOR_TYPE_GRAY, PNG_INTERLACE_ADAM7,
                     PNG_COMPRESSION_TYPE_DEFAULT, PNG_FILTER_TYPE_DEFAULT);
        png_write_info(png, info);
        int passes = png_set_interlace_handling(png);
        for (int pass = 0; pass < passes; pass++) {
            for (int y = 0; y < height; y++) png_write_row(png, (png_bytep)pixels + (size_t)y * (size_t)width);
        }
        png_write_end(png, info);
    }
    png_destroy_write_struct(&png, &info);
    return sink.size;
}
