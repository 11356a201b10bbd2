import Foundation
import Testing

extension MeasuredBeside {
    /// What a crash leaves, and how soon it is over.
    @Suite struct CrashTests {
        @Test(
            arguments: zip(
                [SIGSEGV, SIGBUS, SIGILL, SIGTRAP, SIGFPE, SIGABRT, SIGQUIT],
                [
                    "crashed (SIGSEGV, memory", "crashed (SIGBUS, memory", "crashed (SIGILL, a check",
                    "crashed (SIGTRAP, a check", "crashed (SIGFPE, arithmetic", "crashed (SIGABRT)", "ended by Ctrl-\\",
                ])
        ) func aCrashIsOverInASecondAndSaysSo(signal: Int32, words: String) throws {
            let session = try Inkling.terminal(environment: ["SWIFT_BACKTRACE": nil])
            try session.wait(for: "training")
            let start = ContinuousClock.now
            session.send(signal: signal)
            #expect(try session.waitForExit() == .signalled(signal))
            #expect(ContinuousClock.now - start < .seconds(1))
            #expect(session.screen.lines.joined(separator: " ").contains("inkling: " + words))
            #expect(!session.screen.isMouseEnabled)
            #expect(!session.screen.enabledModes.contains(2004))
        }

        /// Swift's own backtrace comes below the line, for whoever asked for it.
        @Test(arguments: [SIGSEGV, SIGABRT]) func aCrashShowsWhereToWhoeverAsks(signal: Int32) throws {
            let session = try Inkling.terminal(
                ["--paused"], environment: ["SWIFT_BACKTRACE": "enable=yes,interactive=no,color=no"], rows: 40,
                columns: 120)
            try session.wait(for: "lr 0.100")
            session.send(signal: signal)
            #expect(try session.waitForExit(timeout: .seconds(60)) == .signalled(signal))
            let output = String(decoding: session.output, as: UTF8.self)
            #expect(output.contains("inkling: crashed (SIG") && output.contains("Thread 0"))
        }

        @Test func controlBackslashEndsIt() throws {
            let session = try Inkling.terminal(["--paused"])
            try session.wait(for: "lr 0.100")
            try session.write("\u{1C}")
            #expect(try session.waitForExit() == .signalled(SIGQUIT))
            #expect(try session.settings == session.initialSettings)
        }
    }
}
