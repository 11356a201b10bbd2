import Foundation

/// The terminal that the user sits at, for a rank that `mpirun` has given pipes: it takes the place in the foreground that
/// is `mpirun`'s until then, so that keys, signals and sizes come to it.
final class SessionTerminal {
    private let formerForeground: pid_t

    /// nil where there is none.
    init?() {
        // What is no terminal has no foreground.
        guard isatty(STDOUT_FILENO) == 0 || tcgetpgrp(STDIN_FILENO) != getpgrp() else { return nil }
        let terminal = open("/dev/tty", O_RDWR)
        guard terminal >= 0 else { return nil }
        defer { close(terminal) }
        formerForeground = tcgetpgrp(terminal)
        // Who is in the background and asks for the foreground would be stopped.
        signal(SIGTTOU, SIG_IGN)
        guard tcsetpgrp(terminal, getpgrp()) == 0 else { return nil }
        dup2(terminal, STDIN_FILENO)
        dup2(terminal, STDOUT_FILENO)
    }

    /// The terminal is `mpirun`'s again.
    func giveBack() { tcsetpgrp(STDIN_FILENO, formerForeground) }
}
