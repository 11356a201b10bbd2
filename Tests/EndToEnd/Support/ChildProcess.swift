import CPseudoTerminal
import Foundation
import TestSupport

/// A running program, the leader of its own session. It is killed, with its process group, when its owner goes.
final class ChildProcess {
    let identifier: pid_t
    private var knownStatus: ExitStatus?

    /// `streams` are the descriptors for standard input, output and error; the caller still has to close its copies.
    init(
        program: String, arguments: [String], environment: [String: String], directory: String?, streams: [Int32]
    ) throws {
        guard let path = Programs.path(of: program) else {
            throw HarnessError("there is no program \(program) on the search path")
        }
        var process: pid_t = 0
        let code = withStrings([program] + arguments) { arguments in
            withStrings(environment.map { "\($0)=\($1)" }) { environment in
                process_start(path, arguments, environment, directory, streams, &process)
            }
        }
        guard code == 0 else { throw HarnessError("start \(path)", code: code) }
        identifier = process
    }

    deinit {
        guard exitStatus == nil else { return }
        kill(-identifier, SIGKILL)
        let deadline = Deadline(after: .seconds(2))
        while exitStatus == nil && !deadline.hasPassed {
            usleep(1000)
        }
    }

    /// How it ended, or nil while it runs.
    var exitStatus: ExitStatus? {
        if let knownStatus { return knownStatus }
        var state = ProcessState()
        guard process_state(identifier, &state) == 0 else { return nil }
        switch state.kind {
        case ProcessExited: knownStatus = .exited(state.code)
        case ProcessSignalled: knownStatus = .signalled(state.code)
        default: break
        }
        return knownStatus
    }

    func send(signal number: Int32) {
        if exitStatus == nil {
            kill(identifier, number)
        }
    }

    func killGroup() {
        if exitStatus == nil {
            kill(-identifier, SIGKILL)
        }
    }
}

/// Lends C a null-terminated array of C strings.
private func withStrings<Result>(
    _ strings: [String], _ body: (UnsafePointer<UnsafeMutablePointer<CChar>?>) -> Result
) -> Result {
    var pointers: [UnsafeMutablePointer<CChar>?] = strings.map { strdup($0) }
    defer {
        for pointer in pointers {
            free(pointer)
        }
    }
    pointers.append(nil)
    return body(pointers)
}
