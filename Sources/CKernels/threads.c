#define _GNU_SOURCE  // pthread_setname_np
#include <pthread.h>

#include "CKernels.h"

void inkling_name_thread(const char *name) {
#if defined(__APPLE__)
    pthread_setname_np(name);
#else
    pthread_setname_np(pthread_self(), name);
#endif
}
