#include "mpi_calls.h"

#include <dlfcn.h>
#include <limits.h>
#include <stdio.h>

// Open MPI's handles are addresses of objects in its library, and a status is this:
typedef struct {
    int source, tag, error, is_cancelled;
    size_t count;
} Status;

enum { FUNNELED = 1, LIMIT = INT_MAX, TOO_LONG = -1 };
#define IN_PLACE ((void *)1)

static struct {
    int (*init_thread)(int *, char ***, int, int *);
    int (*comm_rank)(void *, int *);
    int (*comm_size)(void *, int *);
    int (*set_errhandler)(void *, void *);
    int (*finalize)(void);
    int (*send)(const void *, int, void *, int, int, void *);
    int (*iprobe)(int, int, void *, int *, Status *);
    int (*recv)(void *, int, void *, int, int, void *, Status *);
    int (*bcast)(void *, int, void *, int, void *);
    int (*iallgatherv)(const void *, int, void *, void *, const int *, const int *, void *, void *, void **);
    int (*test)(void **, int *, Status *);
    int (*wait)(void **, Status *);
} mpi;

static void *world, *byte_type, *errors_return;
static int rank, size;

static const char *load(void) {
    static const char *const names[] = {"libmpi.so.40", "libmpi.so.80", "libmpi.so", "libmpi.40.dylib", "libmpi.dylib"};
    void *library = NULL;
    for (size_t i = 0; !library && i < sizeof names / sizeof *names; i++)
        library = dlopen(names[i], RTLD_NOW | RTLD_GLOBAL);  // global, as the library loads parts that look for it
    if (!library) return "no library of Open MPI is found (libmpi.so.40; on Debian, the package openmpi-bin)";

    const struct {
        const char *name;
        void *place;
    } symbols[] = {
        {"MPI_Init_thread", &mpi.init_thread},
        {"MPI_Comm_rank", &mpi.comm_rank},
        {"MPI_Comm_size", &mpi.comm_size},
        {"MPI_Comm_set_errhandler", &mpi.set_errhandler},
        {"MPI_Finalize", &mpi.finalize},
        {"MPI_Send", &mpi.send},
        {"MPI_Iprobe", &mpi.iprobe},
        {"MPI_Recv", &mpi.recv},
        {"MPI_Bcast", &mpi.bcast},
        {"MPI_Iallgatherv", &mpi.iallgatherv},
        {"MPI_Test", &mpi.test},
        {"MPI_Wait", &mpi.wait},
        {"ompi_mpi_comm_world", &world},
        {"ompi_mpi_byte", &byte_type},
        {"ompi_mpi_errors_return", &errors_return},
    };
    for (size_t i = 0; i < sizeof symbols / sizeof *symbols; i++) {
        void *symbol = dlsym(library, symbols[i].name);
        if (!symbol) {
            static char message[160];
            snprintf(message, sizeof message, "the library libmpi is not Open MPI's: it has no %s", symbols[i].name);
            return message;
        }
        *(void **)symbols[i].place = symbol;
    }
    return NULL;
}

const char *inkling_mpi_start(void) {
    const char *problem = load();
    if (problem) return problem;
    int provided = 0;
    if (mpi.init_thread(NULL, NULL, FUNNELED, &provided) != 0) return "Open MPI could not join the other ranks";
    if (provided < FUNNELED) return "Open MPI was built without threads";
    mpi.set_errhandler(world, errors_return);
    mpi.comm_rank(world, &rank);
    mpi.comm_size(world, &size);
    return NULL;
}

int inkling_mpi_rank(void) { return rank; }
int inkling_mpi_size(void) { return size; }
int inkling_mpi_finish(void) { return mpi.finalize(); }

int inkling_mpi_send(const void *bytes, size_t count, int to, int tag) {
    if (count > LIMIT) return TOO_LONG;
    return mpi.send(bytes, (int)count, byte_type, to, tag, world);
}

int inkling_mpi_peek(int from, int tag, int *has_come, int *source, size_t *count) {
    Status status = {0};
    // Open MPI's MPI_ANY_SOURCE is -1, too.
    int error = mpi.iprobe(from, tag, world, has_come, &status);
    *source = status.source;
    *count = status.count;  // of bytes
    return error;
}

int inkling_mpi_receive(void *bytes, size_t count, int from, int tag) {
    if (count > LIMIT) return TOO_LONG;
    Status status;
    return mpi.recv(bytes, (int)count, byte_type, from, tag, world, &status);
}

int inkling_mpi_broadcast(void *bytes, size_t count, int root) {
    if (count > LIMIT) return TOO_LONG;
    return mpi.bcast(bytes, (int)count, byte_type, root, world);
}

int inkling_mpi_begin_all_gather(void *bytes, const int *counts, const int *offsets, void **request) {
    return mpi.iallgatherv(IN_PLACE, 0, byte_type, bytes, counts, offsets, byte_type, world, request);
}

int inkling_mpi_test(void **request, int *is_done) {
    Status status;
    return mpi.test(request, is_done, &status);
}

int inkling_mpi_wait(void **request) {
    Status status;
    return mpi.wait(request, &status);
}
