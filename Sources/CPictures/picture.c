#include "CPictures.h"

#include <stdio.h>
#include <stdlib.h>

bool CPicture_fail(CPicture *picture, const char *problem) {
    CPicture_free(picture);
    snprintf(picture->problem, sizeof picture->problem, "%s", problem && problem[0] ? problem : "damaged data");
    return false;
}

void CPicture_free(CPicture *picture) {
    free(picture->light);
    free(picture->opacity);
    picture->light = picture->opacity = NULL;
}

static int64_t kept(int64_t size, int64_t shrink) { return (size + shrink - 1) / shrink; }

int32_t CPicture_cell(const CPicture *picture, int64_t width, int64_t height) {
    int32_t cell = 1;
    while (kept(width, cell) * kept(height, cell) > picture->most_kept) cell++;
    return cell;
}

bool CPicture_begin(CPicture *picture, int64_t width, int64_t height, int32_t shrunk) {
    if (width < 1 || height < 1) return CPicture_fail(picture, "a picture without pixels");
    if (width > INT32_MAX || height > picture->most_read / width) {
        snprintf(picture->problem, sizeof picture->problem, "%lld × %lld pixels, more than %lld", (long long)width,
                 (long long)height, (long long)picture->most_read);
        return false;
    }
    int32_t cell = CPicture_cell(picture, width, height);
    picture->read_width = (int32_t)width;
    picture->read_height = (int32_t)height;
    picture->width = (int32_t)kept(width, cell);
    picture->height = (int32_t)kept(height, cell);
    picture->cell = cell;
    picture->shrink = cell * shrunk;
    size_t count = (size_t)picture->width * (size_t)picture->height;
    picture->light = calloc(count, sizeof *picture->light);
    picture->opacity = calloc(count, sizeof *picture->opacity);
    if (!picture->light || !picture->opacity) return CPicture_fail(picture, "more pixels than there is memory for");
    return true;
}
