#ifndef CZLIB_SHIM_H
#define CZLIB_SHIM_H

#include <zlib.h>

/// `inflateInit2` for a gzip stream with the largest window. zlib offers it as a macro, which Swift cannot call.
static inline int CZlib_inflateInitGzip(z_streamp stream) {
    return inflateInit2(stream, MAX_WBITS + 16);
}

/// The same for deflate data with no header, as zip archives hold it.
static inline int CZlib_inflateInitRaw(z_streamp stream) {
    return inflateInit2(stream, -MAX_WBITS);
}

/// Makes such data, at the usual level.
static inline int CZlib_deflateInitRaw(z_streamp stream) {
    return deflateInit2(stream, Z_DEFAULT_COMPRESSION, Z_DEFLATED, -MAX_WBITS, 8, Z_DEFAULT_STRATEGY);
}

#endif
