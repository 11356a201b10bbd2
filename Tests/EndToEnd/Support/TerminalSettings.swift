import Foundation

/// The settings of a terminal line (termios), comparable: a program must leave them as it found them.
struct TerminalSettings: Equatable, CustomStringConvertible {
    let inputFlags: tcflag_t
    let outputFlags: tcflag_t
    let controlFlags: tcflag_t
    let localFlags: tcflag_t
    let characters: [UInt8]

    init(of descriptor: FileDescriptor) throws {
        var settings = termios()
        guard tcgetattr(descriptor.number, &settings) == 0 else {
            throw HarnessError("read the terminal's settings", code: errno)
        }
        inputFlags = settings.c_iflag
        outputFlags = settings.c_oflag
        controlFlags = settings.c_cflag
        localFlags = settings.c_lflag
        characters = withUnsafeBytes(of: settings.c_cc) { Array($0) }
    }

    /// Whether the terminal shows what is typed.
    var echoes: Bool { localFlags & tcflag_t(ECHO) != 0 }
    /// Whether the program gets whole lines, as at a shell's prompt, rather than single characters.
    var isLineByLine: Bool { localFlags & tcflag_t(ICANON) != 0 }

    var description: String {
        let flags = [inputFlags, outputFlags, controlFlags, localFlags].map { String($0, radix: 16) }
        return "input \(flags[0]), output \(flags[1]), control \(flags[2]), local \(flags[3]), characters \(characters)"
    }
}
