#if defined(__linux__)
#define _GNU_SOURCE
#endif

#include "CPseudoTerminal.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <sys/ioctl.h>
#include <termios.h>
#include <unistd.h>

int pseudo_terminal_resize(int master, int rows, int columns) {
    struct winsize size = {.ws_row = (unsigned short)rows, .ws_col = (unsigned short)columns};
    return ioctl(master, TIOCSWINSZ, &size) == 0 ? 0 : errno;
}

/// Opens the slave's side of `master`, and gives both the size. Returns 0 or an errno value.
static int open_slave(int master, int rows, int columns, int *slave) {
    char name[128];
    if (grantpt(master) != 0 || unlockpt(master) != 0 || ptsname_r(master, name, sizeof name) != 0) {
        return errno;
    }
    *slave = open(name, O_RDWR | O_NOCTTY | O_CLOEXEC);
    if (*slave < 0) {
        return errno;
    }
    int error = pseudo_terminal_resize(master, rows, columns);
    if (error != 0) {
        close(*slave);
    }
    return error;
}

int pseudo_terminal_open(int rows, int columns, int *master, int *slave) {
    *master = posix_openpt(O_RDWR | O_NOCTTY);
    if (*master < 0) {
        return errno;
    }
    fcntl(*master, F_SETFD, FD_CLOEXEC);
    int error = open_slave(*master, rows, columns, slave);
    if (error != 0) {
        close(*master);
    }
    return error;
}
