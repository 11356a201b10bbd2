import Foundation

/// A program run to its end without a terminal: its standard streams are pipes.
enum Command {
    struct Result {
        let status: ExitStatus
        let output: String
        let error: String
        let duration: Duration

        /// The lines of the standard output.
        var lines: [String] { output.split(separator: "\n").map(String.init) }
    }

    /// A signal to send once, while the program runs.
    struct Interruption {
        let signal: Int32
        let isDue: (_ elapsed: Duration, _ output: String, _ error: String) -> Bool

        static func signal(_ number: Int32, after delay: Duration) -> Interruption {
            Interruption(signal: number) { elapsed, _, _ in elapsed >= delay }
        }

        static func signal(_ number: Int32, whenOutput condition: @escaping (String) -> Bool) -> Interruption {
            Interruption(signal: number) { _, output, _ in condition(output) }
        }

        static func signal(_ number: Int32, whenError condition: @escaping (String) -> Bool) -> Interruption {
            Interruption(signal: number) { _, _, error in condition(error) }
        }
    }

    /// Runs `program`, a path or a name on the search path, and returns when it has ended and closed its streams.
    /// `environment` changes the variables of `TestEnvironment`; nil removes one.
    static func run(
        _ program: String, _ arguments: [String] = [], environment: [String: String?] = [:], input: String = "",
        directory: String? = nil, timeout: Duration = .seconds(60), interruption: Interruption? = nil
    ) throws -> Result {
        var run = try RunningCommand(
            program, arguments, environment: TestEnvironment.variables(changes: environment), input: input,
            directory: directory, interruption: interruption)
        return try run.finish(timeout: timeout)
    }
}

/// One run of a command: feeds the input and drains both outputs in one loop, so that no pipe can fill up.
private struct RunningCommand {
    private let name: String
    private let process: ChildProcess
    private let input: FileDescriptor
    private let output: FileDescriptor
    private let error: FileDescriptor
    private var unsent: ArraySlice<UInt8>
    private var outputBytes: [UInt8] = []
    private var errorBytes: [UInt8] = []
    private var interruption: Command.Interruption?
    private let start = ContinuousClock.now

    /// A program that ends without reading its input must not end the tests.
    private static let ignoreBrokenPipes: Void = { _ = signal(SIGPIPE, SIG_IGN) }()

    init(
        _ program: String, _ arguments: [String], environment: [String: String], input text: String, directory: String?,
        interruption: Command.Interruption?
    ) throws {
        Self.ignoreBrokenPipes
        let (childInput, inputEnd) = try FileDescriptor.pipe()
        defer { close(childInput) }
        input = FileDescriptor(inputEnd)
        let (outputEnd, childOutput) = try FileDescriptor.pipe()
        defer { close(childOutput) }
        output = FileDescriptor(outputEnd)
        let (errorEnd, childError) = try FileDescriptor.pipe()
        defer { close(childError) }
        error = FileDescriptor(errorEnd)
        process = try ChildProcess(
            program: program, arguments: arguments, environment: environment, directory: directory,
            streams: [childInput, childOutput, childError])
        name = ([program] + arguments).joined(separator: " ")
        unsent = Array(text.utf8)[...]
        self.interruption = interruption
    }

    mutating func finish(timeout: Duration) throws -> Command.Result {
        let deadline = Deadline(after: timeout)
        while true {
            exchange(deadline)
            interruptIfDue()
            if let status = process.exitStatus, !output.isOpen, !error.isOpen {
                return Command.Result(
                    status: status, output: text(outputBytes), error: text(errorBytes),
                    duration: start.duration(to: .now))
            }
            guard !deadline.hasPassed else {
                let state = process.exitStatus.map { "\($0), but its output is still open" } ?? "it still runs"
                process.killGroup()
                throw HarnessError(
                    "\(name): not finished after \(timeout): \(state)\n"
                        + "standard output:\n\(text(outputBytes))\nstandard error:\n\(text(errorBytes))")
            }
        }
    }

    /// Waits a moment for any stream to be ready, and moves what can be moved.
    private mutating func exchange(_ deadline: Deadline) {
        if unsent.isEmpty {
            input.close()
        }
        FileDescriptor.wait(
            reading: [output, error].filter(\.isOpen), writing: [input].filter(\.isOpen),
            milliseconds: deadline.milliseconds(atMost: 10))
        if input.isOpen {
            unsent = input.writeAvailable(unsent) ?? []
        }
        outputBytes += output.readAvailable() ?? []
        errorBytes += error.readAvailable() ?? []
    }

    private mutating func interruptIfDue() {
        guard let due = interruption, due.isDue(start.duration(to: .now), text(outputBytes), text(errorBytes)) else {
            return
        }
        process.send(signal: due.signal)
        interruption = nil
    }

    private func text(_ bytes: [UInt8]) -> String {
        String(decoding: bytes, as: UTF8.self)
    }
}
