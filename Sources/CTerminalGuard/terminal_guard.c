#include "CTerminalGuard.h"

#include <errno.h>
#include <signal.h>
#include <stdbool.h>
#include <string.h>
#include <termios.h>
#include <unistd.h>

static int wake_descriptor = -1;
static bool has_modes = false;
static struct termios modes;
static char restoring_bytes[256];
static volatile sig_atomic_t armed = 0;

static const int requests[] = {SIGINT, SIGTERM, SIGHUP, SIGTSTP};
static const int crashes[] = {SIGSEGV, SIGBUS, SIGILL, SIGTRAP, SIGFPE, SIGABRT, SIGQUIT};
enum { request_count = sizeof requests / sizeof *requests, crash_count = sizeof crashes / sizeof *crashes };
static struct sigaction previous[crash_count];

/// Nothing but `write` and `tcsetattr`, which a signal handler may call.
static void restore(void) {
    if (!armed) return;
    armed = 0;
    size_t length = strlen(restoring_bytes);
    for (size_t done = 0; done < length;) {
        ssize_t count = write(STDOUT_FILENO, restoring_bytes + done, length - done);
        if (count < 0 && errno == EINTR) continue;
        if (count <= 0) break;
        done += (size_t)count;
    }
    if (has_modes) tcsetattr(STDIN_FILENO, TCSANOW, &modes);
}

static void on_request(int number) {
    int error = errno;
    unsigned char byte = (unsigned char)number;
    ssize_t ignored = write(wake_descriptor, &byte, 1);
    (void)ignored;
    errno = error;
}

/// The terminal first, then whoever handled the signal before (Swift's runtime prints a backtrace), then the default.
static void on_crash(int number, siginfo_t *info, void *context) {
    restore();
    for (int i = 0; i < crash_count; i++) {
        if (crashes[i] != number) continue;
        if (previous[i].sa_flags & SA_SIGINFO) {
            if (previous[i].sa_sigaction) previous[i].sa_sigaction(number, info, context);
        } else if (previous[i].sa_handler != SIG_DFL && previous[i].sa_handler != SIG_IGN) {
            previous[i].sa_handler(number);
        }
    }
    signal(number, SIG_DFL);
    raise(number);
}

void inkling_guard_save_modes(void) { has_modes = tcgetattr(STDIN_FILENO, &modes) == 0; }

void inkling_guard_handle_signals(int wake) {
    wake_descriptor = wake;
    struct sigaction action;
    memset(&action, 0, sizeof action);
    sigemptyset(&action.sa_mask);
    action.sa_flags = SA_RESTART;
    action.sa_handler = on_request;
    for (int i = 0; i < request_count; i++) sigaction(requests[i], &action, NULL);
    // On the alternate stack where there is one: a stack overflow leaves no room on the ordinary one.
    action.sa_flags = SA_SIGINFO | SA_ONSTACK | SA_NODEFER;
    action.sa_sigaction = on_crash;
    for (int i = 0; i < crash_count; i++) sigaction(crashes[i], &action, &previous[i]);
}

void inkling_guard_arm(const char *restoring) {
    strncpy(restoring_bytes, restoring, sizeof restoring_bytes - 1);
    armed = 1;
}

void inkling_guard_disarm(void) { armed = 0; }

void inkling_guard_stop_process(void) {
    struct sigaction action, ours;
    memset(&action, 0, sizeof action);
    sigemptyset(&action.sa_mask);
    action.sa_handler = SIG_DFL;
    sigaction(SIGTSTP, &action, &ours);
    // The whole process group, as the terminal itself would do.
    kill(0, SIGTSTP);
    sigaction(SIGTSTP, &ours, NULL);
}
