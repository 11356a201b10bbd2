#include "CPictures.h"

#include <gif_lib.h>
#include <stdlib.h>
#include <string.h>

typedef struct {
    const uint8_t *bytes;
    size_t left;
} Source;

static int take(GifFileType *gif, GifByteType *bytes, int count) {
    Source *source = gif->UserData;
    size_t taken = (size_t)count < source->left ? (size_t)count : source->left;
    memcpy(bytes, source->bytes, taken);
    source->bytes += taken;
    source->left -= taken;
    return (int)taken;
}

/// Adds the rows of the picture that begins here.
static const char *addRows(CPicture *picture, GifFileType *gif, int transparent) {
    int width = gif->Image.Width, height = gif->Image.Height;
    const ColorMapObject *colours = gif->Image.ColorMap ? gif->Image.ColorMap : gif->SColorMap;
    if (!colours) return "no colours";
    if (!CPicture_begin(picture, width, height, 1)) return picture->problem;
    uint8_t *row = malloc((size_t)width);
    if (!row) return "more pixels than there is memory for";
    // Interlaced files begin with every eighth row.
    static const int starts[] = {0, 4, 2, 1}, steps[] = {8, 8, 4, 2};
    const char *problem = NULL;
    for (int pass = 0; pass < (gif->Image.Interlace ? 4 : 1) && !problem; pass++) {
        int step = gif->Image.Interlace ? steps[pass] : 1;
        for (int y = gif->Image.Interlace ? starts[pass] : 0; y < height && !problem; y += step) {
            if (DGifGetLine(gif, row, width) == GIF_ERROR) problem = "damaged rows";
            for (int x = 0; x < width && !problem; x++) {
                if (row[x] >= colours->ColorCount) {
                    problem = "a colour that is none of the file's";
                } else {
                    GifColorType colour = colours->Colors[row[x]];
                    uint32_t opacity = row[x] == transparent ? 0 : 255;
                    CPicture_add(picture, x, y, CPicture_grey(colour.Red, colour.Green, colour.Blue) * opacity,
                                 opacity);
                }
            }
        }
    }
    free(row);
    return problem;
}

/// What is wrong; the library does not always say.
static const char *problemOf(const GifFileType *gif) {
    const char *words = GifErrorString(gif->Error);
    return words ? words : "damaged data";
}

/// Goes on to the first picture and reads it; what follows, as in an animation, does not matter.
static const char *read(CPicture *picture, GifFileType *gif) {
    int transparent = NO_TRANSPARENT_COLOR;
    for (;;) {
        GifRecordType type;
        if (DGifGetRecordType(gif, &type) == GIF_ERROR) return problemOf(gif);
        if (type == TERMINATE_RECORD_TYPE) return "no picture";
        if (type == IMAGE_DESC_RECORD_TYPE) {
            if (DGifGetImageDesc(gif) == GIF_ERROR) return problemOf(gif);
            return addRows(picture, gif, transparent);
        }
        int code;
        GifByteType *block;
        if (DGifGetExtension(gif, &code, &block) == GIF_ERROR) return problemOf(gif);
        while (block) {
            GraphicsControlBlock control;
            if (code == GRAPHICS_EXT_FUNC_CODE && DGifExtensionToGCB(block[0], block + 1, &control) == GIF_OK) {
                transparent = control.TransparentColor;
            }
            if (DGifGetExtensionNext(gif, &block) == GIF_ERROR) return problemOf(gif);
        }
    }
}

bool CPicture_readGIF(CPicture *picture, const uint8_t *bytes, size_t count) {
    Source source = {bytes, count};
    int error = 0;
    GifFileType *gif = DGifOpen(&source, take, &error);
    if (!gif) return CPicture_fail(picture, GifErrorString(error));
    const char *problem = read(picture, gif);
    if (problem && !picture->problem[0]) CPicture_fail(picture, problem);
    DGifCloseFile(gif, &error);
    return !picture->problem[0];
}
