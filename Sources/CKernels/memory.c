#include "CKernels.h"

#if defined(__GLIBC__)
#include <malloc.h>
#endif

void inkling_give_freed_memory_back(void) {
#if defined(__GLIBC__)
    malloc_trim(0);
#endif
}
