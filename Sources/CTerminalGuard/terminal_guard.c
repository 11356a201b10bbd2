#include "CTerminalGuard.h"

#include <errno.h>
#include <signal.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <termios.h>
#include <time.h>
#include <unistd.h>

static int wake_descriptor = -1;
static bool has_modes = false;
static struct termios modes;
static char restoring_bytes[256];
static volatile sig_atomic_t armed = 0;

static const int requests[] = {SIGINT, SIGTERM, SIGHUP, SIGTSTP, SIGWINCH};
static const int crashes[] = {SIGSEGV, SIGBUS, SIGILL, SIGTRAP, SIGFPE, SIGABRT, SIGQUIT};
enum { request_count = sizeof requests / sizeof *requests, crash_count = sizeof crashes / sizeof *crashes };
static struct sigaction previous[crash_count];
/// Whether whoever handled crashes before is still to be asked: Swift's runtime, which prints a backtrace.
static bool wants_backtrace = false;

#define CRASHED(name) \
    "inkling: crashed (" name "), which is a fault of the program; SWIFT_BACKTRACE=enable=yes shows where\n"

const char *inkling_guard_words(int number) {
    switch (number) {
    case SIGQUIT: return "inkling: ended by Ctrl-\\ (SIGQUIT)\n";
    case SIGSEGV: return CRASHED("SIGSEGV, memory that is not its own");
    case SIGBUS: return CRASHED("SIGBUS, memory that is not there");
    case SIGILL: return CRASHED("SIGILL, a check that failed");
    case SIGTRAP: return CRASHED("SIGTRAP, a check that failed");
    case SIGFPE: return CRASHED("SIGFPE, arithmetic without a result");
    default: return CRASHED("SIGABRT");
    }
}

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

void inkling_guard_give_back(void) { restore(); }

static void on_request(int number) {
    int error = errno;
    unsigned char byte = (unsigned char)number;
    ssize_t ignored = write(wake_descriptor, &byte, 1);
    (void)ignored;
    errno = error;
}

/// The terminal first, then a line, then for whoever wants it the backtrace of Swift's runtime (which asks and waits for
/// half a minute otherwise), then the default. In between, a moment for another thread to finish a checkpoint that is
/// just being written.
static void on_crash(int number, siginfo_t *info, void *context) {
    restore();
    const char *words = inkling_guard_words(number);
    ssize_t ignored = write(STDERR_FILENO, words, strlen(words));
    (void)ignored;
    struct timespec moment = {.tv_nsec = 200000000};
    nanosleep(&moment, NULL);
    for (int i = 0; i < crash_count && wants_backtrace; i++) {
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
    wants_backtrace = getenv("SWIFT_BACKTRACE") != NULL;
    struct sigaction action = {.sa_flags = SA_RESTART, .sa_handler = on_request};
    sigemptyset(&action.sa_mask);
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
    struct sigaction action = {.sa_handler = SIG_DFL}, ours;
    sigemptyset(&action.sa_mask);
    sigaction(SIGTSTP, &action, &ours);
    // The whole process group, as the terminal itself would do.
    kill(0, SIGTSTP);
    sigaction(SIGTSTP, &ours, NULL);
}
