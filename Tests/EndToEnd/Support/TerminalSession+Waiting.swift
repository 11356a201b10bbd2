import TerminalEmulator

extension TerminalSession {
    /// Waits until `text` stands on the screen; returns how long that took.
    @discardableResult
    func wait(
        for text: String, timeout: Duration = .seconds(10), file: StaticString = #fileID, line: UInt = #line
    ) throws -> Duration {
        try wait(until: "\"\(text)\" is on the screen", timeout: timeout, file: file, line: line) { $0.contains(text) }
    }

    /// Waits until the screen is as wanted; returns how long that took. A screen in the middle of a synchronized
    /// update is not looked at, as a terminal does not show it either.
    @discardableResult
    func wait(
        until what: String = "the condition holds", timeout: Duration = .seconds(10), file: StaticString = #fileID,
        line: UInt = #line, _ condition: (ScreenEmulator) throws -> Bool
    ) throws -> Duration {
        let start = ContinuousClock.now
        let deadline = Deadline(after: timeout)
        while true {
            if try !screen.isUpdating && condition(screen) {
                return start.duration(to: .now)
            }
            let hasEnded = exitStatus != nil
            let isLate = deadline.hasPassed
            let count = receive(milliseconds: deadline.milliseconds(atMost: 20))
            guard count == 0 else { continue }
            if hasEnded || isLate {
                let reason = hasEnded ? "the program ended before" : "not within \(timeout):"
                throw failure("\(file):\(line): \(reason) \(what)")
            }
        }
    }

    /// Reads for the whole of `duration`; returns how many bytes came.
    @discardableResult
    func read(for duration: Duration) -> Int {
        let deadline = Deadline(after: duration)
        var count = 0
        while !deadline.hasPassed {
            count += receive(milliseconds: deadline.milliseconds(atMost: 100))
        }
        return count
    }

    /// Reads until nothing has come for the time `quiet`.
    func settle(
        quiet: Duration = .milliseconds(100), timeout: Duration = .seconds(10), file: StaticString = #fileID,
        line: UInt = #line
    ) throws {
        let deadline = Deadline(after: timeout)
        while read(for: quiet) > 0 {
            guard !deadline.hasPassed else {
                throw failure("\(file):\(line): the program did not come to rest within \(timeout)")
            }
        }
    }

    /// Waits for the program's end and takes the last of what it wrote.
    @discardableResult
    func waitForExit(
        timeout: Duration = .seconds(10), file: StaticString = #fileID, line: UInt = #line
    ) throws -> ExitStatus {
        let deadline = Deadline(after: timeout)
        while exitStatus == nil {
            guard !deadline.hasPassed else { throw failure("\(file):\(line): not ended within \(timeout)") }
            _ = receive(milliseconds: deadline.milliseconds(atMost: 10))
        }
        while receive(milliseconds: 20) > 0 && !deadline.hasPassed {}
        guard let exitStatus else { throw failure("\(file):\(line): its end was missed") }
        return exitStatus
    }
}
