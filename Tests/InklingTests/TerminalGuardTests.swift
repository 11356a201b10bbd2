import CTerminalGuard
import Foundation
import Testing

@testable import Inkling

/// What stands by so that the terminal is given back, each in a process of its own.
struct TerminalGuardTests {
    /// Once, and not where the screen is closed already.
    @Test func whatGivesTheTerminalBackIsWrittenOnce() async throws {
        let result = try await #require(processExitsWith: .exitCode(7), observing: [\.standardOutputContent]) {
            inkling_guard_give_back()
            inkling_guard_arm("<first>")
            inkling_guard_give_back()
            inkling_guard_give_back()
            inkling_guard_arm("<second>")
            inkling_guard_disarm()
            inkling_guard_give_back()
            exit(7)
        }
        #expect(String(decoding: result.standardOutputContent, as: UTF8.self) == "<first>")
    }

    @Test func signalsAreWrittenToThePipe() async throws {
        let result = try await #require(processExitsWith: .success, observing: [\.standardOutputContent]) {
            let wake = try WakePipe()
            inkling_guard_handle_signals(wake.writing)
            // The threads that run tests let none through.
            var all = sigset_t()
            sigfillset(&all)
            pthread_sigmask(SIG_UNBLOCK, &all, nil)
            for number in [SIGINT, SIGTERM, SIGHUP, SIGTSTP, SIGWINCH] { raise(number) }
            try Output.line("\(wake.drain())")
        }
        #expect(
            String(decoding: result.standardOutputContent, as: UTF8.self)
                == "\([SIGINT, SIGTERM, SIGHUP, SIGTSTP, SIGWINCH])\n")
    }

    @Test func aCrashGivesItBackFirst() async throws {
        let result = try await #require(
            processExitsWith: .signal(SIGSEGV), observing: [\.standardOutputContent, \.standardErrorContent]
        ) {
            unsetenv("SWIFT_BACKTRACE")
            inkling_guard_handle_signals(try WakePipe().writing)
            inkling_guard_arm("<back>")
            raise(SIGSEGV)
        }
        #expect(String(decoding: result.standardOutputContent, as: UTF8.self) == "<back>")
        #expect(String(decoding: result.standardErrorContent, as: UTF8.self).hasPrefix("inkling: crashed (SIGSEGV"))
    }
}
