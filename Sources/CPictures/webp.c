#include "CPictures.h"

#include <webp/decode.h>

static const char *words(VP8StatusCode status) {
    switch (status) {
        case VP8_STATUS_OUT_OF_MEMORY: return "more pixels than there is memory for";
        case VP8_STATUS_NOT_ENOUGH_DATA:
        case VP8_STATUS_SUSPENDED: return "the end of the file before that of the picture";
        case VP8_STATUS_UNSUPPORTED_FEATURE: return "a kind of WebP that libwebp does not read";
        default: return "damaged data";
    }
}

bool CPicture_readWebP(CPicture *picture, const uint8_t *bytes, size_t count) {
    WebPDecoderConfig config;
    if (!WebPInitDecoderConfig(&config)) return CPicture_fail(picture, "another version of libwebp");
    VP8StatusCode status = WebPGetFeatures(bytes, count, &config.input);
    if (status != VP8_STATUS_OK) return CPicture_fail(picture, words(status));
    if (config.input.has_animation) return CPicture_fail(picture, "an animation");
    int64_t width = config.input.width, height = config.input.height;
    // Lossless pictures and opacity are held all at once.
    bool isHeld = config.input.format != 1 || config.input.has_alpha;
    CPicture limits = *picture;
    if (isHeld) limits.most_read = limits.most_held;
    if (!CPicture_begin(&limits, width, height, 1)) return CPicture_fail(picture, limits.problem);
    if (limits.cell > 1) {
        config.options.use_scaling = 1;
        config.options.scaled_width = limits.width;
        config.options.scaled_height = limits.height;
    }
    int32_t shrunk = limits.cell;
    CPicture_free(&limits);

    config.output.colorspace = MODE_RGBA;
    status = WebPDecode(bytes, count, &config);
    if (status != VP8_STATUS_OK) {
        CPicture_fail(picture, words(status));
    } else if (CPicture_begin(picture, config.output.width, config.output.height, shrunk)) {
        for (int y = 0; y < config.output.height; y++) {
            const uint8_t *pixel = config.output.u.RGBA.rgba + (int64_t)y * config.output.u.RGBA.stride;
            for (int x = 0; x < config.output.width; x++, pixel += 4) {
                CPicture_add(picture, x, y, CPicture_grey(pixel[0], pixel[1], pixel[2]) * pixel[3], pixel[3]);
            }
        }
    }
    WebPFreeDecBuffer(&config.output);
    return !picture->problem[0];
}
