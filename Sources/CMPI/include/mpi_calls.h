#pragma once
#include <stddef.h>
#include <stdint.h>

// The calls of MPI that the project makes, through the library of Open MPI that is found at run time. Nothing of MPI is
// needed to build or to run without: a package trait was the other way, but `swift build` builds the targets of traits
// that are off, too.
//
// All calls come from the thread that called inkling_mpi_start (MPI_THREAD_FUNNELED). Those that return int return 0
// where all went well. Counts and offsets are bytes.

#ifdef __cplusplus
extern "C" {
#endif

/// Loads the library and joins the other ranks: NULL where that went well, else what did not, in memory that stays.
const char *inkling_mpi_start(void);
int inkling_mpi_rank(void);
int inkling_mpi_size(void);
/// Leaves; waits for the others.
int inkling_mpi_finish(void);

int inkling_mpi_send(const void *bytes, size_t count, int to, int tag);
/// Whether a message has come, from anybody where `from` is -1; if so, from whom and how long it is.
int inkling_mpi_peek(int from, int tag, int *has_come, int *source, size_t *count);
/// Receives a message of that length, which has come or will.
int inkling_mpi_receive(void *bytes, size_t count, int from, int tag);
int inkling_mpi_broadcast(void *bytes, size_t count, int root);

/// Begins to give everybody what each rank has: rank r's part is counts[r] bytes at bytes + offsets[r], and is in place.
/// `counts` and `offsets` stay where they are until the end. The request goes to inkling_mpi_wait.
int inkling_mpi_begin_all_gather(void *bytes, const int *counts, const int *offsets, void **request);
/// Whether a request is done; lets it go on where the library needs that.
int inkling_mpi_test(void **request, int *is_done);
int inkling_mpi_wait(void **request);

#ifdef __cplusplus
}
#endif
