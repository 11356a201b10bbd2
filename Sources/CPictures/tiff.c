#include "CPictures.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <tiffio.h>

typedef struct {
    CPicture *picture;
    const uint8_t *bytes;
    int64_t count, place;
} Source;

static tmsize_t take(thandle_t handle, void *bytes, tmsize_t count) {
    Source *source = handle;
    int64_t left = source->place < source->count ? source->count - source->place : 0;
    int64_t taken = count < left ? count : left;
    if (taken > 0) memcpy(bytes, source->bytes + source->place, (size_t)taken);
    source->place += taken > 0 ? taken : 0;
    return taken;
}

static tmsize_t put(thandle_t handle, void *bytes, tmsize_t count) {
    (void)handle, (void)bytes, (void)count;
    return 0;
}

static toff_t seek(thandle_t handle, toff_t offset, int whence) {
    Source *source = handle;
    int64_t start = whence == SEEK_SET ? 0 : whence == SEEK_CUR ? source->place : source->count;
    int64_t place = start + (int64_t)offset;
    if (place < 0) return (toff_t)-1;
    source->place = place;
    return (toff_t)place;
}

static int leaveOpen(thandle_t handle) {
    (void)handle;
    return 0;
}

static toff_t size(thandle_t handle) { return (toff_t)((Source *)handle)->count; }

/// The first thing that is wrong is the cause of the others.
static void note(thandle_t handle, const char *module, const char *format, va_list arguments) {
    (void)module;
    Source *source = handle;
    if (!source || source->picture->problem[0]) return;
    char problem[sizeof source->picture->problem];
    vsnprintf(problem, sizeof problem, format, arguments);
    CPicture_fail(source->picture, problem);
}

/// Adds the rows, a strip or a row of tiles at a time.
static void addRows(CPicture *picture, TIFF *tiff, TIFFRGBAImage *image) {
    uint32_t width = image->width, height = image->height, rows = 0;
    if (TIFFIsTiled(tiff)) {
        TIFFGetField(tiff, TIFFTAG_TILELENGTH, &rows);
    } else {
        TIFFGetFieldDefaulted(tiff, TIFFTAG_ROWSPERSTRIP, &rows);
    }
    if (rows < 1 || rows > height) rows = height;
    uint64_t held = TIFFIsTiled(tiff) ? TIFFTileSize64(tiff) : TIFFStripSize64(tiff);
    if ((int64_t)rows > picture->most_held / width || held > (uint64_t)picture->most_held * 4) {
        CPicture_fail(picture, "strips or tiles that are too large");
        return;
    }
    uint32_t *raster = malloc((size_t)width * rows * sizeof *raster);
    if (!raster) {
        CPicture_fail(picture, "more pixels than there is memory for");
        return;
    }
    // The caller turns the picture; here its rows come as they are in the file.
    image->orientation = image->req_orientation = ORIENTATION_TOPLEFT;
    for (uint32_t first = 0; first < height; first += rows) {
        uint32_t count = height - first < rows ? height - first : rows;
        image->row_offset = (int)first;
        if (!TIFFRGBAImageGet(image, raster, width, count) && !picture->problem[0]) {
            CPicture_fail(picture, "damaged rows");
        }
        if (picture->problem[0]) break;
        for (uint32_t y = 0; y < count; y++) {
            for (uint32_t x = 0; x < width; x++) {
                uint32_t pixel = raster[(size_t)y * width + x];
                // The colours come multiplied with their opacity.
                uint32_t grey = CPicture_grey(TIFFGetR(pixel), TIFFGetG(pixel), TIFFGetB(pixel));
                CPicture_add(picture, (int32_t)x, (int32_t)(first + y), grey * 255, TIFFGetA(pixel));
            }
        }
    }
    free(raster);
}

bool CPicture_readTIFF(CPicture *picture, const uint8_t *bytes, size_t count) {
    Source source = {picture, bytes, (int64_t)count, 0};
    // What the library has to say goes to those who ask, instead of standard error.
    TIFFSetErrorHandler(NULL);
    TIFFSetWarningHandler(NULL);
    TIFFSetErrorHandlerExt(note);
    TIFF *tiff = TIFFClientOpen("", "rm", &source, take, put, seek, leaveOpen, size, NULL, NULL);
    if (!tiff) return !picture->problem[0] ? CPicture_fail(picture, "another kind of file") : false;
    char message[1024] = "";
    TIFFRGBAImage image;
    if (!picture->problem[0] && TIFFRGBAImageBegin(&image, tiff, 1, message)) {
        if (CPicture_begin(picture, image.width, image.height, 1)) addRows(picture, tiff, &image);
        TIFFRGBAImageEnd(&image);
    } else if (!picture->problem[0]) {
        CPicture_fail(picture, message);
    }
    TIFFClose(tiff);
    return !picture->problem[0];
}
