import CPseudoTerminal
import Foundation
import TerminalEmulator

/// A program in a pseudo-terminal, with an emulated screen. Everything happens on the calling thread, every wait has an
/// end, and the program is killed when the session goes.
final class TerminalSession {
    private(set) var screen: ScreenEmulator
    /// Everything that the program has written.
    private(set) var output: [UInt8] = []
    /// The terminal's settings before the program started.
    let initialSettings: TerminalSettings

    private let process: ChildProcess
    /// Gone after the program.
    private let settingsFolder: SettingsFolder?
    private let master: FileDescriptor
    /// Kept open so that the settings outlive the program.
    private let slave: FileDescriptor
    private let name: String

    /// Starts `program`, a path or a name on the search path, with `TERM=xterm-256color` in a UTF-8 locale.
    /// `environment` changes the variables of `TestEnvironment`; nil removes one. Where there are `settings`, they are
    /// the user's.
    init(
        _ program: String, _ arguments: [String] = [], environment: [String: String?] = [:],
        settings: SettingsFolder? = nil, rows: Int = 24, columns: Int = 80, directory: String? = nil
    ) throws {
        settingsFolder = settings
        var masterNumber: Int32 = -1
        var slaveNumber: Int32 = -1
        let code = pseudo_terminal_open(Int32(rows), Int32(columns), &masterNumber, &slaveNumber)
        guard code == 0 else { throw HarnessError("open a pseudo-terminal", code: code) }
        master = FileDescriptor(masterNumber)
        slave = FileDescriptor(slaveNumber, blocks: true)
        screen = ScreenEmulator(rows: rows, columns: columns)
        initialSettings = try TerminalSettings(of: master)
        var variables: [String: String?] = ["TERM": "xterm-256color"]
        if let settings { variables["XDG_CONFIG_HOME"] = settings.path }
        variables.merge(environment) { $1 }
        process = try ChildProcess(
            program: program, arguments: arguments, environment: TestEnvironment.variables(changes: variables),
            directory: directory, streams: [slaveNumber, slaveNumber, slaveNumber])
        name = ([program] + arguments).joined(separator: " ")
    }

    var processIdentifier: pid_t { process.identifier }

    /// What Linux says of the program's memory, in kilobytes: `VmRSS` what it has now, `VmHWM` the most it had.
    func memory(_ kind: String) throws -> Int {
        let status = try String(contentsOfFile: "/proc/\(processIdentifier)/status", encoding: .utf8)
        let line = status.split(separator: "\n").first { $0.hasPrefix(kind + ":") } ?? ""
        guard let number = line.split(whereSeparator: \.isWhitespace).dropFirst().first.flatMap({ Int($0) }) else {
            throw HarnessError("there is no \(kind) in the status of \(name)")
        }
        return number
    }

    /// How the program ended, or nil while it runs.
    var exitStatus: ExitStatus? { process.exitStatus }

    /// The number of bytes that the program has written and the harness has read.
    var bytesRead: Int { output.count }

    /// Bytes of input that nobody has read, which the next program would.
    var unreadInput: Int {
        get throws {
            // Without waiting for a whole line, as the program is gone.
            _ = try settings
            var count: Int32 = 0
            guard ioctl(slave.number, UInt(FIONREAD), &count) == 0 else {
                throw HarnessError("count what was not read", code: errno)
            }
            return Int(count)
        }
    }

    /// The terminal's settings now, also after the program's end.
    var settings: TerminalSettings {
        get throws { try TerminalSettings(of: master) }
    }

    func resize(rows: Int, columns: Int) throws {
        let code = pseudo_terminal_resize(master.number, Int32(rows), Int32(columns))
        guard code == 0 else { throw HarnessError("resize the terminal", code: code) }
        screen.resize(rows: rows, columns: columns)
    }

    func send(signal number: Int32) {
        process.send(signal: number)
    }

    /// Closes the terminal, as when its window is closed: the program gets SIGHUP and can neither read nor write.
    func hangUp() {
        master.close()
    }

    /// Sends bytes as the terminal does, and goes on reading meanwhile so that neither side gets stuck.
    func write(_ text: String) throws {
        var unsent = Array(text.utf8)[...]
        let deadline = Deadline(after: .seconds(5))
        while !unsent.isEmpty {
            guard let rest = master.writeAvailable(unsent) else { throw failure("the terminal is closed") }
            unsent = rest
            guard !unsent.isEmpty else { return }
            guard !deadline.hasPassed else { throw failure("\(unsent.count) bytes of input were not taken") }
            FileDescriptor.wait(reading: [master], writing: [master], milliseconds: 10)
            _ = receive(milliseconds: 0)
        }
    }

    /// Takes what the program has written, waiting for it for a while. Returns the number of bytes.
    func receive(milliseconds: Int32) -> Int {
        guard master.isOpen else {
            usleep(UInt32(milliseconds) * 1000)
            return 0
        }
        FileDescriptor.wait(reading: [master], milliseconds: milliseconds)
        let bytes = master.readAvailable() ?? []
        output += bytes
        screen.feed(bytes)
        if !screen.replies.isEmpty, let left = master.writeAvailable(Array(screen.replies.utf8)[...]) {
            screen.replies = String(decoding: left, as: UTF8.self)
        }
        return bytes.count
    }

    /// An error that shows the screen.
    func failure(_ reason: String) -> HarnessError {
        let status = exitStatus.map { "the program has ended: \($0)" } ?? "the program runs"
        let frame = String(repeating: "─", count: screen.columns)
        return HarnessError("\(name): \(reason); \(status); the screen:\n\(frame)\n\(screen.text)\n\(frame)")
    }
}
