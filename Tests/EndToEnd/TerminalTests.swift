import Foundation
import TerminalEmulator
import Testing

extension EndToEndBeside {
    /// What the program writes to which terminal, and how much of it.
    @Suite struct TerminalTests {
        private func output(_ session: TerminalSession) -> String { String(decoding: session.output, as: UTF8.self) }

        private func colors(_ session: TerminalSession) -> Set<String> {
            Set(
                output(session).matches(of: /\u{1B}\[([0-9;]*)m/).flatMap {
                    $0.output.1.split(separator: ";").map(String.init)
                })
        }

        @Test func noColorMeansNone() throws {
            let session = try Inkling.terminal(["--epochs", "1"], environment: ["NO_COLOR": "1"])
            try session.wait(for: "finished", timeout: .seconds(60))
            try session.send("2")
            try session.wait(for: "recall")
            let codes: [Int] = Array(30...49) + Array(90...107)
            #expect(colors(session).isDisjoint(with: codes.map(String.init)))
        }

        @Test(arguments: ["xterm", "vt100", "linux", "screen-256color"])
        func everyTerminalGetsAScreen(name: String) throws {
            let session = try Inkling.terminal(["--epochs", "1"], environment: ["TERM": name])
            try session.wait(for: "finished", timeout: .seconds(60))
            #expect(session.screen.contains("test accuracy"))
            if name != "screen-256color" { #expect(!colors(session).contains("5"), "no 256 colours on \(name)") }
            try session.send("q")
            #expect(try session.waitForExit() == .success)
            #expect(try session.settings == session.initialSettings)
        }

        /// Bright colours are for terminals that have sixteen.
        @Test func eightColoursAreEight() throws {
            let session = try Inkling.terminal(["--epochs", "1"], environment: ["TERM": "xterm"])
            try session.wait(for: "finished", timeout: .seconds(60))
            for key: Key in ["2", "3", "5", "1"] {
                try session.send(key)
                try session.settle()
            }
            #expect(!colors(session).isDisjoint(with: (30...37).map(String.init)))
            #expect(colors(session).isDisjoint(with: (90...107).map(String.init) + ["38", "48"]))
        }

        /// As terminals tell it that set the variable: foreground;background.
        @Test(arguments: [("15;0", 25), ("0;15", 153), ("0;default;7", 153), ("rubbish", 25)])
        func theBackgroundIsTakenFromTheEnvironment(value: String, color: Int) throws {
            let session = try Inkling.terminal(["--paused"], environment: ["COLORFGBG": value])
            try session.wait(for: "paused")
            let row = try #require(session.screen.lines.first)
            let column = row.distance(from: row.startIndex, to: try #require(row.firstRange(of: "Train")).lowerBound)
            #expect(session.screen.cell(0, column).style.background == .palette(color), "the tab in view")
        }

        @Test func withoutUTF8ThereIsOnlyASCII() throws {
            let session = try Inkling.terminal(["--epochs", "1"], environment: ["LANG": "C", "LC_CTYPE": "C"])
            try session.wait(for: "finished", timeout: .seconds(60))
            for key: Key in ["2", "3", "4", "1", "?"] {
                try session.send(key)
                try session.settle()
            }
            #expect(session.output.allSatisfy { $0 < 128 })
        }

        @Test func anUnknownTerminalIsNamed() throws {
            let session = try Inkling.terminal(environment: ["TERM": "teletype-1910"])
            #expect(try session.waitForExit() == .exited(1))
            #expect(session.screen.lines.joined().contains("TERM=teletype-1910"))
        }

        @Test func closedInputEndsTheProgram() throws {
            let session = try Inkling.terminal()
            try session.wait(for: "training")
            session.hangUp()
            let status = try session.waitForExit()
            #expect(status == .success || status == .exited(1) || status == .signalled(SIGHUP))
        }
    }
}
