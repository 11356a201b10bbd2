#ifndef CZLIB_SHIM_H
#define CZLIB_SHIM_H

#include <zlib.h>

/// `inflateInit2` for a gzip stream with the largest window. zlib offers it as a macro, which Swift cannot call.
static inline int CZlib_inflateInitGzip(z_streamp stream) {
    return inflateInit2(stream, MAX_WBITS + 16);
}

#endif
