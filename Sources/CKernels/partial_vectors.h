// The first lanes of a vector of 4 floats, where the instruction set has no masks.

typedef float four_floats __attribute__((ext_vector_type(4)));
typedef ptrdiff_t first_lanes;

static inline first_lanes first(ptrdiff_t count) {
    return count;
}

static inline four_floats load_first(const float *p, first_lanes lanes) {
    four_floats v = 0;
    v[0] = p[0];
    if (lanes > 1) v[1] = p[1];
    if (lanes > 2) v[2] = p[2];
    if (lanes > 3) v[3] = p[3];
    return v;
}

static inline void store_first(float *p, first_lanes lanes, four_floats v) {
    p[0] = v[0];
    if (lanes > 1) p[1] = v[1];
    if (lanes > 2) p[2] = v[2];
    if (lanes > 3) p[3] = v[3];
}
