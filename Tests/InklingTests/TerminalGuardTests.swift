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
            // So many are kept.
            inkling_guard_arm(String(repeating: "x", count: 300))
            inkling_guard_give_back()
            // Where nobody takes them, the program ends all the same.
            close(STDOUT_FILENO)
            inkling_guard_arm("<third>")
            inkling_guard_give_back()
            exit(7)
        }
        #expect(
            String(decoding: result.standardOutputContent, as: UTF8.self)
                == "<first>" + String(repeating: "x", count: 255))
    }

    @Test func whatHappenedIsToldInALine() {
        for (number, words) in [
            (SIGSEGV, "SIGSEGV, memory that is not its own"), (SIGBUS, "SIGBUS, memory that is not there"),
            (SIGILL, "SIGILL, a check that failed"), (SIGTRAP, "SIGTRAP, a check that failed"),
            (SIGFPE, "SIGFPE, arithmetic without a result"), (SIGABRT, "SIGABRT"),
        ] {
            #expect(
                String(cString: inkling_guard_words(number))
                    == "inkling: crashed (\(words)), which is a fault of the program; SWIFT_BACKTRACE=enable=yes shows "
                    + "where\n")
        }
        #expect(String(cString: inkling_guard_words(SIGQUIT)) == "inkling: ended by Ctrl-\\ (SIGQUIT)\n")
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
            signal(SIGSEGV) { _ in _ = write(STDOUT_FILENO, "<former>", 8) }
            inkling_guard_handle_signals(try WakePipe().writing)
            inkling_guard_arm("<back>")
            raise(SIGSEGV)
        }
        #expect(String(decoding: result.standardOutputContent, as: UTF8.self) == "<back>")
        #expect(String(decoding: result.standardErrorContent, as: UTF8.self).hasPrefix("inkling: crashed (SIGSEGV"))
    }

    /// Swift's runtime, say, which shows where it was.
    @Test func whoHandledCrashesBeforeIsAskedWhereWanted() async throws {
        let result = try await #require(processExitsWith: .signal(SIGTRAP), observing: [\.standardOutputContent]) {
            setenv("SWIFT_BACKTRACE", "enable=yes", 1)
            signal(SIGTRAP) { _ in _ = write(STDOUT_FILENO, "<former>", 8) }
            signal(SIGFPE) { _ in _ = write(STDOUT_FILENO, "<other>", 7) }
            inkling_guard_handle_signals(try WakePipe().writing)
            inkling_guard_arm("<back>")
            raise(SIGTRAP)
        }
        #expect(String(decoding: result.standardOutputContent, as: UTF8.self) == "<back><former>")
        await #expect(processExitsWith: .signal(SIGFPE)) {
            setenv("SWIFT_BACKTRACE", "enable=yes", 1)
            signal(SIGFPE, SIG_IGN)
            inkling_guard_handle_signals(try WakePipe().writing)
            raise(SIGFPE)
        }
    }
}
